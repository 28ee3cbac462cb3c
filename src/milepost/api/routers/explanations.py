"""Explain this number: of an objective, a key result, a KPI."""

from django.http import HttpResponse
from ninja import Path, Router

from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id
from milepost.api.schemas.explain import ExplainedOut
from milepost.metrics import queries as metrics
from milepost.okr import queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Explanations"])


@route(
    router, "GET", "/objectives/{objective_id}/explanation", scope=Scope.READ, answer=ExplainedOut,
    summary="Explain an objective's score, plan, status and grade",
)  # fmt: skip
def explain_objective(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    place = request.place
    return reply(queries.explained_objective(place.actor, objective_id, today=place.today))


@route(
    router, "GET", "/key-results/{key_result_id}/explanation", scope=Scope.READ, answer=ExplainedOut,
    summary="Explain a key result's value, progress, score, plan, status and grade",
)  # fmt: skip
def explain_key_result(request: ApiRequest, key_result_id: Path[Id]) -> HttpResponse:
    place = request.place
    return reply(queries.explained_key_result(place.actor, key_result_id, rhythms=place.rhythms, today=place.today))


@route(
    router, "GET", "/kpis/{slug:slug}/explanation", scope=Scope.READ, answer=ExplainedOut,
    summary="Explain a KPI's status",
)  # fmt: skip
def explain_kpi(request: ApiRequest, slug: str) -> HttpResponse:
    place = request.place
    return reply(metrics.explained_kpi(place.actor, slug, today=place.today))
