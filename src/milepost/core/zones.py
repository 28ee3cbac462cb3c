"""Moments of a zone: where days and periods begin, and that none may lie ahead."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from milepost.core.calendar import Frequency, OutOfCalendar, next_start

SHOWN = 60
SECONDS_AN_HOUR = 3600


class NoSuchZone(ValueError):
    """A text that names no time zone."""

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name[:SHOWN]}” is no time zone. Write one such as Europe/Berlin or UTC.")


class DayAhead(ValueError):
    """A value dated on a day that has not come; both days are named."""

    def __init__(self, day: date, today: date) -> None:
        super().__init__(
            f"{day} has not come yet, today is {today}. Date a value today or earlier, or keep the series as a plan."
        )


def read_zone(name: str) -> ZoneInfo:
    """Return the zone of a name as the time zone database writes it.

    Raises:
        NoSuchZone: it has no such zone.

    Source: rule K9.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or the name of a folder
        raise NoSuchZone(name) from None


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which a clock in the zone shows a day and time.

    Of a time that comes twice it is the first; a time that a clock change skips is moved on by what
    was skipped.

    Raises:
        OutOfCalendar: in UTC it lies outside the years 1 to 9999.

    Source: rule K9.
    """
    try:
        return datetime.combine(day, at.replace(fold=0, tzinfo=None), tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        raise OutOfCalendar(day) from None


def period_bounds(start: date, frequency: Frequency, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first moment of a period and the first one after it, in UTC: start <= at < end.

    A day of 23 or 25 hours is one day.

    Raises:
        OutOfCalendar: the period ends beyond the year 9999.

    Source: rule K9.
    """
    return moment(start, time(), zone), moment(next_start(start, frequency), time(), zone)


def hours(day: date, zone: ZoneInfo) -> float:
    """Return how many hours a day has in a zone: 24, where clocks change 23 or 25, or another number.

    Source: rule K9.
    """
    begins, ends = period_bounds(day, Frequency.DAY, zone)
    return (ends - begins).total_seconds() / SECONDS_AN_HOUR


def check_not_ahead(day: date, *, today: date, is_plan: bool = False) -> None:
    """Do nothing if a value may be dated so: today or earlier, or a plan.

    Raises:
        DayAhead: with both days named.

    Source: rule K9.
    """
    if day > today and not is_plan:
        raise DayAhead(day, today)
