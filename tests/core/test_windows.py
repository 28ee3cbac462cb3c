"""Several periods together, compared with others, and as they were known (rules K4, K5, K6)."""

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency, period_start, shift_periods, starts_between
from milepost.core.compare import Against, Change, Comparison, compare, compare_with_target, counterpart
from milepost.core.revisions import Known, Revised, as_known, pull_writes, revisions
from milepost.core.series import Aggregation, Point, aggregate
from milepost.core.target import Direction, Target, TargetRule
from milepost.core.windows import FinerGrain, Grained, as_points, regrain, rolling, to_date, to_date_year_before

DAY, WEEK, MONTH, QUARTER, YEAR = Frequency
FLOW, RATIO = Aggregation.FLOW, Aggregation.RATIO
finite = st.floats(allow_nan=False, allow_infinity=False)


def daily(first: date, last: date) -> list[Point]:
    return [Point(d, 1.0) for d in starts_between(first, last, DAY)]


def test_k4_to_date_counts_closed_periods_of_the_running_one() -> None:
    days = daily(date(2025, 1, 1), date(2026, 11, 22))
    today = date(2026, 11, 22)
    for within, first in ((YEAR, date(2026, 1, 1)), (QUARTER, date(2026, 10, 1)), (MONTH, date(2026, 11, 1))):
        used = to_date(days, frequency=DAY, within=within, today=today)
        assert (used[0].start, used[-1].start) == (first, date(2026, 11, 21))
    fiscal = to_date(days, frequency=DAY, within=YEAR, today=today, fiscal_month=4)
    assert fiscal[0].start == date(2026, 4, 1)
    assert to_date(days, frequency=DAY, within=YEAR, today=date(2026, 1, 1)) == ()


def test_k5_to_date_a_year_before_goes_by_date() -> None:
    days = daily(date(2027, 1, 1), date(2028, 3, 5))
    for today, last in (
        (date(2028, 2, 29), date(2027, 2, 28)),
        (date(2028, 3, 1), date(2027, 2, 28)),
        (date(2028, 3, 2), date(2027, 3, 1)),
    ):
        used = to_date_year_before(days, frequency=DAY, within=YEAR, today=today)
        assert (used[0].start, used[-1].start) == (date(2027, 1, 1), last)
    assert to_date_year_before(days, frequency=DAY, within=YEAR, today=date(2028, 1, 1)) == ()
    months = [Point(shift_periods(date(2027, 1, 1), MONTH, k), 1.0) for k in range(14)]
    before = to_date_year_before(months, frequency=MONTH, within=YEAR, today=date(2028, 2, 29))
    assert [p.start for p in before] == [date(2027, 1, 1)]


def test_k5_weeks_to_date_compare_by_their_number() -> None:
    weeks = [Point(date.fromisocalendar(2025, 1, 1) + timedelta(weeks=k), float(k)) for k in range(105)]
    now = to_date(weeks, frequency=WEEK, within=YEAR, today=date(2027, 1, 4))
    assert now == ()  # the first week of 2027 has not closed
    now = to_date(weeks, frequency=WEEK, within=YEAR, today=date(2026, 3, 2))
    before = to_date_year_before(weeks, frequency=WEEK, within=YEAR, today=date(2026, 3, 2))
    assert [p.start.isocalendar()[1] for p in now] == [p.start.isocalendar()[1] for p in before] == list(range(1, 10))
    assert {p.start.isocalendar()[0] for p in before} == {2025}


def test_k4_rolling_periods_are_of_the_calendar() -> None:
    weeks = [Point(date(2026, 9, 28) + timedelta(weeks=k), float(k)) for k in (0, 1, 2, 4, 5, 7)]
    used = rolling(weeks, frequency=WEEK, count=4, today=date(2026, 11, 22))
    assert [p.value for p in used] == [2, 4, 5]
    assert rolling([], frequency=WEEK, count=4, today=date(2026, 11, 22)) == ()


