"""Values by period, and what several periods are worth together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from milepost.core.calendar import Frequency, is_closed, last_day, shift_periods
from milepost.core.numbers import mean, total
from milepost.core.units import ratio_value, total_of

ROLLING = 4  # closed periods in the default window of a ratio (P8)


class Aggregation(StrEnum):
    """How the periods of a metric are put together (rule K4)."""

    FLOW = "flow"
    STOCK = "stock"
    STOCK_MEAN = "stock_mean"
    RATIO = "ratio"
    MAX = "max"
    MIN = "min"
    DISTINCT = "distinct"


class Window(StrEnum):
    """Which periods of a KPI a key result reads (rule P8)."""

    DEFAULT = "default"
    LAST = "last"
    LAST_4 = "last_4"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True)
class Point:
    """The value of one period, in the metric's unit; a ratio may carry its two counts."""

    start: date
    value: float
    numerator: float | None = None
    denominator: float | None = None


def closed_points(points: Sequence[Point], *, frequency: Frequency, today: date) -> tuple[Point, ...]:
    """Return the points of closed periods, in their order.

    Source: rule K4.
    """
    if not points or is_closed(points[-1].start, frequency, today=today):
        return tuple(points)
    return tuple(p for p in points if is_closed(p.start, frequency, today=today))


def open_point(points: Sequence[Point], *, frequency: Frequency, today: date) -> Point | None:
    """Return the point of the period that is running today, None if it has no value yet.

    Source: rule K4.
    """
    for point in reversed(points):
        if point.start <= today and not is_closed(point.start, frequency, today=today):
            return point
    return None


def aggregate(points: Sequence[Point], *, how: Aggregation, unit_code: str = "") -> float | None:
    """Return what several periods are worth together, None where that cannot be told.

    A ratio is a sum over a sum, never a mean of ratios; without counts, or for a distinct count, only
    a single period has a value. A sum beyond the largest float cannot be told either.

    Args:
        points: oldest first.

    Source: rule K4.
    """
    if not points:
        return None
    values = [p.value for p in points]
    match how:
        case Aggregation.FLOW:
            return total_of(values, unit_code=unit_code)
        case Aggregation.STOCK:
            return points[-1].value
        case Aggregation.STOCK_MEAN:
            return mean(values)
        case Aggregation.MAX:
            return max(values)
        case Aggregation.MIN:
            return min(values)
        case Aggregation.DISTINCT:
            return values[0] if len(values) == 1 else None
        case Aggregation.RATIO:
            return _ratio(points, unit_code)


def window_points(
    points: Sequence[Point],
    *,
    how: Aggregation,
    window: Window,
    frequency: Frequency,
    first: date,
    last: date,
    today: date,
) -> tuple[Point, ...]:
    """Return the closed periods of a KPI that a key result reads, oldest first.

    A period belongs to the cycle in which its last day lies; none later than the cycle's last day
    counts, so that a window does not run on after the end.

    Args:
        points: oldest first.
        first, last: the cycle's days, both included.

    Source: rule P8.
    """
    until = min(today, last + timedelta(days=1))
    closed = closed_points(points, frequency=frequency, today=until)
    match resolve_window(window, how):
        case Window.CYCLE:
            return tuple(p for p in closed if first <= last_day(p.start, frequency) <= last)
        case Window.LAST_4:
            recent = last_periods(closed, frequency=frequency, count=ROLLING)
            counted = how != Aggregation.RATIO or all(p.denominator is not None for p in recent)
            return recent if counted else closed[-1:]
        case _:
            return closed[-1:]


def last_periods(points: Sequence[Point], *, frequency: Frequency, count: int) -> tuple[Point, ...]:
    """Return the points of the `count` periods that end with the newest point; a period without one stays empty.

    Args:
        points: oldest first.

    Source: rules P8, K4.
    """
    if not points:
        return ()
    earliest = shift_periods(points[-1].start, frequency, 1 - count)
    return tuple(p for p in points[-count:] if p.start >= earliest)


def default_start(how: Aggregation) -> float | None:
    """Return the start of a key result that reads a KPI where nobody set one: 0 of a flow, else None.

    Source: rule P8.
    """
    return 0.0 if how == Aggregation.FLOW else None


def resolve_window(window: Window, how: Aggregation) -> Window:
    """Return the window that is meant: the default one is another for each aggregation.

    Source: rule P8.
    """
    if window != Window.DEFAULT:
        return window
    return {Aggregation.FLOW: Window.CYCLE, Aggregation.RATIO: Window.LAST_4}.get(how, Window.LAST)


def window_value(
    points: Sequence[Point],
    *,
    how: Aggregation,
    window: Window,
    frequency: Frequency,
    first: date,
    last: date,
    today: date,
    unit_code: str = "",
) -> float | None:
    """Return the KPI's value over a key result's window, None while no period in it has one.

    Source: rule P8.
    """
    used = window_points(points, how=how, window=window, frequency=frequency, first=first, last=last, today=today)
    return aggregate(used, how=how, unit_code=unit_code)


def median(values: Sequence[float]) -> float | None:
    """Return the middle value, the mean of the two middle ones, or None of nothing.

    Source: the head of the rules.
    """
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else mean(ordered[half - 1 : half + 1])


def _ratio(points: Sequence[Point], unit_code: str) -> float | None:
    counts = [(p.numerator, p.denominator) for p in points if p.numerator is not None and p.denominator is not None]
    if len(counts) < len(points):
        return points[0].value if len(points) == 1 else None
    above, below = total([n for n, _ in counts]), total([d for _, d in counts])
    if above is None or below is None:
        return None
    return ratio_value(numerator=above, denominator=below, unit_code=unit_code)
