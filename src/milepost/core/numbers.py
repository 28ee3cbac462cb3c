"""Numbers as people write them."""

import math
import re
from collections.abc import Sequence

LONGEST = 40
MINUS = "\u2212"
SHORT = 12  # digits with which a typed number reads as it was typed
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d+,(\d+)")


class NotANumber(ValueError):
    """A text or value that is no finite number; the sentence says what to write."""


def parse_number(text: str) -> float:
    """Return the finite number that a person wrote.

    Takes 43, 43.5, 43,5, 1 200, −5 and 1e3. A comma before exactly three digits could be either
    mark, so it is refused with both readings.

    Raises:
        NotANumber: anything else, with a sentence.

    Source: the introduction of rules P.
    """
    shown = text.strip()[:LONGEST]
    plain = _SPACES.sub("", text).replace("\u2212", "-")
    if not plain:
        raise NotANumber("Write a number, for example 43 or 43.5.")
    if len(plain) > LONGEST:
        raise NotANumber(f"This is {len(plain):,} characters long. Write a number of at most {LONGEST}.")
    if match := _COMMA.fullmatch(plain):
        if len(match[1]) == 3:  # noqa: PLR2004 - a group of thousands has three digits
            whole, part = plain.split(",")
            raise NotANumber(f"“{shown}” can be read two ways. Write {whole}{part} or {whole}.{part}.")
        plain = plain.replace(",", ".")
    if not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise NotANumber(f"“{shown}” is not a number. Write 43 or 43.5, without a unit.")
    return finite(float(plain), name=shown)


def parse_level(text: str, *, last: float | None) -> float:
    """Return the level a person wrote: a number, or +3 for three more than the last one.

    Raises:
        NotANumber: no number, or a step from nothing.

    Source: the introduction of rules P.
    """
    plain = text.strip()
    if not plain.startswith("+"):
        return parse_number(plain)
    step = parse_number(plain[1:])
    if last is None:
        raise NotANumber("There is no earlier value to add to. Write the level so far, for example 20.")
    return finite(last + step, name=plain)


def finite(value: float, *, name: str) -> float:
    """Return the value if it is finite.

    Raises:
        NotANumber: NaN or an infinity, "1e400" among them.

    Source: the introduction of rules P.
    """
    if not math.isfinite(value):
        raise NotANumber(f"{name[:LONGEST]} is no finite number. Write one such as 43 or 43.5.")
    return float(value)


def or_missing(value: float, *, name: str) -> float | None:
    """Return a number of a batch: NaN is missing, as programs write it.

    Raises:
        NotANumber: an infinity, "1e400" among them.

    Source: the edge cases of progress: NaN in a batch is missing.
    """
    return None if math.isnan(value) else finite(value, name=name)


def said(value: float) -> str:
    """Return a finite number with all digits it was typed with and U+2212 as minus: 1234567, −0.1.

    A computed one gets every digit that it has, so that two numbers that differ never read alike.

    Source: the introduction of rules P: every refusal names its numbers.
    """
    short = f"{value:.{SHORT}g}"
    text = short if float(short) == value else repr(float(value))
    return text.removesuffix(".0").replace("-", MINUS)


def total(values: Sequence[float]) -> float | None:
    """Return the sum of finite numbers, rounded once; None where it is beyond the largest float.

    The order does not matter; the sum of nothing is 0.

    Source: rule K4.
    """
    try:
        return math.fsum(values)
    except OverflowError:  # on the way, though the sum itself may be small
        scale = 2.0 ** len(values).bit_length()
        found = math.fsum(value / scale for value in values) * scale
        return found if math.isfinite(found) else None


def mean(values: Sequence[float]) -> float | None:
    """Return the mean of finite numbers, None of nothing; it never leaves their range.

    Source: rules P2, K4.
    """
    if not values:
        return None
    try:
        found = math.fsum(values) / len(values)
    except OverflowError:
        scale = 2.0 ** len(values).bit_length()
        found = math.fsum(value / scale for value in values) / (len(values) / scale)
    return min(max(values), max(min(values), found))
