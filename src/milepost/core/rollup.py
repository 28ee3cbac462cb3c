"""From children to parent."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction


class SharesAboveOne(ValueError):
    """Fixed shares that are more than the whole."""

    def __init__(self, total: Fraction) -> None:
        super().__init__(f"The fixed shares add up to {float(total) * 100:g} %. Bring them to 100 % or less.")


@dataclass(frozen=True, slots=True)
class Child:
    """What a parent takes from a child; score and expected 0..1 or None, share fixed 0..1 or None."""

    key: Hashable
    score: float | None
    expected: float | None
    weight: float = 1.0
    share: float | None = None


@dataclass(frozen=True, slots=True)
class RollUp:
    """The parent's score and plan, and how many of its contributing children reported."""

    score: float | None
    expected: float | None
    reported: int
    total: int
    shares: tuple[tuple[Hashable, float], ...]


def shares(children: Sequence[Child]) -> dict[Hashable, Fraction]:
    """Return each child's exact share of the parent.

    Fixed shares stand, the rest split what is left by weight. All fixed and below the whole: scaled.
    The shares add up to 1, or to 0 when nothing carries weight.

    Raises:
        SharesAboveOne: the fixed shares exceed the whole.

    Source: rule R2.
    """
    fixed = {c.key: _exact(c.share) for c in children if c.share is not None}
    weights = {c.key: _exact(c.weight) for c in children if c.share is None}
    taken = sum(fixed.values(), Fraction(0))
    if taken > 1:
        raise SharesAboveOne(taken)
    weight = sum(weights.values(), Fraction(0))
    if weight > 0:
        rest = 1 - taken
        split = {key: rest * w / weight for key, w in weights.items()}
    else:
        split = dict.fromkeys(weights, Fraction(0))
        if taken > 0:
            fixed = {key: share / taken for key, share in fixed.items()}
    return {c.key: fixed[c.key] if c.share is not None else split[c.key] for c in children}


def roll_up(children: Sequence[Child]) -> RollUp:
    """Return the share-weighted mean of the children that have a score, with the same mean of their plans.

    Children without a score are left out and the rest renormalised; both stay None when nobody
    reported.

    Source: rules R1, R2, R4, E4.
    """
    if any(c.share is not None for c in children):
        parts = [(c, float(share)) for c, share in zip(children, shares(children).values(), strict=True)]
    else:  # the plain case, a hundred thousand times in a rebuild
        whole = math.fsum(c.weight for c in children)
        parts = [(c, c.weight / whole if whole > 0 else 0.0) for c in children]
    parts = [(c, share) for c, share in parts if share > 0]
    reported = [(c, share) for c, share in parts if c.score is not None]
    carried = math.fsum(share for _, share in reported)
    return RollUp(
        score=_mean([(c.score, share) for c, share in reported], carried),
        expected=_mean([(c.expected, share) for c, share in reported], carried),
        reported=len(reported),
        total=len(parts),
        shares=tuple((c.key, share) for c, share in parts),
    )


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


def _exact(value: float) -> Fraction:
    return Fraction(value).limit_denominator(10**9)
