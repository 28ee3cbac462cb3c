"""When check-ins are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import floor
from zoneinfo import ZoneInfo

from milepost.core.calendar import add_months
from milepost.core.zones import moment

OPENS_DAYS_BEFORE = 3  # a check-in waits on My week from so many days before it is due
STALE_AFTER = 1.5  # rhythms (R7)
DAYS_A_WEEK = 7
MOST_WEEKS = 3
HOURS_A_DAY = 24


class BadRhythm(ValueError):
    """A rhythm that no calendar has; the number is named."""


class AfterClose(ValueError):
    """A check-in on a goal that is closed."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every 1, 2 or 3 weeks, or monthly on the first such weekday; `weekday` 0 is Monday.

    `anchor` is any day of a week that counts, for rhythms of several weeks. `hour` 0..23 is when it is
    asked for. Who updated in the last `skip_days` days before is not asked; None asks always.
    """

    every_weeks: int = 1
    monthly: bool = False
    weekday: int = 0
    anchor: date = date(2024, 1, 1)
    hour: int = 9
    skip_days: int | None = None

    @property
    def days(self) -> int:
        """Return the length of one rhythm in days, a month as 30.

        Source: rules C4, R7.
        """
        return 30 if self.monthly else DAYS_A_WEEK * self.every_weeks


@dataclass(frozen=True, slots=True)
class OwnRhythm:
    """What the workspace, a team or one below it sets: a rhythm of its own or None, and whether it is locked below."""

    rhythm: Rhythm | None = None
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Away:
    """A stretch of days on which somebody is away, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class CheckInDay:
    """The day for which a check-in counts, and whether it came after the end."""

    counts_on: date
    is_late: bool


def check_rhythm(rhythm: Rhythm) -> None:
    """Do nothing if check-ins can be asked for in this rhythm.

    Raises:
        BadRhythm: with the number that does not fit.

    Source: rule C4.
    """
    if not 1 <= rhythm.every_weeks <= MOST_WEEKS:
        raise BadRhythm(
            f"Every {rhythm.every_weeks} weeks is no rhythm. Choose 1, 2 or {MOST_WEEKS} weeks, or a month."
        )
    if not 0 <= rhythm.weekday < DAYS_A_WEEK:
        raise BadRhythm(f"{rhythm.weekday} is no weekday. Use 0 for Monday to 6 for Sunday.")
    if not 0 <= rhythm.hour < HOURS_A_DAY:
        raise BadRhythm(f"{rhythm.hour} is no hour. Use 0 to 23.")
    if rhythm.skip_days is not None and rhythm.skip_days < 0:
        raise BadRhythm(f"{rhythm.skip_days} days back is no time. Use 0 or more.")


def inherited_rhythm(settings: Sequence[OwnRhythm]) -> Rhythm:
    """Return the rhythm that holds: the lowest own one, unless one above it is locked.

    Args:
        settings: of the workspace, then of each team down to the one asked about. The workspace's own
            default stands where nobody sets one.

    Source: rule C4.
    """
    found = Rhythm()
    for setting in settings:
        found = setting.rhythm or found
        if setting.is_locked:
            break
    return found


def due_moment(rhythm: Rhythm, due_on: date, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, from which a check-in due on a day is asked for.

    Raises:
        OutOfCalendar: it lies outside the years 1 to 9999.

    Source: rules C4, K9.
    """
    return moment(due_on, time(rhythm.hour), zone)


def is_asked(rhythm: Rhythm, *, due_on: date, updated_on: date | None, away: Sequence[Away] = ()) -> bool:
    """Return whether somebody is asked for the check-in due on a day.

    Not who is away on it, nor who updated shortly before.

    Args:
        updated_on: the day of the last update, None if there is none.

    Source: rule C4.
    """
    if any(stretch.first <= due_on <= stretch.last for stretch in away):
        return False
    if rhythm.skip_days is None or updated_on is None:
        return True
    return (due_on - updated_on).days > rhythm.skip_days


def asked_on(rhythm: Rhythm, *, due_on: date, away: Sequence[Away], today: date) -> date:
    """Return the day for which somebody who may be away is asked for a check-in that was due on a day.

    What falls due while they are away is asked for on the first due day after that, and so is what was due
    before, as long as they are away: nobody is overdue while away.

    Source: rule C4.
    """
    found = due_on
    for stretch in sorted(away, key=lambda one: one.first):
        is_on_it = stretch.first <= found <= stretch.last
        if is_on_it or (stretch.first <= today <= stretch.last and found < stretch.first):
            found = next_due(rhythm, after=stretch.last)
    return found


def check_in_day(*, today: date, last: date, is_closed: bool = False) -> CheckInDay:
    """Return the day for which a check-in made today counts: the goal's last day once that is over.

    Raises:
        AfterClose: the goal is closed.

    Source: rule C2.
    """
    if is_closed:
        raise AfterClose(f"The goal is closed; it ended on {last}. Reopen it to check in.")
    return CheckInDay(min(today, last), today > last)


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


def last_due(rhythm: Rhythm, *, on: date) -> date:
    """Return the last due day up to a day, that day included.

    Source: rule C4.
    """
    due = first_due(rhythm, active_since=on - timedelta(days=2 * rhythm.days))
    while (later := next_due(rhythm, after=due)) <= on:
        due = later
    return due


@lru_cache(maxsize=1024)  # a list of 2,000 key results asks about a handful of days
def due_after_check_in(rhythm: Rhythm, *, checked_in_on: date) -> date:
    """Return when the next check-in is due after one was made: one made while it waits counts for it.

    Source: rule C4.
    """
    due = next_due(rhythm, after=checked_in_on)
    return next_due(rhythm, after=due) if is_open(due, today=checked_in_on) else due


def is_open(due_on: date, *, today: date) -> bool:
    """Return whether a check-in due on that day already waits.

    Source: rule C4.
    """
    return due_on - timedelta(days=OPENS_DAYS_BEFORE) <= today


def stale_from(last_on: date, *, rhythm: Rhythm) -> date:
    """Return the first day on which a value of this day is older than 1.5 rhythms.

    Source: rule R7.
    """
    return last_on + timedelta(days=floor(STALE_AFTER * rhythm.days) + 1)


def is_stale(last_on: date, *, rhythm: Rhythm, today: date) -> bool:
    """Return whether the last value is older than 1.5 rhythms.

    Source: rule R7.
    """
    return today >= stale_from(last_on, rhythm=rhythm)


def _first_weekday(first: date, weekday: int) -> date:
    return first + timedelta(days=(weekday - first.weekday()) % DAYS_A_WEEK)
