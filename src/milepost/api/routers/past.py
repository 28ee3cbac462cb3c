"""Days of the past, and what became different since (A3)."""

from typing import Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id
from milepost.api.schemas.past import DifferencesOut, DifferencesQuery, OnQuery, PastGoalsOut, PastKpisOut
from milepost.metrics import queries as metrics
from milepost.okr import queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Past"])


@route(
    router, "GET", "/past/cycles/{cycle_id}", scope=Scope.READ, answer=PastGoalsOut,
    summary="Show the goals of a cycle as they stood on a day",
)  # fmt: skip
def show_past_cycle(request: ApiRequest, cycle_id: Path[Id], asked: Query[OnQuery]) -> HttpResponse:
    place = request.place
    return reply(queries.show_past(queries.cycle_on(place.actor, cycle_id, asked.on, today=place.today)))


@route(
    router, "GET", "/past/objectives/{objective_id}", scope=Scope.READ, answer=PastGoalsOut,
    summary="Show an objective and all below it as they stood on a day",
)  # fmt: skip
def show_past_objective(request: ApiRequest, objective_id: Path[Id], asked: Query[OnQuery]) -> HttpResponse:
    place = request.place
    return reply(queries.show_past(queries.objective_on(place.actor, objective_id, asked.on, today=place.today)))


@route(
    router, "GET", "/past/kpis", scope=Scope.READ, answer=PastKpisOut, summary="List the KPIs as they stood on a day"
)
def list_past_kpis(request: ApiRequest, asked: Query[OnQuery]) -> HttpResponse:
    place = request.place
    found = metrics.kpis_on(place.actor, asked.on, today=place.today)
    return reply({"on": asked.on, "items": [metrics.show_past_kpi(one) for one in found]})


@route(
    router, "GET", "/cycles/{cycle_id}/differences", scope=Scope.READ, answer=DifferencesOut,
    summary="List what became different in a cycle between two days",
)  # fmt: skip
def list_differences(request: ApiRequest, cycle_id: Path[Id], asked: Query[DifferencesQuery]) -> HttpResponse:
    place, until = request.place, asked.until or request.place.today
    days: dict[str, Any] = {"since": asked.since, "until": until, "today": place.today}
    found = queries.cycle_differences(place.actor, cycle_id, **days)
    kpis = metrics.kpi_differences(place.actor, **days)
    told = {"since": found.since, "until": found.until, "cycle_id": found.cycle_id, "same": found.same}
    return reply({**told, "goals": [_goal(one) for one in found.goals], "kpis": [_of_kpi(one) for one in kpis]})


def _goal(one: queries.GoalDifference) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.id,
        "objective_id": one.objective_id,
        "title": one.title,
        "what": one.what,
        "moved": one.moved,
        "before": _stood(one.before),
        "after": _stood(one.after),
        "amended": [{"field": a.field, "before": a.before, "after": a.after} for a in one.amended],
    }


def _stood(line: Any) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "state": line.state,
        "score": line.score,
        "expected": line.expected,
        "status": line.word,
        "confidence": line.confidence,
    }


def _of_kpi(one: metrics.KpiDifference) -> dict[str, Any]:
    return {
        "id": one.id,
        "slug": one.slug,
        "name": one.name,
        "unit": one.unit_code,
        "before": _kpi(one.before),
        "after": _kpi(one.after),
    }


def _kpi(tile: Any) -> dict[str, Any] | None:
    return None if tile is None else {"status": tile.word, "value": tile.value, "period": tile.valid_on}
