"""Which target judges which period: one rule, a ramp or one for each period, in versions by date."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from milepost.core.calendar import Frequency, last_day, period_start
from milepost.core.ramp import Ramp, check_ramp, ramp_target
from milepost.core.target import BadTarget, Target
from milepost.core.versions import in_force


@dataclass(frozen=True, slots=True)
class PerPeriod:
    """A target for each period start; a period without one takes the nearest earlier one."""

    targets: Mapping[date, Target] = field(default_factory=dict)


TargetPlan = Target | Ramp | PerPeriod


def check_plan(plan: TargetPlan, *, frequency: Frequency, fiscal_month: int = 1) -> None:
    """Do nothing if periods can be held against the plan.

    Args:
        fiscal_month: the month (1..12) in which quarters and years begin.

    Raises:
        BadTarget: its numbers do not fit, or a target's day begins no period.

    Source: rule K2.
    """
    if isinstance(plan, Target):
        plan.validate()
    elif isinstance(plan, Ramp):
        check_ramp(plan)
    else:
        for start, target in plan.targets.items():
            begins = period_start(start, frequency, fiscal_month=fiscal_month)
            if begins != start:
                raise BadTarget(f"{start} begins no {frequency.value}, {begins} does. Date the target there.")
            target.validate()


def given_words(plan: TargetPlan) -> str:
    """Return the words a plan was given in, "" for none: Below 60 days.

    Source: rule K2.
    """
    if isinstance(plan, PerPeriod):
        return next((target.as_given for target in plan.targets.values()), "")
    return plan.as_given


def plan_target(plan: TargetPlan | None, start: date, frequency: Frequency) -> Target | None:
    """Return the target by which a plan judges the period that begins on `start`; None where it has none.

    Source: rule K2.
    """
    if plan is None or isinstance(plan, Target):
        return plan
    if isinstance(plan, Ramp):
        return ramp_target(plan, start, frequency)
    earlier = max((day for day in plan.targets if day <= start), default=None)
    return None if earlier is None else plan.targets[earlier]


def target_of(versions: Sequence[tuple[date, TargetPlan | None]], start: date, frequency: Frequency) -> Target | None:
    """Return the target that judges a period: of the version in force on its last day.

    Args:
        versions: each with its first day, the oldest first; None says that from then on it is only
            watched.

    Source: rule K2.
    """
    found = in_force(versions, last_day(start, frequency))
    return plan_target(found[1], start, frequency) if found else None


def member_target(
    plans: Mapping[Hashable, TargetPlan], member: Hashable, start: date, frequency: Frequency
) -> Target | None:
    """Return the target of one member of a split KPI; None if it has none of its own, for the whole's is no member's.

    Source: rule K2.
    """
    return plan_target(plans.get(member), start, frequency)
