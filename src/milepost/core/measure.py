"""One door to the progress of a key result, whatever its kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from milepost.core.judgement import Judgement, check_judgement
from milepost.core.levels import Levels, check_levels, levels_progress
from milepost.core.pace import Ambition
from milepost.core.parts import Amount, Combine, mean_of_scores, sum_of_values, tasks_progress
from milepost.core.progress import (
    Step,
    baseline_progress,
    check_band,
    check_steps,
    check_way,
    clip01,
    maintain_score,
    milestone_progress,
    percent_progress,
    progress,
)
from milepost.core.rollup import Child

WAITING = "waiting for a baseline"  # P11


class MissingNumber(ValueError):
    """A measure that lacks a number its kind needs; it says which."""


class Kind(StrEnum):
    """The kinds of a key result; one that reads a KPI (P8) is of one of the first three."""

    REACH = "reach"  # P1
    KEEP = "keep"  # P2, P3
    LEVELS = "levels"  # P4
    MILESTONE = "milestone"  # P5
    TASKS = "tasks"  # P6
    PERCENT = "percent"  # P7
    CHILDREN = "children"  # P9
    JUDGED = "judged"  # P10
    BASELINE = "baseline"  # P11


class Measure(NamedTuple):
    """What is agreed about a key result; numbers in the metric's unit, those of other kinds stay None.

    `start` of P11 is the baseline once it is measured. `at_close` belongs to P3, `combine` to P9.
    """

    kind: Kind
    start: float | None = None
    target: float | None = None
    direction: str | None = None
    low: float | None = None
    high: float | None = None
    tolerance: float = 0.0
    at_close: bool = False
    floor: float | None = None
    stretch: float | None = None
    combine: Combine = Combine.MEAN


@dataclass(frozen=True, slots=True)
class Tasks:
    """How many tasks there are, how many of them are done, how many cancelled."""

    total: int
    done: int
    cancelled: int = 0


class Seen(NamedTuple):
    """What has been seen of a key result.

    `values` oldest first: of a level to keep one a closed period with data, of others the last one
    counts. `amounts` and `children` are child key results, by value and by score.
    """

    values: tuple[float, ...] = ()
    steps: tuple[Step, ...] = ()
    tasks: Tasks | None = None
    amounts: tuple[Amount, ...] = ()
    children: tuple[Child, ...] = ()
    judgement: Judgement | None = None


class Measured(NamedTuple):
    """A key result's value in its unit, progress (unbounded) and score 0..1; None is unknown.

    `waits_for` says in words what has to come before there can be a score.
    """

    value: float | None
    progress: float | None
    score: float | None
    waits_for: str = ""


def check_measure(measure: Measure, *, ambition: Ambition, steps: Sequence[Step] = ()) -> None:
    """Do nothing if progress can be counted by what is agreed.

    Raises:
        MissingNumber: a number that the kind needs is not there.
        NoDistance, DirectionDisagrees, BadBand, BadLevels, BadStep, NotANumber: as of the checks of
            the kinds, with the numbers named.

    Source: rules P1 to P11.
    """
    match measure.kind:
        case Kind.REACH:
            check_way(
                start=_needed(measure.start, "start"),
                target=_needed(measure.target, "target"),
                direction=measure.direction,
            )
        case Kind.KEEP:
            check_band(low=measure.low, high=measure.high, tolerance=measure.tolerance)
        case Kind.LEVELS:
            check_levels(_levels(measure), ambition=ambition)
        case Kind.MILESTONE:
            check_steps(steps)
        case Kind.CHILDREN if measure.combine == Combine.SUM:
            check_way(start=_needed(measure.start, "start"), target=_needed(measure.target, "target"))
        case Kind.BASELINE if measure.start is not None and measure.target is not None:
            check_way(start=measure.start, target=measure.target, direction=measure.direction)


def measure_progress(measure: Measure, seen: Seen) -> Measured:
    """Return what a key result has come to.

    Raises:
        MissingNumber: a number that the kind needs is not there.
        NoDistance, BadCount, MixedUnits, BadJudgement, SharesAboveOne, BadWeight: as of the kind's own
            functions.

    Source: rules P1 to P11.
    """
    last = seen.values[-1] if seen.values else None
    match measure.kind:
        case Kind.REACH:
            return _of_value(last, _reach(measure, last))
        case Kind.KEEP:
            credit = maintain_score(
                seen.values,
                low=measure.low,
                high=measure.high,
                tolerance=measure.tolerance,
                at_close=measure.at_close,
            )
            return _of_value(last, credit)
        case Kind.LEVELS:
            return _of_value(last, None if last is None else levels_progress(_levels(measure), last))
        case Kind.MILESTONE:
            return _of_value(None, milestone_progress(seen.steps))
        case Kind.TASKS:
            tasks = seen.tasks or Tasks(0, 0)
            return _of_value(None, tasks_progress(done=tasks.done, total=tasks.total, cancelled=tasks.cancelled))
        case Kind.PERCENT:
            return _of_value(last, None if last is None else percent_progress(last))
        case Kind.CHILDREN:
            return _of_children(measure, seen)
        case Kind.JUDGED:
            if seen.judgement is None:
                return _of_value(None, None)
            check_judgement(score=seen.judgement.score, why=seen.judgement.why)
            return _of_value(None, seen.judgement.score)
        case Kind.BASELINE:
            if measure.start is None or measure.target is None:
                return Measured(last, None, None, WAITING)
            return _of_value(last, baseline_progress(baseline=measure.start, target=measure.target, value=last))


def _of_value(value: float | None, share: float | None) -> Measured:
    return Measured(value, share, None if share is None else clip01(share), "" if share is not None else "a value")


def _of_children(measure: Measure, seen: Seen) -> Measured:
    if measure.combine == Combine.SUM:
        whole = sum_of_values(seen.amounts).value
        return _of_value(whole, _reach(measure, whole))
    return _of_value(None, mean_of_scores(seen.children, how=measure.combine).value)


def _reach(measure: Measure, value: float | None) -> float | None:
    start, target = _needed(measure.start, "start"), _needed(measure.target, "target")
    return None if value is None else progress(start=start, target=target, value=value)


def _levels(measure: Measure) -> Levels:
    return Levels(
        start=_needed(measure.start, "start"),
        target=_needed(measure.target, "target"),
        stretch=_needed(measure.stretch, "stretch"),
        floor=measure.floor,
    )


def _needed(value: float | None, name: str) -> float:
    if value is None:
        raise MissingNumber(f"Write the {name}: without it there is no progress.")
    return value
