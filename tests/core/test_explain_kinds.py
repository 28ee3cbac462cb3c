"""The rarer kinds, bent plans, grades and calculated KPIs are explained in sums that can be done by hand."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.core.explain import (
    explain_baseline,
    explain_grade,
    explain_judged,
    explain_levels,
    explain_path_plan,
    explain_tasks,
)
from milepost.core.grade import Grade, give_grade, propose_grade
from milepost.core.judgement import Judgement
from milepost.core.levels import Levels, levels_progress
from milepost.core.pace import Ambition
from milepost.core.path import Amended, Checkpoint, Curve, Path, expected_on_path, in_force
from milepost.core.workdays import WorkCalendar
from tests.core.test_explain import calculate, check
from tests.core.test_plans import bent_paths, quarter

COMMITTED, ASPIRATIONAL = Ambition.COMMITTED, Ambition.ASPIRATIONAL
LEVELS = Levels(start=0, floor=40, target=100, stretch=140)
whole = st.integers(-1000, 1000).map(float)


def by_hand(formula: str) -> tuple[float, float]:
    """Return a sum of percentages done by hand, and the percentage it is said to come to."""
    sums, result = formula.rsplit(" = ", 1)
    return float(calculate(sums.replace(" %", ""))), float(result.removesuffix(" %").replace("−", "-"))


def test_p4_levels() -> None:
    said = explain_levels(LEVELS, value=70, unit="deals")
    assert said.formula == "30 % + (70 − 40) / (100 − 40) × 40 % = 50 %"
    assert [c.text for c in said.changes] == ["at 100 deals: 70 %", "at 140 deals: 100 %"]
    assert explain_levels(LEVELS, value=-20, unit="").formula == "0 % + ((−20) − 0) / (40 − 0) × 30 % = −15 %"
    assert explain_levels(LEVELS, value=150, unit="").changes == ()
    assert explain_levels(LEVELS, value=None, unit="").value is None


@given(st.lists(st.integers(-500, 500), min_size=3, max_size=3, unique=True), st.booleans(), whole)
def test_p4_the_sum_of_levels_can_be_done_by_hand(steps: list, down: bool, value: float) -> None:
    start, target, stretch = sorted(map(float, steps), reverse=down)
    levels = Levels(start, target, stretch)
    said = explain_levels(levels, value=value, unit="x")
    assert said.value == levels_progress(levels, value)
    sums, result = by_hand(said.formula)
    assert sums == pytest.approx(result, abs=0.06)


def test_p6_tasks() -> None:
    said = explain_tasks(done=3, total=5, cancelled=1)
    assert said.formula == "3 / (5 − 1) = 75 %"
    assert [c.text for c in said.changes] == ["one more done: 75 % → 100 %"]
    check(explain_tasks(done=1, total=3).formula)
    assert explain_tasks(done=0, total=1, cancelled=1).value is None
    assert explain_tasks(done=1, total=1).changes == ()


def test_p10_and_p11() -> None:
    judged = explain_judged(Judgement(0.6, "half of the doors are open", "Ana"), on=date(2026, 11, 20))
    assert judged.formula == "judged 60 %: half of the doors are open"
    assert judged.inputs[0].by == "Ana"
    assert explain_judged(None).value is None
    for given_numbers, words in (
        ((None, None), "the first value"),
        ((48.0, None), "a target"),
        ((48.0, 30.0), "a value"),
    ):
        baseline, target = given_numbers
        said = explain_baseline(baseline=baseline, target=target, unit="min")
        assert said.formula == f"waiting for a baseline: {words} is not there yet"
        assert said.value is None


def test_grades() -> None:
    assert (
        explain_grade(give_grade(0.65, final=0.65), ambition=ASPIRATIONAL).formula
        == "the score at the end, 65 %: partly"
    )
    changed = explain_grade(give_grade(0.65, final=0.7, why="signed on the 2nd"), ambition=ASPIRATIONAL)
    assert changed.formula == "70 %: reached; proposed was 65 %; signed on the 2nd"
    assert (changed.value, changed.word) == (0.7, "reached")
    assert (
        explain_grade(propose_grade(0.2), ambition=COMMITTED).formula
        == "the score at the end, 20 %: missed; not reviewed"
    )
    assert explain_grade(propose_grade(None), ambition=COMMITTED).value is None
    borders = [explain_grade(propose_grade(g), ambition=COMMITTED).changes for g in (0.2, 0.7, 1.0)]
    assert [[c.text for c in one] for one in borders] == [
        ["at 70 % or more: partly"], ["below 70 %: missed", "at 100 % or more: reached"], ["below 100 %: partly"],
    ]  # fmt: skip
    learning = explain_grade(Grade(0.9, 0.9), ambition=Ambition.LEARNING)
    assert (learning.word, learning.formula) == (None, "the score at the end, 90 %; a learning goal has no band")


def test_a_bent_plan() -> None:
    day = date(2026, 11, 15)
    path = quarter(last=date(2026, 12, 30), amendments=(Amended(day, 0, 80, date(2026, 12, 30)),))
    said = explain_path_plan(path, day=day, ambition=ASPIRATIONAL, unit="deals")
    assert said.formula == "0.7 × (50 − 0) / (80 − 0) = 43.8 %"
    assert said.inputs[0].source == "straight from the amendment of 15 Nov 2026"
    assert said.changes[0].text.startswith("on 16 Nov 2026: +")
    phased = quarter(curve=Curve.CHECKPOINTS, checkpoints=(Checkpoint(date(2026, 10, 31), 40.0),))
    assert (
        explain_path_plan(phased, day=date(2026, 10, 31), ambition=COMMITTED, unit="").formula
        == "(40 − 0) / (100 − 0) = 40 %"
    )
    weekdays = quarter(last=date(2026, 12, 30), calendar=WorkCalendar())
    said = explain_path_plan(weekdays, day=day, ambition=COMMITTED, unit="deals")
    assert said.formula.startswith("after 31 of 64 working days: (48.4375 − 0) / (100 − 0)")
    lower = quarter(last=date(2026, 12, 30), amendments=(Amended(day, 0, 40, date(2026, 12, 30)),))
    assert (
        explain_path_plan(lower, day=day, ambition=COMMITTED, unit="").formula
        == "(50 − 0) / (40 − 0), cut to 0 to 100 % = 100 %"
    )


@given(bent_paths(), st.dates(date(2026, 10, 1), date(2027, 1, 31)), st.sampled_from(list(Ambition)))
def test_the_sum_of_a_plan_can_be_done_by_hand(path: Path, day: date, ambition: Ambition) -> None:
    start, target = in_force(path, day)
    assume(abs(target - start) > 0.01)
    said = explain_path_plan(path, day=day, ambition=ambition, unit="x")
    assert said.value == expected_on_path(path, day, ambition=ambition)
    days, _, sums = said.formula.rpartition(": ")
    assert bool(days) == (path.calendar is not None)
    if "cut" not in said.formula:
        check(sums)
