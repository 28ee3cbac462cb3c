"""Cycles."""

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.base import Id, PageOf
from milepost.api.schemas.goals import ClosureOut, CycleIn, CycleOut, CyclePatch, CycleQuery
from milepost.okr import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Cycles"])


@route(router, "GET", "", scope=Scope.READ, answer=PageOf[CycleOut], summary="List cycles")
def list_cycles(request: ApiRequest, asked: Query[CycleQuery]) -> HttpResponse:
    page = queries.list_all_cycles(request.place.actor, sort=asked.sort, cursor=asked.cursor, limit=asked.limit)
    return reply({"items": page.items, "next": page.next})


@route(router, "GET", "/{cycle_id}", scope=Scope.READ, answer=CycleOut, summary="Show a cycle")
def show_cycle(request: ApiRequest, cycle_id: Path[Id]) -> HttpResponse:
    return _shown(request, cycle_id)


@route(router, "POST", "", scope=Scope.ADMIN, answer=CycleOut, status=201, summary="Add a cycle")
def create_cycle(request: ApiRequest, body: CycleIn) -> HttpResponse:
    made = actions.create_cycle(
        by=request.place.actor,
        name=body.name,
        first_day=body.first_day,
        last_day=body.last_day,
        coach_id=body.coach_id,
        now=clock.now(),
    )
    return _shown(request, made, status=201)


@route(router, "PATCH", "/{cycle_id}", scope=Scope.ADMIN, answer=CycleOut, versioned=True, summary="Change a cycle")
def update_cycle(request: ApiRequest, cycle_id: Path[Id], body: CyclePatch) -> HttpResponse:
    cycle = queries.show_cycle(request.place.actor, cycle_id)
    actions.edit_cycle(
        by=request.place.actor,
        cycle_id=cycle_id,
        name=body.name or cycle["name"],
        first_day=body.first_day or cycle["first_day"],
        last_day=body.last_day or cycle["last_day"],
        coach_id=body.coach_id if "coach_id" in body.model_fields_set else cycle["coach_id"],
        seen=seen_version(request, cycle),
        now=clock.now(),
    )
    return _shown(request, cycle_id)


@route(router, "DELETE", "/{cycle_id}", scope=Scope.ADMIN, status=204, summary="Delete a cycle without objectives")
def delete_cycle(request: ApiRequest, cycle_id: Path[Id]) -> HttpResponse:
    actions.delete_cycle(by=request.place.actor, cycle_id=cycle_id, now=clock.now())
    return reply(None, status=204)


@route(
    router, "POST", "/{cycle_id}/closure", scope=Scope.GOAL, answer=ClosureOut,
    summary="Close every running objective of a cycle with what was saved of it, else its proposed grade",
)  # fmt: skip
def close_cycle(request: ApiRequest, cycle_id: Path[Id]) -> HttpResponse:
    closed, left = actions.close_cycle(by=request.place.actor, cycle_id=cycle_id, now=clock.now())
    return reply({"closed": closed, "left": left})


def _shown(request: ApiRequest, cycle_id: Path[Id], *, status: int = 200) -> HttpResponse:
    shown = queries.show_cycle(request.place.actor, cycle_id)
    return reply(shown, status=status, version=shown["version"])
