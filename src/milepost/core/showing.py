"""Numbers cut for show, so that what is shown never contradicts the word beside it."""

from collections.abc import Callable, Hashable
from decimal import ROUND_HALF_EVEN, Context, Decimal

MOST_PLACES = 17
PERCENT_PLACES = 2  # a share as percent has its point two places further right
_WIDE = Context(prec=700)


def places_that_tell(value: float, word_of: Callable[[float], Hashable], *, least: int = 0) -> int:
    """Return how many decimals a number needs so that the number shown has the word of the full one.

    The word belongs to the full number; where the one cut to `least` decimals would have another, one
    more is shown, and so on.

    Args:
        value: finite, in the unit in which it is shown.
        word_of: the word of a value in that unit.

    Source: rule S7.
    """
    word = word_of(value)
    for places in range(least, MOST_PLACES):
        if word_of(float(_cut(value, places))) == word:
            return places
    return MOST_PLACES


def percent_places_that_tell(share: float, word_of: Callable[[float], Hashable], *, least: int = 0) -> int:
    """Return how many decimals a share needs when it is shown as percent; as `places_that_tell`.

    Args:
        share: finite, 1 is the whole.
        word_of: the word of a share.
        least: decimals of the percentage that are shown in any case.

    Source: rule S7.
    """
    return places_that_tell(share, word_of, least=least + PERCENT_PLACES) - PERCENT_PLACES


def _cut(value: float, places: int) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=_WIDE)
