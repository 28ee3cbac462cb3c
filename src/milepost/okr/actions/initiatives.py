"""The work under goals: adding, changing and finishing initiatives."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Max

from milepost.okr.actions.amend import amend
from milepost.okr.actions.drafts import choose, person
from milepost.okr.actions.measures import MOST_STEPS, lists_of, steps_in_words
from milepost.okr.actions.moment import Moment, lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.errors import WrongState
from milepost.okr.models import (
    ChecklistItem,
    GoalState,
    Initiative,
    InitiativeState,
    KeyResult,
    KeyResultKind,
    Objective,
    Step,
)
from milepost.okr.permissions import can_check_in, can_edit_goal, leads_initiative
from milepost.okr.queries.access import get_initiative, get_key_result, get_objective
from milepost.okr.queries.audience import audiences
from milepost.workspace.actions import gone, index_words, keep_past, made, record_event
from milepost.workspace.actions.text import clean_name, clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Membership, Role
from milepost.workspace.permissions import Actor, require

MOST_INITIATIVES = 100
MOST_ITEMS = 50
LONGEST_NOTE = 5000
LONGEST_LINK = 500
FROZEN = frozenset({GoalState.CLOSED, GoalState.CANCELLED})
FIELDS = ("title", "note", "lead_id", "due_on", "link", "key_result_id")


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One line of a checklist; `id` None makes a new one."""

    title: str
    is_done: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True)
class InitiativeDraft:
    """What a person writes of an initiative.

    `counts`: it stands for a task of its key result, which is made of tasks (P6). `link` is where the
    work itself is kept, an issue or a sprint goal. `items` None leaves the checklist as it is.
    """

    title: str
    key_result_id: int | None = None
    lead_id: int | None = None
    due_on: date | None = None
    note: str = ""
    link: str = ""
    counts: bool = False
    items: Sequence[ItemDraft] | None = None


@transaction.atomic
def add_initiative(*, by: Actor, objective_id: int, draft: InitiativeDraft, reason: str = "", now: datetime) -> int:
    """Add an initiative at the end of an objective's and return its id; it moves no number unless it counts (R5).

    Raises:
        NotAllowed: the actor neither leads, owns nor helps with the goal.
        NotFound, Invalid, WrongState.
        NeedsReason: it counts for a key result that runs.
    """
    moment = lock_moment(by, now=now)
    objective = get_objective(by, objective_id)
    _must_be_open(objective)
    rows = Initiative.objects.filter(objective=objective)
    if rows.count() >= MOST_INITIATIVES:
        raise Invalid(f"There are {MOST_INITIATIVES} initiatives already. Take some out, or finish this objective.")
    last = rows.aggregate(last=Max("position"))["last"]
    row = Initiative(
        workspace_id=by.workspace_id,
        objective=objective,
        position=0 if last is None else last + 1,
        created_at=now,
    )
    _fill(row, by, draft)
    require(can_check_in, by, row.key_result or objective, to="add initiatives here")
    row.save(force_insert=True)
    _save_items(row, draft.items or ())
    record_event(
        by=by, verb="created", kind="initiative", object_id=row.pk, now=now, changes=made(**_told(row)),
        about=_about(row),
    )  # fmt: skip
    if draft.counts:
        _let_count(by, row, reason=reason, moment=moment)
    index_words(workspace_id=by.workspace_id, kind="initiative", object_id=row.pk, text=row.title)
    return row.pk


@transaction.atomic
def edit_initiative(
    *,
    by: Actor,
    initiative_id: int,
    draft: InitiativeDraft,
    reason: str = "",
    seen: int | None = None,
    now: datetime,
) -> None:
    """Change an initiative; where it counts for a running key result, that is an amendment with its reason (A1).

    Raises:
        NotAllowed, NotFound, Invalid, NeedsReason.
        WrongState: the objective is closed or cancelled.
        Stale: it is not the version `seen` any more.
    """
    moment = lock_moment(by, now=now)
    row = _mine(by, initiative_id)
    _must_be_open(row.objective)
    count_up(row, seen=seen)
    before, counted = {field: getattr(row, field) for field in FIELDS}, row.step_id is not None
    old_key_result = row.key_result
    _fill(row, by, draft)
    changes: dict[str, tuple[object, object]] = {
        field.removesuffix("_id"): (_said(before[field]), _said(getattr(row, field)))
        for field in FIELDS
        if before[field] != getattr(row, field)
    }
    if old_key_result is not None and counted and (row.key_result_id != old_key_result.pk or not draft.counts):
        _no_more(by, row, old_key_result, reason=reason, moment=moment)
    row.save()
    if draft.items is not None:
        listed = _save_items(row, draft.items)
        if listed[0] != listed[1]:
            changes["checklist"] = listed
    if draft.counts and row.step_id is None:
        _let_count(by, row, reason=reason, moment=moment)
    elif row.step_id is not None:
        _move_step(by, row, reason=reason, moment=moment)
    if counted != (row.step_id is not None):
        changes["counts"] = (counted, not counted)
    if not changes:
        return
    record_event(
        by=by, verb="changed", kind="initiative", object_id=row.pk, now=now, changes=changes, about=_about(row)
    )
    if "title" in changes:
        index_words(workspace_id=by.workspace_id, kind="initiative", object_id=row.pk, text=row.title)


