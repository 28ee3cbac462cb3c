"""Where the plan says a goal should be today."""

import math
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache

from milepost.core.progress import Step, value_at
from milepost.core.workdays import WorkCalendar, days_after

GREEN_ASPIRATIONAL = 0.7  # E3, G1


class Ambition(StrEnum):
    """What grade is expected of a goal."""

    COMMITTED = "committed"
    ASPIRATIONAL = "aspirational"
    LEARNING = "learning"


class EmptyCycle(ValueError):
    """A cycle that ends before it begins."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"The cycle would end on {last} before it begins on {first}.")


@lru_cache(maxsize=1024)  # all goals of a cycle ask the same of a day
def elapsed(*, first: date, last: date, day: date, calendar: WorkCalendar | None = None) -> float:
    """Return the share of a cycle's time that has passed on a day, 0..1; a one-day cycle is 0, then 1.

    A cycle with no counted day after its first one is like one of a single day.

    Args:
        first, last: the cycle's days, both included.
        calendar: which days count; None counts all.

    Raises:
        EmptyCycle: last lies before first.

    Source: rule E1.
    """
    if last < first:
        raise EmptyCycle(first, last)
    whole = days_after(first, last, calendar=calendar)
    if whole == 0:
        return 1.0 if day > last else 0.0
    return days_after(first, min(day, last), calendar=calendar) / whole


def green_at(ambition: Ambition) -> float:
    """Return the progress at which the grade is green, 0..1: where the plan ends.

    Source: rule E3.
    """
    return GREEN_ASPIRATIONAL if ambition == Ambition.ASPIRATIONAL else 1.0


def expected_linear(tau: float, *, ambition: Ambition) -> float:
    """Return the progress planned for the elapsed share `tau`, on a straight line.

    Source: rules E2, E3.
    """
    return green_at(ambition) * tau


def expected_maintain(*, closed_periods: int, ambition: Ambition) -> float | None:
    """Return the planned score of a level to keep: full from the first closed period, None before.

    Source: rule E3.
    """
    return green_at(ambition) if closed_periods > 0 else None


def expected_milestone(
    steps: Sequence[Step],
    *,
    first: date,
    last: date,
    day: date,
    ambition: Ambition,
    calendar: WorkCalendar | None = None,
) -> float | None:
    """Return the share of a milestone that is due by a day, 0..1; None without steps.

    A dated step is due on its day. The k-th of n undated steps is due when k / n of the time has
    passed, so a single one on the last day.

    Source: rule E3.
    """
    heaviest = max((step.weight for step in steps), default=0.0)
    if heaviest <= 0:
        return None
    due = due_steps(steps, first=first, last=last, day=day, calendar=calendar)
    # Measured in the heaviest, so that no sum of weights overflows.
    whole = math.fsum(step.weight / heaviest for step in steps)
    return green_at(ambition) * math.fsum(step.weight / heaviest for step in due) / whole


def due_steps(
    steps: Sequence[Step], *, first: date, last: date, day: date, calendar: WorkCalendar | None = None
) -> list[Step]:
    """Return the steps of a milestone that are due by a day, the dated ones first.

    One that is dated after the last day is due on the last day: every plan ends where the grade is green.

    Source: rule E3.
    """
    tau = elapsed(first=first, last=last, day=day, calendar=calendar)
    undated = [step for step in steps if step.due_on is None]
    dated = [step for step in steps if step.due_on is not None and min(step.due_on, last) <= day]
    return dated + [step for k, step in enumerate(undated, start=1) if tau >= k / len(undated)]


def plan_value(*, start: float, target: float, tau: float, ambition: Ambition) -> float:
    """Return the value planned for the elapsed share `tau`, in the metric's unit.

    Source: rule E5.
    """
    return value_at(expected_linear(tau, ambition=ambition), start=start, target=target)
