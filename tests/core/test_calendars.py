"""Days, weeks, zones and working days (rules E1, K5, K9)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.calendar import (
    Frequency,
    NotAPeriod,
    OutOfCalendar,
    add_months,
    has_week_53,
    local_day,
    next_start,
    parse_period,
    period_start,
    shift_periods,
    starts_between,
    year_before,
)
from milepost.core.fiscal import fiscal_quarter, fiscal_week, fiscal_year, period_name
from milepost.core.pace import EmptyCycle, elapsed
from milepost.core.workdays import NoWorkingDay, WorkCalendar, days_after, next_counted
from milepost.core.zones import DayAhead, NoSuchZone, check_not_ahead, hours, moment, period_bounds, read_zone

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
any_day = st.dates()
frequencies = st.sampled_from(list(Frequency))
months = st.integers(1, 12)
zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Australia/Lord_Howe", "Asia/Kolkata",
     "Pacific/Apia", "Atlantic/Azores", "America/Santiago"]
).map(ZoneInfo)  # fmt: skip
calendars = st.builds(
    WorkCalendar,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20),
)


@given(days, frequencies, months)
def test_a_name_is_read_back(day: date, frequency: Frequency, fiscal: int) -> None:
    start = period_start(day, frequency, fiscal_month=fiscal)
    assert parse_period(period_name(start, frequency, fiscal_month=fiscal), frequency, fiscal_month=fiscal) == start


@given(days)
def test_fiscal_weeks_of_a_year_from_january_are_iso_weeks(day: date) -> None:
    assert fiscal_week(day) == tuple(day.isocalendar())[:2]


@given(days, months)
def test_fiscal_weeks_follow_each_other(day: date, fiscal: int) -> None:
    (year, week), after = fiscal_week(day, fiscal_month=fiscal), fiscal_week(day + timedelta(7), fiscal_month=fiscal)
    assert 1 <= week <= 53
    assert after in {(year, week + 1), (year + 1, 1)}
    assert after[0] == year or week >= 52
    monday = day - timedelta(days=day.weekday())
    assert fiscal_week(monday, fiscal_month=fiscal) == (year, week)


def test_fiscal_years_begin_in_their_month() -> None:
    assert fiscal_year(date(2026, 3, 31), fiscal_month=4) == 2025
    assert fiscal_year(date(2026, 4, 1), fiscal_month=4) == 2026
    assert fiscal_quarter(date(2026, 1, 15), fiscal_month=4) == (2025, 4)
    assert fiscal_quarter(date(2026, 11, 22), fiscal_month=10) == (2026, 1)
    assert fiscal_week(date(2026, 4, 1), fiscal_month=4) == (2026, 1)  # a Wednesday: its Thursday lies in the year
    assert fiscal_week(date(2027, 4, 1), fiscal_month=4) == (2026 + 1, 1)  # a Thursday
    assert period_name(date(2026, 2, 1), Frequency.QUARTER, fiscal_month=2) == "2026-Q1"


def test_week_53_exists_in_its_years_only() -> None:
    assert [year for year in range(2015, 2033) if has_week_53(year)] == [2015, 2020, 2026, 2032]
    assert parse_period("2027-01-01", Frequency.WEEK) == date.fromisocalendar(2026, 53, 1)
    with pytest.raises(NotAPeriod, match="2025-W53"):
        parse_period("2025-W53", Frequency.WEEK)


@given(days)
def test_a_week_compares_with_its_number_or_with_52(day: date) -> None:
    start = period_start(day, Frequency.WEEK)
    year, week, _ = start.isocalendar()
    before = year_before(start, Frequency.WEEK).isocalendar()
    assert before[0] == year - 1
    assert before[1] == (52 if week == 53 else week)


@given(any_day, frequencies, months, st.integers(-10_000, 10_000))
def test_the_ends_of_the_calendar_are_refused_in_a_sentence(
    day: date, frequency: Frequency, fiscal: int, n: int
) -> None:
    for step in (
        lambda: period_start(day, frequency, fiscal_month=fiscal),
        lambda: shift_periods(day, frequency, n),
        lambda: year_before(day, frequency),
        lambda: add_months(day, n),
        lambda: fiscal_week(day, fiscal_month=fiscal),
    ):
        try:
            assert step()
        except OutOfCalendar as error:
            assert str(error).endswith("from 1 to 9999.")


@pytest.mark.parametrize(
    ("text", "frequency", "fiscal"),
    [("0001-01-01", "quarter", 2), ("9999-12", "month", 1), ("9999", "year", 1), ("9999", "year", 4), ("9999-12-31", "day", 1),
     ("0000-W01", "week", 1)],
)  # fmt: skip
def test_a_period_no_calendar_ends_is_refused(text: str, frequency: str, fiscal: int) -> None:
    with pytest.raises(NotAPeriod, match=text):
        parse_period(text, Frequency(frequency), fiscal_month=fiscal)


def test_the_last_periods_of_the_calendar_are_listed() -> None:
    assert starts_between(date(9999, 11, 1), date.max, Frequency.MONTH) == [date(9999, 11, 1), date(9999, 12, 1)]
    with pytest.raises(OutOfCalendar):
        next_start(date(9999, 12, 1), Frequency.MONTH)


@given(st.dates(date(1971, 1, 1), date(2060, 1, 1)), zones)
def test_the_days_of_a_zone_follow_each_other_without_gap(day: date, zone: ZoneInfo) -> None:
    begins, ends = period_bounds(day, Frequency.DAY, zone)
    assert ends == period_bounds(day + timedelta(1), Frequency.DAY, zone)[0]
    assert begins <= ends
    if begins < ends:  # Apia had no 30 December 2011
        assert local_day(begins, zone.key) == day
        assert local_day(ends - timedelta(microseconds=1), zone.key) == day
        assert local_day(begins - timedelta(microseconds=1), zone.key) < day


def test_days_of_a_clock_change_are_one_day() -> None:
    berlin = read_zone("Europe/Berlin")
    assert [hours(date(2026, 3, d), berlin) for d in (28, 29, 30)] == [24, 23, 24]
    assert hours(date(2026, 10, 25), berlin) == 25
    begins, ends = period_bounds(date(2026, 3, 23), Frequency.WEEK, berlin)
    assert (begins, ends) == (datetime(2026, 3, 22, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert moment(date(2026, 3, 29), time(2, 30), berlin) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 there
    assert moment(date(2026, 10, 25), time(2, 30), berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first
    assert moment(date(2026, 10, 25), time(2, 30, fold=1), berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert local_day(datetime(2026, 11, 21, 23, 30, tzinfo=UTC), "Europe/Berlin") == date(2026, 11, 22)
    assert hours(date(2011, 12, 30), ZoneInfo("Pacific/Apia")) == 0
    with pytest.raises(OutOfCalendar):
        moment(date.max, time(23), ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    "name", ["", "Berlin", "Europe", "../etc/passwd", "/etc/passwd", "Mars/One", "a\0b", "x" * 5000]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(NoSuchZone, match="Europe/Berlin"):
        read_zone(name)


def test_a_value_of_a_day_ahead_is_refused_with_both_days_unless_it_is_a_plan() -> None:
    today = date(2026, 11, 22)
    with pytest.raises(DayAhead, match="2026-11-23 has not come yet, today is 2026-11-22"):
        check_not_ahead(date(2026, 11, 23), today=today)
    check_not_ahead(today, today=today)
    check_not_ahead(date(2027, 1, 1), today=today, is_plan=True)


@given(calendars, days, st.integers(0, 1200))
def test_counted_days_are_those_counted_one_by_one(calendar: WorkCalendar, first: date, span: int) -> None:
    last = first + timedelta(days=span)
    one_by_one = [d for d in (first + timedelta(days=k) for k in range(1, span + 1)) if calendar.is_counted(d)]
    assert days_after(first, last, calendar=calendar) == len(one_by_one)
    assert days_after(first, last) == span
    assert days_after(last + timedelta(1), first, calendar=calendar) == 0


@given(calendars, days, st.integers(0, 300), st.integers(-30, 330))
def test_elapsed_grows_from_0_to_1(calendar: WorkCalendar, first: date, span: int, at: int) -> None:
    last, day = first + timedelta(days=span), first + timedelta(days=at)
    for which in (None, calendar):
        now = elapsed(first=first, last=last, day=day, calendar=which)
        assert 0 <= now <= elapsed(first=first, last=last, day=day + timedelta(1), calendar=which) <= 1
        assert elapsed(first=first, last=last, day=first, calendar=which) == 0
        assert elapsed(first=first, last=last, day=last + timedelta(1), calendar=which) == 1


def test_working_days_count_without_weekends_and_holidays() -> None:
    quarter = {"first": date(2026, 10, 1), "last": date(2026, 12, 31)}
    holidays = frozenset({date(2026, 12, 25), date(2026, 12, 26), date(2026, 10, 3)})  # the last two are Saturdays
    friday, sunday = date(2026, 11, 20), date(2026, 11, 22)
    plain = WorkCalendar()
    assert elapsed(**quarter, day=sunday) == 52 / 91
    assert elapsed(**quarter, day=sunday, calendar=plain) == 36 / 65
    assert elapsed(**quarter, day=friday, calendar=plain) == 36 / 65
    assert elapsed(**quarter, day=sunday, calendar=WorkCalendar(holidays=holidays)) == 36 / 64
    weekend = {"first": date(2026, 11, 21), "last": date(2026, 11, 22)}
    assert elapsed(**weekend, day=date(2026, 11, 22), calendar=plain) == 0
    assert elapsed(**weekend, day=date(2026, 11, 23), calendar=plain) == 1
    assert next_counted(date(2026, 11, 21), calendar=plain) == date(2026, 11, 23)
    assert next_counted(date(2026, 11, 21)) == date(2026, 11, 21)
    with pytest.raises(EmptyCycle, match="2026-09-30 before it begins on 2026-10-01"):
        elapsed(first=date(2026, 10, 1), last=date(2026, 9, 30), day=friday, calendar=plain)


def test_a_calendar_without_working_days_is_refused() -> None:
    with pytest.raises(NoWorkingDay, match="at least one day"):
        WorkCalendar(weekdays=frozenset()).validate()
    with pytest.raises(NoWorkingDay, match="at least one day"):
        WorkCalendar(weekdays=frozenset({7})).validate()
    WorkCalendar().validate()
    day = date(2026, 1, 1)
    shut = WorkCalendar(holidays=frozenset(day + timedelta(days=k) for k in range(1000)))
    with pytest.raises(NoWorkingDay, match="2026-01-01"):
        next_counted(day, calendar=shut)
