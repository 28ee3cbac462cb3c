"""From children to parent."""

import math
from collections.abc import Hashable, Sequence
from fractions import Fraction
from typing import NamedTuple

from milepost.core.numbers import mean, said

# Between these a weight is divided as a float without loss; others take the exact way.
LIGHT, HEAVY = 1e-150, 1e150
LEAST = math.nextafter(0.0, 1.0)  # a share that is there, however small
WHOLE = 100.0  # percent
DENOMINATOR = 10**9  # a float that such a fraction prints as was meant to be that fraction


class SharesAboveOne(ValueError):
    """Fixed shares that are more than the whole."""

    def __init__(self, total: Fraction) -> None:
        percent = float(total * 100)
        shown = f"{percent:g}" if float(f"{percent:g}") > WHOLE else said(max(percent, math.nextafter(WHOLE, math.inf)))
        super().__init__(f"The fixed shares add up to {shown} %. Bring them to 100 % or less.")


class BadWeight(ValueError):
    """A weight or fixed share that divides nothing; it is named."""

    def __init__(self, value: float, *, is_share: bool) -> None:
        shown = said(value) if math.isfinite(value) else str(value)
        rule = "A share lies between 0 and 100 %, written 0 to 1" if is_share else "A weight is 0 or more"
        super().__init__(f"{rule}, not {shown}.")


class Child(NamedTuple):
    """What a parent takes from a child; score and expected 0..1 or None, share fixed 0..1 or None."""

    key: Hashable
    score: float | None
    expected: float | None
    weight: float = 1.0
    share: float | None = None


class RollUp(NamedTuple):
    """The parent's score and plan, and how many of its contributing children reported.

    `is_scaled`: the fixed shares alone are less than the whole, so they were scaled up to it.
    """

    score: float | None
    expected: float | None
    reported: int
    total: int
    shares: tuple[tuple[Hashable, float], ...]
    is_scaled: bool = False

    @property
    def in_words(self) -> str:
        """Return how many had a value: 4 of 5 reported.

        Source: rule R4.
        """
        return f"{self.reported} of {self.total} reported"


def shares(children: Sequence[Child]) -> dict[Hashable, Fraction]:
    """Return each child's exact share of the parent.

    Fixed shares stand, the rest split what is left by weight. All fixed and below the whole: scaled.
    The shares add up to 1, or to 0 when nothing carries weight.

    Raises:
        SharesAboveOne: the fixed shares exceed the whole.
        BadWeight: a weight is below 0 or not finite, a share outside 0..1.

    Source: rule R2.
    """
    return _exact_shares(children)[0]


def is_scaled(children: Sequence[Child]) -> bool:
    """Return whether the fixed shares, with no weight to take the rest, are below the whole and so scaled up.

    Raises:
        SharesAboveOne, BadWeight: as of `shares`.

    Source: rule R2.
    """
    return _exact_shares(children)[1]


def roll_up(children: Sequence[Child]) -> RollUp:
    """Return the share-weighted mean of the children that have a score, with the same mean of their plans.

    Children without a score are left out and the rest renormalised; both stay None when nobody
    reported.

    Raises:
        SharesAboveOne, BadWeight: as of `shares`.

    Source: rules R1, R2, R4, E4.
    """
    whole = _plain_whole(children)
    scaled = False
    if whole is None:
        by_key, scaled = _exact_shares(children)
        exact = [(c, by_key[c.key]) for c in children if by_key[c.key] > 0]
        parts = [(c, float(share) or LEAST) for c, share in exact]
        top = max((share for c, share in exact if c.score is not None), default=Fraction(1))
        reported = [(c, float(share / top)) for c, share in exact if c.score is not None]
    else:  # the plain case, a hundred thousand times in a rebuild
        parts = [(c, c.weight / whole) for c in children]
        reported = [(c, share) for c, share in parts if c.score is not None]
    carried = math.fsum(share for _, share in reported)
    return RollUp(
        score=_mean([(c.score, share) for c, share in reported], carried),
        expected=_mean([(c.expected, share) for c, share in reported], carried),
        reported=len(reported),
        total=len(parts),
        shares=tuple((c.key, share) for c, share in parts),
        is_scaled=scaled,
    )


def workspace_progress(scores: Sequence[float | None]) -> float | None:
    """Return the mean score 0..1 of the company's top objectives, those without one left out; None of none.

    Source: rules R3, R4.
    """
    return mean([score for score in scores if score is not None])


def counting_shares(children: Sequence[Child]) -> dict[Hashable, Fraction]:
    """Return the exact share with which each child with a score counts, after the others were left out.

    The shares add up to 1, or nothing counts and there are none. The sum of share times score is the
    score of `roll_up`.

    Source: rules R2, R4.
    """
    exact = shares(children)
    reported = {c.key: exact[c.key] for c in children if c.score is not None and exact[c.key] > 0}
    carried = sum(reported.values(), Fraction(0))
    return {key: share / carried for key, share in reported.items()}


def _mean(values: Sequence[tuple[float | None, float]], carried: float) -> float | None:
    known = [(value, share) for value, share in values if value is not None]
    if len(known) < len(values):
        carried = math.fsum(share for _, share in known)
    if not known or carried <= 0:
        return None
    mean = math.fsum(value * share for value, share in known) / carried
    low, high = min(value for value, _ in known), max(value for value, _ in known)
    return min(high, max(low, mean))  # the last digit of a float may not leave the children's range


def _plain_whole(children: Sequence[Child]) -> float | None:
    """Return the sum of weights where floats divide it without loss and no share is fixed, else None."""
    if not children or any(c.share is not None for c in children):
        return None
    weights = [c.weight for c in children]
    if not LIGHT <= min(weights) <= max(weights) <= HEAVY:
        return None
    whole = math.fsum(weights)
    return whole if math.isfinite(whole) else None


def _exact_shares(children: Sequence[Child]) -> tuple[dict[Hashable, Fraction], bool]:
    """Return each child's share, and whether the fixed ones were scaled."""
    fixed: dict[Hashable, Fraction] = {}
    weights: dict[Hashable, Fraction] = {}
    for c in children:
        if c.share is not None:
            if not 0 <= c.share <= 1:
                raise BadWeight(c.share, is_share=True)
            fixed[c.key] = _exact(c.share)
        else:
            if not 0 <= c.weight < math.inf:
                raise BadWeight(c.weight, is_share=False)
            weights[c.key] = _exact(c.weight)
    taken = sum(fixed.values(), Fraction(0))
    if taken > 1:
        raise SharesAboveOne(taken)
    weight = sum(weights.values(), Fraction(0))
    is_scaled = weight == 0 and 0 < taken < 1
    if weight > 0:
        each = (1 - taken) / weight
        weights = {key: each * w for key, w in weights.items()}
    elif is_scaled:
        fixed = {key: share / taken for key, share in fixed.items()}
    return {c.key: fixed[c.key] if c.share is not None else weights[c.key] for c in children}, is_scaled


def _exact(value: float) -> Fraction:
    if value == 1.0:
        return Fraction(1)
    exact = Fraction(value)
    meant = exact.limit_denominator(DENOMINATOR)
    return meant if float(meant) == value else exact
