"""What a process gives by itself, and when it changed.

Natural limits by the moving range (XmR) and the signal pair: one point beyond 3.2 sigma, or a
two-sided cumulative sum (k 0.75, h 3.8), both widened while the baseline is short. Named rule sets,
autocorrelation and seasons are not part of it yet.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from milepost.core.numbers import mean

LEAST_POINTS = 8  # below it there are no limits
FIRM_POINTS = 24  # from it on the baseline is locked
NATURAL = 2.66  # 3 / 1.128
SIGMA_PER_RANGE = 1.128  # d2 of a moving range of two
POINT_SIGMAS = 3.2
CUSUM_SLACK = 0.75
CUSUM_LIMIT = 3.8
GUARD = 2.2


@dataclass(frozen=True, slots=True)
class Limits:
    """Natural limits of a baseline of `count` points, in the metric's unit."""

    mean: float
    lower: float
    upper: float
    moving_range: float
    count: int

    @property
    def sigma(self) -> float:
        """Return the spread from point to point.

        Source: XmR chart; rule K8.
        """
        return self.moving_range / SIGMA_PER_RANGE

    @property
    def guard(self) -> float:
        """Return by how much tests are widened because the limits are only estimated.

        Source: XmR chart; rule K8.
        """
        return 1 + GUARD / self.count

    @property
    def is_firm(self) -> bool:
        """Return whether the baseline is long enough to be locked.

        Source: XmR chart; rule K8.
        """
        return self.count >= FIRM_POINTS


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of one level: first and last index, both included; limits None while it is short."""

    first: int
    last: int
    mean: float
    limits: Limits | None


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of level: first index of the new one, index at which it showed, and both levels."""

    index: int
    found_at: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a series says: its phases, the shifts between them, and single points far out."""

    phases: tuple[Phase, ...]
    shifts: tuple[Shift, ...]
    spikes: tuple[int, ...]


def natural_limits(values: Sequence[float | None]) -> Limits | None:
    """Return mean ± 2.66 × mean moving range; None with fewer than 8 values.

    A gap (None) breaks the moving range: no range is taken across it.

    Source: XmR chart; Wheeler, Understanding Variation.
    """
    known = [v for v in values if v is not None]
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if len(known) < LEAST_POINTS or not ranges:
        return None
    level, spread = mean(known), mean(ranges)
    if level is None or spread is None or not math.isfinite(abs(level) + NATURAL * spread):
        return None  # beyond the largest float there are no limits
    return Limits(
        mean=level,
        lower=level - NATURAL * spread,
        upper=level + NATURAL * spread,
        moving_range=spread,
        count=len(known),
    )


def read_series(values: Sequence[float | None], *, breaks: Sequence[int] = ()) -> Reading:
    """Return the phases of a series, oldest value first.

    The first 8 to 24 values of a phase are its baseline. From the 9th on each value is tested against
    what came before; when the cumulative sum signals, a new phase begins where the shift began. A
    single value far out is a spike and starts no phase. With no spread at all nothing is tested.

    Args:
        breaks: indices at which the unit or definition changed without a factor: a new phase begins there
            and nothing is compared across.

    Source: XmR chart and two-sided cumulative sum; rules K8, K10.
    """
    ends = [0, *sorted({index for index in breaks if 0 < index < len(values)}), len(values)]
    read = [_read_unbroken(values[first:end], first) for first, end in pairwise(ends)]
    return Reading(
        phases=tuple(phase for one in read for phase in one.phases),
        shifts=tuple(shift for one in read for shift in one.shifts),
        spikes=tuple(spike for one in read for spike in one.spikes),
    )


def first_change(values: Sequence[float | None]) -> int | None:
    """Return the index of the first value that differs after at least 8 alike; None if there is none.

    Values that were all alike have no spread, so no test can say that one of them is far out.

    Source: XmR chart; the edge cases of progress.
    """
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    for place, (index, value) in enumerate(known):
        if value != known[0][1]:
            return index if place >= LEAST_POINTS else None
    return None


def values_needed(values: Sequence[float | None]) -> int:
    """Return how many more values there must be before limits can be told; 0 when there are enough.

    Source: XmR chart; the edge cases of progress.
    """
    return max(0, LEAST_POINTS - sum(value is not None for value in values))


def _read_unbroken(values: Sequence[float | None], offset: int) -> Reading:
    """Return the phases of a stretch of one definition, with indices counted from `offset`."""
    phases: list[Phase] = []
    shifts: list[Shift] = []
    spikes: list[int] = []
    first = 0
    while first < len(values):
        found = _first_shift(values, first, spikes)
        last = len(values) - 1 if found is None else found[0] - 1
        phase = _phase(values, first, last)
        if phase is not None:
            if shifts and phases:
                shifts[-1] = replace(shifts[-1], after=phase.mean)
            phases.append(phase)
        if found is None:
            break
        start, found_at = found
        before = phase.mean if phase is not None else math.nan
        shifts.append(Shift(index=start, found_at=found_at, before=before, after=math.nan))
        first = start
    return Reading(
        tuple(replace(p, first=p.first + offset, last=p.last + offset) for p in phases),
        tuple(
            replace(s, index=s.index + offset, found_at=s.found_at + offset) for s in shifts if math.isfinite(s.after)
        ),
        tuple(spike + offset for spike in spikes),
    )


def _phase(values: Sequence[float | None], first: int, last: int) -> Phase | None:
    inside = values[first : last + 1]
    known = [v for v in inside if v is not None]
    if not known:
        return None
    limits = natural_limits(_baseline(inside))
    level = limits.mean if limits and limits.is_firm else mean(known)
    return None if level is None else Phase(first=first, last=last, mean=level, limits=limits)


def _baseline(values: Sequence[float | None]) -> Sequence[float | None]:
    """Return the values up to the 24th known one."""
    known = 0
    for index, value in enumerate(values):
        known += value is not None
        if known == FIRM_POINTS:
            return values[: index + 1]
    return values


def _first_shift(values: Sequence[float | None], first: int, spikes: list[int]) -> tuple[int, int] | None:
    """Return where a shift after `first` begins and where it shows; spikes on the way are noted."""
    high = low = 0.0
    high_from = low_from = first
    seen: list[float | None] = []
    known = 0
    limits: Limits | None = None
    for index in range(first, len(values)):
        value = values[index]
        if value is not None and known >= LEAST_POINTS:
            # Frozen as soon as a sum is half way: a baseline must not learn the shift it tests for.
            calm = known <= FIRM_POINTS and max(high, low) <= CUSUM_LIMIT / 2
            if limits is None or calm:
                limits = natural_limits(seen)
            if limits is not None and limits.sigma > 0:
                z = (value - limits.mean) / (limits.guard * limits.sigma)
                high_from = high_from if high > 0 else index
                low_from = low_from if low > 0 else index
                high, low = max(0.0, high + z - CUSUM_SLACK), max(0.0, low - z - CUSUM_SLACK)
                is_spike = abs(z) > POINT_SIGMAS
                if high > CUSUM_LIMIT and not (is_spike and high_from == index):
                    return high_from, index
                if low > CUSUM_LIMIT and not (is_spike and low_from == index):
                    return low_from, index
                if is_spike:
                    spikes.append(index)
                    # One wild point alone may not carry the sum over its limit with the next one.
                    high, low = min(high, CUSUM_LIMIT / 2), min(low, CUSUM_LIMIT / 2)
        seen.append(value)
        known += value is not None
    return None
