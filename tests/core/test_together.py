"""Kinds, curves, amendments, days that count and rule sets: each with all the others."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.core.judgement import Judgement
from milepost.core.measure import Kind, Measure, Seen, Tasks, measure_progress
from milepost.core.pace import Ambition, elapsed, green_at
from milepost.core.parts import Amount, Combine
from milepost.core.path import Amended, Checkpoint, Curve
from milepost.core.plan import Timing, ends_of, expected_progress
from milepost.core.progress import Step
from milepost.core.rollup import Child
from milepost.core.rule_sets import GAP, RATIO, STRICT, RuleKind, RuleSet
from milepost.core.status import EXACT, GoalWord, goal_word, words_by_progress
from milepost.core.workdays import WorkCalendar, days_after

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
EVERY_DAY = frozenset(range(7))
days = st.dates(FIRST - timedelta(days=5), LAST + timedelta(days=40))
shares01 = st.floats(0, 1)
numbers = st.integers(-500, 500).map(float)
STRENGTH = (GoalWord.OFF_TRACK, GoalWord.AT_RISK, GoalWord.ON_TRACK, GoalWord.AHEAD, GoalWord.REACHED)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar | None:
    weekdays = draw(st.none() | st.frozensets(st.integers(0, 6), min_size=1))
    return None if weekdays is None else WorkCalendar(weekdays, draw(st.frozensets(days, max_size=12)))


@st.composite
def measures(draw: st.DrawFn) -> tuple[Measure, Seen]:
    """Return a measure of any kind with something seen of it."""
    start, way = draw(numbers), draw(st.sampled_from([1, -1]))
    size = draw(st.integers(1, 300)) * way
    kind = draw(st.sampled_from(list(Kind)))
    values = tuple(draw(st.lists(numbers, min_size=1, max_size=3)))
    steps = draw(
        st.lists(st.builds(Step, st.integers(1, 4).map(float), shares01, st.none() | days), min_size=1, max_size=4)
    )
    seen = Seen(
        values=values, steps=tuple(steps), tasks=Tasks(4, draw(st.integers(0, 3)), 1),
        amounts=tuple(Amount(value, "") for value in values), children=(Child(1, draw(shares01), None),),
        judgement=Judgement(draw(shares01), "so"),
    )  # fmt: skip
    ends = {"start": start, "target": start + size}
    match kind:
        case Kind.KEEP:
            return Measure(kind, low=start, high=draw(st.none() | st.just(start + 20)), tolerance=10.0), seen
        case Kind.LEVELS:
            floor = draw(st.none() | st.just(start + size / 4))
            return Measure(kind, **ends, floor=floor, stretch=start + 1.5 * size), seen
        case Kind.CHILDREN:
            return Measure(kind, **ends, combine=Combine.SUM), seen  # a mean has no path of its own (E4)
        case Kind.REACH | Kind.BASELINE:
            return Measure(kind, **ends), seen
    return Measure(kind), seen


@st.composite
def timings(draw: st.DrawFn, measure: Measure, *, bends: bool = True) -> Timing:
    ends = ends_of(measure)
    if ends is None:
        return Timing(FIRST, LAST, calendar=draw(calendars()))
    start, target = ends
    between = sorted(draw(st.sets(st.dates(FIRST + timedelta(1), LAST - timedelta(1)), max_size=3)))
    made = sorted(draw(st.sets(st.dates(FIRST, LAST), max_size=2 if bends else 0)))
    at = st.floats(0, 1).map(lambda share: start + share * (target - start))
    return Timing(
        FIRST, LAST, draw(st.sampled_from(list(Curve))), tuple(Checkpoint(day, draw(at)) for day in between),
        tuple(Amended(day, start, target, draw(st.dates(LAST - timedelta(20), LAST + timedelta(30)))) for day in made),
        draw(calendars()), (start, start + draw(st.sampled_from([0.5, 2.0])) * (target - start)) if made else None,
    )  # fmt: skip


rule_sets = st.sampled_from([GAP, RATIO, STRICT]) | st.builds(
    lambda kind, early: replace({"gap": GAP, "ratio": RATIO, "strict": STRICT}[kind.value], early_until=early),
    st.sampled_from(list(RuleKind)), shares01,
)  # fmt: skip
ambitions = st.sampled_from(list(Ambition))


def ambition_of(draw: st.DataObject, measure: Measure) -> Ambition:
    return Ambition.ASPIRATIONAL if measure.kind == Kind.LEVELS else draw.draw(ambitions)


@given(measures(), st.data(), days)
def test_a_plan_lies_between_nothing_and_where_the_grade_is_green(
    given_measure: tuple[Measure, Seen], data: st.DataObject, day: date
) -> None:
    measure, seen = given_measure
    ambition, timing = ambition_of(data, measure), data.draw(timings(measure))
    planned = expected_progress(measure, seen, timing, ambition=ambition, day=day)
    assert planned is not None
    assert 0 <= planned <= green_at(ambition) + EXACT
    if day > max([LAST, *(made.last for made in timing.amendments)]):
        assert planned == pytest.approx(green_at(ambition))


@given(measures(), st.data(), days)
def test_a_day_that_does_not_count_moves_no_plan(
    given_measure: tuple[Measure, Seen], data: st.DataObject, day: date
) -> None:
    measure, seen = given_measure
    ambition, timing = ambition_of(data, measure), data.draw(timings(measure))
    calendar = timing.calendar or WorkCalendar(EVERY_DAY, frozenset())
    timing = timing._replace(calendar=replace(calendar, holidays=calendar.holidays | {day}))
    late = {LAST} if any(step.due_on and step.due_on > LAST for step in seen.steps) else set()  # due by then
    dated = {step.due_on for step in seen.steps} | late if measure.kind == Kind.MILESTONE else set()
    dated |= {point.on for point in timing.checkpoints} | {made.on for made in timing.amendments}
    # Where no day counts at all a way is like one of a single day: it is over when its last day is.
    ends = {made.last + timedelta(days=1) for made in timing.amendments} | {LAST + timedelta(days=1)}
    ends |= {made.last for made in timing.amendments}
    assume(day not in dated | ends)
    before = day - timedelta(days=1)
    planned = [expected_progress(measure, seen, timing, ambition=ambition, day=d) for d in (before, day)]
    assert planned[0] == planned[1]


@given(measures(), st.data(), days)
def test_seven_working_days_are_all_days(given_measure: tuple[Measure, Seen], data: st.DataObject, day: date) -> None:
    measure, seen = given_measure
    ambition, timing = ambition_of(data, measure), data.draw(timings(measure))._replace(calendar=None)
    every = timing._replace(calendar=WorkCalendar(EVERY_DAY))
    plain = expected_progress(measure, seen, timing, ambition=ambition, day=day)
    assert expected_progress(measure, seen, every, ambition=ambition, day=day) == plain


@given(measures(), st.data(), days, days)
def test_a_plan_that_nobody_amended_never_goes_back(
    given_measure: tuple[Measure, Seen], data: st.DataObject, one: date, other: date
) -> None:
    measure, seen = given_measure
    ambition, timing = ambition_of(data, measure), data.draw(timings(measure, bends=False))
    if timing.curve == Curve.CHECKPOINTS:  # phased targets may ask for less than was there
        timing = timing._replace(checkpoints=())
    early, late = sorted((one, other))
    planned = [expected_progress(measure, seen, timing, ambition=ambition, day=d) or 0.0 for d in (early, late)]
    assert planned[0] <= planned[1] + EXACT


@given(measures(), st.data(), days, rule_sets, st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))
def test_more_progress_is_never_a_weaker_word(
    given_measure: tuple[Measure, Seen], data: st.DataObject, day: date, rules: RuleSet, one: float, other: float
) -> None:
    measure, seen = given_measure
    ambition, timing = ambition_of(data, measure), data.draw(timings(measure))
    planned = expected_progress(measure, seen, timing, ambition=ambition, day=day)
    is_maintain = measure.kind == Kind.KEEP
    tau = elapsed(first=FIRST, last=LAST, day=day, calendar=timing.calendar)

    def word(progress: float) -> GoalWord:
        return goal_word(
            progress=progress, expected=planned, tau=tau, ambition=ambition, ended=False, closed=False,
            is_maintain=is_maintain, has_breach=progress < 1, rules=rules,
        )  # fmt: skip

    low, high = sorted((one, other))
    words = [word(low), word(high)]
    if GoalWord.EARLY not in words:
        assert STRENGTH.index(words[0]) <= STRENGTH.index(words[1])
    assert planned is not None
    # Who is where the plan is, is never behind it, whatever is compared.
    if not (is_maintain and tau < rules.early_until and planned < 1):
        assert word(planned) not in {GoalWord.AT_RISK, GoalWord.OFF_TRACK}
    found = measure_progress(measure, seen).progress
    assert found is None or word(found) in set(GoalWord)


@given(shares01, ambitions, rule_sets, st.floats(-0.5, 1.5))
def test_the_borders_told_are_those_by_which_a_word_is_given(
    planned: float, ambition: Ambition, rules: RuleSet, progress: float
) -> None:
    borders = words_by_progress(expected=planned, ambition=ambition, rules=rules)
    assume(all(at is None or abs(progress - at) > 1e-6 for _, at in borders))
    told = next(word for word, at in borders if at is None or progress >= at)
    assert told == goal_word(
        progress=progress, expected=planned, tau=1.0, ambition=ambition, ended=False, closed=False, rules=rules
    )


@given(calendars(), st.dates(FIRST, LAST))
def test_the_share_of_time_is_counted_one_day_at_a_time(calendar: WorkCalendar | None, day: date) -> None:
    by_day = [FIRST + timedelta(days=k) for k in range(1, (LAST - FIRST).days + 1)]
    counted = [d for d in by_day if calendar is None or calendar.is_counted(d)]
    passed = [d for d in counted if d <= day]
    assert days_after(FIRST, day, calendar=calendar) == len(passed)
    assume(counted)
    assert elapsed(first=FIRST, last=LAST, day=day, calendar=calendar) == len(passed) / len(counted)
