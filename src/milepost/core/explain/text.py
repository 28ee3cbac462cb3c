"""Numbers in sentences, with the digits a person needs to do the sum again by hand."""

import math
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from milepost.core.calendar import Frequency, last_day

MINUS = "\u2212"
TYPED_DIGITS = 9  # a number of so few digits was typed, one with more was computed
MOST_PLACES = 12
READABLE = 1e15  # beyond this a number is written with its power of ten
LONGEST_SUM = 12
FRACTION_BELOW = 100  # 17/39 is read, 1370/3571 is not
_WIDE = Context(prec=700)


def places_for(distance: float) -> int:
    """Return the decimals that tell a hundredth of a distance apart: 1 for 18, 0 for 5000, 2 for 1.

    Source: rule S7.
    """
    if distance <= 0 or not math.isfinite(distance):
        return 2
    return max(0, min(MOST_PLACES, 2 - math.floor(math.log10(distance))))


def rounded(value: float, places: int, how: str = ROUND_HALF_EVEN) -> Decimal:
    """Return a number cut to its decimals, as `decimal` rounds.

    Source: rule S7.
    """
    return _cut(Decimal(repr(float(value))), places, how)


def down(value: float, places: int) -> Decimal:
    """Return the number at or below, cut to its decimals.

    Source: rule S7.
    """
    return rounded(value, places, ROUND_FLOOR)


def up(value: float, places: int) -> Decimal:
    """Return the number at or above, cut to its decimals.

    Source: rule S7.
    """
    return rounded(value, places, ROUND_CEILING)


def digits(value: Decimal, *, keep_zeros: bool = False) -> str:
    """Return a number as written: U+2212 in front, no zeros behind unless they are to be kept.

    Source: rule S7.
    """
    if abs(value) >= READABLE:
        return f"{float(value):.6g}".replace("-", MINUS)
    text = f"{value:f}"
    if "." in text and not keep_zeros:
        text = text.rstrip("0").rstrip(".")
    if not any(c in "123456789" for c in text):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def number(value: float, *, distance: float | None = None) -> str:
    """Return a number as it was typed; a computed one to a ten-thousandth of the distance it is read against.

    Source: rule S7.
    """
    if float(f"{value:.{TYPED_DIGITS}g}") == value:
        return digits(Decimal(f"{value:.{TYPED_DIGITS}g}"))
    return digits(rounded(value, places_for(abs(value) if distance is None else distance) + 2))


def signed(value: float, distance: float) -> str:
    """Return a number as it stands in a sum, a negative one in brackets: 10 − (−2).

    Args:
        distance: as of `number`.

    Source: rule S7.
    """
    text = number(value, distance=distance)
    return f"({text})" if text.startswith(MINUS) else text


def quantity(value: float, unit: str | None, *, distance: float | None = None) -> str:
    """Return a value with its unit; a share without one as percent.

    Source: rule S7.
    """
    if unit is None:
        return percent(value)
    return f"{number(value, distance=distance)} {unit}".rstrip()


def percent(share: float, *, places: int = 1, keep_zeros: bool = False) -> str:
    """Return a share of 1 as percent: 27.8 %.

    Source: rule S7.
    """
    return f"{digits(hundredfold(share, places), keep_zeros=keep_zeros)} %"


def hundredfold(share: float, places: int, how: str = ROUND_HALF_EVEN) -> Decimal:
    """Return a share of 1 in percent, cut to its decimals.

    Source: rule S7.
    """
    return _cut(_WIDE.multiply(Decimal(repr(float(share))), Decimal(100)), places, how)


def _cut(value: Decimal, places: int, how: str) -> Decimal:
    if not value.is_finite():  # a progress of 1e300 steps over a hair is beyond any number
        return value
    return value.quantize(Decimal(1).scaleb(-places), rounding=how, context=_WIDE)


def sign(value: Decimal) -> str:
    """Return a difference with its sign: +1.89, −8.88.

    Source: rule S7.
    """
    text = digits(value, keep_zeros=True)
    return f"+{text}" if value > 0 else text


def share_text(share: Fraction) -> str:
    """Return a share as one would write it: 0.34, 1/3; with four decimals where neither is short.

    Source: rule S7.
    """
    if share.limit_denominator(FRACTION_BELOW) != share:
        return digits(rounded(float(share), 4))
    hundredths = share * 100
    return digits(rounded(float(share), 2)) if hundredths.denominator == 1 else str(share)


def add_up(parts: Sequence[Fraction], places: int = 2) -> tuple[list[Decimal], Decimal]:
    """Return shares of 1 in percent, cut to their decimals so that the digits shown add up, and their sum.

    The sum is rounded; what rounding down left over goes where it was cut most.

    Source: rule S7.
    """
    unit = Fraction(1, 10 ** (places + 2))
    total = round(sum(parts, Fraction(0)) / unit)
    whole = [math.floor(part / unit) for part in parts]
    lost = sorted(range(len(parts)), key=lambda i: (whole[i] - parts[i] / unit, i))
    for i in lost[: total - sum(whole)]:
        whole[i] += 1
    return [Decimal(n).scaleb(-places) for n in whole], Decimal(total).scaleb(-places)


def summands(texts: Sequence[str]) -> str:
    """Return a sum in words of digits, its middle left out when it is long.

    Source: rule S7.
    """
    if len(texts) > LONGEST_SUM:
        texts = [*texts[: LONGEST_SUM - 2], "…", texts[-1]]
    return " + ".join(f"({t})" if t.startswith(MINUS) else t for t in texts)


def day(value: date) -> str:
    """Return 22 Nov 2026.

    Source: rule K9.
    """
    return f"{value.day} {value:%b %Y}"


def period(start: date, frequency: Frequency) -> str:
    """Return the name of a period: week of 9 Nov 2026, Nov 2026, Q4 2026, 2026.

    Source: rule K9.
    """
    match frequency:
        case Frequency.DAY:
            return day(start)
        case Frequency.WEEK:
            return f"week of {day(start)}"
        case Frequency.MONTH:
            return f"{start:%b %Y}"
        case Frequency.QUARTER if start.month % 3 == 1:
            return f"Q{(start.month + 2) // 3} {start.year}"
        case Frequency.YEAR if start.month == 1:
            return f"{start.year}"
    return f"{start:%b %Y} to {last_day(start, frequency):%b %Y}"


def words(word: str) -> str:
    """Return a word of a status as people read it: on track.

    Source: rules S, K3.
    """
    return word.replace("_", " ")


def counted(n: int, noun: str) -> str:
    """Return a count with its noun: 1 week, 4 weeks.

    Source: rule R4.
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
