"""Progress by agreed levels: a floor, a target and a stretch."""

from dataclasses import dataclass
from itertools import pairwise

from milepost.core.numbers import finite, said
from milepost.core.pace import Ambition
from milepost.core.progress import progress, value_at

AT_FLOOR = 0.3  # P4
AT_TARGET = 0.7
AT_STRETCH = 1.0


class BadLevels(ValueError):
    """Levels that do not lead from the start to the stretch; all are named."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of a key result in the metric's unit, each further than the one before; the floor may be left out."""

    start: float
    target: float
    stretch: float
    floor: float | None = None

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Return the values at which the slope changes, each with its progress, from start to stretch.

        Source: rule P4.
        """
        floor = () if self.floor is None else ((self.floor, AT_FLOOR),)
        return ((self.start, 0.0), *floor, (self.target, AT_TARGET), (self.stretch, AT_STRETCH))


def check_levels(levels: Levels, *, ambition: Ambition = Ambition.ASPIRATIONAL) -> None:
    """Do nothing if the levels go one way and the goal is an aspirational one.

    Raises:
        NotANumber: a level is not finite.
        BadLevels: two levels are the same or the way turns round, all of them named; or the goal is
            of another ambition.

    Source: rule P4.
    """
    values = [value for value, _ in levels.corners]
    for value in values:
        finite(value, name="A level")
    rises = levels.stretch > levels.start
    if any(a == b or (b > a) != rises for a, b in pairwise(values)):
        words = ("start", "target", "stretch") if levels.floor is None else ("start", "floor", "target", "stretch")
        named = ", ".join(f"{word} {said(value)}" for word, value in zip(words, values, strict=True))
        raise BadLevels(f"The levels are {named}. Each must be further than the one before, all up or all down.")
    if ambition != Ambition.ASPIRATIONAL:
        raise BadLevels(
            f"Levels with a stretch are for aspirational goals, this one is {ambition.value}. "
            "Make it aspirational, or set one target."
        )


def levels_progress(levels: Levels, value: float) -> float:
    """Return the progress of a value: straight lines between the levels, the outer ones going on.

    Args:
        value: in the metric's unit; finite.

    Returns:
        Unbounded: 0 at the start, .3 at the floor, .7 at the target, 1 at the stretch.

    Source: rule P4.
    """
    corners = levels.corners
    rises = levels.stretch > levels.start
    inner = corners[1:-1]
    index = sum(value >= corner if rises else value <= corner for corner, _ in inner)
    (a, low), (b, high) = corners[index], corners[index + 1]
    share = progress(start=a, target=b, value=value)
    if 0 <= share <= 1:  # between two levels rounding may not leave theirs
        return min(high, max(low, value_at(share, start=low, target=high)))
    return value_at(share, start=low, target=high)


def levels_value(levels: Levels, share: float) -> float:
    """Return the value at which a progress is reached: `levels_progress` backwards, in the metric's unit.

    Source: rules P4, S4.
    """
    corners = levels.corners
    index = sum(share >= at for _, at in corners[1:-1])
    (a, low), (b, high) = corners[index], corners[index + 1]
    return value_at(progress(start=low, target=high, value=share), start=a, target=b)