@transaction.atomic
def set_initiative_state(*, by: Actor, initiative_id: int, state: str, reason: str = "", now: datetime) -> None:
    """Say where the work stands; a task it stands for is done, open or cancelled with it (P6).

    To say what stands already changes nothing.

    Raises:
        NotAllowed, NotFound, Invalid.
        NeedsReason: it is cancelled, or taken up again, and counts for a key result that runs.
    """
    moment = lock_moment(by, now=now)
    row = _mine(by, initiative_id)
    old, new = row.state, choose(InitiativeState, state, field="state")
    if old == new:
        return
    row.state = new
    row.done_on = moment.today if new == InitiativeState.DONE else None
    count_up(row, seen=None)
    row.save(update_fields=["state", "done_on", "version"])
    record_event(
        by=by, verb="changed", kind="initiative", object_id=row.pk, now=now, changes={"state": (old, new)},
        reason=" ".join(reason.split())[:500], about=_about(row),
    )  # fmt: skip
    if row.step_id is not None:
        _move_step(by, row, reason=reason, moment=moment)


@transaction.atomic
def tick_item(*, by: Actor, initiative_id: int, item_id: int, is_done: bool, now: datetime) -> None:
    """Tick a line of a checklist off, or open it again; the work that was planned is in progress then.

    Raises:
        NotAllowed, NotFound.
    """
    lock_moment(by, now=now)
    row = _mine(by, initiative_id)
    item = ChecklistItem.objects.filter(initiative=row, pk=item_id).first()
    if item is None:
        raise NotFound
    if item.is_done == is_done:
        return
    item.is_done = is_done
    item.save(update_fields=["is_done"])
    changes: dict[str, tuple[object, object]] = {"checklist": (not is_done, is_done)}
    if is_done and row.state == InitiativeState.PLANNED:
        changes["state"] = (row.state, InitiativeState.DOING.value)
        row.state = InitiativeState.DOING
    count_up(row, seen=None)
    row.save(update_fields=["state", "version"])
    record_event(
        by=by, verb="changed", kind="initiative", object_id=row.pk, now=now, changes=changes,
        about=_about(row) | {"item": item.title},
    )  # fmt: skip


@transaction.atomic
def delete_initiative(*, by: Actor, initiative_id: int, now: datetime) -> None:
    """Take an initiative out for good; what was begun and given up is cancelled instead, and stays.

    Raises:
        NotAllowed, NotFound.
        WrongState: it counts for a key result.
    """
    lock_moment(by, now=now)
    row = _mine(by, initiative_id)
    if row.step_id is not None:
        raise WrongState(f"“{row.title}” counts for a key result. Cancel it, or let it not count first.")
    record_event(
        by=by, verb="deleted", kind="initiative", object_id=row.pk, now=now, changes=gone(**_told(row)),
        about=_about(row),
    )  # fmt: skip
    index_words(workspace_id=by.workspace_id, kind="initiative", object_id=row.pk, text="")
    row.delete()


def _mine(by: Actor, initiative_id: int) -> Initiative:
    row = get_initiative(by, initiative_id)
    if not leads_initiative.test(by, row):
        require(can_check_in, by, row.key_result or row.objective, to="change this initiative")
    return row


def _must_be_open(objective: Objective) -> None:
    if objective.state in FROZEN:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}. Reopen it first.")


def _fill(row: Initiative, by: Actor, draft: InitiativeDraft) -> None:
    row.title = clean_name(draft.title, field="title", most=200)
    row.note = clean_text(draft.note, field="note", most=LONGEST_NOTE)
    row.lead_id = person(by, draft.lead_id)
    if row.lead_id is not None and not _sees(row.lead_id, row.objective_id):
        raise Invalid(
            "Who leads an initiative sees its objective. Make them a contributor of the objective first.", field="lead"
        )
    row.due_on = draft.due_on
    row.link = _address(draft.link)
    row.key_result = None
    if draft.key_result_id is not None:
        key_result = get_key_result(by, draft.key_result_id)
        if key_result.objective_id != row.objective_id:
            raise NotFound
        row.key_result = key_result
    if draft.counts and row.key_result is None:
        raise Invalid("Choose the key result that it counts for.", field="key_result")
    if draft.counts and row.key_result is not None and row.key_result.kind != KeyResultKind.TASKS:
        raise Invalid(
            f"“{row.key_result.title}” is not made of tasks, so no initiative counts for it. Only key results of "
            "the kind “Tasks” are moved by work that is done.",
            field="counts",
        )


