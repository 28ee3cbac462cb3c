"""Units, and the one place where a ratio becomes a percentage."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from milepost.core.currencies import CURRENCIES, add_money, read_currency
from milepost.core.numbers import said, total

PERCENT = "%"
SCALE_MEDIAN = 5.0  # a stored median above this says that percent are kept as 0..100
_PERCENT_WORDS = frozenset({"%", "percent", "per cent", "pct"})
_DURATIONS = {
    "s": "s sec second seconds",
    "min": "min minute minutes",
    "h": "h hour hours",
    "days": "day days d",
    "weeks": "week weeks",
    "months": "month months",
}
_DURATION_WORDS = {word: code for code, words in _DURATIONS.items() for word in words.split()}
# A month has no fixed length, so it is converted into nothing.
_SECONDS = {"s": 1, "min": 60, "h": 3600, "days": 86400, "weeks": 604800}
LONGEST_OWN = 20
FIRST_PRINTED = 32  # below are control characters


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


class NoFactor(ValueError):
    """Two units between which no factor stands fast; both are named."""

    def __init__(self, one: str, other: str) -> None:
        a, b = (f"“{code}”" if code else "a plain number" for code in (one, other))
        super().__init__(f"There is no fixed factor from {a} to {b}. Give one, or keep the unit.")


class ScaleMixedUp(ValueError):
    """Values that look like shares of 1 where percent are kept."""

    def __init__(self, value: float, median: float) -> None:
        super().__init__(
            f"The values lie between 0 and 1 (such as {said(value)}), those stored around {said(median)}: "
            f"{said(value)} % or {said(float(f'{100 * value:.12g}'))} %? Write percent as 0 to 100."
        )


def parse_unit(text: str) -> Unit:
    """Return the unit that a text names; anything unknown is an own unit of at most 20 characters.

    Source: rule K1 and the head of the rules.
    """
    plain = " ".join("".join(c for c in text if c.isspace() or ord(c) >= FIRST_PRINTED).split())
    lower = plain.lower()
    if not plain:
        return Unit("", UnitKind.NUMBER)
    if lower in _PERCENT_WORDS:
        return Unit(PERCENT, UnitKind.PERCENT)
    if currency := read_currency(plain):
        return Unit(currency, UnitKind.CURRENCY)
    if lower in _DURATION_WORDS:
        return Unit(_DURATION_WORDS[lower], UnitKind.DURATION)
    return Unit(plain[:LONGEST_OWN].rstrip(), UnitKind.OWN)


def factor_between(one: str, other: str) -> Fraction:
    """Return what a value in one unit is multiplied with to be in another: 1/60 from min to h, 100 from "" to %.

    Args:
        one, other: stored codes of units.

    Raises:
        NoFactor: the units measure different things, or the factor changes: months, currencies.

    Source: rule K4 and the head of the rules.
    """
    if one == other:
        return Fraction(1)
    if {one, other} == {"", PERCENT}:
        return Fraction(100) if other == PERCENT else Fraction(1, 100)
    if one in _SECONDS and other in _SECONDS:
        return Fraction(_SECONDS[one], _SECONDS[other])
    raise NoFactor(one, other)


def converted(value: float, factor: Fraction) -> float | None:
    """Return a value in its new unit, rounded once; None where that is beyond the largest float.

    Source: the edge cases of progress: a change of unit with its factor keeps the series.
    """
    try:
        return float(Fraction(value) * factor)
    except OverflowError:
        return None


def total_of(values: Sequence[float], *, unit_code: str = "") -> float | None:
    """Return the sum of values in one unit: of money to the last cent, of others rounded once.

    None where it is beyond the largest float; the order does not matter.

    Source: rule K4.
    """
    return add_money(values) if unit_code in CURRENCIES else total(values)


def ratio_value(*, numerator: float, denominator: float, unit_code: str) -> float | None:
    """Return numerator / denominator in the unit: times 100 for percent. None if nothing was counted.

    None as well where the ratio is beyond the largest float.

    Source: rule K4 and the head of the rules.
    """
    if denominator == 0:
        return None
    factor = 100.0 if unit_code == PERCENT else 1.0
    found = factor * numerator / denominator
    return found if math.isfinite(found) else None


def check_scale(values: Sequence[float], *, stored_median: float | None, unit_code: str) -> None:
    """Do nothing unless a batch of percent looks like shares of 1.

    Args:
        stored_median: of the values kept so far, None if there are none.

    Raises:
        ScaleMixedUp: all values lie in 0..1, one of them above 0, and the stored median above 5.

    Source: the head of the rules.
    """
    if unit_code != PERCENT or stored_median is None or stored_median <= SCALE_MEDIAN or not values:
        return
    if all(0 <= value <= 1 for value in values) and any(values):
        raise ScaleMixedUp(max(values), stored_median)
