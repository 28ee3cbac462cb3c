"""Numbers, dates and periods as people read them: pure functions, English for now."""

import math
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.numbers import format_decimal, get_currency_symbol

from milepost.core.calendar import Frequency, last_day
from milepost.core.currencies import CURRENCIES
from milepost.core.ramp import Ramp
from milepost.core.target import Target
from milepost.core.targets import PerPeriod, TargetPlan
from milepost.core.units import PERCENT

LOCALE = "en"
MINUS = "\u2212"
THIN = "\u202f"  # before %
SPACE = "\u00a0"  # before a unit in letters
DASH = "–"
TILE_DIGITS = 3
FULL_DIGITS = 10
DAYS_IN_WORDS = 14
DAYS_A_YEAR = 365


@lru_cache(maxsize=8192)
def number(value: float, *, digits: int = FULL_DIGITS, places: int | None = None) -> str:
    """Return a number with at most `digits` significant digits, or exactly `places` decimals; U+2212 as minus."""
    if places is None:
        size = math.floor(math.log10(abs(value))) + 1 if value else 1
        places = max(0, digits - size)
        pattern = "#,##0." + "#" * min(places, 12) if places else "#,##0"
        value = round(value, places)
    else:
        pattern = "#,##0." + "0" * places if places else "#,##0"
    text = format_decimal(value + 0.0, format=pattern, locale=LOCALE)
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace("-", MINUS).replace(",", THIN)


def short(value: float, unit: str) -> tuple[str, str]:
    """Return number and unit of a tile: €1.18 and M, 12.4 and k, 43 and min, 99.96 and %."""
    if unit == PERCENT:
        digits = 4 if abs(value) >= 99 and value != 100 else TILE_DIGITS  # noqa: PLR2004 - 99.96 % is not 100 %
        return number(value, digits=digits), PERCENT
    scale, suffix = _scale(value)
    text = number(value / scale, digits=TILE_DIGITS)
    if unit in CURRENCIES:
        return _money(text, unit), suffix
    return text, f"{suffix} {unit}".strip()


def brief(value: float, unit: str) -> str:
    """Return a value beside another one that names the unit: 43, 10.78, €1.1 M, 120 k."""
    if unit not in CURRENCIES and _scale(value)[1] == "":
        return number(value, digits=4)
    text, rest = short(value, unit)
    return _join(text, rest.removesuffix(unit).strip())


def with_unit(value: float | None, unit: str, *, full: bool = False) -> str:
    """Return a value with its unit, a dash for None; `full` keeps every digit that somebody may have typed."""
    if value is None:
        return DASH
    if not full:
        text, rest = short(value, unit)
        return _join(text, rest)
    if unit in CURRENCIES:
        return _money(exact(value), unit)
    return _join(exact(value), unit)


def exact(value: float) -> str:
    """Return a number as it was typed; one that was computed, and so has no end, to two decimals.

    A number of at most nine digits is taken for a typed one: 1 180 250.53 stays, 25 / 407 reads 6.14.
    """
    if float(f"{value:.9g}") == value:
        return number(value)
    return number(round(value, 2)) if abs(value) >= 1 else number(value, digits=TILE_DIGITS)


def edited(value: float | None) -> str:
    """Return a value as it stands in an input: plain digits, a point, no grouping."""
    return "" if value is None else f"{value:.12g}"


def percent(share: float | None, *, places: int = 0) -> str:
    """Return a share of 1 as percent: 48 %; a dash for None."""
    if share is None:
        return DASH
    return f"{number(round(share * 100 + 0.0, 9), places=places)}{THIN}%"


def points(share: float) -> str:
    """Return how far behind (or, negative, ahead of) the plan a goal is, in words."""
    whole = round(abs(share) * 100)
    if whole == 0:
        return "on plan"
    noun = "point" if whole == 1 else "points"
    return f"{whole} {noun} {'behind' if share > 0 else 'ahead of'} plan"


def change(value: float, unit: str) -> str:
    """Return a change with its sign: +4 min, −0.3 pts, +€0.02 M, 0."""
    if unit == PERCENT:
        text, rest = number(value, digits=2 if abs(value) < 10 else TILE_DIGITS), "pts"  # noqa: PLR2004 - one decimal more is noise
    else:
        text, rest = short(value, unit)
    sign = "+" if value > 0 and any(c in "123456789" for c in text) else ""
    return _join(f"{sign}{text}", rest)


def day(value: date | None, *, today: date) -> str:
    """Return 16 Nov, with the year when it is not this one; a dash for None."""
    if value is None:
        return DASH
    return f"{value:%-d %b}" if value.year == today.year else f"{value:%-d %b %Y}"


def ago(value: date | datetime | None, *, today: date) -> str:
    """Return today, yesterday, 2 days ago … up to 14 days, then the date; "never" for None."""
    if value is None:
        return "never"
    when = value.date() if isinstance(value, datetime) else value
    days = (today - when).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days <= DAYS_IN_WORDS else day(when, today=today)


