"""One door to where the plan says a key result should be, whatever its kind."""

from datetime import date
from typing import NamedTuple

from milepost.core.levels import Levels
from milepost.core.measure import Kind, Measure, Seen
from milepost.core.pace import Ambition, expected_maintain, expected_milestone
from milepost.core.parts import Combine, mean_of_plans
from milepost.core.path import (
    Amended,
    Checkpoint,
    Curve,
    Path,
    expected_by_levels,
    expected_on_path,
)
from milepost.core.progress import WHOLE_PERCENT
from milepost.core.workdays import WorkCalendar


class Timing(NamedTuple):
    """When a key result is to come true: first and last day, both included, and how the way is spread over them.

    Checkpoints and amendments are in the unit of the kind's own numbers; of a kind without numbers
    they are shares 0..1. `planned` is the start and target before the first amendment, None where
    they are those of today.
    """

    first: date
    last: date
    curve: Curve = Curve.LINEAR
    checkpoints: tuple[Checkpoint, ...] = ()
    amendments: tuple[Amended, ...] = ()
    calendar: WorkCalendar | None = None
    planned: tuple[float, float] | None = None


def expected_progress(measure: Measure, seen: Seen, timing: Timing, *, ambition: Ambition, day: date) -> float | None:
    """Return the progress planned for a day, 0..1; None while the kind has no plan yet.

    That is: a level to keep before its first closed period, a milestone without steps, what waits for
    a baseline, and a mean of key results of which none has a score. Such a mean has no path of its own:
    its plan is the mean of theirs, as an objective's is (E4). For the last day it is what a closed child
    counts as expected.

    Raises:
        NoDistance: start equals target.
        EmptyCycle: the last day lies before the first.

    Source: rules E1, E2, E3, E4, E5, R8.
    """
    match measure.kind:
        case Kind.CHILDREN if measure.combine != Combine.SUM:
            return mean_of_plans(seen.children, how=measure.combine)
        case Kind.KEEP:
            return expected_maintain(closed_periods=len(seen.values), ambition=ambition)
        case Kind.MILESTONE:
            return expected_milestone(
                seen.steps,
                first=timing.first,
                last=timing.last,
                day=day,
                ambition=ambition,
                calendar=timing.calendar,
            )
    path = path_of(measure, timing)
    if path is None:
        return None
    if measure.kind == Kind.LEVELS and measure.stretch is not None:
        start, target = ends_of(measure) or (path.start, path.target)
        levels = Levels(start=start, target=target, stretch=measure.stretch, floor=measure.floor)
        return expected_by_levels(path, levels, day)
    return expected_on_path(path, day, ambition=ambition)


def path_of(measure: Measure, timing: Timing) -> Path | None:
    """Return the path of a plan; None of a kind without one: a level to keep, steps, a mean, a missing baseline.

    Source: rules E2, E5.
    """
    ends = ends_of(measure)
    if ends is None:
        return None
    start, target = timing.planned or ends
    return Path(
        first=timing.first,
        last=timing.last,
        start=start,
        target=target,
        curve=timing.curve,
        checkpoints=timing.checkpoints,
        amendments=timing.amendments,
        calendar=timing.calendar,
    )


def ends_of(measure: Measure) -> tuple[float, float] | None:
    """Return where the way of a kind begins and ends, in its own numbers; None of a kind without a way.

    Source: rules P1 to P11.
    """
    is_mean = measure.kind == Kind.CHILDREN and measure.combine != Combine.SUM
    if is_mean or measure.kind in {Kind.KEEP, Kind.MILESTONE}:
        return None
    if measure.kind == Kind.PERCENT:
        return 0.0, WHOLE_PERCENT
    if measure.kind in {Kind.TASKS, Kind.JUDGED}:
        return 0.0, 1.0
    return None if measure.start is None or measure.target is None else (measure.start, measure.target)
