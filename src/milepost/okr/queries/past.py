"""Cycles that are over while objectives of them still run."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from milepost.okr.models import GoalState, Objective
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class PastCycle:
    """A cycle that is over, with how many of its objectives still run; `mine` of them wait for the actor."""

    id: int
    name: str
    last_day: date
    open: int
    mine: int


def past_cycles(actor: Actor, *, today: date) -> tuple[PastCycle, ...]:
    """Return the cycles that are over and not closed, as far as the actor sees them, the newest first; one query.

    The actor's are those they lead, and those with a key result of theirs that nobody has graded yet.
    """
    me = actor.membership_id or 0
    ungraded = Q(key_results__lead_id=me, key_results__state=GoalState.ACTIVE, key_results__review=None)
    rows = (
        Objective.objects.visible_to(actor)
        .filter(state__in=[GoalState.ACTIVE, GoalState.PAUSED], cycle__last_day__lt=today)
        .order_by()
        .values("cycle_id", "cycle__name", "cycle__last_day")
        .annotate(open=Count("id", distinct=True), mine=Count("id", filter=Q(lead_id=me) | ungraded, distinct=True))
    )
    found = [
        PastCycle(row["cycle_id"], row["cycle__name"], row["cycle__last_day"], row["open"], row["mine"]) for row in rows
    ]
    return tuple(sorted(found, key=lambda c: (c.last_day, c.id), reverse=True))
