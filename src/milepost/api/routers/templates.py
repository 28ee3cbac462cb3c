"""Examples to begin with, and the workspace's own templates."""

from dataclasses import asdict

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id
from milepost.api.schemas.templates import TemplateIn, TemplateOut, TemplateQuery, TemplatesOut
from milepost.okr import actions, queries
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Scope

router = Router(tags=["Templates"])


@route(router, "GET", "", scope=Scope.READ, answer=TemplatesOut, summary="List examples and the workspace's templates")
def list_templates(request: ApiRequest, asked: Query[TemplateQuery]) -> HttpResponse:
    found = queries.list_templates(request.place.actor, **asked.model_dump())
    return reply({"items": [asdict(row) for row in found]})


@route(
    router, "POST", "", scope=Scope.GOAL, answer=TemplateOut, status=201, may_be=[404],
    summary="Make a template of an objective or a KPI",
)  # fmt: skip
def create_template(request: ApiRequest, body: TemplateIn) -> HttpResponse:
    by, now = request.place.actor, clock.now()
    if body.objective_id is not None and body.kpi is None:
        kind = "objective"
        made = actions.save_objective_template(by=by, objective_id=body.objective_id, name=body.name or "", now=now)
    elif body.kpi is not None and body.objective_id is None:
        kind = "kpi"
        made = actions.save_kpi_template(by=by, slug=body.kpi, name=body.name or "", now=now)
    else:
        raise Invalid("Name an objective_id or a kpi, one of the two.", field="objective_id")
    return reply(asdict(queries.find_template(by, kind=kind, template_id=made)), status=201)


@route(router, "DELETE", "/{template_id}", scope=Scope.GOAL, status=204, summary="Delete a template of the workspace")
def delete_template(request: ApiRequest, template_id: Path[Id]) -> HttpResponse:
    actions.delete_template(by=request.place.actor, template_id=template_id, now=clock.now())
    return reply(None, status=204)
