"""A value against another one: the period before, the year before, the target, the plan."""

import math
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from milepost.core.calendar import Frequency, previous_start, year_before
from milepost.core.fiscal import period_name
from milepost.core.target import Direction, Target, miss


class Against(StrEnum):
    """What a value is compared with (rule K5)."""

    PREVIOUS = "previous"
    YEAR_BEFORE = "year_before"
    TARGET = "target"
    PLAN = "plan"


class Change(StrEnum):
    """What a change means for the metric."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A value, the one it is compared with, and the difference, all in the metric's unit.

    `share` is the difference as a share of the size of the other one; None where that says nothing:
    from 0 or across the sign.
    """

    value: float
    other: float
    difference: float
    share: float | None
    change: Change


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The start of the period to compare with, and what has to be said about it, "" if nothing."""

    start: date
    remark: str = ""


def counterpart(start: date, frequency: Frequency, against: Against) -> Counterpart:
    """Return the earlier period that the one beginning on `start` compares with.

    Args:
        against: the period or the year before; for target and plan it is the same period.

    Raises:
        OutOfCalendar: there is none before the year 1.

    Source: rule K5.
    """
    if against == Against.PREVIOUS:
        return Counterpart(previous_start(start, frequency))
    if against != Against.YEAR_BEFORE:
        return Counterpart(start)
    before = year_before(start, frequency)
    name, other = period_name(start, frequency), period_name(before, frequency)
    if frequency == Frequency.WEEK and name[-3:] != other[-3:]:
        return Counterpart(before, f"{name} compares with {other}: {before.isocalendar().year} had no week 53.")
    return Counterpart(before)


def compare(value: float, other: float, *, direction: Direction, target: Target | None = None) -> Comparison:
    """Return how a value differs from another one, and whether that is better.

    Args:
        value, other: in the metric's unit; finite.
        direction: which way is good; within needs the target to tell, and is neutral without it.
        target: the one that judges both.

    Source: rule K5 and the edge cases of progress: no percent from 0 or across the sign.
    """
    difference = value - other
    if math.isinf(difference):
        difference = math.copysign(math.nextafter(math.inf, 0), difference)
    share = None
    if other != 0 and value * math.copysign(1.0, other) >= 0:
        share = difference / abs(other)
        share = share if math.isfinite(share) else None
    return Comparison(value, other, difference, share, _change(value, other, direction, target))


def compare_with_target(value: float, target: Target) -> Comparison:
    """Return by how much a value misses its target: the difference to the nearest value that meets it, 0 when met.

    Source: rules K2, K5.
    """
    nearest = value
    if target.low is not None and value < target.low:
        nearest = target.low
    elif target.high is not None and value > target.high:
        nearest = target.high
    found = compare(value, nearest, direction=Direction.WITHIN)
    return replace(found, change=Change.SAME if value == nearest else Change.WORSE)


def _change(value: float, other: float, direction: Direction, target: Target | None) -> Change:
    if value == other:
        return Change.SAME
    if direction == Direction.WITHIN:
        if target is None:
            return Change.NEUTRAL
        now, before = miss(value, target), miss(other, target)
        if now == before:
            return Change.NEUTRAL if now == 0 else Change.SAME
        return Change.BETTER if now < before else Change.WORSE
    return Change.BETTER if (value > other) == (direction == Direction.HIGHER) else Change.WORSE
