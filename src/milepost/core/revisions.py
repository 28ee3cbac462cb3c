"""Readings as they were known: by the day they speak for and the moment they became known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.series import Point


@dataclass(frozen=True, slots=True)
class Known:
    """One row of a metric's readings: the value for a day, None where it was withdrawn, and since when it is known.

    `number` orders rows that became known at the same moment. A ratio may carry its two counts.
    """

    valid_on: date
    value: float | None
    known_at: datetime
    number: int = 0
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True, slots=True)
class Revised:
    """A day whose value became another one: what was first known, and what is known now; None is withdrawn."""

    valid_on: date
    first: float | None
    last: float | None
    times: int


def as_known(readings: Sequence[Known], *, at: datetime | None = None) -> tuple[Point, ...]:
    """Return the value of each day as it was known at a moment, oldest day first.

    Of several rows for one day the one known last counts; a withdrawn day has no value.

    Args:
        at: aware, included; None is now.

    The last one is the value that a check-in without one points to.

    Source: rules K6, C3 and the introduction of rules P.
    """
    last = {r.valid_on: r for r in _in_order(readings, at)}
    return tuple(
        Point(day, r.value, r.numerator, r.denominator) for day, r in sorted(last.items()) if r.value is not None
    )


def revisions(readings: Sequence[Known], *, at: datetime | None = None) -> tuple[Revised, ...]:
    """Return the days whose value was changed after it was first known, oldest day first.

    Source: rules K6, A3.
    """
    rows: dict[date, list[Known]] = {}
    for reading in _in_order(readings, at):
        rows.setdefault(reading.valid_on, []).append(reading)
    return tuple(
        Revised(day, known[0].value, known[-1].value, len(known) - 1)
        for day, known in sorted(rows.items())
        if any(row.value != known[0].value for row in known)
    )


def duplicates(readings: Sequence[Known]) -> tuple[date, ...]:
    """Return the days for which one batch brought two values, oldest first; the later one counts, both are kept.

    Source: rule K6; the edge cases of progress: the validity of such a series falls.
    """
    seen: set[tuple[date, datetime]] = set()
    twice: set[date] = set()
    for reading in readings:
        if (reading.valid_on, reading.known_at) in seen:
            twice.add(reading.valid_on)
        seen.add((reading.valid_on, reading.known_at))
    return tuple(sorted(twice))


def pull_writes(value: float | None, *, last_of_source: float | None, is_first: bool) -> bool:
    """Return whether a pull writes what it read: only what differs from the source's own last value.

    So a person's correction stands until the source says something new.

    Args:
        value: as read, None where the source has none.
        last_of_source: what the same source said last for the same period.
        is_first: the source has said nothing for the period yet.

    Source: rule K6.
    """
    return value is not None if is_first else value != last_of_source


def _in_order(readings: Sequence[Known], at: datetime | None) -> list[Known]:
    known = [r for r in readings if at is None or r.known_at <= at]
    return sorted(known, key=lambda r: (r.known_at, r.number))
