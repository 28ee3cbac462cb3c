"""Adding, changing and cancelling key results."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from milepost.core.parts import Combine
from milepost.core.path import Curve
from milepost.metrics.models import Metric
from milepost.okr.actions.amend import amend, in_words, told
from milepost.okr.actions.answers import end_answers
from milepost.okr.actions.drafts import KeyResultDraft
from milepost.okr.actions.locks import refuse_locked
from milepost.okr.actions.measures import (
    check_shares,
    fill_key_result,
    lists_of,
    save_checkpoints,
    save_steps,
    steps_in_words,
)
from milepost.okr.actions.moment import Moment, lock_moment
from milepost.okr.actions.parts import Chosen, guard_sums, parts_in_words, save_parts
from milepost.okr.actions.refresh import refresh
from milepost.okr.actions.walls import guard
from milepost.okr.bending import SHAPING, WITH_ENDS, Change
from milepost.okr.errors import WrongState
from milepost.okr.models import (
    WITH_STEPS,
    Alignment,
    CheckIn,
    Checkpoint,
    GoalState,
    KeyResult,
    KeyResultKind,
    Objective,
    Part,
)
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries.access import get_key_result, get_objective
from milepost.okr.queries.facts import NOTHING_READ, JustRead
from milepost.workspace.actions import gone, index_words, keep_past, made, record_event
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Visibility
from milepost.workspace.permissions import Actor, require

FIELDS = (
    "title", "kind", "start", "floor", "target", "stretch", "low", "high", "tolerance", "at_close", "weight", "share",
    "priority", "lead_id", "ambition", "window", "curve", "combine",
)  # fmt: skip


@transaction.atomic
def add_key_result(*, by: Actor, objective_id: int, draft: KeyResultDraft, reason: str = "", now: datetime) -> int:
    """Add a key result at the end of an objective and return its id; it runs if the objective does.

    Raises:
        NotAllowed, NotFound, Invalid, NeedsReason, WrongState.
    """
    moment = lock_moment(by, now=now)
    objective = get_objective(by, objective_id)
    require(can_edit_goal, by, objective, to="add key results")
    refuse_locked(by, objective.cycle)
    _must_be_open(objective)
    last = KeyResult.objects.filter(objective=objective).aggregate(last=Max("position"))["last"]
    row = insert_key_result(by, objective, draft, position=0 if last is None else last + 1, now=now)
    if objective.state in {GoalState.ACTIVE, GoalState.PAUSED}:
        row.state, row.activated_on = GoalState.ACTIVE, moment.today
        row.save(update_fields=["state", "activated_on"])
        amend(by=by, goal=objective, changes={"key_results": ("", row.title)}, reason=reason, now=now)
    else:
        end_answers(objective, now=now)
        record_event(
            by=by,
            verb="created",
            kind="key_result",
            object_id=row.pk,
            now=now,
            changes=made(**told_of(row)),
            about={"title": row.title, "objective": objective.pk},
        )
    check_shares(objective)
    guard(objective, has_walls=moment.has_walls)
    _refresh(row, moment)
    return row.pk


@transaction.atomic
def edit_key_result(
    *,
    by: Actor,
    key_result_id: int,
    draft: KeyResultDraft,
    reason: str = "",
    seen: int | None = None,
    now: datetime,
) -> None:
    """Change a key result; once it runs, each change is an amendment with its reason, the kind among them (A1).

    What it reads stays then, and so do curve and checkpoints: an amended plan goes on in a straight
    line (E5). Readings stay whatever becomes of the kind.

    Raises:
        NotAllowed, NotFound, Invalid, NeedsReason, WrongState.
        Stale: it is not the version `seen` any more.
    """
    moment = lock_moment(by, now=now)
    row = get_key_result(by, key_result_id)
    require(can_edit_goal, by, row, to="change this key result")
    refuse_locked(by, row.objective.cycle)
    count_up(row, seen=seen)
    _must_be_open(row.objective)
    if row.state in {GoalState.CLOSED, GoalState.CANCELLED}:
        raise WrongState(f"“{row.title}” is {row.get_state_display().lower()}.")
    before = {field: getattr(row, field) for field in FIELDS}
    old_metric = row.metric
    unit = old_metric.unit_code if old_metric else ""
    runs = row.state != GoalState.DRAFT
    details, before_lists = _details(row), lists_of(row)
    chosen = fill_key_result(row, by, draft, objective=row.objective, now=now)
    if runs:
        _keep_measure(row, old_metric, unit)
    changes: dict[str, tuple[object, object]] = {
        f: (before[f], getattr(row, f)) for f in FIELDS if before[f] != getattr(row, f)
    }
    changes |= _save_details(row, draft, chosen, before=details, now=now)
    after_lists = lists_of(row)
    hanging = {name: rows for name, rows in before_lists.items() if rows != after_lists[name]}
    is_another_sum = Combine.SUM in {before["combine"], row.combine} and row.combine != before["combine"]
    goes_on = not is_another_sum and (row.kind == before["kind"] or {row.kind, before["kind"]} <= WITH_ENDS)
    if runs and goes_on and not changes.keys().isdisjoint({"curve", "checkpoints"}):
        raise Invalid(
            "It runs already, so its curve and checkpoints stay. Change start or target: from today on "
            "the plan is a straight line to the new target.",
            field="curve",
        )
    if changes:
        amend(by=by, goal=row, changes=changes, reason=reason, now=now)
    if runs and not SHAPING.isdisjoint(changes):
        # What the ledger was just told; read anew from there only when the objective's days move.
        told_now = [
            (field, *(in_words(field, value) for value in changes[field])) for field in changes if field in SHAPING
        ]
        new = [Change(now, moment.today, field, old, became).told() for field, old, became in told_now]
        row.bends = [*(row.bends or []), *new]
    row.save()
    keep_past(row, now=now, **hanging)
    check_shares(row.objective)
    guard(row.objective, has_walls=moment.has_walls)
    if not changes.keys().isdisjoint({"kind", "combine"}) or (row.metric and row.metric.unit_code != unit):
        guard_sums(by, [row])
    if "title" in changes:
        index_words(workspace_id=by.workspace_id, kind="key_result", object_id=row.pk, text=row.title)
    _refresh(row, moment, read=JustRead(key_results={row.pk: row}))


@transaction.atomic
def cancel_key_result(*, by: Actor, key_result_id: int, reason: str = "", now: datetime) -> None:
    """Take a key result out: a draft without check-ins goes for good, any other stays, cancelled.

    So does a draft that others are made of: what made their numbers can be told later on.

    Raises:
        NotAllowed, NotFound, NeedsReason, WrongState.
    """
    moment = lock_moment(by, now=now)
    row = get_key_result(by, key_result_id)
    objective = row.objective
    require(can_edit_goal, by, row, to="take out this key result")
    refuse_locked(by, objective.cycle)
    _must_be_open(objective)
    index_words(workspace_id=by.workspace_id, kind="key_result", object_id=row.pk, text="")
    is_used = CheckIn.objects.filter(key_result=row).exists() or Part.objects.filter(child=row).exists()
    if row.state == GoalState.DRAFT and not is_used:
        end_answers(objective, now=now)
        record_event(
            by=by,
            verb="deleted",
            kind="key_result",
            object_id=row.pk,
            now=now,
            changes=gone(**told_of(row)),
            reason=" ".join(reason.split())[:500],
            about={"title": row.title, "objective": objective.pk},
        )
        row.delete()
        refresh(objectives=[objective.pk], rhythms=moment.rhythms, today=moment.today, now=now)
        return
    amend(by=by, goal=row, changes={"state": (row.state, GoalState.CANCELLED.value)}, reason=reason, now=now)
    row.state = GoalState.CANCELLED
    count_up(row, seen=None)
    row.save(update_fields=["state", "version"])
    keep_past(row, now=now)
    _refresh(row, moment)


@transaction.atomic
def move_key_result(*, by: Actor, key_result_id: int, up: bool, now: datetime) -> None:
    """Move a key result one place up or down among its siblings; at the end it stays where it is.

    Raises:
        NotAllowed, NotFound.
    """
    lock_moment(by, now=now)
    row = get_key_result(by, key_result_id)
    require(can_edit_goal, by, row, to="order key results")
    siblings = list(KeyResult.objects.filter(objective=row.objective_id).order_by("position", "id"))
    at = next(i for i, sibling in enumerate(siblings) if sibling.pk == row.pk)
    to = at + (-1 if up else 1)
    if not 0 <= to < len(siblings):
        return
    siblings[at], siblings[to] = siblings[to], siblings[at]
    for position, sibling in enumerate(siblings):
        sibling.position = position
    KeyResult.objects.bulk_update(siblings, ["position"])
    keep_past(*siblings, now=now)
    record_event(
        by=by,
        verb="ordered",
        kind="objective",
        object_id=row.objective_id,
        now=now,
        changes={"position": (at + 1, to + 1)},
        about={"title": row.objective.title, "objective": row.objective_id, "key_result": row.title},
    )


def told_of(row: KeyResult) -> dict[str, object]:
    """Return what the trail tells of a new or deleted key result."""
    fields = {field.removesuffix("_id"): told(field, getattr(row, field)) for field in FIELDS}
    kpi = row.metric.slug if row.metric is not None and row.metric.is_kpi else None
    usual = {name: value for name, value in fields.items() if value is not False and value not in {"linear", ""}}
    parts = parts_in_words(row) if row.kind == KeyResultKind.CHILDREN else None
    return {**usual, "kpi": kpi, "parts": parts}


def insert_key_result(
    by: Actor,
    objective: Objective,
    draft: KeyResultDraft,
    *,
    position: int,
    now: datetime,
    metric: Metric | None = None,
) -> KeyResult:
    """Write a new key result as a draft, with metric, steps, parts and search words.

    Args:
        metric: an own one with which it goes on, None makes one where it is typed by hand.
    """
    row = KeyResult(
        metric=metric,
        workspace_id=by.workspace_id,
        objective=objective,
        position=position,
        state=GoalState.DRAFT,
        created_at=now,
    )
    chosen = fill_key_result(row, by, draft, objective=objective, now=now)
    row.save(force_insert=True)
    _save_details(row, draft, chosen, before={}, now=now)
    index_words(workspace_id=by.workspace_id, kind="key_result", object_id=row.pk, text=row.title)
    return row


def _keep_measure(row: KeyResult, old: Metric | None, unit: str) -> None:
    """Refuse another metric or unit for a key result that runs: its readings would mean something else."""
    new = row.metric
    if new is None or old is None:
        return
    if row.kind == KeyResultKind.CHILDREN and old.is_kpi:
        return  # its sum is its own
    if new.pk != old.pk:
        raise Invalid("It runs already, so what it reads stays. Cancel it and add another.", field="kpi")
    if not new.is_kpi and new.unit_code != unit:
        field = "parts" if row.kind == KeyResultKind.CHILDREN else "unit"
        raise Invalid(f"It runs already, so its unit stays {unit or 'a plain number'}.", field=field)


def _details(row: KeyResult) -> dict[str, str]:
    """Return steps, checkpoints and parts as the ledger tells them."""
    return {
        "steps": steps_in_words(row) if row.kind in WITH_STEPS else "",
        "checkpoints": _checkpoints_in_words(row),
        "parts": parts_in_words(row) if row.kind == KeyResultKind.CHILDREN else "",
    }


def _save_details(
    row: KeyResult, draft: KeyResultDraft, parts: Sequence[Chosen], *, before: Mapping[str, str], now: datetime
) -> dict[str, tuple[object, object]]:
    """Write steps, checkpoints and parts, and return which of them changed, in words."""
    if row.kind in WITH_STEPS:
        save_steps(row, draft.steps)
    if before.get("checkpoints") or row.curve == Curve.CHECKPOINTS:
        save_checkpoints(row, draft.checkpoints)
    if before.get("parts") or parts:
        save_parts(row, parts, now=now)
    if not before:
        return {}
    after = _details(row)
    told = [name for name in after if name != "steps" or row.kind in WITH_STEPS]
    return {name: (before[name], after[name]) for name in told if before[name] != after[name]}


def _checkpoints_in_words(row: KeyResult) -> str:
    if row.curve != Curve.CHECKPOINTS:
        return ""
    rows = Checkpoint.objects.filter(key_result=row).order_by("on").values_list("on", "value")
    return "; ".join(f"{on}: {value:.10g}" for on, value in rows)


def _must_be_open(objective: Objective) -> None:
    if objective.state in {GoalState.CLOSED, GoalState.CANCELLED}:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}. Reopen it first.")


def _refresh(row: KeyResult, moment: Moment, *, read: JustRead = NOTHING_READ) -> None:
    below: list[int] = []
    linked: list[int] = []
    if row.objective.visibility != Visibility.EVERYBODY:  # its leads see it too: what hangs below may be a root now
        edges = Alignment.objects.filter(parent=row.objective_id, until=None)
        below = list(edges.values_list("child_id", flat=True))
        parts = Part.objects.filter(Q(parent__objective=row.objective_id) | Q(child__objective=row.objective_id))
        linked = list(parts.filter(until=None).values_list("parent_id", flat=True))
    refresh(
        key_results={row.pk, *linked},
        objectives=below,
        rhythms=moment.rhythms,
        today=moment.today,
        now=moment.now,
        read=read,
    )
