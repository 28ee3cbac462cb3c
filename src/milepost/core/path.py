"""The plan of a key result as a path: its curve, its checkpoints, and how an amendment bends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from milepost.core.levels import Levels, levels_progress
from milepost.core.numbers import finite
from milepost.core.pace import Ambition, EmptyCycle, elapsed, green_at
from milepost.core.progress import check_way, clip01, progress, value_at
from milepost.core.workdays import WorkCalendar


class BadCheckpoints(ValueError):
    """Phased targets that no line joins; the dates are named."""


class Curve(StrEnum):
    """How a plan spreads over its time (rule E2)."""

    LINEAR = "linear"
    CHECKPOINTS = "checkpoints"
    FRONT = "front"
    BACK = "back"
    S = "s"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A phased target: the value, in the metric's unit, that is planned for a day."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Amended:
    """A change of the plan on a day: the start, target and last day that hold from then on."""

    on: date
    start: float
    target: float
    last: date


class Path(NamedTuple):
    """A plan from start on the first day to target on the last, both days included; values in the metric's unit.

    `checkpoints` by date, `amendments` in the order in which they were made.
    """

    first: date
    last: date
    start: float
    target: float
    curve: Curve = Curve.LINEAR
    checkpoints: tuple[Checkpoint, ...] = ()
    amendments: tuple[Amended, ...] = ()
    calendar: WorkCalendar | None = None


def curve_share(curve: Curve, tau: float) -> float:
    """Return the share of the way that a curve plans for an elapsed share of the time, both 0..1.

    Checkpoints are a path of their own; between start and target alone they are a straight line.

    Source: rule E2.
    """
    match curve:
        case Curve.FRONT:
            return 1 - (1 - tau) ** 2
        case Curve.BACK:
            return tau**2
        case Curve.S:
            return clip01(tau**2 * (3 - 2 * tau))
        case _:
            return tau


def check_path(path: Path) -> None:
    """Do nothing if the path leads through its checkpoints to its end, and each amendment to its own.

    Raises:
        NotANumber: a value is not finite.
        NoDistance: start equals target.
        EmptyCycle: it ends before it begins.
        BadCheckpoints: one lies outside, on the first or last day, or not after the one before.

    Source: rule E2.
    """
    if path.last < path.first:
        raise EmptyCycle(path.first, path.last)
    check_way(start=path.start, target=path.target)
    for change in path.amendments:
        check_way(start=change.start, target=change.target)
    before = path.first
    for checkpoint in path.checkpoints:
        finite(checkpoint.value, name="A checkpoint")
        if not path.first < checkpoint.on < path.last:
            raise BadCheckpoints(
                f"The checkpoint of {checkpoint.on} must lie between {path.first} and {path.last}; "
                "start and target stand on those days."
            )
        if checkpoint.on <= before:
            raise BadCheckpoints(f"The checkpoint of {checkpoint.on} must come after that of {before}. Sort them.")
        before = checkpoint.on


def path_value(path: Path, day: date) -> float:
    """Return the value on the way from start to target that a plan has on a day, in the metric's unit.

    An amendment keeps the path up to its day and draws a straight line from there.

    Source: rules E2, E5.
    """
    made = _made(path, day)
    if not made:
        return _first_value(path, day)
    value = _first_value(path, made[0].on)
    for change, until in zip(made, [*(later.on for later in made[1:]), day], strict=True):
        value = _line(change.on, value, change.last, change.target, until, path.calendar)
    return value


def expected_on_path(path: Path, day: date, *, ambition: Ambition) -> float:
    """Return the progress planned for a day, 0..1: as far as the path has come, times where the grade is green.

    Raises:
        NoDistance: start equals target.

    Source: rules E3, E5.
    """
    start, target = in_force(path, day)
    share = progress(start=start, target=target, value=path_value(path, day))
    return green_at(ambition) * clip01(share)


def expected_by_levels(path: Path, levels: Levels, day: date) -> float:
    """Return the progress planned for a day of a key result with levels, 0..1: the path's value on their curve.

    Args:
        path: from the levels' start to their target.

    Source: rule E3.
    """
    return clip01(levels_progress(levels, path_value(path, day)))


def planned_value(path: Path, day: date, *, ambition: Ambition) -> float:
    """Return the value planned for a day, in the metric's unit: the path drawn to where the grade is green.

    Source: rules E3, E5.
    """
    start, _ = in_force(path, day)
    return value_at(green_at(ambition), start=start, target=path_value(path, day))


def in_force(path: Path, day: date) -> tuple[float, float]:
    """Return the start and target that hold on a day, in the metric's unit.

    Source: rule E5.
    """
    made = _made(path, day)
    return (made[-1].start, made[-1].target) if made else (path.start, path.target)


def _made(path: Path, day: date) -> Sequence[Amended]:
    """Return the amendments up to a day; most plans have none at all."""
    return [change for change in path.amendments if change.on <= day] if path.amendments else ()


def _first_value(path: Path, day: date) -> float:
    if path.curve == Curve.CHECKPOINTS and path.checkpoints:
        return _through(path, day)
    tau = elapsed(first=path.first, last=path.last, day=day, calendar=path.calendar)
    return value_at(curve_share(path.curve, tau), start=path.start, target=path.target)


def _through(path: Path, day: date) -> float:
    corners: Sequence[Checkpoint] = (
        Checkpoint(path.first, path.start),
        *path.checkpoints,
        Checkpoint(path.last, path.target),
    )
    index = sum(corner.on <= day for corner in corners[1:-1])
    a, b = corners[index], corners[index + 1]
    return _line(a.on, a.value, b.on, b.value, day, path.calendar)


def _line(a: date, value: float, b: date, target: float, day: date, calendar: WorkCalendar | None) -> float:
    if b <= a:  # it ends where it begins, so the target holds at once
        return target
    return value_at(elapsed(first=a, last=b, day=day, calendar=calendar), start=value, target=target)
