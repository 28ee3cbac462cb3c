"""The days of the examples."""

from datetime import UTC, date, datetime, time

from milepost.core.calendar import Frequency, last_day, parse_period, starts_between

QUARTER = "2026-Q4"
FIRST = parse_period(QUARTER, Frequency.QUARTER)
LAST = last_day(FIRST, Frequency.QUARTER)
TODAY = date(2026, 11, 22)
WEEKS = starts_between(date(2026, 1, 5), TODAY, Frequency.WEEK)


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)
