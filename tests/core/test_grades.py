"""Grades at the close, and the score by the first plan (rules G1 to G4)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.grade import (
    LOOKS_LIKE,
    BadGrade,
    Grade,
    GradeWord,
    NotGraded,
    Pitch,
    Tally,
    carried_start,
    close_with,
    give_grade,
    grade_word,
    pitch,
    propose_grade,
    tally,
)
from milepost.core.measure import Kind, Measure, Seen
from milepost.core.numbers import NotANumber
from milepost.core.pace import Ambition
from milepost.core.planned import PlannedKeyResult, TwoScores, as_planned, two_scores
from milepost.core.progress import NoDistance, progress
from milepost.core.rollup import Child

COMMITTED, ASPIRATIONAL, LEARNING = Ambition.COMMITTED, Ambition.ASPIRATIONAL, Ambition.LEARNING


def test_g1_the_score_is_proposed_and_a_change_has_a_reason() -> None:
    assert propose_grade(0.65) == Grade(0.65, 0.65, is_reviewed=False)
    assert give_grade(0.65, final=0.65) == Grade(0.65, 0.65)
    assert give_grade(0.65, final=0.7, why="the last deal was signed on the 2nd").final == 0.7
    with pytest.raises(BadGrade, match="The grade is 0.7, the proposed grade is 0.65. Say why"):
        give_grade(0.65, final=0.7, why=" ")
    with pytest.raises(BadGrade, match="The grade is 0.7, no grade is proposed"):
        give_grade(None, final=0.7)
    for wrong in (1.01, -0.1):
        with pytest.raises(BadGrade, match="from 0 to 1"):
            give_grade(0.5, final=wrong, why="x")
    with pytest.raises(NotANumber):
        give_grade(0.5, final=math.nan, why="x")


def test_g1_grades_look_like_the_status_of_the_same_promise() -> None:
    assert LOOKS_LIKE == {"reached": "on_track", "partly": "at_risk", "missed": "off_track"}
    assert set(LOOKS_LIKE) == set(GradeWord)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([COMMITTED, ASPIRATIONAL]))
def test_g1_a_better_grade_has_no_worse_word(a: float, b: float, ambition: Ambition) -> None:
    order = [GradeWord.MISSED, GradeWord.PARTLY, GradeWord.REACHED]
    low, high = (order.index(grade_word(g, ambition=ambition)) for g in sorted((a, b)))
    assert low <= high


def test_g1_counts_go_by_the_final_grade() -> None:
    grades = [
        (Grade(0.65, 0.7, "why"), ASPIRATIONAL),
        (Grade(1, 1), COMMITTED),
        (Grade(0.99, 0.99), COMMITTED),
        (propose_grade(0.2), COMMITTED),
        (propose_grade(None), COMMITTED),
        (Grade(0.9, 0.9), LEARNING),
    ]
    assert tally(grades) == Tally(reached=2, partly=1, missed=1, unbanded=1, ungraded=1, not_reviewed=2)
    assert tally([]) == Tally()


@pytest.mark.parametrize(
    ("grades", "where"),
    [([], None), ([0.59], Pitch.LOW), ([0.6], Pitch.FITS), ([0.5, 0.9], Pitch.FITS), ([0.71], Pitch.HIGH), ([0.7, 0.8, 0.9], Pitch.HIGH),
     ([0.81], Pitch.TOO_EASY)],
)  # fmt: skip
def test_g1_the_mean_of_aspirational_grades(grades: list, where: Pitch | None) -> None:
    assert pitch(grades) == where


def test_g3_an_objective_closes_when_its_key_results_are_graded() -> None:
    graded, open_one = give_grade(0.4, final=0.4), propose_grade(0.2)
    assert close_with([graded, graded], may_close_rest=False) == (graded, graded)
    with pytest.raises(NotGraded, match="1 of 2 key results have no grade"):
        close_with([graded, open_one], may_close_rest=False)
    with pytest.raises(NotGraded, match="2 of 2"):
        close_with([None, open_one], may_close_rest=False)
    closed = close_with([graded, open_one], may_close_rest=True)
    assert [grade.is_reviewed for grade in closed if grade] == [True, False]
    assert closed[1].final == 0.2


def test_g4_carried_over_from_todays_value_or_with_start_and_progress() -> None:
    given_goal = {"start": 48.0, "target": 30.0, "value": 39.0}
    fresh = carried_start(**given_goal, keeps_progress=False)
    assert progress(start=fresh, target=30, value=39) == 0
    kept = carried_start(**given_goal, keeps_progress=True)
    assert progress(start=kept, target=30, value=39) == 0.5
    with pytest.raises(NoDistance, match="both 30"):
        carried_start(start=48, target=30, value=30, keeps_progress=False)


def test_g2_two_scores_by_the_first_plan_and_as_amended() -> None:
    first = [
        PlannedKeyResult("speed", Measure(Kind.REACH, start=48, target=30), share=0.5),
        PlannedKeyResult("quality", Measure(Kind.REACH, start=0, target=100)),
        PlannedKeyResult("cancelled", Measure(Kind.REACH, start=0, target=10)),
    ]
    seen = {"speed": Seen((39.0,)), "quality": Seen((20.0,)), "cancelled": Seen((4.0, 6.0)), "added": Seen((1.0,))}
    rolled = as_planned(first, seen)
    assert rolled.score == pytest.approx(0.5 * 0.5 + 0.25 * 0.2 + 0.25 * 0.6)
    assert (rolled.reported, rolled.total) == (3, 3)
    # The target of speed was lowered to 39, one was cancelled, one was added.
    amended = [Child("speed", 1.0, None, share=0.5), Child("quality", 0.2, None), Child("added", 0.1, None)]
    scores = two_scores(first, seen, amended=amended)
    assert scores == TwoScores(pytest.approx(0.45), pytest.approx(0.5 + 0.25 * 0.2 + 0.25 * 0.1))
    assert as_planned(first, {"speed": Seen((39.0,))}).score == 0.5
    assert as_planned([], {}).score is None