def _sees(membership_id: int, objective_id: int) -> bool:
    seen = audiences([objective_id])[objective_id]
    if seen is None or membership_id in seen:
        return True
    return Membership.objects.filter(pk=membership_id, role=Role.ADMIN).exists()


def _address(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    parts = urlsplit(text) if text.isprintable() and len(text) <= LONGEST_LINK else None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise Invalid(
            "Write an address such as https://example.org/issues/7, without a name or password.", field="link"
        )
    return text


def _save_items(row: Initiative, drafts: Sequence[ItemDraft]) -> tuple[list[str], list[str]]:
    """Make the checklist that of the drafts, in their order; return its lines before and after."""
    if len(drafts) > MOST_ITEMS:
        raise Invalid(f"These are {len(drafts)} lines. Keep it to {MOST_ITEMS}.", field="items")
    old = {item.pk: item for item in ChecklistItem.objects.filter(initiative=row).order_by("position", "id")}
    before = [item.title for item in old.values()]
    after = []
    for position, draft in enumerate(drafts):
        if draft.id is not None and draft.id not in old:
            raise NotFound
        item = old.pop(draft.id) if draft.id is not None else ChecklistItem(initiative=row)
        item.title = clean_name(draft.title, field="items", most=200)
        item.position, item.is_done = position, draft.is_done
        item.save()
        after.append(item.title)
    ChecklistItem.objects.filter(pk__in=old).delete()
    return before, after


def _let_count(by: Actor, row: Initiative, *, reason: str, moment: Moment) -> None:
    """Make the task of its key result that the initiative stands for."""
    key_result = row.key_result
    if key_result is None:
        return
    with _amended(by, key_result, reason=reason, moment=moment):
        there = Step.objects.filter(key_result=key_result)
        if there.count() >= MOST_STEPS:
            raise Invalid(f"“{key_result.title}” has {MOST_STEPS} tasks already. Take some out first.", field="counts")
        last = there.aggregate(last=Max("position"))["last"]
        step = Step(key_result=key_result, position=0 if last is None else last + 1)
        _follow(step, row)
        row.step = step
        row.save(update_fields=["step"])


def _no_more(by: Actor, row: Initiative, key_result: KeyResult, *, reason: str, moment: Moment) -> None:
    """Take the task it stood for out of the key result."""
    step, row.step = row.step, None
    if step is None:
        return
    with _amended(by, key_result, reason=reason, moment=moment):
        if not Step.objects.filter(key_result=key_result).exclude(pk=step.pk).exists():
            raise Invalid(f"It is the last task of “{key_result.title}”. Add another one first.", field="counts")
        row.save(update_fields=["step"])
        step.delete()


def _move_step(by: Actor, row: Initiative, *, reason: str, moment: Moment) -> None:
    """Bring the task it stands for up to what the initiative says; a closed key result keeps its own."""
    if row.step is None or row.key_result is None or row.key_result.state in FROZEN:
        return
    with _amended(by, row.key_result, reason=reason, moment=moment):
        _follow(row.step, row)


def _follow(step: Step, row: Initiative) -> None:
    step.title, step.due_on = row.title, row.due_on
    step.done = 1.0 if row.state == InitiativeState.DONE else 0.0
    step.is_cancelled = row.state == InitiativeState.CANCELLED
    step.save()


@contextmanager
def _amended(by: Actor, key_result: KeyResult, *, reason: str, moment: Moment) -> Iterator[None]:
    """Change the tasks of a key result inside; what is agreed of them is an amendment, what is done is not.

    Raises:
        NotAllowed: to change what is agreed is the matter of its lead.
        WrongState: the key result is closed or cancelled.
    """
    if key_result.state in FROZEN:
        raise WrongState(f"“{key_result.title}” is {key_result.get_state_display().lower()}.")
    before, was = steps_in_words(key_result), lists_of(key_result)["steps"]
    yield
    after = steps_in_words(key_result)
    if before != after:
        require(can_edit_goal, by, key_result, to="change the tasks of this key result; its lead does")
        amend(by=by, goal=key_result, changes={"steps": (before, after)}, reason=reason, now=moment.now)
        count_up(key_result, seen=None)
        key_result.save(update_fields=["version"])
    if lists_of(key_result)["steps"] != was:
        keep_past(key_result, now=moment.now, steps=was)
    refresh(key_results=[key_result.pk], rhythms=moment.rhythms, today=moment.today, now=moment.now)


def _told(row: Initiative) -> dict[str, object]:
    fields = {field.removesuffix("_id"): _said(getattr(row, field)) for field in FIELDS}
    return {**fields, "objective": row.objective_id}


def _said(value: object) -> object:
    """Return a value as the trail keeps it: ids for people and key results, a day as text."""
    return value.isoformat() if isinstance(value, date) else value


def _about(row: Initiative) -> dict[str, object]:
    return {"title": row.title, "objective": row.objective_id}
