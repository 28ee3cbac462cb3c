"""Days, periods and their names. Periods are half-open; weeks are ISO weeks (rule K9)."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MONTHS_A_YEAR = 12
MONTHS_A_QUARTER = 3
LAST_ISO_WEEK = 53


class Frequency(StrEnum):
    """The rhythm of a metric: one value for each of these."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class NotAPeriod(ValueError):
    """A text that names no period of the frequency; the sentence names it and an example."""

    EXAMPLES = {  # noqa: RUF012 - a constant
        Frequency.DAY: "2026-11-22",
        Frequency.WEEK: "2026-W47 or 2026-11-22",
        Frequency.MONTH: "2026-11",
        Frequency.QUARTER: "2026-Q4",
        Frequency.YEAR: "2026",
    }

    def __init__(self, text: str, frequency: Frequency) -> None:
        shown = text.strip()[:40]
        example = self.EXAMPLES[frequency]
        super().__init__(f"“{shown}” names no {frequency.value}. Write it like {example}.")


def local_day(now: datetime, zone: str) -> date:
    """Return the calendar day of an aware moment in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a shorter month."""
    year, month0 = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    first_of_next = date(year + 1, 1, 1) if month0 == MONTHS_A_YEAR - 1 else date(year, month0 + 2, 1)
    longest = (first_of_next - timedelta(days=1)).day
    return date(year, month0 + 1, min(day.day, longest))


def period_start(day: date, frequency: Frequency, *, fiscal_month: int = 1) -> date:
    """Return the first day of the period that holds `day`.

    Args:
        fiscal_month: the month (1..12) in which quarters and years begin.

    Source: rule K9.
    """
    match frequency:
        case Frequency.DAY:
            return day
        case Frequency.WEEK:
            return day - timedelta(days=day.weekday())
        case Frequency.MONTH:
            return day.replace(day=1)
    length = MONTHS_A_QUARTER if frequency == Frequency.QUARTER else MONTHS_A_YEAR
    return add_months(day.replace(day=1), -((day.month - fiscal_month) % length))


def shift_periods(start: date, frequency: Frequency, count: int) -> date:
    """Return the period start `count` periods after `start` (before it, if negative); never drifts."""
    match frequency:
        case Frequency.DAY:
            return start + timedelta(days=count)
        case Frequency.WEEK:
            return start + timedelta(weeks=count)
        case Frequency.MONTH:
            return add_months(start, count)
        case Frequency.QUARTER:
            return add_months(start, MONTHS_A_QUARTER * count)
        case Frequency.YEAR:
            return add_months(start, MONTHS_A_YEAR * count)


def next_start(start: date, frequency: Frequency) -> date:
    """Return the start of the period after the one that begins on `start`."""
    return shift_periods(start, frequency, 1)


def previous_start(start: date, frequency: Frequency) -> date:
    """Return the start of the period before the one that begins on `start`."""
    return shift_periods(start, frequency, -1)


def last_day(start: date, frequency: Frequency) -> date:
    """Return the last day, included, of the period that begins on `start`."""
    return next_start(start, frequency) - timedelta(days=1)


def is_closed(start: date, frequency: Frequency, *, today: date) -> bool:
    """Return whether the period is over: its last day lies before today."""
    return next_start(start, frequency) <= today


def last_closed(frequency: Frequency, *, today: date, fiscal_month: int = 1) -> date:
    """Return the start of the newest closed period."""
    return previous_start(period_start(today, frequency, fiscal_month=fiscal_month), frequency)


def starts_between(first: date, last: date, frequency: Frequency) -> list[date]:
    """Return the period starts from `first` to `last`, both included; empty if last lies before first."""
    starts = []
    count = 0
    while (start := shift_periods(first, frequency, count)) <= last:
        starts.append(start)
        count += 1
    return starts


def same_day_year_before(day: date) -> date:
    """Return the same day of the year before; 29 Feb compares with 28 Feb (rule K5)."""
    return add_months(day, -MONTHS_A_YEAR)


def year_before(start: date, frequency: Frequency) -> date:
    """Return the start of the period a year before, to compare with.

    A day goes back 364 days to the same weekday; a week to the same ISO number, week 53 to week 52.

    Source: rule K5.
    """
    match frequency:
        case Frequency.DAY:
            return start - timedelta(days=364)
        case Frequency.WEEK:
            year, week, _ = start.isocalendar()
            try:
                return date.fromisocalendar(year - 1, week, 1)
            except ValueError:
                return date.fromisocalendar(year - 1, week - 1, 1)
    return same_day_year_before(start)


def default_lag_days(frequency: Frequency) -> int:
    """Return how many days after its end a period's value is expected.

    Source: rule K3.
    """
    return {Frequency.DAY: 1, Frequency.WEEK: 3}.get(frequency, 10)


_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(?:(\d{4})[- ]?[Qq]([1-4])|[Qq]([1-4])[- ]?(\d{4}))")
_YEAR = re.compile(r"(\d{4})")
_ORDER = list(Frequency)


def parse_period(text: str, frequency: Frequency, *, fiscal_month: int = 1) -> date:
    """Return the start of the period that a text names.

    A finer name maps into its period (a day into its week); a coarser one is refused.

    Raises:
        NotAPeriod: the text names no period, or one that is coarser than the frequency.

    Source: rule K9.
    """
    found = _read(text.strip(), fiscal_month=fiscal_month)
    if found is None or _ORDER.index(found[1]) > _ORDER.index(frequency):
        raise NotAPeriod(text, frequency)
    day, grain = found
    if grain == Frequency.WEEK and frequency != Frequency.WEEK:
        day += timedelta(days=3)  # a week belongs to the month of its Thursday, as its year does
    return period_start(day, frequency, fiscal_month=fiscal_month)


def _read(text: str, *, fiscal_month: int) -> tuple[date, Frequency] | None:
    if not text.isascii():
        return None
    try:
        if match := _DAY.fullmatch(text):
            return date(*map(int, match.groups())), Frequency.DAY
        if match := _WEEK.fullmatch(text):
            return date.fromisocalendar(int(match[1]), int(match[2]), 1), Frequency.WEEK
        if match := _MONTH.fullmatch(text):
            return date(int(match[1]), int(match[2]), 1), Frequency.MONTH
        if match := _QUARTER.fullmatch(text):
            year, quarter = int(match[1] or match[4]), int(match[2] or match[3])
            first = add_months(date(year, fiscal_month, 1), MONTHS_A_QUARTER * (quarter - 1))
            return first, Frequency.QUARTER
        if match := _YEAR.fullmatch(text):
            return date(int(match[1]), fiscal_month, 1), Frequency.YEAR
    except ValueError:
        return None
    return None
