"""Planning a cycle together: its drafts start at once, its plan is locked, the last one is copied."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from milepost.okr.actions.clone import clone_objective
from milepost.okr.actions.locks import refuse_locked
from milepost.okr.actions.moment import lock_moment
from milepost.okr.actions.objectives import start_draft
from milepost.okr.errors import WrongState
from milepost.okr.models import GoalState, Objective
from milepost.okr.permissions import can_create_goal, can_publish_cycle
from milepost.okr.queries.access import get_cycle
from milepost.workspace.actions import record_event, tell
from milepost.workspace.actions.text import clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import DomainError, Invalid, NotFound
from milepost.workspace.models import Visibility, WebhookEvent
from milepost.workspace.permissions import Actor, require

MOST_COPIED = 50


@dataclass(frozen=True, slots=True)
class Left:
    """A draft that could not start, and why, in a sentence."""

    id: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Published:
    """What became of the drafts of a cycle: ids of those that run and of those in review, and what was left."""

    started: tuple[int, ...]
    in_review: tuple[int, ...]
    left: tuple[Left, ...]


@transaction.atomic
def publish_cycle(*, by: Actor, cycle_id: int, now: datetime) -> Published:
    """Start every draft of a cycle that can start; with reviewers it goes to review instead (A2).

    Each starts whole or stays a draft as it was. Drafts that are not the actor's to see stay untouched and unsaid.

    Raises:
        NotAllowed, NotFound.
        WrongState: there is no draft, or none of them can start; it says why.
    """
    moment = lock_moment(by, now=now)
    cycle = get_cycle(by, cycle_id)
    require(can_publish_cycle, by, cycle, to="publish this cycle")
    found = Objective.objects.visible_to(by).filter(cycle=cycle, state=GoalState.DRAFT).select_related("cycle")
    drafts = list(found.order_by("id"))
    if not drafts:
        raise WrongState(f"{cycle.name} has no drafts to publish.")
    begun: list[Objective] = []
    left: list[Left] = []
    for draft in drafts:
        try:
            with transaction.atomic():
                start_draft(by, draft, moment=moment)
        except DomainError as refusal:
            left.append(Left(draft.pk, draft.title, str(refusal)))
        else:
            begun.append(draft)
    if not begun:
        raise WrongState(f"Nothing of {cycle.name} can start yet. “{left[0].title}”: {left[0].why}")
    started = [row for row in begun if row.state == GoalState.ACTIVE]
    in_review = [row for row in begun if row.state != GoalState.ACTIVE]
    ids = {"started": [row.pk for row in started], "in_review": [row.pk for row in in_review]}
    record_event(
        by=by,
        verb="published",
        kind="cycle",
        object_id=cycle.pk,
        now=now,
        changes={"drafts": (len(drafts), len(left))},
        about={"name": cycle.name, **ids},
    )
    public = {row.pk for row in drafts if row.visibility == Visibility.EVERYBODY}  # who listens is not known (R6)
    told = {
        "cycle_id": cycle.pk,
        "name": cycle.name,
        **{name: [pk for pk in pks if pk in public] for name, pks in ids.items()},
        "left": [one.id for one in left if one.id in public],
    }
    tell(workspace_id=by.workspace_id, event=WebhookEvent.CYCLE_PUBLISHED, data=[told], now=now)
    return Published(tuple(ids["started"]), tuple(ids["in_review"]), tuple(left))


@transaction.atomic
def lock_cycle(*, by: Actor, cycle_id: int, now: datetime) -> None:
    """Lock the plan of a cycle: from now on only admins and its coach add, amend and take out goals of it.

    Check-ins, comments, initiatives, grades and the close stay open.

    Raises:
        NotAllowed, NotFound.
        WrongState: it is locked already.
    """
    lock_moment(by, now=now)
    cycle = get_cycle(by, cycle_id)
    require(can_publish_cycle, by, cycle, to="lock this cycle")
    if cycle.locked_at is not None:
        raise WrongState(f"{cycle.name} is locked already.")
    cycle.locked_at, cycle.locked_by_id = now, by.membership_id
    count_up(cycle, seen=None)
    cycle.save(update_fields=["locked_at", "locked_by", "version"])
    changes = {"locked": (False, True)}
    about = {"name": cycle.name}
    record_event(by=by, verb="locked", kind="cycle", object_id=cycle.pk, now=now, changes=changes, about=about)


@transaction.atomic
def unlock_cycle(*, by: Actor, cycle_id: int, reason: str, now: datetime) -> None:
    """Open the plan of a locked cycle again, with a reason.

    Raises:
        NotAllowed, NotFound, Invalid.
        WrongState: it is not locked.
    """
    lock_moment(by, now=now)
    cycle = get_cycle(by, cycle_id)
    require(can_publish_cycle, by, cycle, to="unlock this cycle")
    if cycle.locked_at is None:
        raise WrongState(f"{cycle.name} is not locked.")
    reason = " ".join(clean_text(reason, field="reason", most=500).split())
    if not reason:
        raise Invalid("Say in one line why the plan opens again.", field="reason")
    cycle.locked_at = cycle.locked_by_id = None
    count_up(cycle, seen=None)
    cycle.save(update_fields=["locked_at", "locked_by", "version"])
    record_event(
        by=by,
        verb="unlocked",
        kind="cycle",
        object_id=cycle.pk,
        now=now,
        changes={"locked": (True, False)},
        reason=reason,
        about={"name": cycle.name},
    )


@transaction.atomic
def copy_cycle(*, by: Actor, cycle_id: int, objective_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Copy objectives of other cycles into a cycle as drafts, all or none; each as `clone_objective` does.

    Returns:
        For each objective its draft.

    Raises:
        NotAllowed, NotFound, Invalid.
        CycleLocked: its plan is locked for the actor.
    """
    lock_moment(by, now=now)
    cycle = get_cycle(by, cycle_id)
    chosen = list(dict.fromkeys(objective_ids))[: MOST_COPIED + 1]
    rows = Objective.objects.visible_to(by).filter(pk__in=chosen).exclude(cycle=cycle)
    titles = dict(rows.values_list("pk", "title"))
    if titles.keys() != set(chosen):
        raise NotFound
    require(can_create_goal, by, to="add objectives")
    refuse_locked(by, cycle)
    if not chosen:
        raise Invalid("Choose at least one objective to copy.", field="objectives")
    if len(chosen) > MOST_COPIED:
        raise Invalid(f"Copy at most {MOST_COPIED} objectives at once.", field="objectives")
    made: dict[int, int] = {}
    for pk in chosen:
        try:
            made[pk] = clone_objective(by=by, objective_id=pk, cycle_id=cycle.pk, now=now)
        except Invalid as refusal:
            raise Invalid(f"“{titles[pk]}” cannot be copied: {refusal}", field="objectives") from refusal
    return made
