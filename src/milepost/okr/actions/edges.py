"""Hanging goals below goals: the edges themselves, opened and closed under the workspace's lock (rule R3)."""

from dataclasses import dataclass
from datetime import datetime

from milepost.core.alignment import needs_yes
from milepost.okr.errors import GoalCircle
from milepost.okr.models import Alignment, AlignmentRequest, Objective, RequestState
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries.access import get_objective
from milepost.okr.queries.tree import path_up, with_ancestors
from milepost.workspace.permissions import Actor

HIDDEN = "a goal that is not yours to see"


@dataclass(frozen=True, slots=True)
class Link:
    """How a goal hangs below another one; `share` fixed 0..1 or None, then `weight` splits what is left (R2)."""

    is_primary: bool
    contributes: bool
    weight: float = 1.0
    share: float | None = None


def set_parent(by: Actor, objective: Objective, parent_id: int | None, *, now: datetime) -> set[int]:
    """Make another objective the primary parent of one, or none; return the parents whose score that moves.

    It counts towards it, at once or as soon as the lead of another team's goal says yes. Called under the
    workspace's lock, so two edges that would close a circle together cannot both be saved.

    Raises:
        NotFound: no such parent.
        GoalCircle: with the path named.
    """
    moved: set[int] = set()
    old = Alignment.objects.filter(child=objective, until=None, is_primary=True).first()
    if old is not None and old.parent_id == parent_id:
        return moved
    if old is not None:
        close_edge(old, now=now)
        moved.add(old.parent_id)
    if parent_id is not None:
        parent = get_objective(by, parent_id)
        there = Alignment.objects.filter(parent=parent, child=objective, until=None).first()
        if there is None:
            open_edge(by, objective, parent, Link(is_primary=True, contributes=True), now=now)
        else:
            change_edge(there, Link(True, there.contributes, there.weight, there.share), now=now)
        moved.add(parent_id)
    return moved


def open_edge(by: Actor, child: Objective, parent: Objective, link: Link, *, why: str = "", now: datetime) -> bool:
    """Hang a goal below another one and return whether it counts towards it at once.

    Raises:
        GoalCircle: with the path named.
    """
    refuse_circle(by, child, parent)
    contributes = link.contributes and not waits(by, child, parent)
    Alignment.objects.create(
        workspace_id=by.workspace_id,
        parent=parent,
        child=child,
        is_primary=link.is_primary,
        contributes=contributes,
        weight=link.weight,
        share=link.share,
        since=now,
    )
    if link.contributes and not contributes:
        ask(by, child, parent, why=why, now=now)
    return contributes


def change_edge(edge: Alignment, link: Link, *, now: datetime) -> Alignment:
    """Close an edge and open one between the same goals, so that the tree of any day can be told."""
    edge.until = now
    edge.save(update_fields=["until"])
    return Alignment.objects.create(
        workspace_id=edge.workspace_id,
        parent_id=edge.parent_id,
        child_id=edge.child_id,
        is_primary=link.is_primary,
        contributes=link.contributes,
        weight=link.weight,
        share=link.share,
        since=now,
    )


def close_edge(edge: Alignment, *, now: datetime) -> None:
    """End an edge, and with it a question that nobody has answered yet."""
    edge.until = now
    edge.save(update_fields=["until"])
    withdraw(edge.parent_id, edge.child_id, now=now)


def waits(by: Actor, child: Objective, parent: Objective) -> bool:
    """Return whether the parent's side has to agree first; who may change the parent has agreed by linking.

    Source: rule R3.
    """
    asks = needs_yes(contributes=True, parent_team=parent.owner_team_id, child_team=child.owner_team_id)
    return asks and not can_edit_goal.test(by, parent)


def ask(by: Actor, child: Objective, parent: Objective, *, why: str, now: datetime) -> None:
    """Ask the parent's side whether the child may count; a question that stands already stays."""
    AlignmentRequest.objects.get_or_create(
        workspace_id=by.workspace_id,
        parent=parent,
        child=child,
        state=RequestState.PENDING,
        defaults={"why": why, "asked_by_id": by.membership_id, "asked_at": now},
    )


def withdraw(parent_id: int, child_id: int, *, now: datetime) -> None:
    """Take a question back that nobody has answered yet."""
    rows = AlignmentRequest.objects.filter(parent_id=parent_id, child_id=child_id, state=RequestState.PENDING)
    rows.update(state=RequestState.WITHDRAWN, answered_at=now)


def refuse_circle(by: Actor, objective: Objective, parent: Objective) -> None:
    """Do nothing if the objective may hang below the parent.

    Raises:
        GoalCircle: it stands above it already; the path is named as far as the actor sees it.

    Source: rule R3.
    """
    above = with_ancestors([parent.pk])
    if objective.pk not in above:
        return
    parents: dict[int, list[int]] = {}
    for child, up in Alignment.objects.filter(child_id__in=above, until=None).values_list("child_id", "parent_id"):
        parents.setdefault(child, []).append(up)
    path = path_up(start=parent.pk, goal=objective.pk, parents=dict(parents)) or [parent.pk, objective.pk]
    titles = dict(Objective.objects.visible_to(by).filter(pk__in=path).values_list("id", "title"))
    raise GoalCircle([objective.title, *(titles.get(pk, HIDDEN) for pk in path)])
