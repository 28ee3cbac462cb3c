"""How a pillar of the strategy stands: what its top objectives say together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from milepost.core.numbers import mean


@dataclass(frozen=True, slots=True)
class Top:
    """A top objective of a pillar; score and expected 0..1, None unknown."""

    score: float | None
    expected: float | None
    word: str


@dataclass(frozen=True, slots=True)
class Health:
    """Score and plan 0..1 of the top objectives that reported, None of none; how many have each word."""

    score: float | None
    expected: float | None
    reported: int
    total: int
    words: tuple[tuple[str, int], ...]


def pillar_health(tops: Sequence[Top]) -> Health:
    """Return the mean of the top objectives of a pillar, with the mean plan of the same ones.

    Who has no score is counted with its word and left out of both means, so that the two can be compared.
    The words come in the order in which they first stand among the objectives.

    Source: rules R3, R4, E4.
    """
    reported = [top for top in tops if top.score is not None]
    expected = [top.expected for top in reported if top.expected is not None]
    return Health(
        score=mean([top.score for top in reported if top.score is not None]),
        expected=mean(expected),
        reported=len(reported),
        total=len(tops),
        words=tuple(Counter(top.word for top in tops).items()),
    )
