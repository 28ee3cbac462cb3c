"""What to start an objective with when a KPI leaves its target."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.core.calendar import Frequency, starts_between
from milepost.core.limits import Reading, read_series
from milepost.core.numbers import mean
from milepost.core.series import Aggregation, Point, aggregate
from milepost.core.target import Direction, Target, miss, off_streak

LOOK_BACK = 104  # closed periods
ROLLING = 4
OFF_IN_A_ROW = 3  # K8


@dataclass(frozen=True, slots=True)
class Proposal:
    """The prefill of an objective, in the metric's unit.

    `start_why` is since_shift, mean_of_last_4 or flow_from_zero; `shift_on` is the first
    period of the present level, None if nothing changed; `before` and `level` are the two levels.
    """

    start: float | None
    start_why: str
    last: float | None
    shift_on: date | None
    before: float | None
    level: float | None
    off_streak: int
    is_primary: bool


def read_points(points: Sequence[Point], *, frequency: Frequency) -> tuple[list[date], Reading]:
    """Return the period starts of a series, gaps included, and what it says about them.

    Source: rule K8.
    """
    if not points:
        return [], read_series([])
    starts = starts_between(points[0].start, points[-1].start, frequency)
    values = {p.start: p.value for p in points}
    return starts, read_series([values.get(start) for start in starts])


def propose(
    points: Sequence[Point],
    *,
    frequency: Frequency,
    how: Aggregation,
    target: Target | None,
    direction: Direction,
) -> Proposal:
    """Return what to start an objective with.

    It is the primary action when the target lies outside the natural limits on the bad side, when the
    level changed for the worse, or when three closed periods in a row are off target.

    Args:
        points: closed periods, oldest first.

    Source: rule K8.
    """
    recent = points[-LOOK_BACK:]
    starts, reading = read_points(recent, frequency=frequency)
    shift = reading.shifts[-1] if reading.shifts else None
    last = recent[-1].value if recent else None
    streak = off_streak([p.value for p in recent], target)
    start: float | None
    if how == Aggregation.FLOW:
        start, why = 0.0, "flow_from_zero"
    elif shift is not None:
        start, why = shift.after, "since_shift"
        if how == Aggregation.RATIO:  # a level of ratios is a sum over a sum as well (K4)
            since = [p for p in recent if p.start >= starts[shift.index]]
            level = _level(since, how)
            start = shift.after if level is None else level
    else:
        start, why = _level(recent[-ROLLING:], how), "mean_of_last_4"
    worse = shift is not None and _is_worse(shift.before, shift.after, target, direction)
    limits = reading.phases[-1].limits if reading.phases else None
    outside = (
        limits is not None
        and target is not None
        and miss(limits.mean, target) > 0
        and miss(limits.upper, target) > 0
        and miss(limits.lower, target) > 0
    )
    return Proposal(
        start=start,
        start_why=why,
        last=last,
        shift_on=starts[shift.index] if shift else None,
        before=shift.before if shift else None,
        level=shift.after if shift else None,
        off_streak=streak,
        is_primary=bool(recent) and target is not None and (outside or worse or streak >= OFF_IN_A_ROW),
    )


def _level(points: Sequence[Point], how: Aggregation) -> float | None:
    """Return the mean level; of a ratio the sum over the sum, scaled as its values are."""
    if not points:
        return None
    if how == Aggregation.RATIO and all(p.denominator for p in points):
        plain = aggregate(points, how=how)
        scale = _scale(points)
        if plain is not None and scale is not None and math.isfinite(plain * scale):
            return plain * scale
    return mean([p.value for p in points])


def _scale(points: Sequence[Point]) -> float | None:
    """Return what a ratio was multiplied with to make its value (100 for percent)."""
    for p in points:
        if p.numerator and p.denominator:
            return p.value * p.denominator / p.numerator
    return None


def _is_worse(before: float, after: float, target: Target | None, direction: Direction) -> bool:
    if direction == Direction.WITHIN:
        return target is not None and miss(after, target) > miss(before, target)
    return (after < before) == (direction == Direction.HIGHER)
