"""Moving a key result to another objective."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from milepost.okr.actions.amend import amend
from milepost.okr.actions.locks import refuse_locked
from milepost.okr.actions.measures import check_shares
from milepost.okr.actions.moment import lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.actions.walls import guard
from milepost.okr.errors import WrongState
from milepost.okr.models import Alignment, GoalState, KeyResult, Objective, Part
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries.access import get_key_result, get_objective
from milepost.workspace.actions import keep_past
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Visibility
from milepost.workspace.permissions import Actor, require

RUNNING = frozenset({GoalState.ACTIVE, GoalState.PAUSED})
OVER = frozenset({GoalState.CLOSED, GoalState.CANCELLED})


@transaction.atomic
def transfer_key_result(*, by: Actor, key_result_id: int, objective_id: int, reason: str = "", now: datetime) -> None:
    """Hang a key result below another objective, after its own ones; its values, check-ins and history stay.

    Both objectives tell it as an amendment once they run, and both scores move. One that runs stays in its
    cycle: its plan would have other days, which is what carrying over is for. What is made of it, and what
    it is made of, goes on.

    Raises:
        NotAllowed, NotFound, NeedsReason.
        WrongState: one of the objectives is over, or it runs and the other objective does not.
        Invalid: it is there already, its cycle is another one, shares are above the whole, or a KPI would be
            seen by more.
    """
    moment = lock_moment(by, now=now)
    row = get_key_result(by, key_result_id)
    require(can_edit_goal, by, row, to="move this key result")
    source = row.objective
    require(can_edit_goal, by, source, to="take a key result away from this objective")
    target = get_objective(by, objective_id)
    require(can_edit_goal, by, target, to="add key results to that objective")
    refuse_locked(by, source.cycle, target.cycle)
    _check(row, source, target)
    last = KeyResult.objects.filter(objective=target).aggregate(last=Max("position"))["last"]
    row.objective, row.position = target, 0 if last is None else last + 1
    if row.state == GoalState.DRAFT and target.state in RUNNING:
        row.state, row.activated_on = GoalState.ACTIVE, moment.today
    count_up(row, seen=None)
    row.save(update_fields=["objective", "position", "state", "activated_on", "version"])
    keep_past(row, now=now)
    for objective, change in ((source, (row.title, "")), (target, ("", row.title))):
        amend(by=by, goal=objective, changes={"key_results": change}, reason=reason, now=now)
        count_up(objective, seen=None)
        objective.save(update_fields=["version"])
    check_shares(target)
    guard(target, has_walls=moment.has_walls)
    # Its lead is one of an objective's people: who sees what hangs around both may be others now (R6).
    narrow = [one.pk for one in (source, target) if one.visibility != Visibility.EVERYBODY]
    below = Alignment.objects.filter(parent_id__in=narrow, until=None).values_list("child_id", flat=True)
    parts = Part.objects.filter(Q(child=row) | Q(parent__objective_id__in=narrow) | Q(child__objective_id__in=narrow))
    refresh(
        key_results={row.pk, *parts.filter(until=None).values_list("parent_id", flat=True)},
        objectives={source.pk, target.pk, *below},
        rhythms=moment.rhythms,
        today=moment.today,
        now=now,
    )


def _check(row: KeyResult, source: Objective, target: Objective) -> None:
    if target.pk == source.pk:
        raise Invalid("It belongs to this objective already. Choose another one.", field="objective")
    for objective in (source, target):
        if objective.state in OVER:
            raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}. Reopen it first.")
    if row.state in OVER:
        raise WrongState(f"“{row.title}” is {row.get_state_display().lower()}, so it stays where it is.")
    if row.state == GoalState.DRAFT:
        return
    if target.state not in RUNNING:
        raise WrongState(f"“{row.title}” runs and “{target.title}” does not. Start that one first.")
    if target.cycle_id != source.cycle_id:
        raise Invalid(
            "It runs in another cycle, so its plan would have other days. Choose an objective of its cycle, or "
            "carry it over when it is closed.",
            field="objective",
        )
