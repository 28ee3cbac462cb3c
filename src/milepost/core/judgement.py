"""Numbers that a person gives: a judged score, and one in place of the computed score."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from milepost.core.numbers import finite, said


class BadJudgement(ValueError):
    """A judged number without a reason, or outside 0 to 1."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A score 0..1 that somebody gave, with the reason."""

    score: float
    why: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A score 0..1 in place of the computed one, since an aware moment; kept, or until the next value."""

    score: float
    why: str
    by: str
    at: datetime
    is_kept: bool = False


class Standing(NamedTuple):
    """The score that counts, the computed one beside it, and the override that stands, if one does; 0..1 or None."""

    score: float | None
    computed: float | None
    override: Override | None


def check_judgement(*, score: float, why: str) -> None:
    """Do nothing if a judged number can stand.

    Raises:
        NotANumber: it is not finite.
        BadJudgement: it lies outside 0 to 1, or has no reason.

    Source: rule P10.
    """
    finite(score, name="The score")
    if not 0 <= score <= 1:
        raise BadJudgement(f"The score is {said(score)}. Write one from 0 to 1, or 0 to 100 %.")
    if not why.strip():
        raise BadJudgement(f"Say why the score is {said(round(100 * score, 6))} %.")


def standing_score(computed: float | None, override: Override | None, *, value_at: datetime | None) -> Standing:
    """Return the score that counts: an override, unless a value came after one that is not kept.

    Args:
        computed: 0..1, None unknown.
        value_at: when the newest value became known; aware, None while there is none.

    Source: the introduction of rules P.
    """
    if override is None or (not override.is_kept and value_at is not None and value_at > override.at):
        return Standing(computed, computed, None)
    return Standing(override.score, computed, override)
