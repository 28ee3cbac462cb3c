"""From a KPI's values and targets to its word: pure, no database; what a score row and an explanation share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.core.calendar import (
    Frequency,
    default_lag_days,
    fiscal_month_of,
    last_closed,
    last_day,
    period_start,
    starts_between,
)
from milepost.core.series import Point, closed_points
from milepost.core.target import KpiWord, Target, kpi_word
from milepost.core.targets import TargetPlan, plan_target, target_of
from milepost.core.versions import in_force

ALWAYS = date(1900, 1, 1)  # the first target also judges what was measured before it was written
Versions = Sequence[tuple[date, TargetPlan | None]]


@dataclass(frozen=True, slots=True)
class Judged:
    """How a KPI stands: its closed periods, the last one, the target that judges it, and the word.

    `newest` is the start of the newest closed period, `expected_periods` counts those since the first value.
    """

    closed: tuple[Point, ...]
    last: Point | None
    target: Target | None
    newest: date
    expected_periods: int
    lag_days: int
    word: KpiWord


def judge(
    points: Sequence[Point], versions: Versions, *, frequency: Frequency, lag_days: int | None, today: date
) -> Judged:
    """Return how a KPI stands on `today`.

    Args:
        points: its periods with a value, oldest first.
        versions: its targets as (in force since, plan), the oldest first.
        lag_days: None for the default of its frequency.

    Source: rules K2, K3.
    """
    closed = closed_points(points, frequency=frequency, today=today)
    last = closed[-1] if closed else None
    newest = last_closed(frequency, today=today, fiscal_month=fiscal_month_of(last.start, frequency) if last else 1)
    target = target_of_period(versions, last.start if last else today, frequency)
    expected_periods = len(starts_between(closed[0].start, newest, frequency)) if closed else 0
    lag = default_lag_days(frequency) if lag_days is None else lag_days
    word = kpi_word(
        last=last,
        target=target,
        frequency=frequency,
        lag_days=lag,
        today=today,
        expected_periods=expected_periods,
    )
    return Judged(closed, last, target, newest, expected_periods, lag, word)


def plan_on(versions: Versions, day: date) -> TargetPlan | None:
    """Return the plan in force on a day; before the first version, the first one (rule K2)."""
    found = in_force(versions, day)
    return found[1] if found else None


def target_today(versions: Versions, frequency: Frequency, *, today: date, fiscal_month: int) -> Target | None:
    """Return the target of the period that runs today, by the plan in force today."""
    start = period_start(today, frequency, fiscal_month=fiscal_month)
    return plan_target(plan_on(versions, today), start, frequency)


def target_of_period(versions: Versions, start: date, frequency: Frequency) -> Target | None:
    """Return the target that judges a period: of the version in force on its last day."""
    return target_of(versions, start, frequency)


def in_force_since(versions: Versions, start: date, frequency: Frequency) -> date | None:
    """Return since when the target that judges a period is in force; None without one, or if it always was."""
    found = in_force(versions, last_day(start, frequency))
    return found[0] if found and found[0] != ALWAYS else None
