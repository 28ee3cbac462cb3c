"""Units, and the one place where a ratio becomes a percentage."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

PERCENT = "%"
SCALE_MEDIAN = 5.0  # a stored median above this says that percent are kept as 0..100
_PERCENT_WORDS = frozenset({"%", "percent", "per cent", "pct"})
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
CURRENCIES = frozenset(
    [
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CNY",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "INR",
        "JPY",
        "KRW",
        "MXN",
        "NOK",
        "NZD",
        "PLN",
        "SEK",
        "SGD",
        "TRY",
        "USD",
        "ZAR",
    ]
)
_DURATIONS = {
    "s": "s",
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "min": "min",
    "minute": "min",
    "minutes": "min",
    "h": "h",
    "hour": "h",
    "hours": "h",
    "day": "days",
    "days": "days",
    "d": "days",
    "week": "weeks",
    "weeks": "weeks",
    "month": "months",
    "months": "months",
}


class UnitKind(StrEnum):
    """What a unit measures."""

    NUMBER = "number"
    PERCENT = "percent"
    CURRENCY = "currency"
    DURATION = "duration"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit; `code` is what is stored: "", "%", an ISO currency, a duration or the own word."""

    code: str
    kind: UnitKind


class ScaleMixedUp(ValueError):
    """Values that look like shares of 1 where percent are kept."""

    def __init__(self, value: float, median: float) -> None:
        super().__init__(
            f"The values lie between 0 and 1 (such as {value:g}), those stored around {median:g}: "
            f"{value:g} % or {100 * value:g} %? Write percent as 0 to 100."
        )


def parse_unit(text: str) -> Unit:
    """Return the unit that a text names; anything unknown is an own unit of at most 20 characters."""
    plain = " ".join(text.split())
    lower = plain.lower()
    if not plain:
        return Unit("", UnitKind.NUMBER)
    if lower in _PERCENT_WORDS:
        return Unit(PERCENT, UnitKind.PERCENT)
    if plain in _SIGNS:
        return Unit(_SIGNS[plain], UnitKind.CURRENCY)
    if plain.upper() in CURRENCIES:
        return Unit(plain.upper(), UnitKind.CURRENCY)
    if lower in _DURATIONS:
        return Unit(_DURATIONS[lower], UnitKind.DURATION)
    return Unit("".join(c for c in plain if ord(c) >= 32)[:20], UnitKind.OWN)  # noqa: PLR2004 - control characters


def ratio_value(*, numerator: float, denominator: float, unit_code: str) -> float | None:
    """Return numerator / denominator in the unit: times 100 for percent. None if nothing was counted."""
    if denominator == 0:
        return None
    factor = 100.0 if unit_code == PERCENT else 1.0
    return factor * numerator / denominator


def check_scale(values: Sequence[float], *, stored_median: float | None, unit_code: str) -> None:
    """Do nothing unless a batch of percent looks like shares of 1.

    Args:
        stored_median: of the values kept so far, None if there are none.

    Raises:
        ScaleMixedUp: all values lie in 0..1, one of them above 0, and the stored median above 5.
    """
    if unit_code != PERCENT or stored_median is None or stored_median <= SCALE_MEDIAN or not values:
        return
    if all(0 <= value <= 1 for value in values) and any(values):
        raise ScaleMixedUp(max(values), stored_median)
