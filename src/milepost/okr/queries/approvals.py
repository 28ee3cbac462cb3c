"""Who approved an objective, who asked for changes, and who may (rule A2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from milepost.okr.models import Alignment, Objective, ReviewAnswer, Verdict
from milepost.okr.permissions import can_approve_goal
from milepost.okr.queries.access import get_objective
from milepost.prepared import prepared
from milepost.workspace.models import Membership, Role, TeamMembership
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What a reviewer said of an objective; `reason` of a request for changes."""

    by_id: int
    name: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """What was said of one objective so far; `wanted` approvals let it start."""

    wanted: int
    approved: tuple[AnswerLine, ...] = ()
    changes: AnswerLine | None = None  # why it was sent back, while it is a draft again

    @property
    def are_enough(self) -> bool:
        """Return whether it has all the approvals that are asked for."""
        return len(self.approved) >= self.wanted

    def has(self, membership_id: int | None) -> bool:
        """Return whether this person approved it."""
        return any(one.by_id == membership_id for one in self.approved)


@dataclass(frozen=True, slots=True)
class ObjectiveApprovals:
    """The approvals of an objective, and what the reader may do about them."""

    approvals: Approvals
    state: str
    can_approve: bool


def show_approvals(actor: Actor, objective_id: int, *, wanted: int) -> ObjectiveApprovals:
    """Return who approved an objective, and whether the actor may.

    Args:
        wanted: how many approvals the workspace asks for.

    Raises:
        NotFound: it is not the actor's to see.
    """
    objective = get_objective(actor, objective_id)
    found = approvals_of([objective_id], wanted=wanted).get(objective_id, Approvals(wanted))
    may = can_approve_goal.test(actor, objective)
    waits = objective.state == "in_review"
    return ObjectiveApprovals(
        approvals=found if objective.state in {"draft", "in_review"} else Approvals(wanted, found.approved),
        state=objective.state,
        can_approve=may and waits and not found.has(actor.membership_id),
    )


def approvals_of(objective_ids: Collection[int], *, wanted: int) -> dict[int, Approvals]:
    """Return what reviewers said of objectives that the reader was shown already, where they did; one query."""
    return approvals_in(_answers(objective_ids), wanted=wanted)


def approvals_in(rows: Iterable[tuple[Any, ...]], *, wanted: int) -> dict[int, Approvals]:
    """Return what rows of answers say: (objective, verdict, who, name, when, reason), the oldest first."""
    said: dict[int, tuple[list[AnswerLine], list[AnswerLine]]] = {}
    for pk, verdict, *rest in rows:
        approved, changes = said.setdefault(pk, ([], []))
        (approved if verdict == Verdict.APPROVED else changes).append(AnswerLine(*rest))
    return {
        pk: Approvals(wanted, tuple(approved), changes[-1] if changes else None)
        for pk, (approved, changes) in said.items()
    }


@prepared
def _answers(objective_ids: Collection[int]) -> QuerySet[ReviewAnswer, tuple[Any, ...]]:
    rows = ReviewAnswer.objects.filter(objective_id__in=objective_ids, until=None).order_by("id")
    return rows.values_list("objective_id", "verdict", "by_id", "by__user__name", "at", "reason")


def reviewers_of(objective: Objective) -> set[int]:
    """Return who is told that an objective waits: those above it, and admins where there are none.

    Above it are the lead of its primary parent, who manages its team, and the coach of its cycle.
    """
    own = {objective.lead_id, objective.owner_person_id}
    edges = Alignment.objects.filter(child=objective, until=None, is_primary=True)
    managers = TeamMembership.objects.filter(team_id=objective.owner_team_id or 0, is_manager=True)
    above = {
        objective.cycle.coach_id,
        *edges.values_list("parent__lead_id", flat=True),
        *managers.values_list("membership_id", flat=True),
    }
    found = {pk for pk in above - own if pk is not None}
    if found:
        return found
    admins = Membership.objects.filter(workspace_id=objective.workspace_id, role=Role.ADMIN, removed_at=None)
    return set(admins.values_list("id", flat=True)) - own
