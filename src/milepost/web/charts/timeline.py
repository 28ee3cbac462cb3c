"""One time axis for many rows: days in, places across a track of 100 out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.core.calendar import add_months

MONTHS_MOST = 15  # beyond it a mark for every third month


@dataclass(frozen=True, slots=True)
class Axis:
    """The days of a cycle, both included, as places 0..100. `months` are the first days of months in it."""

    first: date
    last: date
    months: tuple[tuple[float, date], ...]

    def at(self, day: date) -> float:
        """Return where a day begins; outside the axis its nearer end."""
        days = (self.last - self.first).days + 1
        return round(100 * min(max((day - self.first).days, 0), days) / days, 2)

    def middle(self, day: date) -> float:
        """Return where the middle of a day is."""
        return round((self.at(day) + self.at(date.fromordinal(day.toordinal() + 1))) / 2, 2)

    def holds(self, day: date) -> bool:
        """Return whether a day lies on the axis."""
        return self.first <= day <= self.last


def axis(first: date, last: date) -> Axis:
    """Return the axis of a cycle from its first to its last day."""
    bare = Axis(first, last, ())
    starts: list[date] = []
    month = add_months(first.replace(day=1), 1)
    while month <= last:
        starts.append(month)
        month = add_months(month, 1)
    if len(starts) > MONTHS_MOST:
        starts = [day for day in starts if day.month % 3 == 1]
    return Axis(first, last, tuple((bare.at(day), day) for day in (first, *starts)))


@dataclass(frozen=True, slots=True)
class Track:
    """One row: a bar from `x` over `width`, of which `done` is filled; marks of what is due; places 0..100.

    `steps` hold the place of each step and whether it is done; `check_in` is None where none is asked for.
    """

    x: float
    width: float
    done: float
    steps: tuple[tuple[float, bool], ...]
    check_in: float | None


def track(
    at: Axis, *, first: date, last: date, score: float | None, steps: Sequence[tuple[date, bool]], check_in: date | None
) -> Track:
    """Return the row of a goal that runs from `first` to `last`.

    Args:
        score: 0..1, None unknown.
        steps: day each is due on, and whether it is done.
        check_in: the day the next one is due on.
    """
    x = at.at(first)
    width = round(at.at(date.fromordinal(last.toordinal() + 1)) - x, 2)
    return Track(
        x=x,
        width=width,
        done=round(width * min(max(score or 0.0, 0.0), 1.0), 2),
        steps=tuple((at.middle(day), is_done) for day, is_done in steps if at.holds(day)),
        check_in=at.middle(check_in) if check_in is not None and at.holds(check_in) else None,
    )
