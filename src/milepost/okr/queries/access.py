"""The only way to fetch goals and cycles."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from milepost.okr.models import CheckIn, Cycle, Initiative, KeyResult, Objective
from milepost.prepared import prepared
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor


def get_objective(actor: Actor, objective_id: int) -> Objective:
    """Return an objective that the actor may see, with its cycle.

    Raises:
        NotFound: there is none with this id, it belongs to another workspace, or it stands behind a wall.
    """
    return get_objective_and_parent(actor, objective_id)[0]


def get_objective_and_parent(actor: Actor, objective_id: int) -> tuple[Objective, int | None]:
    """Return an objective as `get_objective`, and the id of the one it stands below, None at the top."""
    found = _objective(objective_id, *actor.sight)
    if not found:
        raise NotFound
    return found[0], found[0].primary_parent_id


@prepared
def _objective(objective_id: int, *sight: Any) -> QuerySet[Objective, Any]:
    primary = Q(parent_edges__until=None, parent_edges__is_primary=True)
    rows = Objective.objects.seen(*sight).select_related("cycle").filter(pk=objective_id)
    with_edge = rows.annotate(edge=FilteredRelation("parent_edges", condition=primary))
    return with_edge.annotate(primary_parent_id=F("edge__parent_id"))


def get_key_result(actor: Actor, key_result_id: int) -> KeyResult:
    """Return a key result that the actor may see, with objective, cycle and metric.

    Raises:
        NotFound: there is none with this id, it belongs to another workspace, or it stands behind a wall.
    """
    found = get_key_results(actor, [key_result_id]).get(key_result_id)
    if found is None:
        raise NotFound
    return found


def get_key_results(actor: Actor, key_result_ids: Collection[int]) -> dict[int, KeyResult]:
    """Return those of these key results that are the actor's to see, with objective, cycle, metric and score row."""
    return {found.pk: found for found in _key_results(key_result_ids, *actor.sight)}


@prepared
def _key_results(ids: Collection[int], *sight: Any) -> QuerySet[KeyResult, KeyResult]:
    rows = KeyResult.objects.seen(*sight).filter(pk__in=ids)
    return rows.select_related(
        "lead", "objective__cycle", "objective__owner_person", "objective__workspace__rules", "metric", "score"
    )


def get_check_in(actor: Actor, check_in_id: int) -> CheckIn:
    """Return a check-in in force that the actor may see.

    Raises:
        NotFound: there is none, it was replaced or deleted, belongs to another workspace or stands behind a wall.
    """
    found = (
        CheckIn.objects.visible_to(actor)
        .select_related("key_result__objective__cycle", "key_result__metric", "reading")
        .filter(pk=check_in_id, replaced_by=None, withdrawn=False)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def get_initiative(actor: Actor, initiative_id: int) -> Initiative:
    """Return an initiative that the actor may see, with its objective, key result and task.

    Raises:
        NotFound: there is none with this id, or it belongs to a goal that is not the actor's to see.
    """
    rows = Initiative.objects.visible_to(actor).select_related("objective__cycle", "key_result__objective", "step")
    found = rows.filter(pk=initiative_id).first()
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
