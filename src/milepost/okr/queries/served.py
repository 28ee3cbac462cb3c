"""What objectives serve besides their parents, as a reader sees it: key results of others, and KPIs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from milepost.metrics.models import Metric
from milepost.okr.models import Alignment, KeyResult, Objective, Served
from milepost.prepared import prepared
from milepost.workspace.permissions import Actor

OVER = ("closed", "cancelled")


@dataclass(frozen=True, slots=True)
class ServedLine:
    """A key result, with the objective that it measures, or a KPI by its slug; the other one's fields are None."""

    id: int
    title: str
    key_result_id: int | None
    objective_id: int | None
    objective_title: str | None
    kpi: str | None


@dataclass(frozen=True, slots=True)
class ServingLine:
    """An objective that serves something."""

    id: int
    title: str
    owner_name: str


def served_by_objective(actor: Actor, objective_id: int) -> list[ServedLine]:
    """Return what an objective that the actor was shown already serves, the oldest first; one query.

    What is behind a wall for the actor is left out (R6).
    """
    return [ServedLine(*row) for row in _served(objective_id, *actor.sight)]


def serving_key_results(actor: Actor, key_result_ids: Collection[int]) -> dict[int, tuple[ServingLine, ...]]:
    """Return for each of these key results the objectives that serve it and run or are prepared; one query."""
    found: dict[int, list[ServingLine]] = {}
    for key_result, *line in _serving_key_results(tuple(key_result_ids), *actor.sight):
        found.setdefault(key_result, []).append(_serving(*line))
    return {key_result: tuple(lines) for key_result, lines in found.items()}


def serving_kpi(actor: Actor, metric_id: int) -> tuple[ServingLine, ...]:
    """Return the objectives that serve a KPI that the actor was shown already, those at work only; one query."""
    return tuple(_serving(*line) for line in _serving_kpi(metric_id, *actor.sight))


def servable(actor: Actor, objective_id: int) -> list[ServedLine]:
    """Return what is offered to be served: key results of the objectives above one, and KPIs; one query.

    An objective of another corner may serve a key result as well; whoever says so knows which.
    Key results stand first, by objective; a line that could be added has id 0.
    """
    word, none = CharField(), Value(None, CharField())
    edges = Alignment.objects.filter(child_id=objective_id, until=None, workspace_id=actor.workspace_id)
    edges = edges.filter(Objective.seen_by(*actor.sight[1:], prefix="parent__"))
    rows = KeyResult.objects.filter(objective_id__in=edges.values("parent_id")).exclude(state__in=OVER).order_by()
    kpis = Metric.objects.visible_to(actor).filter(is_kpi=True, archived_at=None).order_by()
    found = rows.values_list("objective__title", "position", "title", "id", "objective_id", Cast(none, word)).union(
        kpis.values_list(
            Cast(none, word),
            Value(0),
            "name",
            Cast(Value(None), IntegerField()),
            Cast(Value(None), IntegerField()),
            "slug",
        ),
        all=True,
    )
    lines = [
        (slug is not None, above or "", place, title, ServedLine(0, title, pk, objective, above, slug))
        for above, place, title, pk, objective, slug in found
    ]
    return [line for *_, line in sorted(lines, key=lambda row: row[:4])]


def _serving(pk: int, title: str, team: str | None, person: str | None) -> ServingLine:
    return ServingLine(pk, title, team or person or "Company")


def served_then(actor: Actor, objective_ids: Collection[int], until: datetime) -> set[int]:
    """Return which of these objectives served something that the actor may see now, at a moment; one query."""
    return {pk for (pk,) in _served_then(objective_ids, until, until, *actor.sight)}


@prepared
def _served_then(
    ids: Collection[int], until: datetime, ended: datetime, *sight: Any
) -> QuerySet[Served, tuple[Any, ...]]:
    rows = _seen(sight[1:]).filter(objective_id__in=ids, workspace_id=sight[0], since__lt=until)
    rows = rows.filter(Q(until=None) | Q(until__gte=ended))
    return rows.values_list("objective_id")


def serving(sight: tuple[Any, ...]) -> QuerySet[Served, Any]:
    """Return the links in force whose key result or KPI a reader sees.

    Args:
        sight: level, membership and teams of the reader, as `Actor.sight` has them after the workspace.
    """
    return _seen(sight).filter(until=None)


def _seen(sight: tuple[Any, ...]) -> QuerySet[Served, Any]:
    level, me, teams = sight
    seen = Q(key_result__isnull=False) & Objective.seen_by(level, me, teams, prefix="key_result__objective__")
    seen |= Q(metric__isnull=False) & Metric.seen_by(level, me, teams, prefix="metric__")
    return Served.objects.filter(seen)


@prepared
def _served(objective_id: int, *sight: Any) -> QuerySet[Served, tuple[Any, ...]]:
    rows = serving(sight[1:]).filter(objective_id=objective_id, workspace_id=sight[0]).order_by("id")
    return rows.annotate(title=Coalesce("key_result__title", "metric__name")).values_list(
        "id", "title", "key_result_id", "key_result__objective_id", "key_result__objective__title", "metric__slug"
    )


WHO = ("objective_id", "objective__title", "objective__owner_team__name", "objective__owner_person__user__name")


def _at_work(sight: tuple[Any, ...]) -> QuerySet[Served, Any]:
    rows = Served.objects.filter(Objective.seen_by(*sight[1:], prefix="objective__"), workspace_id=sight[0], until=None)
    return rows.exclude(objective__state__in=OVER).order_by("objective__title", "objective_id")


@prepared
def _serving_key_results(ids: tuple[int, ...], *sight: Any) -> QuerySet[Served, tuple[Any, ...]]:
    return _at_work(sight).filter(key_result_id__in=ids).values_list("key_result_id", *WHO)


@prepared
def _serving_kpi(metric_id: int, *sight: Any) -> QuerySet[Served, tuple[Any, ...]]:
    return _at_work(sight).filter(metric_id=metric_id).values_list(*WHO)
