"""Where the plan says a goal should be (rules E1 to E5)."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.core.levels import Levels, levels_progress
from milepost.core.measure import Kind, Measure, Seen, Tasks
from milepost.core.numbers import NotANumber
from milepost.core.pace import Ambition, EmptyCycle, elapsed, expected_milestone, plan_value
from milepost.core.parts import Combine
from milepost.core.path import (
    Amended,
    BadCheckpoints,
    Checkpoint,
    Curve,
    Path,
    check_path,
    curve_share,
    expected_by_levels,
    expected_on_path,
    in_force,
    path_value,
    planned_value,
)
from milepost.core.plan import Timing, expected_progress
from milepost.core.progress import NoDistance, Step
from milepost.core.rollup import Child, roll_up
from milepost.core.workdays import WorkCalendar

COMMITTED, ASPIRATIONAL, LEARNING = Ambition.COMMITTED, Ambition.ASPIRATIONAL, Ambition.LEARNING
FIRST, LAST, TODAY = date(2026, 10, 1), date(2026, 12, 31), date(2026, 11, 22)
TAU = 52 / 91
values = st.integers(-(10**6), 10**6).map(float)
inside = st.dates(FIRST, LAST)
ambitions = st.sampled_from(list(Ambition))
curves = st.sampled_from(list(Curve))


@pytest.mark.parametrize(
    ("curve", "half"), [("front", 0.75), ("back", 0.25), ("s", 0.5), ("linear", 0.5), ("checkpoints", 0.5)]
)
def test_e2_at_half_the_time(curve: str, half: float) -> None:
    assert curve_share(Curve(curve), 0.5) == half


@given(curves, st.floats(0, 1), st.floats(0, 1))
def test_e2_curves_rise_from_0_to_1(curve: Curve, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert 0 <= curve_share(curve, low) <= curve_share(curve, high) + 1e-15 <= 1 + 1e-15
    assert (curve_share(curve, 0), curve_share(curve, 1)) == (0, 1)


def quarter(**given_path) -> Path:
    return Path(**({"first": FIRST, "last": LAST, "start": 0.0, "target": 100.0} | given_path))


def test_e2_checkpoints_are_joined_by_straight_lines() -> None:
    path = quarter(
        start=48.0,
        target=30.0,
        curve=Curve.CHECKPOINTS,
        checkpoints=(Checkpoint(date(2026, 10, 31), 46.0), Checkpoint(date(2026, 11, 30), 36.0)),
    )
    check_path(path)
    for day, value in (
        (FIRST, 48),
        (date(2026, 10, 16), 47),
        (date(2026, 10, 31), 46),
        (date(2026, 11, 15), 41),
        (date(2026, 11, 30), 36),
        (LAST, 30),
    ):
        assert path_value(path, day) == pytest.approx(value), day
    assert expected_on_path(path, date(2026, 11, 30), ambition=COMMITTED) == pytest.approx(12 / 18)
    assert expected_on_path(path, date(2026, 11, 30), ambition=ASPIRATIONAL) == pytest.approx(0.7 * 12 / 18)
    assert planned_value(path, date(2026, 11, 30), ambition=ASPIRATIONAL) == pytest.approx(48 - 0.7 * 12)
    dip = quarter(curve=Curve.CHECKPOINTS, checkpoints=(Checkpoint(date(2026, 10, 31), -20.0),))
    assert expected_on_path(dip, date(2026, 10, 31), ambition=COMMITTED) == 0


@pytest.mark.parametrize(
    ("path", "refusal", "words"),
    [
        (quarter(checkpoints=(Checkpoint(FIRST, 1),)), BadCheckpoints, "2026-10-01 must lie between 2026-10-01 and 2026-12-31"),
        (quarter(checkpoints=(Checkpoint(LAST, 1),)), BadCheckpoints, "2026-12-31 must lie between"),
        (quarter(checkpoints=(Checkpoint(date(2027, 1, 5), 1),)), BadCheckpoints, "2027-01-05 must lie between"),
        (quarter(checkpoints=(Checkpoint(TODAY, 1), Checkpoint(TODAY, 2))), BadCheckpoints, "2026-11-22 must come after that of 2026-11-22"),
        (quarter(checkpoints=(Checkpoint(TODAY, 1), Checkpoint(date(2026, 11, 1), 2))), BadCheckpoints, "2026-11-01 must come after that of 2026-11-22"),
        (quarter(checkpoints=(Checkpoint(TODAY, math.nan),)), NotANumber, "A checkpoint"),
        (quarter(target=math.inf), NotANumber, "The target"),
        (quarter(target=0.0), NoDistance, "both 0"),
        (quarter(amendments=(Amended(TODAY, 7.0, 7.0, LAST),)), NoDistance, "both 7"),
        (quarter(first=LAST, last=FIRST), EmptyCycle, "2026-10-01 before it begins on 2026-12-31"),
    ],
)  # fmt: skip
def test_a_path_that_no_line_joins_is_refused_with_its_dates(path: Path, refusal: type, words: str) -> None:
    with pytest.raises(refusal, match=words):
        check_path(path)


def test_e3_the_plan_ends_where_the_grade_is_green() -> None:
    assert expected_on_path(quarter(), TODAY, ambition=ASPIRATIONAL) == pytest.approx(0.4)
    assert expected_on_path(quarter(), TODAY, ambition=COMMITTED) == pytest.approx(TAU)
    assert expected_on_path(quarter(), TODAY, ambition=LEARNING) == pytest.approx(TAU)
    assert expected_on_path(quarter(curve=Curve.BACK), TODAY, ambition=COMMITTED) == pytest.approx(TAU**2)
    for curve in Curve:
        assert expected_on_path(quarter(curve=curve), LAST, ambition=ASPIRATIONAL) == pytest.approx(0.7)


@given(values, values, inside, ambitions)
def test_a_straight_path_is_the_line_of_before(start: float, target: float, day: date, ambition: Ambition) -> None:
    assume(start != target)
    tau = elapsed(first=FIRST, last=LAST, day=day)
    value = planned_value(quarter(start=start, target=target), day, ambition=ambition)
    assert value == pytest.approx(plan_value(start=start, target=target, tau=tau, ambition=ambition), abs=1e-6)


LEVELS = Levels(start=0, floor=40, target=100, stretch=140)


@given(inside, curves)
def test_e3_levels_plan_in_the_value(day: date, curve: Curve) -> None:
    path = quarter(curve=curve)
    tau = elapsed(first=FIRST, last=LAST, day=day)
    planned = expected_by_levels(path, LEVELS, day)
    assert planned == pytest.approx(levels_progress(LEVELS, 100 * curve_share(curve, tau)))
    assert 0 <= planned <= 0.7
    assert expected_by_levels(path, LEVELS, LAST) == 0.7


def test_e3_levels_differ_from_the_straight_line() -> None:
    at = date(2026, 10, 1) + timedelta(days=40)  # 40 / 91 of the way: 43.96, just past the floor
    assert expected_by_levels(quarter(), LEVELS, at) == pytest.approx(0.3 + 0.4 * (4000 / 91 - 40) / 60)


def test_e3_steps_are_due_by_date_or_evenly() -> None:
    given_plan = {"first": FIRST, "last": LAST, "ambition": COMMITTED}
    one = [Step(1, 0)]
    assert [expected_milestone(one, day=d, **given_plan) for d in (date(2026, 12, 30), LAST)] == [0, 1]
    three = [Step(1, 0), Step(1, 0, date(2026, 11, 1)), Step(2, 0)]
    assert expected_milestone(three, day=date(2026, 10, 31), **given_plan) == 0
    assert expected_milestone(three, day=date(2026, 11, 1), **given_plan) == 0.25
    assert expected_milestone(three, day=date(2026, 11, 16), **given_plan) == 0.5  # 46 / 91 is past a half
    assert expected_milestone(three, day=LAST, **given_plan) == 1
    thirds = [Step(1, 0)] * 3
    assert (
        expected_milestone(
            thirds, first=date(2026, 1, 1), last=date(2026, 1, 31), day=date(2026, 1, 11), ambition=COMMITTED
        )
        == 1 / 3
    )
    assert expected_milestone([Step(1e308, 0)] * 3, day=LAST, **given_plan) == 1


def test_e4_an_objective_plans_what_its_reporting_children_plan() -> None:
    rolled = roll_up([Child(1, 0.2, 0.4, weight=3), Child(2, None, 0.9), Child(3, 0.6, 0.8)])
    assert rolled.expected == pytest.approx((3 * 0.4 + 0.8) / 4)


def amended(on: date, target: float, *, start: float = 0.0, last: date = LAST) -> Amended:
    return Amended(on, start, target, last)


def test_e5_an_amendment_keeps_the_old_path_and_goes_straight_from_there() -> None:
    half = date(2026, 11, 15)
    before = quarter(last=date(2026, 12, 30))  # 90 days: 45 of them by 15 November
    path = quarter(last=date(2026, 12, 30), amendments=(amended(half, 80, last=date(2026, 12, 30)),))
    assert path_value(path, date(2026, 10, 10)) == path_value(before, date(2026, 10, 10)) == 10
    assert path_value(path, half) == 50
    assert path_value(path, date(2026, 11, 30)) == pytest.approx(60)
    assert path_value(path, date(2026, 12, 30)) == 80
    assert expected_on_path(path, date(2026, 11, 14), ambition=COMMITTED) == pytest.approx(44 / 90)
    assert expected_on_path(path, half, ambition=COMMITTED) == 50 / 80
    assert expected_on_path(path, half, ambition=ASPIRATIONAL) == pytest.approx(0.7 * 50 / 80)
    assert expected_on_path(path, date(2026, 12, 30), ambition=ASPIRATIONAL) == pytest.approx(0.7)
    assert in_force(path, date(2026, 11, 14)) == (0, 100)
    assert in_force(path, half) == (0, 80)


def test_e5_a_second_amendment_starts_from_the_bent_path_and_may_move_the_end() -> None:
    end = date(2026, 12, 30)
    path = quarter(
        last=end,
        amendments=(
            amended(date(2026, 11, 15), 80, last=end),
            amended(date(2026, 11, 30), 100, last=date(2027, 1, 29)),
        ),
    )
    assert path_value(path, date(2026, 11, 30)) == pytest.approx(60)
    assert path_value(path, date(2026, 12, 30)) == pytest.approx(80)  # half of the 60 days that are left
    assert path_value(path, date(2027, 1, 29)) == 100
    assert path_value(path, date(2027, 3, 1)) == 100
    gone = quarter(last=end, amendments=(amended(date(2026, 11, 15), 20, last=date(2026, 11, 15)),))
    assert path_value(gone, date(2026, 11, 15)) == 20
    lower = quarter(last=end, amendments=(amended(date(2026, 11, 15), 40, last=end),))
    assert path_value(lower, date(2026, 11, 15)) == 50
    assert expected_on_path(lower, date(2026, 11, 15), ambition=COMMITTED) == 1  # a plan is never more than the whole


ways = st.tuples(values, values).filter(lambda way: way[0] != way[1])


@st.composite
def bent_paths(draw: st.DrawFn) -> Path:
    made = sorted(draw(st.sets(st.dates(FIRST, LAST), max_size=3)))
    between = sorted(draw(st.sets(st.dates(FIRST + timedelta(1), LAST - timedelta(1)), max_size=3)))
    start, target = draw(ways)
    return quarter(
        start=start,
        target=target,
        curve=draw(curves),
        checkpoints=tuple(Checkpoint(day, draw(values)) for day in between),
        amendments=tuple(Amended(day, *draw(ways), draw(st.dates(FIRST, date(2027, 3, 31)))) for day in made),
        calendar=draw(st.sampled_from([None, WorkCalendar()])),
    )


@given(bent_paths(), st.dates(date(2026, 9, 1), date(2027, 4, 30)), ambitions)
def test_a_bent_path_ends_at_its_target_and_plans_0_to_1(path: Path, day: date, ambition: Ambition) -> None:
    check_path(path)
    _, target = in_force(path, day)
    ends = path.amendments[-1].last if path.amendments else path.last
    if day > max([ends, path.last, *(a.last for a in path.amendments)]):
        assert path_value(path, day) == target
    assert 0 <= expected_on_path(path, day, ambition=ambition) <= (0.7 if ambition == ASPIRATIONAL else 1)
    # What is amended later does not change what was planned before.
    kept = tuple(a for a in path.amendments if a.on <= day)
    same = Path(path.first, path.last, path.start, path.target, path.curve, path.checkpoints, kept, path.calendar)
    assert path_value(same, day) == path_value(path, day)


@given(bent_paths(), st.dates(FIRST, LAST), st.sampled_from([0.5, 2.0, 60.0]), st.integers(-100, 100))
def test_the_plan_does_not_depend_on_the_unit(path: Path, day: date, factor: float, shift: int) -> None:
    def other(value: float) -> float:
        return factor * value + shift

    start, target = in_force(path, day)
    assume(abs(target - start) > 1)
    scaled = Path(
        path.first, path.last, other(path.start), other(path.target), path.curve,
        tuple(Checkpoint(c.on, other(c.value)) for c in path.checkpoints),
        tuple(Amended(a.on, other(a.start), other(a.target), a.last) for a in path.amendments), path.calendar,
    )  # fmt: skip
    plain = expected_on_path(path, day, ambition=COMMITTED)
    assert expected_on_path(scaled, day, ambition=COMMITTED) == pytest.approx(plain, abs=1e-6)


def test_one_door_plans_for_every_kind() -> None:
    timing = Timing(FIRST, LAST)
    children = (Child(1, 0.5, 0.2, weight=3), Child(2, 0.1, 0.4), Child(3, None, 0.9))
    seen = Seen((28.0,), steps=(Step(1, 0, FIRST), Step(1, 0)), tasks=Tasks(2, 1), children=children)
    planned = {
        Measure(Kind.REACH, start=100, target=60): TAU,
        Measure(Kind.PERCENT): TAU,
        Measure(Kind.TASKS): TAU,
        Measure(Kind.JUDGED): TAU,
        Measure(Kind.CHILDREN): 0.3,
        Measure(Kind.CHILDREN, combine=Combine.WEIGHTED_MEAN): 0.25,
        Measure(Kind.CHILDREN, start=5, target=7, combine=Combine.SUM): TAU,
        Measure(Kind.BASELINE, start=5, target=7): TAU,
        Measure(Kind.BASELINE, start=5): None,
        Measure(Kind.KEEP, high=30): 1,
        Measure(Kind.MILESTONE): 0.5,
        Measure(Kind.LEVELS, start=0, floor=40, target=100, stretch=140): expected_by_levels(quarter(), LEVELS, TODAY),
    }
    assert {measure.kind for measure in planned} == set(Kind)
    for measure, share in planned.items():
        got = expected_progress(measure, seen, timing, ambition=COMMITTED, day=TODAY)
        assert got == (None if share is None else pytest.approx(share)), measure
    assert expected_progress(Measure(Kind.KEEP, high=30), Seen(), timing, ambition=COMMITTED, day=TODAY) is None
    assert expected_progress(Measure(Kind.MILESTONE), Seen(), timing, ambition=COMMITTED, day=TODAY) is None
    assert expected_progress(Measure(Kind.CHILDREN), Seen(), timing, ambition=COMMITTED, day=TODAY) is None
    # E4: each child's plan ends where its own grade is green, and the parent's ambition changes nothing of it.
    got = expected_progress(Measure(Kind.CHILDREN), seen, timing, ambition=Ambition.ASPIRATIONAL, day=TODAY)
    assert got == pytest.approx(0.3)
