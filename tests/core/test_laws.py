"""Laws that hold for any input."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.core.calendar import (
    Frequency,
    NotAPeriod,
    add_months,
    is_closed,
    last_day,
    next_start,
    parse_period,
    period_start,
    previous_start,
    shift_periods,
    starts_between,
)  # fmt: skip
from milepost.core.limits import natural_limits, read_series
from milepost.core.numbers import NotANumber, parse_level, parse_number
from milepost.core.progress import NoDistance, clip01, progress
from milepost.core.rhythm import Rhythm, first_due, next_due
from milepost.core.rollup import Child, roll_up, shares
from milepost.core.series import Aggregation, Point, Window, aggregate, window_points
from milepost.core.target import KpiWord, Target, TargetRule, freshness, kpi_word, period_word
from milepost.core.units import ScaleMixedUp, check_scale, parse_unit, ratio_value

numbers = st.floats(-1e9, 1e9)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
frequencies = st.sampled_from(list(Frequency))


@given(numbers, numbers, numbers, numbers)
def test_progress_is_monotone_in_the_value(start: float, target: float, a: float, b: float) -> None:
    assume(abs(target - start) > 1e-6)
    low, high = sorted((a, b))
    gain = progress(start=start, target=target, value=high) - progress(start=start, target=target, value=low)
    assert gain >= 0 if target > start else gain <= 0


@given(
    st.integers(-(10**6), 10**6),
    st.integers(-(10**6), 10**6),
    st.integers(-(10**6), 10**6),
    st.sampled_from([0.5, 2, 60, 100]),
    st.integers(-1000, 1000),
)
def test_progress_does_not_depend_on_the_unit(start: int, target: int, value: int, factor: float, shift: int) -> None:
    assume(start != target)
    plain = progress(start=start, target=target, value=value)
    other = progress(start=factor * start + shift, target=factor * target + shift, value=factor * value + shift)
    assert other == pytest.approx(plain, rel=1e-9, abs=1e-9)
    assert 0 <= clip01(plain) <= 1


def test_progress_refuses_no_distance_and_names_the_number() -> None:
    with pytest.raises(NoDistance, match="both 45"):
        progress(start=45, target=45, value=45)
    assert progress(start=-1.7e308, target=1.7e308, value=0) == pytest.approx(0.5)


children = st.lists(
    st.tuples(st.one_of(st.none(), st.floats(0, 1)), st.floats(0, 10), st.one_of(st.none(), st.floats(0, 0.1))),
    max_size=8,
)


@given(children, st.randoms())
def test_roll_up_is_order_free_and_stays_between_its_children(given_children: list, random) -> None:
    rows = [Child(i, score, score, weight, share) for i, (score, weight, share) in enumerate(given_children)]
    shuffled = rows[:]
    random.shuffle(shuffled)
    rolled, again = roll_up(rows), roll_up(shuffled)
    assert rolled.score == pytest.approx(again.score) if rolled.score is not None else again.score is None
    counting = [c.score for c in rows if c.score is not None and dict(rolled.shares).get(c.key, 0) > 0]
    if rolled.score is not None:
        assert min(counting) <= rolled.score <= max(counting)
    total = float(sum(shares(rows).values()))
    assert total == pytest.approx(1) or total == 0


@given(days, frequencies, st.integers(1, 12))
def test_a_day_lies_in_its_period(day: date, frequency: Frequency, fiscal: int) -> None:
    start = period_start(day, frequency, fiscal_month=fiscal)
    assert start <= day <= last_day(start, frequency)
    assert period_start(start, frequency, fiscal_month=fiscal) == start
    assert next_start(previous_start(start, frequency), frequency) == start
    assert not is_closed(start, frequency, today=last_day(start, frequency))
    assert is_closed(start, frequency, today=next_start(start, frequency))
    assert starts_between(start, shift_periods(start, frequency, 5), frequency)[-1] == shift_periods(
        start, frequency, 5
    )


def test_months_never_drift() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert shift_periods(date(2026, 1, 1), Frequency.MONTH, 14) == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("text", "frequency", "start"),
    [("2026-11-22", "week", date(2026, 11, 16)), ("20150222", "week", date(2015, 2, 16)), ("2026-W47", "week", date(2026, 11, 16)),
     ("2026-11", "month", date(2026, 11, 1)), ("2026-Q4", "quarter", date(2026, 10, 1)), ("Q4 2026", "quarter", date(2026, 10, 1)),
     ("2015", "year", date(2015, 1, 1)), (" 2026-11-22 ", "day", date(2026, 11, 22)), ("2027-01-01", "week", date(2026, 12, 28))],
)  # fmt: skip
def test_periods_are_read(text: str, frequency: str, start: date) -> None:
    assert parse_period(text, Frequency(frequency)) == start


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-02-30", "2026-W54", "2026-13", "2026-11", "11/16/2026", "٢٠٢٦", "9" * 50]
)
def test_what_is_no_week_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NotAPeriod, match="2026-W47"):
        parse_period(text, Frequency.WEEK)


@given(st.text(max_size=60))
def test_reading_a_number_refuses_in_a_sentence_or_gives_a_finite_one(text: str) -> None:
    try:
        assert math.isfinite(parse_number(text))
    except NotANumber as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("43", 43),
        ("43.5", 43.5),
        ("43,5", 43.5),
        ("1 200", 1200),
        ("\u22125", -5),
        ("1e3", 1000),
        ("-0.5", -0.5),
        ("+3", 3),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text", ["", "abc", "NaN", "inf", "-Infinity", "1e400", "1,200", "43 min", "1\x002", "4" * 41, "1.2.3", "0x10"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text)


def test_plus_adds_to_the_last_value() -> None:
    assert parse_level("+3", last=17) == 20
    assert parse_level("20", last=17) == 20
    with pytest.raises(NotANumber, match="no earlier value"):
        parse_level("+3", last=None)


def test_ratios_are_sums_over_sums() -> None:
    points = [Point(date(2026, 1, 5), 50.0, 1, 2), Point(date(2026, 1, 12), 10.0, 1, 10)]
    assert aggregate(points, how=Aggregation.RATIO, unit_code="%") == pytest.approx(100 * 2 / 12)
    assert aggregate([Point(p.start, p.value) for p in points], how=Aggregation.RATIO) is None
    assert ratio_value(numerator=1, denominator=0, unit_code="%") is None
    assert aggregate([], how=Aggregation.FLOW) is None


def test_a_window_takes_closed_periods_of_its_cycle_only() -> None:
    points = [Point(date(2026, 9, 21) + timedelta(weeks=k), float(k)) for k in range(20)]
    given = {
        "frequency": Frequency.WEEK,
        "first": date(2026, 10, 1),
        "last": date(2026, 12, 31),
        "how": Aggregation.FLOW,
    }
    used = window_points(points, window=Window.DEFAULT, today=date(2027, 3, 1), **given)
    assert (used[0].start, used[-1].start) == (date(2026, 9, 28), date(2026, 12, 21))
    assert window_points(points, window=Window.LAST, today=date(2026, 11, 22), **given)[-1].start == date(2026, 11, 9)


def test_percent_and_shares_are_not_mixed_up() -> None:
    with pytest.raises(ScaleMixedUp, match="68.9"):
        check_scale([0.689], stored_median=68.9, unit_code="%")
    check_scale([0.689], stored_median=0.7, unit_code="%")
    check_scale([0.689], stored_median=68.9, unit_code="min")
    assert (
        parse_unit("percent").code,
        parse_unit("€").code,
        parse_unit("minutes").code,
        parse_unit("tickets").code,
    ) == ("%", "EUR", "min", "tickets")


def test_kpi_words_in_their_order_of_precedence() -> None:
    target = Target(TargetRule.AT_MOST, high=30, tolerance=5)
    given = {"frequency": Frequency.WEEK, "lag_days": 3, "expected_periods": 20}
    at = Point(date(2026, 11, 9), 33)
    assert kpi_word(last=at, target=target, today=date(2026, 11, 22), **given) == KpiWord.CLOSE
    assert kpi_word(last=at, target=target, today=date(2026, 11, 25), **given) == KpiWord.CLOSE  # the lag is not over
    assert kpi_word(last=at, target=target, today=date(2026, 11, 26), **given) == KpiWord.NO_VALUE
    assert kpi_word(last=at, target=target, today=date(2026, 12, 20), **given) == KpiWord.UNKNOWN
    assert kpi_word(last=at, target=None, today=date(2026, 11, 22), **given) == KpiWord.WATCHING
    assert kpi_word(last=None, target=target, today=date(2026, 11, 22), **given) == KpiWord.NO_VALUE
    young = given | {"expected_periods": 3}
    assert kpi_word(last=at, target=target, today=date(2026, 12, 20), **young) == KpiWord.NO_VALUE
    assert freshness(last_start=at.start, frequency=Frequency.WEEK, lag_days=3, today=date(2026, 11, 26)) == 1
    assert period_word(30, target) == KpiWord.ON_TARGET
    assert period_word(35, target) == KpiWord.CLOSE
    assert period_word(35.1, target) == KpiWord.OFF_TARGET
    within = Target(TargetRule.WITHIN, low=14, high=24)
    assert [period_word(v, within) for v in (13.9, 14, 24, 24.1)] == [
        "off_target",
        "on_target",
        "on_target",
        "off_target",
    ]


def test_limits_are_mean_and_moving_range() -> None:
    limits = natural_limits([10, 12, 10, 12, 10, 12, 10, 12])
    assert limits is not None
    assert (limits.mean, limits.moving_range) == (11, 2)
    assert limits.upper == pytest.approx(11 + 2.66 * 2)
    assert natural_limits([1] * 7) is None
    gap = natural_limits([10, 12, None, 40, 42, 40, 42, 40, 42])
    assert gap is not None
    assert gap.moving_range == pytest.approx((2 + 2 * 5) / 6)


def test_a_shift_is_dated_and_sized() -> None:
    noise = [0.4, -0.6, 0.2, -0.1, 0.5, -0.4, 0.1, -0.3]
    values = [48 + noise[i % 8] for i in range(30)] + [42 + noise[i % 8] for i in range(9)]
    read = read_series(values)
    assert [s.index for s in read.shifts] == [30]
    assert read.shifts[0].before == pytest.approx(48, abs=0.3)
    assert read.shifts[0].after == pytest.approx(42, abs=0.3)
    assert read_series([5.0] * 30).shifts == ()


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=80))
def test_phases_cover_what_is_known_in_order(values: list) -> None:
    read = read_series(values)
    assert all(a.last < b.first for a, b in zip(read.phases, read.phases[1:], strict=False))
    assert all(0 <= s.index <= s.found_at < len(values) for s in read.shifts)


@given(days, st.integers(0, 6), st.sampled_from([0, 1, 2, 3]))
def test_due_days_follow_the_rhythm(day: date, weekday: int, weeks: int) -> None:
    rhythm = Rhythm(every_weeks=max(1, weeks), monthly=weeks == 0, weekday=weekday)
    due = first_due(rhythm, active_since=day)
    assert due >= day
    assert due.weekday() == weekday
    after = next_due(rhythm, after=due)
    assert after > due
    if weeks:
        assert (after - due).days == 7 * weeks
