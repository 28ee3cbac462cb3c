"""The edge cases of the numbers and the right answer to each, one test a row."""

import math
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from milepost.core.calendar import (
    Frequency,
    add_months,
    local_day,
    parse_period,
    same_day_year_before,
    shift_periods,
    year_before,
)
from milepost.core.chance import forecast_word
from milepost.core.compare import Against, compare, counterpart
from milepost.core.limits import first_change, natural_limits, read_series, values_needed
from milepost.core.measure import Kind, Measure, Seen, measure_progress
from milepost.core.numbers import NotANumber, finite, or_missing, parse_number
from milepost.core.pace import EmptyCycle, elapsed
from milepost.core.progress import DirectionDisagrees, NoDistance, check_way, clip01, forced_progress, progress
from milepost.core.revisions import Known, as_known, duplicates, revisions
from milepost.core.rhythm import check_in_day
from milepost.core.rollup import Child, roll_up
from milepost.core.series import Aggregation, Point, aggregate
from milepost.core.showing import percent_places_that_tell
from milepost.core.target import Direction
from milepost.core.units import ScaleMixedUp, check_scale, converted, factor_between, total_of
from milepost.core.windows import to_date, to_date_year_before
from milepost.core.zones import DayAhead, check_not_ahead, hours, moment

MORNING = datetime(2026, 11, 16, 9, tzinfo=UTC)
NOISE = [0.4, -0.6, 0.2, -0.1, 0.5, -0.4, 0.1, -0.3]


def test_start_is_the_target() -> None:
    with pytest.raises(NoDistance, match=r"Start and target are both 45.*keep a level"):
        check_way(start=45, target=45)
    assert [
        forced_progress(value=v, target=45, direction=d) for v, d in ((45, "higher"), (44, "higher"), (44, "lower"))
    ] == [1, 0, 1]


def test_the_direction_disagrees_with_start_and_target() -> None:
    with pytest.raises(DirectionDisagrees, match="From 45 to 30 goes down, but “higher”"):
        check_way(start=45, target=30, direction="higher")


def test_a_target_across_zero_and_negative_metrics() -> None:
    assert progress(start=-5, target=5, value=0) == 0.5
    assert progress(start=-20, target=-10, value=-15) == 0.5
    assert progress(start=5, target=-5, value=-10) == 1.5
    assert compare(5, -5, direction=Direction.HIGHER).share is None
    assert compare(5, 0, direction=Direction.HIGHER).share is None
    assert compare(5, -5, direction=Direction.HIGHER).difference == 10


@pytest.mark.parametrize(
    "text", ["NaN", "nan", "inf", "-inf", "Infinity", "1e400", "-1e400", "twelve", "", "1e", "0x1F", "１２", "1_000"]
)
def test_what_is_no_number_is_refused_at_the_border(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text)


def test_nan_in_a_batch_is_missing_and_infinity_is_refused() -> None:
    assert or_missing(math.nan, name="row 3") is None
    assert or_missing(43.0, name="row 3") == 43
    for value in (math.inf, -math.inf, float("1e400")):
        with pytest.raises(NotANumber, match="row 3 is no finite number"):
            or_missing(value, name="row 3")
    with pytest.raises(NotANumber):
        finite(math.nan, name="start")


def test_huge_values_are_scaled_and_money_is_exact() -> None:
    assert progress(start=-1.7e308, target=1.7e308, value=0.85e308) == pytest.approx(0.75)
    assert progress(start=1e-300, target=2e-300, value=1.5e-300) == pytest.approx(0.5)
    assert total_of([0.1] * 10, unit_code="EUR") == 1
    assert total_of([1e15, 0.01, -1e15], unit_code="EUR") == 0.01


def test_no_data_and_one_point() -> None:
    reach = Measure(Kind.REACH, start=48, target=30)
    assert measure_progress(reach, Seen()).score is None
    assert roll_up([Child(1, None, None)]).score is None
    assert natural_limits([]) is None
    assert natural_limits([43.0]) is None
    assert (values_needed([]), values_needed([43.0, None]), values_needed([1.0] * 8)) == (8, 7, 0)
    assert forecast_word(0.9, readings=1, reliability=100) is None


def test_all_values_alike() -> None:
    limits = natural_limits([5.0] * 12)
    assert limits is not None
    assert (limits.lower, limits.mean, limits.upper) == (5, 5, 5)
    read = read_series([5.0] * 12 + [6.0])
    assert (read.shifts, read.spikes) == ((), ())
    assert first_change([5.0] * 12 + [6.0, 5.0]) == 12
    assert first_change([5.0] * 7 + [6.0]) is None
    assert first_change([5.0] * 4 + [None] + [5.0] * 4 + [6.0]) == 9
    assert first_change([5.0] * 12) is None


def test_a_change_of_unit_or_definition() -> None:
    minutes = [48.0 + n for n in NOISE] * 2
    in_hours = [converted(v, factor_between("min", "h")) for v in minutes]
    assert progress(start=0.8, target=0.5, value=in_hours[0]) == pytest.approx(
        progress(start=48, target=30, value=minutes[0])
    )
    assert converted(2.5, Fraction(1, 2)) == 1.25
    changed = [48.0 + n for n in NOISE] * 2 + [4.8 + n / 10 for n in NOISE] * 2
    assert [p.first for p in read_series(changed, breaks=[16]).phases] == [0, 16]
    assert read_series(changed, breaks=[16]).shifts == ()  # a new phase, and no range across
    assert [s.index for s in read_series(changed).shifts] == [16]
    assert read_series(changed, breaks=[16]).phases[1].limits.moving_range < 0.1


