"""The word of a grade."""

from enum import StrEnum

from milepost.core.pace import GREEN_ASPIRATIONAL, Ambition

REACHED_ASPIRATIONAL = GREEN_ASPIRATIONAL  # G1
PARTLY_ASPIRATIONAL = 0.4
REACHED_COMMITTED = 1.0
PARTLY_COMMITTED = 0.7
EXACT = 1e-9


class GradeWord(StrEnum):
    """The words of rule G1."""

    REACHED = "reached"
    PARTLY = "partly"
    MISSED = "missed"


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
