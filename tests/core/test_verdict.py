"""What an objective did to its KPI, and what the next one starts from (rules K8, K10)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency, shift_periods
from milepost.core.limits import natural_limits, read_series
from milepost.core.proposal import propose
from milepost.core.series import Aggregation, Point
from milepost.core.target import Direction, Target, TargetRule
from milepost.core.verdict import Verdict, stretches, verdict

NOISE = [0.4, -0.6, 0.2, -0.1, 0.5, -0.4, 0.1, -0.3]
AT_MOST = Target(TargetRule.AT_MOST, high=45)
LOWER = Direction.LOWER


def level(at: float, count: int) -> list[float]:
    return [at + NOISE[i % 8] for i in range(count)]


def word(
    before: list, since: list, target: Target | None = AT_MOST, direction: Direction = LOWER, **given_cycle
) -> str:
    return verdict(before=before, since=since, target=target, direction=direction, **given_cycle).verdict


def test_k10_the_five_words() -> None:
    before = level(48, 20)
    assert word(before, level(48, 2) + level(42, 11)) == "moved_and_holds"
    assert word(before, level(42, 9) + level(46, 4)) == "moved"  # the last four miss the target
    assert word(before, level(42, 13), target=None) == "moved"
    assert word(before, level(48, 13)) == "no_change"
    assert word(before, level(54, 13)) == "worse"
    assert word(before[:7], level(42, 13)) == "too_early"
    assert word(before, level(42, 3)) == "too_early"
    result = verdict(before=before, since=level(42, 13), target=AT_MOST, direction=LOWER)
    assert (result.before_count, result.after_count) == (13, 8)
    assert result.before == pytest.approx(48, abs=0.2)
    assert result.after == pytest.approx(42, abs=0.2)


def test_k10_it_holds_only_if_it_showed_inside_the_cycle() -> None:
    before, since = level(48, 20), level(48, 13) + level(42, 8)
    assert word(before, since, in_cycle=13) == "moved"
    assert word(before, since, in_cycle=21) == "moved_and_holds"
    assert word(before, level(42, 21), in_cycle=13) == "moved_and_holds"


def test_k10_within_a_range() -> None:
    band = Target(TargetRule.WITHIN, low=40, high=45)
    given_range = {"target": band, "direction": Direction.WITHIN}
    assert word(level(48, 20), level(42.5, 13), **given_range) == "moved_and_holds"
    assert word(level(42.5, 20), level(30, 13), **given_range) == "worse"
    assert word(level(42.5, 20), level(30, 13), target=None, direction=Direction.WITHIN) == "no_change"


WEEK = Frequency.WEEK
MONDAY = date(2026, 7, 6)
POINTS = [Point(MONDAY + timedelta(weeks=k), float(k)) for k in range(40)]


def test_k10_a_verdict_looks_up_to_the_close_and_again_8_periods_later() -> None:
    given_goal = {"frequency": WEEK, "activated_on": date(2026, 10, 1), "closed_on": date(2027, 1, 4)}
    closes = date(2027, 1, 4)
    soon = stretches(POINTS, today=closes + timedelta(weeks=7, days=6), **given_goal)
    assert (soon.before, soon.since[0], soon.since[-1]) == (tuple(range(12)), 12, 25)
    assert soon.in_cycle == len(soon.since) == 14
    again = stretches(POINTS, today=closes + timedelta(weeks=8), **given_goal)
    assert (again.since[-1], again.in_cycle, len(again.since)) == (33, 14, 22)
    assert stretches(POINTS, today=date(2028, 1, 1), **given_goal) == again  # it does not go on changing
    assert stretches([], today=closes, **given_goal).since == ()
    quarters = [Point(shift_periods(date(2024, 2, 1), Frequency.QUARTER, k), float(k)) for k in range(16)]
    late = stretches(
        quarters,
        frequency=Frequency.QUARTER,
        activated_on=date(2026, 2, 1),
        closed_on=date(2026, 7, 31),
        today=date(2026, 8, 1),
    )
    assert (len(late.before), late.since) == (8, (8,))  # the quarter from May to July is the close's own


def test_k8_a_level_of_exactly_0_is_a_level() -> None:
    points = [Point(MONDAY + timedelta(weeks=k), 50.0 + NOISE[k % 8], 50 + k % 2, 100) for k in range(20)]
    points += [Point(MONDAY + timedelta(weeks=20 + k), 0.0, 0, 100) for k in range(9)]
    found = propose(points, frequency=WEEK, how=Aggregation.RATIO, target=None, direction=Direction.HIGHER)
    assert (found.start, found.start_why, found.shift_on) == (0, "since_shift", points[20].start)


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=30),
    st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=30),
    st.sampled_from(list(Direction)),
    st.integers(0, 30),
)
def test_any_values_have_a_verdict_and_limits_that_are_numbers(
    before: list, since: list, direction: Direction, n: int
) -> None:
    found = verdict(before=before, since=since, target=AT_MOST, direction=direction, in_cycle=n)
    assert found.verdict in set(Verdict)
    read = read_series([*before, *since])
    assert all(a.last < b.first for a, b in zip(read.phases, read.phases[1:], strict=False))
    limits = natural_limits([*before, *since])
    assert limits is None or limits.lower <= limits.mean <= limits.upper
    starts = [shift_periods(MONDAY, WEEK, k) for k in range(len(before))]
    points = [Point(start, value) for start, value in zip(starts, before, strict=True)]
    proposal = propose(points, frequency=WEEK, how=Aggregation.STOCK, target=AT_MOST, direction=direction)
    assert (proposal.start is None) == (not points)
