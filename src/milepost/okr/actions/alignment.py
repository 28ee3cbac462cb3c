"""Several parents, who says yes to them, and how much each child counts (rules R2, R3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from milepost.core.numbers import finite
from milepost.core.rollup import BadWeight, Child, shares
from milepost.okr.actions.amend import amend, told
from milepost.okr.actions.edges import Link, ask, change_edge, close_edge, open_edge, waits, withdraw
from milepost.okr.actions.locks import refuse_locked
from milepost.okr.actions.measures import check_shares
from milepost.okr.actions.moment import Moment, lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.errors import WrongState
from milepost.okr.models import Alignment, AlignmentRequest, GoalState, KeyResult, Objective, RequestState
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries.access import get_objective
from milepost.workspace.actions import keep_past, record_event
from milepost.workspace.actions.text import clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Visibility
from milepost.workspace.permissions import Actor, require

MOST_PARENTS = 10
LONGEST_WORD = 500
NARROW = "a goal that not everybody sees"
OVER = frozenset({GoalState.CLOSED, GoalState.CANCELLED})


@transaction.atomic
def add_parent(
    *,
    by: Actor,
    objective_id: int,
    parent_id: int,
    contributes: bool = True,
    is_primary: bool = False,
    why: str = "",
    reason: str = "",
    now: datetime,
) -> bool:
    """Hang an objective below one more and return whether it counts towards it at once.

    Towards another team's goal it counts once somebody who may change that goal says yes, and supports it
    until then. Without a parent so far, the first one is the primary.

    Args:
        why: a word for who is asked.
        reason: of the amendment, once the objective runs.

    Raises:
        NotAllowed, NotFound, NeedsReason, WrongState.
        Invalid: it hangs there already, or these are too many.
        GoalCircle: with the path named.
    """
    moment = lock_moment(by, now=now)
    objective = changing(by, objective_id)
    parent = get_objective(by, parent_id)
    edges = list(Alignment.objects.filter(child=objective, until=None))
    if any(edge.parent_id == parent.pk for edge in edges):
        raise Invalid(f"It hangs below “{parent.title}” already.", field="parent")
    if len(edges) >= MOST_PARENTS:
        raise Invalid(f"It hangs below {len(edges)} goals. Keep it to {MOST_PARENTS}.", field="parent")
    primary = next((edge for edge in edges if edge.is_primary), None)
    moved = {parent.pk}
    if is_primary and primary is not None:
        change_edge(primary, Link(False, primary.contributes, primary.weight, primary.share), now=now)
        moved.add(primary.parent_id)
    link = Link(is_primary=is_primary or primary is None, contributes=contributes)
    word = clean_text(why, field="why", most=LONGEST_WORD)
    counts = open_edge(by, objective, parent, link, why=word, now=now)
    check_shares(parent)
    told_of(by, objective, {"parents": ("", _named(parent, counts=counts))}, reason=reason, now=now)
    _moved(moment, objective, moved)
    return counts


@transaction.atomic
def edit_parent(
    *,
    by: Actor,
    objective_id: int,
    parent_id: int,
    contributes: bool | None = None,
    is_primary: bool = False,
    why: str = "",
    reason: str = "",
    now: datetime,
) -> bool:
    """Let an objective count towards a parent or only support it, or make the parent its primary one.

    Returns whether it counts now.

    Args:
        contributes: None leaves it as it is.

    Raises:
        NotAllowed, NotFound, NeedsReason, WrongState, Invalid.
    """
    moment = lock_moment(by, now=now)
    objective = changing(by, objective_id)
    parent = get_objective(by, parent_id)
    edges = {edge.parent_id: edge for edge in Alignment.objects.filter(child=objective, until=None)}
    edge = edges.get(parent.pk)
    if edge is None:
        raise NotFound
    moved = {parent.pk}
    counts = edge.contributes
    if contributes is False:
        withdraw(parent.pk, objective.pk, now=now)
        counts = False
    elif contributes and not counts:
        if waits(by, objective, parent):
            ask(by, objective, parent, why=clean_text(why, field="why", most=LONGEST_WORD), now=now)
        else:
            withdraw(parent.pk, objective.pk, now=now)
            counts = True
    if is_primary and not edge.is_primary:
        old = next((one for one in edges.values() if one.is_primary), None)
        if old is not None:
            change_edge(old, Link(False, old.contributes, old.weight, old.share), now=now)
            moved.add(old.parent_id)
    link = Link(is_primary or edge.is_primary, counts, edge.weight, edge.share)
    if link == Link(edge.is_primary, edge.contributes, edge.weight, edge.share):
        return counts
    change_edge(edge, link, now=now)
    check_shares(parent)
    before = _named(parent, counts=edge.contributes, is_primary=edge.is_primary)
    after = _named(parent, counts=counts, is_primary=link.is_primary)
    told_of(by, objective, {"parents": (before, after)}, reason=reason, now=now)
    _moved(moment, objective, moved)
    return counts


@transaction.atomic
def remove_parent(*, by: Actor, objective_id: int, parent_id: int, reason: str = "", now: datetime) -> None:
    """Take an objective away from below another one; of several the oldest left becomes the primary parent.

    Raises:
        NotAllowed, NotFound, NeedsReason, WrongState.
    """
    moment = lock_moment(by, now=now)
    objective = changing(by, objective_id)
    parent = get_objective(by, parent_id)
    edges = list(Alignment.objects.filter(child=objective, until=None).order_by("id"))
    edge = next((one for one in edges if one.parent_id == parent.pk), None)
    if edge is None:
        raise NotFound
    close_edge(edge, now=now)
    moved = {parent.pk}
    heir = next((one for one in edges if one.pk != edge.pk), None)
    if edge.is_primary and heir is not None:
        change_edge(heir, Link(True, heir.contributes, heir.weight, heir.share), now=now)
        moved.add(heir.parent_id)
    told_of(by, objective, {"parents": (_named(parent, counts=edge.contributes), "")}, reason=reason, now=now)
    _moved(moment, objective, moved)


@transaction.atomic
def answer_request(*, by: Actor, request_id: int, accepted: bool, answer: str = "", now: datetime) -> None:
    """Say whether a goal may count towards another one, with a word; only who may change that goal does.

    Raises:
        NotAllowed, NotFound.
        WrongState: it was answered or taken back.
    """
    moment = lock_moment(by, now=now)
    row = AlignmentRequest.objects.filter(pk=request_id, workspace_id=by.workspace_id).first()
    if row is None:
        raise NotFound
    parent, child = get_objective(by, row.parent_id), get_objective(by, row.child_id)  # whoever sees both
    require(can_edit_goal, by, parent, to="answer for this objective")
    if row.state != RequestState.PENDING:
        raise WrongState("This was answered, or taken back, already.")
    if accepted:
        refuse_locked(by, child.cycle)
    row.state = RequestState.ACCEPTED if accepted else RequestState.DECLINED
    row.answered_by_id, row.answered_at = by.membership_id, now
    row.answer = clean_text(answer, field="answer", most=LONGEST_WORD)
    row.save(update_fields=["state", "answered_by", "answered_at", "answer"])
    edge = Alignment.objects.filter(parent=parent, child=child, until=None).first()
    if accepted and edge is not None:
        change_edge(edge, Link(edge.is_primary, True, edge.weight, edge.share), now=now)
        check_shares(parent)
    record_event(
        by=by,
        verb="accepted" if accepted else "declined",
        kind="objective",
        object_id=child.pk,
        now=now,
        changes={"parents": (_named(parent, counts=False), _named(parent, counts=accepted))},
        reason=row.answer,
        about={"title": child.title, "objective": child.pk},
    )
    _moved(moment, child, {parent.pk})


@dataclass(frozen=True, slots=True)
class ShareDraft:
    """How much a child counts; `kind` is key_result or objective, `share` fixed 0..1 or None for its `weight`."""

    kind: str
    id: int
    share: float | None = None
    weight: float = 1.0


@transaction.atomic
def set_shares(*, by: Actor, objective_id: int, drafts: Sequence[ShareDraft], reason: str = "", now: datetime) -> None:
    """Say how much key results and child objectives count towards an objective; who is left out stays.

    Raises:
        NotAllowed, NotFound, NeedsReason, WrongState.
        Invalid: shares outside 0..1 or together above it, weights below 0, or nothing that would count.

    Source: rule R2.
    """
    moment = lock_moment(by, now=now)
    parent = changing(by, objective_id)
    own = KeyResult.objects.filter(objective=parent).exclude(state__in=OVER).in_bulk()
    below = {edge.child_id: edge for edge in Alignment.objects.filter(parent=parent, until=None)}
    seen = set(Objective.objects.visible_to(by).filter(pk__in=below).values_list("pk", flat=True))
    before = _shares_in_words(parent)
    for draft in drafts:
        _one(draft)
        if draft.kind == "key_result":
            row = own.get(draft.id)
            if row is None:
                raise NotFound
            changes: dict[str, tuple[object, object]] = {
                field: (old, new)
                for field, old, new in (("share", row.share, draft.share), ("weight", row.weight, draft.weight))
                if old != new
            }
            if changes:
                amend(by=by, goal=row, changes=changes, reason=reason, now=now)
                row.share, row.weight = draft.share, draft.weight
                count_up(row, seen=None)
                row.save(update_fields=["share", "weight", "version"])
                keep_past(row, now=now)
            continue
        edge = below.get(draft.id) if draft.id in seen else None
        if edge is None:
            raise NotFound
        if (edge.share, edge.weight) != (draft.share, draft.weight):
            change_edge(edge, Link(edge.is_primary, edge.contributes, draft.weight, draft.share), now=now)
    check_shares(parent)
    after = _shares_in_words(parent)
    if before != after:
        told_of(by, parent, {"shares": (before, after)}, reason=reason, now=now)
    refresh(objectives=[parent.pk], rhythms=moment.rhythms, today=moment.today, now=now)


def _one(draft: ShareDraft) -> None:
    finite(draft.weight, name="weight")
    try:
        shares([Child(key=draft.id, score=None, expected=None, weight=draft.weight, share=draft.share)])
    except BadWeight as error:
        raise Invalid(str(error), field="share") from None


def changing(by: Actor, objective_id: int) -> Objective:
    """Return an objective whose links the actor may change now.

    Raises:
        NotAllowed, NotFound.
        WrongState: it is over, or its cycle is locked.
    """
    objective = get_objective(by, objective_id)
    require(can_edit_goal, by, objective, to="change this objective")
    refuse_locked(by, objective.cycle)
    if objective.state in OVER:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}. Reopen it first.")
    return objective


def told_of(
    by: Actor, objective: Objective, changes: dict[str, tuple[object, object]], *, reason: str, now: datetime
) -> None:
    """Keep what changed of an objective's links, and count its version up."""
    amend(by=by, goal=objective, changes=changes, reason=reason, now=now)
    count_up(objective, seen=None)
    objective.save(update_fields=["version"])


def _named(parent: Objective, *, counts: bool, is_primary: bool = False) -> str:
    """Return how a link is told: what everybody reads names no goal that not everybody sees."""
    how = "counts towards" if counts else "supports"
    return f"{how} {told('parent', parent.pk)}{', first of all' if is_primary else ''}"


def _shares_in_words(parent: Objective) -> str:
    rows = Alignment.objects.filter(parent=parent, until=None).order_by("child__title", "child_id")
    said = []
    for title, visibility, weight, share in rows.values_list("child__title", "child__visibility", "weight", "share"):
        named = title if visibility == Visibility.EVERYBODY else NARROW
        said.append(f"{named} x{weight:.10g}" if share is None else f"{named} {100 * share:.10g} %")
    return "; ".join(said)


def _moved(moment: Moment, objective: Objective, parents: set[int]) -> None:
    refresh(objectives={objective.pk} | parents, rhythms=moment.rhythms, today=moment.today, now=moment.now)
