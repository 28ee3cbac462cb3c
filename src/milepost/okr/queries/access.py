"""The only way to fetch goals and cycles."""

from collections.abc import Collection

from django.db.models import QuerySet

from milepost.okr.models import CheckIn, Cycle, KeyResult, Objective
from milepost.prepared import prepared
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
    found = get_key_results(actor, [key_result_id]).get(key_result_id)
    if found is None:
        raise NotFound
    return found


def get_key_results(actor: Actor, key_result_ids: Collection[int]) -> dict[int, KeyResult]:
    """Return those of these key results that are the actor's to see, with objective, cycle, metric and score."""
    return {found.pk: found for found in _key_results(actor.workspace_id, key_result_ids)}


@prepared
def _key_results(workspace_id: int, ids: Collection[int]) -> QuerySet[KeyResult, KeyResult]:
    rows = KeyResult.objects.select_related("objective__cycle", "metric", "score")
    return rows.filter(workspace_id=workspace_id, pk__in=ids)


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
