"""Keeping what a KPI is kept against."""

from datetime import date
from typing import Any

from milepost.core.calendar import Frequency
from milepost.core.ramp import Ramp
from milepost.core.target import Direction, Target, TargetRule
from milepost.core.targets import PerPeriod, TargetPlan, check_plan, given_words
from milepost.metrics.models import Metric, TargetPoint, TargetVersion
from milepost.metrics.models.target import PER_PERIOD, RAMP
from milepost.workspace.actions.text import clean_name
from milepost.workspace.errors import Invalid

MOST_POINTS = 400
LONGEST_GIVEN = 200
SHOWN_POINTS = 12  # in the audit trail; the table keeps all
WANTED = {
    Direction.HIGHER: TargetRule.AT_LEAST,
    Direction.LOWER: TargetRule.AT_MOST,
    Direction.WITHIN: TargetRule.WITHIN,
}


def check_target(plan: TargetPlan | None, *, direction: Direction, frequency: Frequency, fiscal_month: int) -> None:
    """Do nothing if a KPI can be kept against a plan.

    Raises:
        BadTarget: its numbers do not fit.
        Invalid: it calls bad what the direction calls good, or holds too much.
    """
    if plan is None:
        return
    points = len(plan.goals) if isinstance(plan, Ramp) else len(plan.targets) if isinstance(plan, PerPeriod) else 0
    if points > MOST_POINTS:
        raise Invalid(f"This target has {points} steps. Keep {MOST_POINTS} at most.", field="rule")
    if isinstance(plan, PerPeriod) and not points:
        raise Invalid("Write the target of at least one period, for example 2026-Q4 1200.", field="periods")
    check_plan(plan, frequency=frequency, fiscal_month=fiscal_month)
    if given_words(plan):
        clean_name(given_words(plan), field="as_given", most=LONGEST_GIVEN)
    if isinstance(plan, Ramp):
        if direction == Direction.WITHIN or plan.rises != (direction == Direction.HIGHER):
            way = "rises" if plan.rises else "falls"
            raise Invalid(f"“Good is {direction.value}”, but this target {way}. Change one of the two.", field="rule")
        return
    for target in plan.targets.values() if isinstance(plan, PerPeriod) else [plan]:
        _agree(target, direction)


def _agree(target: Target, direction: Direction) -> None:
    """Refuse a target that calls bad what the direction calls good."""
    wanted = WANTED[direction]
    if target.rule != wanted:
        words = {"at_least": "at least", "at_most": "at most", "within": "within a range"}
        raise Invalid(
            f"“Good is {direction.value}” goes with a target of {words[wanted.value]}, "
            f"not {words[target.rule.value]}. Change one of the two.",
            field="rule",
        )


def set_target(kpi: Metric, plan: TargetPlan | None, *, since: date) -> None:
    """Put a plan in force from a day on; one that already begins on that day is replaced."""
    row, _ = TargetVersion.objects.update_or_create(metric=kpi, since=since, defaults=_columns(plan))
    row.points.all().delete()
    TargetPoint.objects.bulk_create(_points(row, plan))


def _columns(plan: TargetPlan | None) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "rule": None, "low": None, "high": None, "tolerance": 0.0, "start": None, "start_on": None, "as_given": "",
    }  # fmt: skip
    if plan is None:
        return empty
    given = {"as_given": given_words(plan)}
    if isinstance(plan, Target):
        given |= {"rule": plan.rule.value, "low": plan.low, "high": plan.high, "tolerance": plan.tolerance}  # type: ignore[dict-item] # columns of several types
    elif isinstance(plan, Ramp):
        given |= {"rule": RAMP, "start": plan.start, "start_on": plan.since, "tolerance": plan.tolerance}  # type: ignore[dict-item] # as above
    else:
        given |= {"rule": PER_PERIOD, "tolerance": next(iter(plan.targets.values())).tolerance}  # type: ignore[dict-item] # as above
    return empty | given


def _points(row: TargetVersion, plan: TargetPlan | None) -> list[TargetPoint]:
    if isinstance(plan, Ramp):
        side = "low" if plan.rises else "high"
        return [TargetPoint(version=row, day=day, **{side: value}) for day, value in plan.goals]
    if isinstance(plan, PerPeriod):
        return [TargetPoint(version=row, day=day, low=t.low, high=t.high) for day, t in plan.targets.items()]
    return []


def plan_words(plan: TargetPlan | None) -> str:
    """Return a plan as the trail tells it, "" for none: at least 30, 10 to 20 ± 2, from 48 on 2026-10-01 to 30 by …."""
    if plan is None:
        return ""
    if isinstance(plan, Ramp):
        steps = ", ".join(f"to {value:.10g} by {day}" for day, value in plan.goals[:SHOWN_POINTS])
        return _with_tolerance(f"from {plan.start:.10g} on {plan.since} {steps}", plan.tolerance)
    if isinstance(plan, PerPeriod):
        told = [f"{day} {_bare(target)}" for day, target in sorted(plan.targets.items())]
        more = f" and {len(told) - SHOWN_POINTS} more" if len(told) > SHOWN_POINTS else ""
        tolerance = next((target.tolerance for target in plan.targets.values()), 0.0)
        return _with_tolerance(f"by period: {', '.join(told[:SHOWN_POINTS])}{more}", tolerance)
    return _with_tolerance(_bare(plan), plan.tolerance)


def _bare(target: Target) -> str:
    low, high = (f"{value:.10g}" if value is not None else "" for value in (target.low, target.high))
    words = {TargetRule.AT_LEAST: f"at least {low}", TargetRule.AT_MOST: f"at most {high}"}
    return words.get(target.rule, f"{low} to {high}")


def _with_tolerance(said: str, tolerance: float) -> str:
    return f"{said} ± {tolerance:.10g}" if tolerance else said