def age(value: date | datetime | None, *, today: date) -> str:
    """Return the age of a tile: today, 2 d, 34 d, or the year when it is long past."""
    if value is None:
        return ""
    when = value.date() if isinstance(value, datetime) else value
    days = (today - when).days
    if days <= 0:
        return "today"
    return f"{days} d" if days < DAYS_A_YEAR else f"{when:%b %Y}"


def period(start: date | None, frequency: str, *, today: date) -> str:
    """Return the name of a period: week of 9 Nov, October, Q4 2026, 2025, 9 Nov."""
    if start is None:
        return DASH
    match frequency:
        case Frequency.WEEK:
            return f"week of {day(start, today=today)}"
        case Frequency.MONTH:
            return f"{start:%B}" if start.year == today.year else f"{start:%B %Y}"
        case Frequency.QUARTER:
            if start.month % 3 == 1:
                return f"Q{(start.month - 1) // 3 + 1} {start.year}"
            return f"{start:%b} to {last_day(start, Frequency.QUARTER):%b %Y}"
        case Frequency.YEAR:
            return f"{start.year}" if start.month == 1 else f"{start:%b %Y} to {last_day(start, Frequency.YEAR):%b %Y}"
    return day(start, today=today)


def period_short(start: date, frequency: str, *, today: date) -> str:
    """Return the name of a period as an axis or a column of a table shows it."""
    match frequency:
        case Frequency.MONTH:
            return f"{start:%b}" if start.year == today.year else f"{start:%b %Y}"
        case Frequency.QUARTER | Frequency.YEAR:
            return period(start, frequency, today=today)
    return day(start, today=today)


def one_period(frequency: str) -> str:
    """Return the length of a period as a tile shows it."""
    return {"day": "1 d", "week": "1 wk", "month": "1 mo", "quarter": "1 qtr", "year": "1 yr"}[frequency]


def target_short(target: Target | None, unit: str) -> str:
    """Return a target as a tile shows it: ≥ 7 %, ≤ 30 min, 14–24 months."""
    if target is None:
        return "No target"
    if target.rule == "at_least":
        return f"≥ {with_unit(target.low, unit)}"
    if target.rule == "at_most":
        return f"≤ {with_unit(target.high, unit)}"
    low, high = (number(edge or 0.0, digits=TILE_DIGITS) for edge in (target.low, target.high))
    return f"{low}{DASH}{high}"


def target_words(target: Target | None, unit: str) -> str:
    """Return a target as a sentence has it: at least 7 %, at most 30 min, 14 to 24 months."""
    if target is None:
        return "no target"
    if target.rule == "at_least":
        return f"at least {with_unit(target.low, unit, full=True)}"
    if target.rule == "at_most":
        return f"at most {with_unit(target.high, unit, full=True)}"
    return f"{exact(target.low or 0.0)} to {with_unit(target.high, unit, full=True)}"


def plan_words(plan: TargetPlan | None, unit: str, *, today: date) -> str:
    """Return what a KPI is kept against: at least 7 %, from 48 min on 1 Oct to 30 min by 31 Dec."""
    if isinstance(plan, Ramp):
        steps = [f"to {with_unit(value, unit, full=True)} by {day(on, today=today)}" for on, value in plan.goals]
        return f"from {with_unit(plan.start, unit, full=True)} on {day(plan.since, today=today)} {', '.join(steps)}"
    if isinstance(plan, PerPeriod):
        return f"{count(len(plan.targets), 'period')} with a target of their own"
    return target_words(plan, unit)


def initials(name: str) -> str:
    """Return up to two letters for an avatar."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def count(n: int, one: str, many: str = "") -> str:
    """Return a count with its noun, in words up to nine: three key results, 12 key results."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    noun = one if n == 1 else many or f"{one}s"
    return f"{words[n] if n < len(words) else n} {noun}"


def tally(n: int, one: str) -> str:
    """Return a count with its noun, always in digits: 1 task, 3 tasks."""
    return f"{n} {one}{'' if n == 1 else 's'}"


def weeks_between(first: date, last: date) -> int:
    """Return the whole weeks from one day to another."""
    return (last - first) // timedelta(weeks=1)


def _money(text: str, unit: str) -> str:
    """Return an amount with its currency in front: €1.18, −$3, CHF 12, its code apart from the digits."""
    symbol = get_currency_symbol(unit, locale=LOCALE)
    if symbol[-1:].isalpha():
        symbol += SPACE
    return f"{MINUS}{symbol}{text[1:]}" if text.startswith(MINUS) else f"{symbol}{text}"


def _join(text: str, unit: str) -> str:
    if not unit:
        return text
    return f"{text}{THIN if unit == PERCENT else SPACE}{unit}"


def _scale(value: float) -> tuple[float, str]:
    size = abs(value)
    if size >= 999_500_000:  # noqa: PLR2004 - where three digits round up to the next letter
        return 1e9, "bn"
    if size >= 999_500:  # noqa: PLR2004 - as above
        return 1e6, "M"
    if size >= 9_995:  # noqa: PLR2004 - four digits are read as they are
        return 1e3, "k"
    return 1.0, ""
