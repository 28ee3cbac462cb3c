"""Names of periods, on the calendar's year or on a fiscal one that begins in another month."""

from datetime import date, timedelta

from milepost.core.calendar import (
    DAYS_A_WEEK,
    MONTHS_A_QUARTER,
    MONTHS_A_YEAR,
    THURSDAY,
    Frequency,
    OutOfCalendar,
    period_start,
)


def fiscal_year(day: date, *, fiscal_month: int = 1) -> int:
    """Return the fiscal year of a day, named by the year in which it begins.

    Args:
        fiscal_month: the month (1..12) in which the year begins.

    Source: rule K9.
    """
    return day.year if day.month >= fiscal_month else day.year - 1


def fiscal_quarter(day: date, *, fiscal_month: int = 1) -> tuple[int, int]:
    """Return the fiscal year of a day and its quarter there, 1..4.

    Source: rule K9.
    """
    months = (day.month - fiscal_month) % MONTHS_A_YEAR
    return fiscal_year(day, fiscal_month=fiscal_month), months // MONTHS_A_QUARTER + 1


def fiscal_week(day: date, *, fiscal_month: int = 1) -> tuple[int, int]:
    """Return the fiscal year and the number, 1..53, of the week from Monday to Sunday that holds a day.

    A week belongs to the fiscal year of its Thursday, so that a year beginning in January has the ISO
    weeks.

    Raises:
        OutOfCalendar: its Thursday lies outside the years 1 to 9999.

    Source: rule K9.
    """
    try:
        thursday = day + timedelta(days=THURSDAY - day.weekday())
    except OverflowError:
        raise OutOfCalendar(day) from None
    year = fiscal_year(thursday, fiscal_month=fiscal_month)
    begins = period_start(thursday, Frequency.YEAR, fiscal_month=fiscal_month)
    return year, (thursday - begins).days // DAYS_A_WEEK + 1


def period_name(start: date, frequency: Frequency, *, fiscal_month: int = 1) -> str:
    """Return the short name of the period that begins on `start`: 2026-11-22, 2026-W47, 2026-11, 2026-Q4, 2026.

    Weeks are ISO weeks whatever the fiscal year; `calendar.parse_period` reads every name back.

    Source: rule K9.
    """
    match frequency:
        case Frequency.DAY:
            return start.isoformat()
        case Frequency.WEEK:
            year, week, _ = start.isocalendar()
            return f"{year:04}-W{week:02}"
        case Frequency.MONTH:
            return f"{start.year:04}-{start.month:02}"
        case Frequency.QUARTER:
            year, quarter = fiscal_quarter(start, fiscal_month=fiscal_month)
            return f"{year:04}-Q{quarter}"
        case Frequency.YEAR:
            return f"{fiscal_year(start, fiscal_month=fiscal_month):04}"
