"""The only way to fetch goals and cycles."""

from django.db.models import QuerySet

from milepost.okr.models import CheckIn, Cycle, KeyResult, Objective
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor


def get_objective(actor: Actor, objective_id: int) -> Objective:
    """Return an objective of the actor's workspace with its cycle.

    Raises:
        NotFound: there is none with this id, or it belongs to another workspace.
    """
    found = Objective.objects.select_related("cycle").filter(workspace_id=actor.workspace_id, pk=objective_id).first()
    if found is None:
        raise NotFound
    return found


def get_key_result(actor: Actor, key_result_id: int) -> KeyResult:
    """Return a key result of the actor's workspace with objective, cycle and metric.

    Raises:
        NotFound: there is none with this id, or it belongs to another workspace.
    """
    found = key_results_of(actor).filter(pk=key_result_id).first()
    if found is None:
        raise NotFound
    return found


def key_results_of(actor: Actor) -> QuerySet[KeyResult]:
    """Return the key results the actor may see, with objective, cycle and metric."""
    return KeyResult.objects.select_related("objective__cycle", "metric").filter(workspace_id=actor.workspace_id)


def get_check_in(actor: Actor, check_in_id: int) -> CheckIn:
    """Return a check-in in force of the actor's workspace.

    Raises:
        NotFound: there is none, it was replaced or deleted, or it belongs to another workspace.
    """
    found = (
        CheckIn.objects.select_related("key_result__objective__cycle", "key_result__metric", "reading")
        .filter(workspace_id=actor.workspace_id, pk=check_in_id, replaced_by=None, withdrawn=False)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def get_cycle(actor: Actor, cycle_id: int) -> Cycle:
    """Return a cycle of the actor's workspace.

    Raises:
        NotFound: there is none with this id, or it belongs to another workspace.
    """
    found = Cycle.objects.filter(workspace_id=actor.workspace_id, pk=cycle_id).first()
    if found is None:
        raise NotFound
    return found
