"""Several periods at once: to date, rolling, and a finer series put onto a coarser grain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from milepost.core.calendar import (
    Frequency,
    home_day,
    is_closed,
    last_day,
    period_start,
    same_day_year_before,
    starts_between,
    year_before,
)
from milepost.core.numbers import total
from milepost.core.series import Aggregation, Point, aggregate, closed_points, last_periods

_ORDER = list(Frequency)


class FinerGrain(ValueError):
    """A series that is to be cut finer than it is; both grains are named."""

    def __init__(self, have: Frequency, want: Frequency) -> None:
        super().__init__(
            f"A value by {have.value} cannot be told by {want.value}. Choose {have.value} or a longer period."
        )


@dataclass(frozen=True, slots=True)
class Grained:
    """The value of one longer period, with how many of its parts had one; it is None where it cannot be told.

    `expected` parts there are: 7 days, 4 or 5 weeks.
    """

    start: date
    value: float | None
    parts: int
    expected: int
    numerator: float | None = None
    denominator: float | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether every part had a value.

        Source: rule K4.
        """
        return self.parts == self.expected


def to_date(
    points: Sequence[Point], *, frequency: Frequency, within: Frequency, today: date, fiscal_month: int = 1
) -> tuple[Point, ...]:
    """Return the closed periods of the year, quarter or month that is running today, oldest first.

    Args:
        points: oldest first.
        within: the longer period; a week belongs to that of its Thursday.
        fiscal_month: the month (1..12) in which quarters and years begin.

    Source: rules K4, K9.
    """
    begins = period_start(today, within, fiscal_month=fiscal_month)
    closed = closed_points(points, frequency=frequency, today=today)
    return tuple(p for p in closed if begins <= home_day(p.start, frequency))


def to_date_year_before(
    points: Sequence[Point], *, frequency: Frequency, within: Frequency, today: date, fiscal_month: int = 1
) -> tuple[Point, ...]:
    """Return the periods of a year before that compare with those to date, oldest first.

    By date and not by day number: what is closed by 29 Feb compares with what was by 28 Feb. Weeks
    compare by their number.

    Args:
        as of `to_date`.

    Source: rule K5.
    """
    begins = period_start(today, within, fiscal_month=fiscal_month)
    if frequency == Frequency.DAY:
        first, last = same_day_year_before(begins), same_day_year_before(today - timedelta(days=1))
        return tuple(p for p in points if begins < today and first <= p.start <= last)
    running = starts_between(period_start(begins, frequency, fiscal_month=fiscal_month), today, frequency)
    wanted = {
        year_before(start, frequency)
        for start in running
        if begins <= home_day(start, frequency) and is_closed(start, frequency, today=today)
    }
    return tuple(p for p in points if p.start in wanted)


def rolling(points: Sequence[Point], *, frequency: Frequency, count: int, today: date) -> tuple[Point, ...]:
    """Return the points of the last `count` closed periods, oldest first; one without a value stays empty.

    Args:
        points: oldest first.

    Source: rule K4.
    """
    return last_periods(closed_points(points, frequency=frequency, today=today), frequency=frequency, count=count)


def regrain(
    points: Sequence[Point],
    *,
    have: Frequency,
    want: Frequency,
    how: Aggregation,
    unit_code: str = "",
    fiscal_month: int = 1,
    belongs: Callable[[date, Frequency], date] = home_day,
) -> tuple[Grained, ...]:
    """Return a series on a longer grain, oldest first, one for each period in which something is known.

    A ratio is made of the sums; distinct counts, medians and percentiles of several periods cannot be
    told and have to be fetched.

    Args:
        points: oldest first.
        have, want: the grain of the points and the one asked for.
        belongs: the day by which a shorter period is put into a longer one: that of a week is its Thursday, or
            with `calendar.last_day` its Sunday, so that a period that is over has all its weeks (P8).

    Raises:
        FinerGrain: `want` is shorter than `have`.

    Source: rules K4, K7, K9.
    """
    if _ORDER.index(want) < _ORDER.index(have):
        raise FinerGrain(have, want)
    groups: dict[date, list[Point]] = {}
    for point in points:
        start = period_start(belongs(point.start, have), want, fiscal_month=fiscal_month)
        groups.setdefault(start, []).append(point)
    return tuple(
        _grained(start, group, how, unit_code, _count(start, have, want, belongs)) for start, group in groups.items()
    )


def as_points(grained: Sequence[Grained]) -> tuple[Point, ...]:
    """Return those periods of a longer grain that have a value.

    Source: rule K4.
    """
    return tuple(Point(g.start, g.value, g.numerator, g.denominator) for g in grained if g.value is not None)


def _grained(start: date, group: Sequence[Point], how: Aggregation, unit_code: str, expected: int) -> Grained:
    above = below = None
    if how == Aggregation.RATIO and all(p.denominator is not None and p.numerator is not None for p in group):
        above, below = total([p.numerator or 0.0 for p in group]), total([p.denominator or 0.0 for p in group])
    value = aggregate(group, how=how, unit_code=unit_code)
    return Grained(start, value, len(group), expected, above, below)


def _count(start: date, have: Frequency, want: Frequency, belongs: Callable[[date, Frequency], date]) -> int:
    """Return how many periods of the finer grain a longer one has."""
    last = last_day(start, want)
    first = period_start(start, have, fiscal_month=start.month)
    return sum(start <= belongs(s, have) <= last for s in starts_between(first, last, have))