def test_k4_a_ratio_on_a_longer_grain_is_a_sum_over_a_sum() -> None:
    weeks = [
        Point(date(2026, 11, 2), 50.0, 1, 2),
        Point(date(2026, 11, 9), 10.0, 1, 10),
        Point(date(2026, 11, 30), 25.0, 1, 4),
    ]
    november, december = regrain(weeks, have=WEEK, want=MONTH, how=RATIO, unit_code="%")
    assert (november.value, november.numerator, november.denominator) == (pytest.approx(100 * 2 / 12), 2, 12)
    assert (november.parts, november.expected, november.is_whole) == (2, 4, False)
    assert (december.start, december.value) == (date(2026, 12, 1), 25)  # the week of its Thursday, 3 December
    assert as_points([november, december])[0] == Point(date(2026, 11, 1), november.value, 2, 12)


def test_k4_what_cannot_be_added_again_is_unknown_on_a_longer_grain() -> None:
    days = daily(date(2026, 11, 2), date(2026, 11, 8))
    (week,) = regrain(days, have=DAY, want=WEEK, how=Aggregation.DISTINCT)
    assert week == Grained(date(2026, 11, 2), None, 7, 7)
    assert as_points([week]) == ()
    (same,) = regrain(days[:1], have=DAY, want=DAY, how=Aggregation.DISTINCT)
    assert (same.value, same.is_whole) == (1, True)
    with pytest.raises(FinerGrain, match="by week cannot be told by day"):
        regrain([], have=WEEK, want=DAY, how=FLOW)


@given(
    st.sets(st.dates(date(2025, 1, 1), date(2027, 12, 31)), min_size=1, max_size=60),
    st.sampled_from([WEEK, MONTH, QUARTER, YEAR]),
    st.integers(1, 12),
)
def test_k4_nothing_is_lost_or_counted_twice_on_a_longer_grain(days: set, want: Frequency, fiscal: int) -> None:
    points = [Point(d, float(d.toordinal() % 97)) for d in sorted(days)]
    grained = regrain(points, have=DAY, want=want, how=FLOW, fiscal_month=fiscal)
    assert math.fsum(g.value for g in grained) == math.fsum(p.value for p in points)
    assert sum(g.parts for g in grained) == len(points)
    assert all(g.parts <= g.expected and period_start(g.start, want, fiscal_month=fiscal) == g.start for g in grained)
    assert [g.start for g in grained] == sorted(g.start for g in grained)


@pytest.mark.parametrize(
    ("have", "want", "start", "expected"),
    [(DAY, MONTH, date(2028, 2, 1), 29), (DAY, YEAR, date(2026, 1, 1), 365), (WEEK, YEAR, date(2026, 1, 1), 53), (WEEK, YEAR, date(2025, 1, 1), 52),
     (MONTH, QUARTER, date(2026, 2, 1), 3), (QUARTER, YEAR, date(2026, 4, 1), 4), (MONTH, MONTH, date(2026, 4, 1), 1)],
)  # fmt: skip
def test_k4_a_longer_period_knows_its_parts(have: Frequency, want: Frequency, start: date, expected: int) -> None:
    point = Point(period_start(start + timedelta(days=6), have, fiscal_month=start.month), 1.0)
    (grained,) = regrain([point], have=have, want=want, how=FLOW, fiscal_month=start.month if want != MONTH else 1)
    assert (grained.start, grained.expected) == (start, expected)


@given(st.lists(st.tuples(finite, finite, finite), max_size=12), st.sampled_from(list(Aggregation)))
def test_k4_together_is_a_number_or_unknown(rows: list, how: Aggregation) -> None:
    points = [Point(date(2026, 1, 1) + timedelta(days=i), *row) for i, row in enumerate(rows)]
    value = aggregate(points, how=how, unit_code="%")
    assert value is None or math.isfinite(value)


def test_k5_the_period_to_compare_with() -> None:
    w53 = date.fromisocalendar(2026, 53, 1)
    found = counterpart(w53, WEEK, Against.YEAR_BEFORE)
    assert found.start == date.fromisocalendar(2025, 52, 1)
    assert found.remark == "2026-W53 compares with 2025-W52: 2025 had no week 53."
    first = counterpart(date.fromisocalendar(2027, 1, 1), WEEK, Against.YEAR_BEFORE)
    assert (first.start, first.remark) == (date.fromisocalendar(2026, 1, 1), "")
    assert counterpart(date(2026, 11, 22), DAY, Against.YEAR_BEFORE).start == date(2025, 11, 23)  # both are Sundays
    assert counterpart(date(2026, 10, 1), QUARTER, Against.YEAR_BEFORE).start == date(2025, 10, 1)
    assert counterpart(date(2026, 3, 1), MONTH, Against.PREVIOUS).start == date(2026, 2, 1)
    assert counterpart(date(2026, 3, 1), MONTH, Against.TARGET).start == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("value", "other", "share"),
    [
        (110, 100, 0.1),
        (90, 100, -0.1),
        (0, 100, -1),
        (-5, -10, 0.5),
        (-15, -10, -0.5),
        (5, 0, None),
        (0, 0, None),
        (5, -5, None),
        (-5, 5, None),
    ],
)
def test_k5_no_percent_from_0_or_across_the_sign(value: float, other: float, share: float | None) -> None:
    found = compare(value, other, direction=Direction.HIGHER)
    assert (found.share, found.difference) == (share, value - other)


