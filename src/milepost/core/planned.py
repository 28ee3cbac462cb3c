"""The second score of an objective: by the plan as it was first agreed."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from milepost.core.measure import Measure, Seen, measure_progress
from milepost.core.rollup import Child, RollUp, roll_up


@dataclass(frozen=True, slots=True)
class PlannedKeyResult:
    """A key result as it was when the objective was first activated; weight and share as in `rollup.Child`."""

    key: Hashable
    measure: Measure
    weight: float = 1.0
    share: float | None = None


@dataclass(frozen=True, slots=True)
class TwoScores:
    """The score 0..1 by the first plan and by the plan as amended; None unknown."""

    as_planned: float | None
    as_amended: float | None


def as_planned(
    planned: Sequence[PlannedKeyResult], seen: Mapping[Hashable, Seen], *, others: Sequence[Child] = ()
) -> RollUp:
    """Return what the readings come to by the frozen plan.

    What was added later is not among the planned ones and so left out; what was cancelled counts with
    its last value, so its readings are to be given as well.

    Args:
        planned: with measures, weights and shares of the first activation.
        seen: what has been seen of each within the dates of the first plan.
        others: child objectives that counted then, with what they have come to.

    Raises:
        The refusals of `measure.measure_progress` and `rollup.roll_up`.

    Source: rule G2.
    """
    return roll_up(
        [
            Child(
                key=one.key,
                score=measure_progress(one.measure, seen.get(one.key, Seen())).score,
                expected=None,
                weight=one.weight,
                share=one.share,
            )
            for one in planned
        ]
        + list(others)
    )


def two_scores(
    planned: Sequence[PlannedKeyResult], seen: Mapping[Hashable, Seen], *, amended: Sequence[Child]
) -> TwoScores:
    """Return an objective's score by the first plan beside the one by the plan as amended.

    Args:
        amended: the children as they count today.

    Raises:
        The refusals of `as_planned`.

    Source: rule G2.
    """
    return TwoScores(as_planned(planned, seen).score, roll_up(amended).score)
