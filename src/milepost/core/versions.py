"""What was in force when: values that hold from a day on, until a newer one does."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

Value = TypeVar("Value")


class TwoOnOneDay(ValueError):
    """Two versions that begin on the same day."""

    def __init__(self, since: date) -> None:
        super().__init__(f"Two versions begin on {since}. Keep one of them, or move the other to another day.")


def in_force(versions: Sequence[tuple[date, Value]], day: date) -> tuple[date, Value] | None:
    """Return the version in force on a day with the day it holds since; None without any.

    The first one also holds for the time before it was written.

    Args:
        versions: each with its first day, the oldest first.

    Source: rules K2, A1.
    """
    if not versions:
        return None
    return versions[max(0, bisect_right(versions, day, key=lambda version: version[0]) - 1)]


def with_version(versions: Sequence[tuple[date, Value]], since: date, value: Value) -> tuple[tuple[date, Value], ...]:
    """Return the versions with another one, in the order of their days.

    Raises:
        TwoOnOneDay: one already begins on that day.

    Source: rules K2, A1.
    """
    if any(day == since for day, _ in versions):
        raise TwoOnOneDay(since)
    return tuple(sorted([*versions, (since, value)], key=lambda version: version[0]))
