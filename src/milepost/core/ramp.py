"""Targets that rise or fall over time: each period's lies on a line through agreed days and values."""

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from milepost.core.calendar import Frequency, last_day, next_start
from milepost.core.numbers import said
from milepost.core.pace import elapsed
from milepost.core.progress import value_at
from milepost.core.series import Aggregation
from milepost.core.target import BadTarget, KpiWord, Target, TargetRule, period_word


@dataclass(frozen=True, slots=True)
class Ramp:
    """A target that goes from `start` on `since` through `goals`, (day, value) by date; values in the metric's unit.

    A miss of up to `tolerance` is close. Rising it is at least, falling at most, and the last value goes
    on after its day.
    """

    start: float
    since: date
    goals: tuple[tuple[date, float], ...]
    tolerance: float = 0.0
    as_given: str = ""

    @property
    def rises(self) -> bool:
        """Return whether it goes up.

        Source: rule K2.
        """
        return self.goals[-1][1] > self.start


@dataclass(frozen=True, slots=True)
class Beside:
    """How the open period stands on a ramp, drawn beside the status: its value, the one on the line, the word."""

    value: float
    planned: float
    word: KpiWord


def check_ramp(ramp: Ramp) -> None:
    """Do nothing if a ramp leads one way, day after day.

    Raises:
        BadTarget: without a goal, with a number that is not finite, with days or values that do not go
            on; the two are named.

    Source: rule K2.
    """
    if not ramp.goals:
        raise BadTarget("Write the value to reach and the day, for example 30 by 2026-12-31.")
    if not all(math.isfinite(v) for v in (ramp.start, ramp.tolerance, *(value for _, value in ramp.goals))):
        raise BadTarget("A target is a finite number, such as 95.")
    if ramp.tolerance < 0:
        raise BadTarget(f"The tolerance is {said(ramp.tolerance)}. A tolerance is 0 or more.")
    for (earlier, a), (later, b) in pairwise([(ramp.since, ramp.start), *ramp.goals]):
        if later <= earlier:
            raise BadTarget(f"{later} does not come after {earlier}. Write the days in their order.")
        if a == b or (b > a) != ramp.rises:
            way = "rises" if ramp.rises else "falls"
            raise BadTarget(
                f"From {said(a)} on {earlier} to {said(b)} on {later} is no step of a target that {way}. "
                "Let each go on in the same way."
            )


def ramp_value(ramp: Ramp, day: date) -> float | None:
    """Return the value on the line on a day, in the metric's unit; None before it begins, the last one after it ends.

    Source: rule K2.
    """
    if day < ramp.since:
        return None
    for (earlier, a), (later, b) in pairwise([(ramp.since, ramp.start), *ramp.goals]):
        if day < later:
            return value_at(elapsed(first=earlier, last=later, day=day), start=a, target=b)
    return ramp.goals[-1][1]


def ramp_target(ramp: Ramp, start: date, frequency: Frequency) -> Target | None:
    """Return the target of the period that begins on `start`: the line on its last day; None before it begins.

    Source: rule K2.
    """
    value = ramp_value(ramp, last_day(start, frequency))
    if value is None:
        return None
    if ramp.rises:
        return Target(TargetRule.AT_LEAST, low=value, tolerance=ramp.tolerance, as_given=ramp.as_given)
    return Target(TargetRule.AT_MOST, high=value, tolerance=ramp.tolerance, as_given=ramp.as_given)


def beside_status(
    ramp: Ramp, *, start: date, value: float, frequency: Frequency, how: Aggregation, today: date
) -> Beside | None:
    """Return how the open period stands on the ramp today; None before the ramp begins or when it is closed.

    A flow is held against the part of the period's target that its days so far make; anything else
    against the line today. It is never the status, which closed periods give.

    Args:
        start, value: of the open period.

    Source: rules K2, K4.
    """
    if not start <= today < next_start(start, frequency):
        return None
    target = ramp_target(ramp, start, frequency)
    planned = ramp_value(ramp, today)
    if target is None or planned is None or target.edge is None:
        return None
    if how == Aggregation.FLOW:
        days = (next_start(start, frequency) - start).days
        planned = target.edge * ((today - start).days + 1) / days
    low, high = (planned, None) if ramp.rises else (None, planned)
    word = period_word(value, Target(target.rule, low=low, high=high, tolerance=ramp.tolerance))
    return Beside(value, planned, word)
