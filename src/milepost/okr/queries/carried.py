"""What an objective goes on with, and where it goes on (rule G4)."""

from dataclasses import dataclass

from django.db.models import Q

from milepost.okr.models import Objective
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class Carried:
    """The same objective in another cycle."""

    id: int
    title: str
    cycle: str


def carried_of(actor: Actor, objective_id: int) -> tuple[Carried | None, Carried | None]:
    """Return the objective that this one goes on with, and the one in which it goes on itself; one query.

    None where there is none, or where the actor may not see it.
    """
    rows = Objective.objects.visible_to(actor).filter(Q(carried_to=objective_id) | Q(carried_from=objective_id))
    came, went = None, None
    for pk, title, cycle, before in rows.order_by("id").values_list("id", "title", "cycle__name", "carried_from_id"):
        if before == objective_id:
            went = Carried(pk, title, cycle)
        else:
            came = Carried(pk, title, cycle)
    return came, went