def test_k5_better_is_where_the_direction_goes() -> None:
    assert compare(43, 48, direction=Direction.LOWER) == Comparison(43, 48, -5, -5 / 48, Change.BETTER)
    assert compare(43, 48, direction=Direction.HIGHER).change == "worse"
    assert compare(43, 43, direction=Direction.HIGHER).change == "same"
    band = Target(TargetRule.WITHIN, low=14, high=24)
    assert [compare(v, 26, direction=Direction.WITHIN, target=band).change for v in (25, 27, 12, 20)] == [
        "better",
        "worse",
        "same",
        "better",
    ]
    assert compare(15, 20, direction=Direction.WITHIN, target=band).change == "neutral"
    assert compare(15, 20, direction=Direction.WITHIN).change == "neutral"
    assert compare_with_target(33, Target(TargetRule.AT_MOST, high=30)) == Comparison(33, 30, 3, 0.1, Change.WORSE)
    assert compare_with_target(10, band) == Comparison(10, 14, -4, -4 / 14, Change.WORSE)
    assert compare_with_target(20, band) == Comparison(20, 20, 0, 0, Change.SAME)


@given(finite, finite, st.sampled_from(list(Direction)))
def test_k5_a_comparison_is_made_of_numbers(value: float, other: float, direction: Direction) -> None:
    found = compare(value, other, direction=direction)
    assert math.isfinite(found.difference)
    assert found.share is None or math.isfinite(found.share)
    back = compare(other, value, direction=direction).change
    assert {found.change, back} in ({"better", "worse"}, {"same"}, {"neutral"})


MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
FIRST, CORRECTED, GONE, OTHER = (
    Known(date(2026, 11, 9), 43.0, MONDAY, 1),
    Known(date(2026, 11, 9), 41.0, MONDAY + timedelta(days=2), 2),
    Known(date(2026, 11, 9), None, MONDAY + timedelta(days=4), 3),
    Known(date(2026, 11, 2), 40.0, MONDAY + timedelta(days=3), 4),
)


def test_k6_values_by_the_day_they_speak_for_and_the_moment_they_were_known() -> None:
    rows = [GONE, OTHER, FIRST, CORRECTED]
    assert as_known(rows, at=MONDAY) == (Point(date(2026, 11, 9), 43.0),)
    assert as_known(rows, at=MONDAY + timedelta(days=3)) == (
        Point(date(2026, 11, 2), 40.0),
        Point(date(2026, 11, 9), 41.0),
    )
    assert as_known(rows) == (Point(date(2026, 11, 2), 40.0),)  # withdrawn
    assert as_known(rows, at=MONDAY - timedelta(seconds=1)) == ()
    assert revisions(rows) == (Revised(date(2026, 11, 9), 43.0, None, 2),)
    assert revisions(rows, at=MONDAY) == ()
    same_moment = [Known(date(2026, 11, 9), 1.0, MONDAY, 1), Known(date(2026, 11, 9), 2.0, MONDAY, 2)]
    assert as_known(same_moment[::-1])[0].value == 2  # of two on one day the later


def test_k6_a_persons_correction_stands_until_the_source_says_something_new() -> None:
    assert pull_writes(43.0, last_of_source=None, is_first=True)
    assert not pull_writes(None, last_of_source=None, is_first=True)
    assert not pull_writes(43.0, last_of_source=43.0, is_first=False)
    assert pull_writes(42.0, last_of_source=43.0, is_first=False)
    assert pull_writes(None, last_of_source=43.0, is_first=False)
