"""Which days count: all of them, or working days without holidays."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from milepost.core.calendar import DAYS_A_WEEK, OutOfCalendar

MONDAY_TO_FRIDAY = frozenset(range(5))
LONGEST_REST = 366 * 2  # days to look ahead for a working day


class NoWorkingDay(ValueError):
    """A calendar in which no day counts."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The weekdays that count, 0 is Monday, and the days that do not though their weekday would."""

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    holidays: frozenset[date] = field(default_factory=frozenset)

    def validate(self) -> None:
        """Do nothing if some weekday counts.

        Raises:
            NoWorkingDay: none does, or one is no weekday.

        Source: rule E1.
        """
        if not self.weekdays or not self.weekdays <= frozenset(range(DAYS_A_WEEK)):
            raise NoWorkingDay("A working week has at least one day. Choose some of Monday to Sunday.")

    def is_counted(self, day: date) -> bool:
        """Return whether a day counts.

        Source: rule E1.
        """
        return day.weekday() in self.weekdays and day not in self.holidays


def days_after(first: date, last: date, *, calendar: WorkCalendar | None = None) -> int:
    """Return how many days count from the day after `first` to `last`, included; 0 if last is not after first.

    Args:
        calendar: None counts every day.

    Source: rule E1.
    """
    span = (last - first).days
    if span <= 0:
        return 0
    if calendar is None:
        return span
    weeks, rest = divmod(span, DAYS_A_WEEK)
    counted = weeks * len(calendar.weekdays)
    counted += sum((first.weekday() + k) % DAYS_A_WEEK in calendar.weekdays for k in range(1, rest + 1))
    return counted - sum(first < day <= last and day.weekday() in calendar.weekdays for day in calendar.holidays)


def next_counted(day: date, *, calendar: WorkCalendar | None = None) -> date:
    """Return the day itself if it counts, else the first one after it that does.

    Raises:
        NoWorkingDay: none does within two years.
        OutOfCalendar: none does before the calendar ends.

    Source: rules E1, C4.
    """
    if calendar is None:
        return day
    try:
        for ahead in range(LONGEST_REST + 1):
            if calendar.is_counted(found := day + timedelta(days=ahead)):
                return found
    except OverflowError:
        raise OutOfCalendar(day) from None
    raise NoWorkingDay(f"No day counts in the two years from {day} on. Take some days out of the holidays.")
