"""When check-ins are due."""

from dataclasses import dataclass
from datetime import date, timedelta

from milepost.core.calendar import add_months

OPENS_DAYS_BEFORE = 3  # a check-in waits on My week from so many days before it is due
STALE_AFTER = 1.5  # rhythms (R7)
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every 1, 2 or 3 weeks, or monthly on the first such weekday; `weekday` 0 is Monday.

    `anchor` is any day of a week that counts, for rhythms of several weeks.
    """

    every_weeks: int = 1
    monthly: bool = False
    weekday: int = 0
    anchor: date = date(2024, 1, 1)

    @property
    def days(self) -> int:
        """Return the length of one rhythm in days, a month as 30."""
        return 30 if self.monthly else DAYS_A_WEEK * self.every_weeks


def first_due(rhythm: Rhythm, *, active_since: date) -> date:
    """Return the first due day on or after a day.

    Source: rule C4.
    """
    if rhythm.monthly:
        first = active_since.replace(day=1)
        due = _first_weekday(first, rhythm.weekday)
        return due if due >= active_since else _first_weekday(add_months(first, 1), rhythm.weekday)
    anchor = rhythm.anchor - timedelta(days=rhythm.anchor.weekday()) + timedelta(days=rhythm.weekday)
    return active_since + timedelta(days=(anchor - active_since).days % rhythm.days)


def next_due(rhythm: Rhythm, *, after: date) -> date:
    """Return the first due day strictly after a day.

    Source: rule C4.
    """
    return first_due(rhythm, active_since=after + timedelta(days=1))


def due_after_check_in(rhythm: Rhythm, *, checked_in_on: date) -> date:
    """Return when the next check-in is due after one was made: one made while it waits counts for it.

    Source: rule C4.
    """
    due = next_due(rhythm, after=checked_in_on)
    return next_due(rhythm, after=due) if is_open(due, today=checked_in_on) else due


def is_open(due_on: date, *, today: date) -> bool:
    """Return whether a check-in due on that day already waits."""
    return due_on - timedelta(days=OPENS_DAYS_BEFORE) <= today


def is_stale(last_on: date, *, rhythm: Rhythm, today: date) -> bool:
    """Return whether the last value is older than 1.5 rhythms.

    Source: rule R7.
    """
    return (today - last_on).days > STALE_AFTER * rhythm.days


def _first_weekday(first: date, weekday: int) -> date:
    return first + timedelta(days=(weekday - first.weekday()) % DAYS_A_WEEK)
