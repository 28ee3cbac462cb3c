"""Days, periods and their names. Periods are half-open; weeks are ISO weeks (rule K9)."""

import re
from calendar import isleap, monthrange
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MONTHS_A_YEAR = 12
MONTHS_A_QUARTER = 3
DAYS_A_WEEK = 7
DAYS_A_COMPARED_YEAR = 364  # K5: to the same weekday
LAST_ISO_WEEK = 53
THURSDAY = 3  # an ISO week belongs to the year of its Thursday


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


class OutOfCalendar(ValueError):
    """A step of time that leaves the years 1 to 9999."""

    def __init__(self, day: date) -> None:
        super().__init__(f"The calendar has no such day so far from {day}. Use a year from 1 to 9999.")


def local_day(now: datetime, zone: str) -> date:
    """Return the calendar day of an aware moment in a zone.

    Source: rules E1, K9.
    """
    return now.astimezone(ZoneInfo(zone)).date()


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a shorter month.

    Raises:
        OutOfCalendar: the month lies outside the years 1 to 9999.

    Source: rule K9.
    """
    year, month0 = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    if not MINYEAR <= year <= MAXYEAR:
        raise OutOfCalendar(day)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def period_start(day: date, frequency: Frequency, *, fiscal_month: int = 1) -> date:
    """Return the first day of the period that holds `day`.

    Args:
        fiscal_month: the month (1..12) in which quarters and years begin.

    Raises:
        OutOfCalendar: it would begin before the year 1.

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
    """Return the period start `count` periods after `start` (before it, if negative); never drifts.

    Raises:
        OutOfCalendar: it lies outside the years 1 to 9999.

    Source: rule K9.
    """
    match frequency:
        case Frequency.DAY:
            return _add_days(start, count)
        case Frequency.WEEK:
            return _add_days(start, DAYS_A_WEEK * count)
        case Frequency.MONTH:
            return add_months(start, count)
        case Frequency.QUARTER:
            return add_months(start, MONTHS_A_QUARTER * count)
        case Frequency.YEAR:
            return add_months(start, MONTHS_A_YEAR * count)


def next_start(start: date, frequency: Frequency) -> date:
    """Return the start of the period after the one that begins on `start`.

    Source: rule K9.
    """
    return shift_periods(start, frequency, 1)


def previous_start(start: date, frequency: Frequency) -> date:
    """Return the start of the period before the one that begins on `start`.

    Source: rules K5, K9.
    """
    return shift_periods(start, frequency, -1)


def last_day(start: date, frequency: Frequency) -> date:
    """Return the last day, included, of the period that begins on `start`.

    Source: rule K9.
    """
    return next_start(start, frequency) - timedelta(days=1)


def is_closed(start: date, frequency: Frequency, *, today: date) -> bool:
    """Return whether the period is over: its last day lies before today.

    Source: rules K4, S7.
    """
    return next_start(start, frequency) <= today


def fiscal_month_of(start: date, frequency: Frequency) -> int:
    """Return a month (1..12) in which the years of the calendar begin that this period belongs to.

    A quarter tells its year's beginning up to whole quarters, which is all its neighbours need; days,
    weeks and months are the same on every calendar.

    Source: rule K9.
    """
    return start.month if frequency in {Frequency.QUARTER, Frequency.YEAR} else 1


def last_closed(frequency: Frequency, *, today: date, fiscal_month: int = 1) -> date:
    """Return the start of the newest closed period.

    Source: rule K4.
    """
    return previous_start(period_start(today, frequency, fiscal_month=fiscal_month), frequency)


def starts_between(first: date, last: date, frequency: Frequency) -> list[date]:
    """Return the period starts from `first` to `last`, both included; empty if last lies before first.

    Source: rule K9.
    """
    starts: list[date] = []
    try:
        while (start := shift_periods(first, frequency, len(starts))) <= last:
            starts.append(start)
    except OutOfCalendar:  # the last one of the calendar was among them
        pass
    return starts


def same_day_year_before(day: date) -> date:
    """Return the same day of the year before; 29 Feb compares with 28 Feb.

    Source: rule K5.
    """
    return add_months(day, -MONTHS_A_YEAR)


def year_before(start: date, frequency: Frequency) -> date:
    """Return the start of the period a year before, to compare with.

    A day goes back 364 days to the same weekday; a week to the same ISO number, week 53 to week 52.

    Raises:
        OutOfCalendar: there is no year before.

    Source: rule K5.
    """
    match frequency:
        case Frequency.DAY:
            return _add_days(start, -DAYS_A_COMPARED_YEAR)
        case Frequency.WEEK:
            year, week, _ = start.isocalendar()
            if year == MINYEAR:
                raise OutOfCalendar(start)
            if week == LAST_ISO_WEEK and not has_week_53(year - 1):
                week -= 1
            return date.fromisocalendar(year - 1, week, 1)
    return same_day_year_before(start)


def has_week_53(year: int) -> bool:
    """Return whether an ISO year has 53 weeks: it holds 53 Thursdays.

    Source: rules K5, K9.
    """
    new_year = date(year, 1, 1)
    return new_year.weekday() == THURSDAY or (new_year.weekday() == THURSDAY - 1 and isleap(year))


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
    try:
        if grain == Frequency.WEEK and frequency != Frequency.WEEK:
            day = home_day(day, grain)
        start = period_start(day, frequency, fiscal_month=fiscal_month)
        next_start(start, frequency)  # one whose end no calendar has is none
    except OutOfCalendar:
        raise NotAPeriod(text, frequency) from None
    return start


def home_day(start: date, frequency: Frequency) -> date:
    """Return the day by which a period is put into a longer one: a week by its Thursday, as its ISO year is.

    Source: rules K4, K9.
    """
    return _add_days(start, THURSDAY) if frequency == Frequency.WEEK else start


def _add_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise OutOfCalendar(day) from None


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
