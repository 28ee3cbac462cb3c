"""How far a key result has come."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.core.numbers import finite, mean, said

FARTHEST = sys.float_info.max  # p is unbounded, but always a number
WHOLE_PERCENT = 100.0  # P7


class NoDistance(ValueError):
    """Start and target are the same, so there is no way to go."""

    def __init__(self, value: float) -> None:
        super().__init__(
            f"Start and target are both {said(value)}, so nothing could be reached. "
            "Change one of them, or keep a level instead."
        )


class DirectionDisagrees(ValueError):
    """The stated direction contradicts start and target."""

    def __init__(self, *, start: float, target: float, direction: str) -> None:
        way = "down" if target < start else "up"
        super().__init__(
            f"From {said(start)} to {said(target)} goes {way}, but “{direction}” is said to be good. "
            "Change one of the three."
        )


class BadBand(ValueError):
    """A level to keep that nothing could be held against."""


class BadStep(ValueError):
    """A step of a milestone whose weight or share done is none."""


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
    way, gone = target - start, value - start
    if math.isinf(way) or math.isinf(gone):  # halves are exact, and their differences do not overflow
        way, gone = target / 2 - start / 2, value / 2 - start / 2
    share = gone / way
    return math.copysign(FARTHEST, share) if math.isinf(share) else share


def forced_progress(*, value: float, target: float, direction: str) -> float:
    """Return the progress of an imported goal whose start is its target: 1 at the target or past it, else 0.

    Args:
        value, target: in the metric's own unit; finite.
        direction: "higher" or "lower", which way is good.

    Source: the introduction of rules P.
    """
    is_met = value <= target if direction == "lower" else value >= target
    return 1.0 if is_met else 0.0


def percent_progress(value: float) -> float:
    """Return the progress of a typed percentage: 68.9 is .689, above 100 more than 1.

    Source: rule P7.
    """
    return progress(start=0.0, target=WHOLE_PERCENT, value=value)


def baseline_progress(*, baseline: float | None, target: float | None, value: float | None) -> float | None:
    """Return P1 from the value first measured; None while it waits for that, a target or a value.

    Args:
        baseline, target, value: in the metric's own unit; finite or None.

    Raises:
        NoDistance: the target is what was measured.

    Source: rule P11.
    """
    if baseline is None or target is None or value is None:
        return None
    return progress(start=baseline, target=target, value=value)


def value_at(share: float, *, start: float, target: float) -> float:
    """Return the value at which so much of the way from start to target is done: `progress` backwards.

    Args:
        share: unbounded; 0.0 gives the start, 1.0 the target, both exactly.

    Source: rule P1.
    """
    if share == 1.0:
        return target
    way = target - start
    found = start + share * way if math.isfinite(way) else (1.0 - share) * start + share * target
    return math.copysign(FARTHEST, found) if math.isinf(found) else found


def clip01(share: float) -> float:
    """Return the share cut to 0..1: the score that rolls up.

    Source: the introduction of rules P.
    """
    return min(1.0, max(0.0, share))


def check_direction(*, start: float, target: float, direction: str) -> None:
    """Do nothing if the way from start to target goes where `direction` ("higher", "lower") says good is.

    Raises:
        DirectionDisagrees: with the numbers named.

    Source: the introduction of rules P.
    """
    if (direction == "higher" and target < start) or (direction == "lower" and target > start):
        raise DirectionDisagrees(start=start, target=target, direction=direction)


def check_way(*, start: float, target: float, direction: str | None = None) -> None:
    """Do nothing if there is a way from start to target, and in the direction, where one is stated.

    Raises:
        NotANumber: start or target is not finite.
        NoDistance: start equals target.
        DirectionDisagrees: with the numbers named.

    Source: rule P1 and the introduction of rules P.
    """
    finite(start, name="The start")
    finite(target, name="The target")
    if start == target:
        raise NoDistance(start)
    if direction is not None:
        check_direction(start=start, target=target, direction=direction)


def check_band(*, low: float | None, high: float | None, tolerance: float) -> None:
    """Do nothing if a level can be kept so.

    Args:
        low, high, tolerance: in the metric's unit; one of low and high may be None.

    Raises:
        NotANumber: one is not finite.
        BadBand: neither end is given, nothing lies between them, or the tolerance is below 0.

    Source: rules P2, P3.
    """
    for value, name in ((low, "The lower end"), (high, "The upper end"), (tolerance, "The tolerance")):
        if value is not None:
            finite(value, name=name)
    if low is None and high is None:
        raise BadBand("Write the level to keep: at least, at most, or both.")
    if low is not None and high is not None and low >= high:
        raise BadBand(f"At least {said(low)} and at most {said(high)} leave nothing between. Change one.")
    if tolerance < 0:
        raise BadBand(f"The tolerance is {said(tolerance)}. Write 0 or more.")


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


def maintain_score(
    values: Sequence[float], *, low: float | None, high: float | None, tolerance: float, at_close: bool = False
) -> float | None:
    """Return the mean credit of closed periods, None before the first.

    Args:
        values: one a closed period with data, oldest first.
        at_close: only the last period counts.

    Source: rules P2, P3.
    """
    counted = values[-1:] if at_close else values
    return mean([maintain_credit(v, low=low, high=high, tolerance=tolerance) for v in counted])


def check_steps(steps: Sequence[Step]) -> None:
    """Do nothing if every step has a weight above 0 and a share done of 0..1.

    Raises:
        BadStep: with the number named.

    Source: rule P5.
    """
    for step in steps:
        if not (step.weight > 0 and math.isfinite(step.weight)):
            raise BadStep(f"The weight of a step is {_any(step.weight)}. Write a number above 0.")
        if not 0 <= step.done <= 1:
            raise BadStep(f"The share done of a step is {_any(step.done)}. Write one from 0 to 1.")


def milestone_progress(steps: Sequence[Step]) -> float | None:
    """Return the weighted share of steps done, 0..1; None without steps.

    Source: rule P5.
    """
    heaviest = max((step.weight for step in steps), default=0.0)
    if heaviest <= 0:
        return None
    # Weights are only compared with each other: measured in the heaviest, no sum of them overflows.
    whole = math.fsum(step.weight / heaviest for step in steps)
    return clip01(math.fsum(step.weight / heaviest * step.done for step in steps) / whole)


def _any(value: float) -> str:
    return said(value) if math.isfinite(value) else str(value)
