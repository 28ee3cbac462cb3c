"""Cycles that are over while objectives of them still run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from milepost.okr.models import GoalState, KeyResult, Objective
from milepost.okr.queries.cycles import CycleRow
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class PastCycle:
    """A cycle that is over, with how many of its objectives still run; `mine` of them wait for the actor."""

    id: int
    name: str
    last_day: date
    open: int
    mine: int


def past_cycles(actor: Actor, cycles: Sequence[CycleRow], *, today: date) -> tuple[PastCycle, ...]:
    """Return the cycles that are over and not closed, as far as the actor sees them, the newest first; one query.

    The actor's are those they lead, and those with a key result of theirs that nobody has graded yet.

    Args:
        cycles: all of the workspace.
    """
    over = {c.id: c for c in cycles if c.last_day < today}
    if not over:
        return ()
    me = actor.membership_id or 0
    ungraded = KeyResult.objects.filter(objective=OuterRef("pk"), lead_id=me, state=GoalState.ACTIVE, review=None)
    rows = (
        Objective.objects.visible_to(actor)
        .filter(state__in=[GoalState.ACTIVE, GoalState.PAUSED], cycle_id__in=list(over))
        .order_by()
        .values("cycle_id")
        .annotate(open=Count("id"), mine=Count("id", filter=Q(lead_id=me) | Q(Exists(ungraded))))
    )
    found = [(over[row["cycle_id"]], row["open"], row["mine"]) for row in rows]
    found.sort(key=lambda one: (one[0].last_day, one[0].id), reverse=True)
    return tuple(PastCycle(c.id, c.name, c.last_day, still_open, mine) for c, still_open, mine in found)
