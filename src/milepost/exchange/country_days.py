"""The public holidays of a country, to fill in a workspace's own list with."""

from collections.abc import Collection
from datetime import date

from babel import Locale
from holidays import country_holidays, list_supported_countries

YEARS_AHEAD = 2


class NoSuchCountry(ValueError):
    """A country of which no holidays are known."""

    def __init__(self, code: str) -> None:
        super().__init__(f"There is no list of holidays for “{code[:20]}”. Write a code such as ES or DE.")


def list_countries() -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every country whose holidays are known, by name."""
    names = Locale("en").territories
    known = list_supported_countries(include_aliases=False)
    return tuple(sorted(((code, names.get(code, code)) for code in known), key=lambda pair: pair[1]))


def holidays_of(country: str, *, today: date, working_days: Collection[int]) -> tuple[date, ...]:
    """Return a country's holidays of this year and the two after it that fall on a working day, oldest first.

    Raises:
        NoSuchCountry: there is no list of it.
    """
    code = country.strip().upper()
    if code not in list_supported_countries(include_aliases=False):
        raise NoSuchCountry(country)
    found = country_holidays(code, years=range(today.year, today.year + YEARS_AHEAD + 1))
    return tuple(sorted(day for day in found if day.weekday() in working_days))
