"""Grades at the close: proposed and final, their words, and what a team's grades say about its aims."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from milepost.core.numbers import finite, mean, said
from milepost.core.pace import GREEN_ASPIRATIONAL, Ambition
from milepost.core.progress import progress
from milepost.core.status import GoalWord

REACHED_ASPIRATIONAL = GREEN_ASPIRATIONAL  # G1
PARTLY_ASPIRATIONAL = 0.4
REACHED_COMMITTED = 1.0
PARTLY_COMMITTED = 0.7
FITS_FROM, FITS_TO, TOO_EASY_ABOVE = 0.6, 0.7, 0.8
EXACT = 1e-9


class BadGrade(ValueError):
    """A grade outside 0 to 1, or one that differs from the proposed one without a reason."""


class NotGraded(ValueError):
    """An objective that is to close before its key results are graded."""


class GradeWord(StrEnum):
    """The words of rule G1."""

    REACHED = "reached"
    PARTLY = "partly"
    MISSED = "missed"


class Pitch(StrEnum):
    """Where the mean of a team's aspirational grades lies."""

    LOW = "low"
    FITS = "fits"
    HIGH = "high"
    TOO_EASY = "too_easy"


# A grade is coloured as the status of the same promise is.
LOOKS_LIKE = {
    GradeWord.REACHED: GoalWord.ON_TRACK,
    GradeWord.PARTLY: GoalWord.AT_RISK,
    GradeWord.MISSED: GoalWord.OFF_TRACK,
}


@dataclass(frozen=True, slots=True)
class Grade:
    """The proposed grade and the final one, 0..1 or None without a score; with the reason where they differ."""

    proposed: float | None
    final: float | None
    why: str = ""
    is_reviewed: bool = True


@dataclass(frozen=True, slots=True)
class Tally:
    """How many goals were reached, partly reached and missed by their final grade.

    `unbanded` learning goals have no word, `ungraded` ones no grade, and `not_reviewed` ones stand as
    proposed; the last are also among the others.
    """

    reached: int = 0
    partly: int = 0
    missed: int = 0
    unbanded: int = 0
    ungraded: int = 0
    not_reviewed: int = 0


def propose_grade(score: float | None) -> Grade:
    """Return the grade that the close proposes: the score 0..1 at the end, not reviewed yet.

    Source: rules G1, G3.
    """
    return Grade(score, score, is_reviewed=False)


def give_grade(proposed: float | None, *, final: float, why: str = "") -> Grade:
    """Return the grade the lead gives.

    Args:
        proposed: 0..1, None without a score.
        final: 0..1.

    Raises:
        NotANumber: it is not finite.
        BadGrade: it lies outside 0..1, or differs from the proposed one without a reason; both are named.

    Source: rule G1.
    """
    finite(final, name="The grade")
    if not 0 <= final <= 1:
        raise BadGrade(f"The grade is {said(final)}. Write one from 0 to 1.")
    if (proposed is None or abs(final - proposed) > EXACT) and not why.strip():
        stands = "no grade is proposed" if proposed is None else f"the proposed grade is {said(proposed)}"
        raise BadGrade(f"The grade is {said(final)}, {stands}. Say why.")
    return Grade(proposed, final, why)


def close_with(grades: Sequence[Grade | None], *, may_close_rest: bool) -> tuple[Grade | None, ...]:
    """Return the grades with which an objective closes.

    Args:
        grades: one a key result; None, or one not reviewed, where its lead has not graded it.
        may_close_rest: an admin or the cycle's coach closes: the proposed grades stand, not reviewed.

    Raises:
        NotGraded: somebody else closes while grades are missing; how many is said.

    Source: rule G3.
    """
    missing = sum(grade is None or not grade.is_reviewed for grade in grades)
    if missing and not may_close_rest:
        raise NotGraded(
            f"{missing} of {len(grades)} key results have no grade yet. Grade them, or ask an admin or the coach."
        )
    return tuple(grades)


def tally(grades: Sequence[tuple[Grade, Ambition]]) -> Tally:
    """Return how many goals were reached, partly reached and missed, by the final grade.

    Source: rules G1, G3.
    """
    words = [None if grade.final is None else grade_word(grade.final, ambition=ambition) for grade, ambition in grades]
    ungraded = sum(grade.final is None for grade, _ in grades)
    return Tally(
        reached=words.count(GradeWord.REACHED),
        partly=words.count(GradeWord.PARTLY),
        missed=words.count(GradeWord.MISSED),
        unbanded=words.count(None) - ungraded,
        ungraded=ungraded,
        not_reviewed=sum(not grade.is_reviewed for grade, _ in grades),
    )


def pitch(grades: Sequence[float]) -> Pitch | None:
    """Return where the mean of a team's aspirational grades lies; None of none.

    It belongs between .6 and .7; above .8 one asks whether the aims were too easy.

    Args:
        grades: the final ones, 0..1.

    Source: rule G1.
    """
    level = mean(grades)
    if level is None:
        return None
    if level < FITS_FROM - EXACT:
        return Pitch.LOW
    if level <= FITS_TO + EXACT:
        return Pitch.FITS
    return Pitch.TOO_EASY if level > TOO_EASY_ABOVE + EXACT else Pitch.HIGH


def carried_start(*, start: float, target: float, value: float, keeps_progress: bool) -> float:
    """Return the start of a key result that is carried over, in the metric's unit.

    Args:
        start, target, value: of the closed one, the value as it is today.
        keeps_progress: keep its start, so that it begins with its progress; else today's value, with 0.

    Raises:
        NoDistance: today's value is the target, so that nothing would be left to do.

    Source: rule G4.
    """
    if keeps_progress:
        return start
    progress(start=value, target=target, value=value)
    return value


def grade_word(grade: float, *, ambition: Ambition) -> GradeWord | None:
    """Return the word of a grade 0..1; None for a learning goal, which has no band.

    Source: rule G1.
    """
    if ambition == Ambition.LEARNING:
        return None
    aspirational = ambition == Ambition.ASPIRATIONAL
    reached = REACHED_ASPIRATIONAL if aspirational else REACHED_COMMITTED
    partly = PARTLY_ASPIRATIONAL if aspirational else PARTLY_COMMITTED
    if grade >= reached - EXACT:
        return GradeWord.REACHED
    return GradeWord.PARTLY if grade >= partly - EXACT else GradeWord.MISSED