def test_a_late_revision() -> None:
    first = Known(date(2026, 11, 9), 43.0, MORNING, 1)
    later = Known(date(2026, 11, 9), 41.0, MORNING + timedelta(days=9), 2)
    assert as_known([first, later], at=MORNING + timedelta(days=8)) == (Point(date(2026, 11, 9), 43.0),)
    assert as_known([first, later]) == (Point(date(2026, 11, 9), 41.0),)
    assert [(r.first, r.last) for r in revisions([first, later])] == [(43, 41)]


def test_days_of_23_and_25_hours_are_one_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert (hours(date(2026, 3, 29), berlin), hours(date(2026, 10, 25), berlin)) == (23, 25)
    assert local_day(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin") == date(2026, 10, 25)
    assert local_day(datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "Europe/Berlin") == date(2026, 10, 25)
    assert moment(date(2026, 10, 26), time(), berlin) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert elapsed(first=date(2026, 10, 24), last=date(2026, 10, 26), day=date(2026, 10, 25)) == 0.5


def test_iso_weeks() -> None:
    assert parse_period("2026-W53", Frequency.WEEK) == date(2026, 12, 28)
    assert parse_period("2020-W53", Frequency.WEEK) == date(2020, 12, 28)
    assert parse_period("2027-01-01", Frequency.WEEK) == date(2026, 12, 28)
    assert counterpart(date(2026, 12, 28), Frequency.WEEK, Against.YEAR_BEFORE).remark.startswith(
        "2026-W53 compares with 2025-W52"
    )
    assert year_before(date.fromisocalendar(2027, 1, 1), Frequency.WEEK) == date.fromisocalendar(2026, 1, 1)


def test_29_february() -> None:
    assert same_day_year_before(date(2028, 2, 29)) == date(2027, 2, 28)
    days = [Point(date(2027, 1, 1) + timedelta(days=k), 1.0) for k in range(430)]
    today = date(2028, 3, 1)
    assert len(to_date(days, frequency=Frequency.DAY, within=Frequency.YEAR, today=today)) == 60
    before = to_date_year_before(days, frequency=Frequency.DAY, within=Frequency.YEAR, today=today)
    assert (len(before), before[-1].start) == (59, date(2027, 2, 28))


def test_the_end_of_a_month_does_not_drift() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 1, 31), 2) == date(2026, 3, 31)
    assert shift_periods(date(2026, 1, 1), Frequency.MONTH, 13) == date(2027, 2, 1)


def test_a_cycle_that_ends_before_it_begins_or_on_its_first_day() -> None:
    day = date(2026, 11, 22)
    with pytest.raises(EmptyCycle, match="2026-11-21 before it begins on 2026-11-22"):
        elapsed(first=day, last=date(2026, 11, 21), day=day)
    assert [elapsed(first=day, last=day, day=day + timedelta(days=k)) for k in (-1, 0, 1)] == [0, 0, 1]


def test_a_check_in_after_the_end() -> None:
    late = check_in_day(today=date(2027, 1, 4), last=date(2026, 12, 31))
    assert (late.counts_on, late.is_late) == (date(2026, 12, 31), True)


def test_weights_that_are_all_0_and_a_cancelled_key_result() -> None:
    nothing = roll_up([Child(1, 0.5, 0.5, 0), Child(2, 0.7, 0.5, 0)])
    assert (nothing.score, nothing.expected, nothing.total) == (None, None, 0)
    three = [Child(1, 0.2, None), Child(2, 0.4, None), Child(3, 0.9, None)]
    assert roll_up(three).score == pytest.approx(0.5)
    assert roll_up(three[:2]).score == pytest.approx(0.3)


def test_two_values_of_one_period() -> None:
    rows = [
        Known(date(2026, 11, 9), 43.0, MORNING, 1),
        Known(date(2026, 11, 9), 44.0, MORNING, 2),
        Known(date(2026, 11, 2), 40.0, MORNING, 3),
    ]
    assert [p.value for p in as_known(rows)] == [40, 44]
    assert duplicates(rows) == (date(2026, 11, 9),)
    assert duplicates(rows[1:]) == ()


def test_rates_of_0_to_1_and_0_to_100() -> None:
    with pytest.raises(ScaleMixedUp, match=r"0.35 % or 35 %.*0 to 100"):
        check_scale([0.2, 0.35], stored_median=68.9, unit_code="%")
    for values, median in (([0.35], 0.4), ([0.35, 35], 68.9), ([0.0], 68.9), ([], 68.9), ([0.35], None)):
        check_scale(values, stored_median=median, unit_code="%")
    points = [Point(date(2026, 11, 2), 35.0, 35, 100), Point(date(2026, 11, 9), 50.0, 1, 2)]
    assert aggregate(points, how=Aggregation.RATIO, unit_code="%") == pytest.approx(100 * 36 / 102)
    assert aggregate(points, how=Aggregation.RATIO) == pytest.approx(36 / 102)


def test_a_value_dated_in_the_future() -> None:
    with pytest.raises(DayAhead, match="2026-11-23 has not come yet, today is 2026-11-22"):
        check_not_ahead(date(2026, 11, 23), today=date(2026, 11, 22))
    check_not_ahead(date(2026, 11, 23), today=date(2026, 11, 22), is_plan=True)


def test_rounding_is_for_show_only() -> None:
    assert clip01(0.6999) < 0.7  # the word comes from the full number
    assert percent_places_that_tell(0.6999, lambda share: share >= 0.7) == 2  # so it is shown as 69.99 %
