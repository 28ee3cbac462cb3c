"""Progress from what lies below a key result: its tasks, or its child key results."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from milepost.core.rollup import Child, roll_up
from milepost.core.units import total_of


class BadCount(ValueError):
    """Numbers of tasks that cannot be; they are named."""


class MixedUnits(ValueError):
    """Values of two units that are to be added up; both are named."""

    def __init__(self, one: str, other: str) -> None:
        a, b = (f"“{code}”" if code else "plain numbers" for code in (one, other))
        super().__init__(f"{a} and {b} do not add up. Bring them to one unit, or take the mean of the scores.")


class Combine(StrEnum):
    """How child key results make a number of their parent (rule P9)."""

    SUM = "sum"
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"


@dataclass(frozen=True, slots=True)
class Amount:
    """The value of a child key result in its unit, None while it has none."""

    value: float | None
    unit_code: str


@dataclass(frozen=True, slots=True)
class Combined:
    """A number made of several, and how many of them had one; None where none had, or the sum has no end."""

    value: float | None
    reported: int
    total: int


def tasks_progress(*, done: int, total: int, cancelled: int = 0) -> float | None:
    """Return the share of the tasks that are done, cancelled ones left out; None if none is left.

    Raises:
        BadCount: a number is below 0, or more are done and cancelled than there are.

    Source: rules P6, R5.
    """
    if min(done, total, cancelled) < 0:
        raise BadCount(f"There are {total} tasks, {done} done and {cancelled} cancelled. Count from 0 up.")
    if done + cancelled > total:
        raise BadCount(f"{done} done and {cancelled} cancelled are more than the {total} tasks. Count again.")
    left = total - cancelled
    return done / left if left else None


def sum_of_values(children: Sequence[Amount]) -> Combined:
    """Return the sum of the children's values, those without one left out.

    Raises:
        MixedUnits: two have different units.

    Source: rules P9, R4.
    """
    for child in children[1:]:
        if child.unit_code != children[0].unit_code:
            raise MixedUnits(children[0].unit_code, child.unit_code)
    known = [child.value for child in children if child.value is not None]
    return Combined(total_of(known, unit_code=children[0].unit_code) if known else None, len(known), len(children))


def mean_of_scores(children: Sequence[Child], *, how: Combine) -> Combined:
    """Return the mean of the children's scores 0..1, weighted or plain, those without one left out.

    Raises:
        SharesAboveOne, BadWeight: as of `rollup.roll_up`.

    Source: rules P9, R2, R4.
    """
    rolled = roll_up(weighed(children, how=how))
    return Combined(rolled.score, rolled.reported, rolled.total)


def mean_of_plans(children: Sequence[Child], *, how: Combine) -> float | None:
    """Return the mean of what is planned of the children, those without a score left out as from their mean.

    A child's plan ends where its own grade is green, so the mean does, whatever the parent's ambition.

    Raises:
        SharesAboveOne, BadWeight: as of `rollup.roll_up`.

    Source: rules P9, E4.
    """
    return roll_up(weighed(children, how=how)).expected


def weighed(children: Sequence[Child], *, how: Combine) -> list[Child]:
    """Return the children with the weights that count: all the same in a plain mean.

    Source: rules P9, R2.
    """
    return list(children) if how == Combine.WEIGHTED_MEAN else [c._replace(weight=1.0, share=None) for c in children]
