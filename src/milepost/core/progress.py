"""How far a key result has come."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


class NoDistance(ValueError):
    """Start and target are the same, so there is no way to go."""

    def __init__(self, value: float | None) -> None:
        super().__init__(
            f"Start and target are both {value:g}, so nothing could be reached. "
            "Change one of them, or keep a level instead."
        )


class DirectionDisagrees(ValueError):
    """The stated direction contradicts start and target."""

    def __init__(self, *, start: float, target: float, direction: str) -> None:
        way = "down" if target < start else "up"
        super().__init__(
            f"From {start:g} to {target:g} goes {way}, but “{direction}” is said to be good. Change one of the three."
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a milestone: weight above 0, share done 0..1, due day or None."""

    weight: float
    done: float
    due_on: date | None = None


def progress(*, start: float, target: float, value: float) -> float:
    """Return how far the value has come from start to target.

    One formula for both directions and any sign; a value beyond the target gives more than 1,
    one worse than the start gives less than 0.

    Args:
        start, target, value: in the metric's own unit; finite; start differs from target.

    Returns:
        Unbounded share of the way: 0.0 at start, 1.0 at target.

    Raises:
        NoDistance: start equals target.

    Source: rule P1.
    """
    if start == target:
        raise NoDistance(start)
    # Scaled by the largest of the three: differences of huge numbers must not overflow.
    scale = max(abs(start), abs(target), abs(value))
    if math.isinf(target - start) or math.isinf(value - start):
        start, target, value = start / scale, target / scale, value / scale
    return (value - start) / (target - start)


def value_at(share: float, *, start: float, target: float) -> float:
    """Return the value at which so much of the way from start to target is done: `progress` backwards.

    Args:
        share: unbounded; 0.0 gives the start, 1.0 the target, both exactly.

    Source: rule P1.
    """
    if share == 1.0:
        return target
    if math.isinf(target - start):
        return (1.0 - share) * start + share * target
    return start + share * (target - start)


def clip01(share: float) -> float:
    """Return the share cut to 0..1: the score that rolls up."""
    return min(1.0, max(0.0, share))


def check_direction(*, start: float, target: float, direction: str) -> None:
    """Do nothing if the way from start to target goes where `direction` ("higher", "lower") says good is.

    Raises:
        DirectionDisagrees: with the numbers named.
    """
    if (direction == "higher" and target < start) or (direction == "lower" and target > start):
        raise DirectionDisagrees(start=start, target=target, direction=direction)


def maintain_credit(value: float, *, low: float | None, high: float | None, tolerance: float) -> float:
    """Return the credit 0..1 of one period of a level to keep.

    Args:
        low, high: the ends of what is wanted, both included; None leaves that side open.
        tolerance: the miss, in the metric's unit, at which no credit is left; 0 forgives nothing.

    Source: rules P2, P3.
    """
    shortfall = 0.0
    if low is not None and value < low:
        shortfall = low - value
    elif high is not None and value > high:
        shortfall = value - high
    if shortfall == 0.0:
        return 1.0
    return clip01(1.0 - shortfall / tolerance) if tolerance > 0 else 0.0


def maintain_score(values: Sequence[float], *, low: float | None, high: float | None, tolerance: float) -> float | None:
    """Return the mean credit of closed periods, None before the first.

    Source: rules P2, P3.
    """
    if not values:
        return None
    credits = [maintain_credit(v, low=low, high=high, tolerance=tolerance) for v in values]
    return math.fsum(credits) / len(credits)


def milestone_progress(steps: Sequence[Step]) -> float | None:
    """Return the weighted share of steps done, 0..1; None without steps.

    Source: rule P5.
    """
    total = math.fsum(step.weight for step in steps)
    if total <= 0:
        return None
    return math.fsum(step.weight * step.done for step in steps) / total
