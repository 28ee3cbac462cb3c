"""What a chance of hitting means in words, and what a hit is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from milepost.core.measure import Kind, Measure
from milepost.core.pace import GREEN_ASPIRATIONAL, Ambition, green_at
from milepost.core.progress import WHOLE_PERCENT, value_at
from milepost.core.status import EXACT, GoalWord
from milepost.core.target import LEAST_RELIABILITY

AHEAD_FROM = 0.90  # S4
ON_TRACK_FROM = 0.60
AT_RISK_FROM = 0.30
LEAST_READINGS = 6


class HitIn(StrEnum):
    """What has to come far enough for a hit."""

    VALUE = "value"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit: the value at the end in the metric's unit, or the final mean credit 0..1, reaches `at`."""

    of: HitIn
    at: float


def hit(measure: Measure, *, ambition: Ambition) -> Hit | None:
    """Return what a hit is: where the grade is green; None of kinds that have no chance.

    Source: rule S4.
    """
    match measure.kind:
        case Kind.REACH if measure.start is not None and measure.target is not None:
            return Hit(HitIn.VALUE, value_at(green_at(ambition), start=measure.start, target=measure.target))
        case Kind.PERCENT:
            return Hit(HitIn.VALUE, green_at(ambition) * WHOLE_PERCENT)
        case Kind.LEVELS if measure.target is not None:
            return Hit(HitIn.VALUE, measure.target)
        case Kind.KEEP:
            return Hit(HitIn.CREDIT, GREEN_ASPIRATIONAL if ambition == Ambition.ASPIRATIONAL else 1.0)
    return None


def credit_needed(credits: Sequence[float], *, at: float, periods_left: int) -> float | None:
    """Return the mean credit that the periods left must have for a hit; above 1 it cannot be any more.

    Args:
        credits: of the closed periods, each 0..1.
        at: the final mean credit that is a hit, 0..1.

    Returns:
        0 or more; None if no period is left.

    Source: rule S4.
    """
    if periods_left <= 0:
        return None
    missing = at * (len(credits) + periods_left) - math.fsum(credits)
    return max(0.0, missing / periods_left)


def forecast_word(chance: float | None, *, readings: int, reliability: float | None) -> GoalWord | None:
    """Return the word of a chance 0..1; None where too little is known to say one.

    Args:
        readings: how many values the chance was made from.
        reliability: of the metric, 0..100; None while it is unrated.

    Source: rule S4.
    """
    if chance is None or readings < LEAST_READINGS or reliability is None or reliability < LEAST_RELIABILITY:
        return None
    if chance >= AHEAD_FROM - EXACT:
        return GoalWord.AHEAD
    if chance >= ON_TRACK_FROM - EXACT:
        return GoalWord.ON_TRACK
    return GoalWord.AT_RISK if chance >= AT_RISK_FROM - EXACT else GoalWord.OFF_TRACK


def lowest_chance(chances: Sequence[float | None]) -> float | None:
    """Return the chance that an objective shows: the lowest of its key results'; None if none has one.

    Source: rule S4.
    """
    return min((chance for chance in chances if chance is not None), default=None)
