"""The work under goals."""

from typing import Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.base import Id, PageOf
from milepost.api.schemas.goals import ReasonIn
from milepost.api.schemas.initiatives import (
    InitiativeDetail,
    InitiativeIn,
    InitiativeOut,
    InitiativePatch,
    InitiativeQuery,
    InitiativeStateIn,
)
from milepost.okr import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Initiatives"])
FILTERS = ("objective_id", "key_result_id", "cycle_id", "lead_id", "state", "due_by")
NULLABLE = frozenset({"key_result_id", "lead_id", "due_on"})
KEPT = ("title", "key_result_id", "lead_id", "due_on", "note", "link", "counts")


@route(router, "GET", "/initiatives", scope=Scope.READ, answer=PageOf[InitiativeOut], summary="List initiatives")
def list_initiatives(request: ApiRequest, asked: Query[InitiativeQuery]) -> HttpResponse:
    page = queries.list_initiatives(
        request.place.actor,
        filters={name: getattr(asked, name) for name in FILTERS},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(
    router, "GET", "/initiatives/{initiative_id}", scope=Scope.READ, answer=InitiativeDetail,
    summary="Show an initiative",
)  # fmt: skip
def show_initiative(request: ApiRequest, initiative_id: Path[Id]) -> HttpResponse:
    return _shown(request, initiative_id)


@route(
    router, "POST", "/objectives/{objective_id}/initiatives", scope=Scope.GOAL, answer=InitiativeDetail, status=201,
    summary="Add an initiative to an objective",
)  # fmt: skip
def add_initiative(request: ApiRequest, objective_id: Path[Id], body: InitiativeIn) -> HttpResponse:
    given = body.model_dump(exclude={"reason", "items"})
    made = actions.add_initiative(
        by=request.place.actor,
        objective_id=objective_id,
        draft=actions.InitiativeDraft(**given, items=[actions.ItemDraft(**item.model_dump()) for item in body.items]),
        reason=body.reason,
        now=clock.now(),
    )
    return _shown(request, made, status=201)


@route(
    router, "POST", "/key-results/{key_result_id}/initiative", scope=Scope.GOAL, answer=InitiativeDetail, status=201,
    summary="Make an initiative of a key result that is work",
)  # fmt: skip
def make_initiative(request: ApiRequest, key_result_id: Path[Id], body: ReasonIn) -> HttpResponse:
    made = actions.make_initiative(
        by=request.place.actor, key_result_id=key_result_id, reason=body.reason, now=clock.now()
    )
    return _shown(request, made, status=201)


@route(
    router, "PATCH", "/initiatives/{initiative_id}", scope=Scope.GOAL, answer=InitiativeDetail, versioned=True,
    summary="Change an initiative",
)  # fmt: skip
def update_initiative(request: ApiRequest, initiative_id: Path[Id], body: InitiativePatch) -> HttpResponse:
    actor = request.place.actor
    there = queries.show_initiative(actor, initiative_id)
    given: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"reason", "items"})
    wanted = {name: value for name, value in given.items() if value is not None or name in NULLABLE}
    items = None if body.items is None else [actions.ItemDraft(**item.model_dump()) for item in body.items]
    actions.edit_initiative(
        by=actor,
        initiative_id=initiative_id,
        draft=actions.InitiativeDraft(**({name: there[name] for name in KEPT} | wanted), items=items),
        reason=body.reason,
        seen=seen_version(request, there),
        now=clock.now(),
    )
    return _shown(request, initiative_id)


@route(
    router, "PUT", "/initiatives/{initiative_id}/state", scope=Scope.GOAL, answer=InitiativeDetail,
    summary="Say where an initiative stands",
)  # fmt: skip
def set_initiative_state(request: ApiRequest, initiative_id: Path[Id], body: InitiativeStateIn) -> HttpResponse:
    actions.set_initiative_state(
        by=request.place.actor, initiative_id=initiative_id, state=body.state, reason=body.reason, now=clock.now()
    )
    return _shown(request, initiative_id)


@route(
    router, "DELETE", "/initiatives/{initiative_id}", scope=Scope.GOAL, status=204,
    summary="Delete an initiative that does not count",
)  # fmt: skip
def delete_initiative(request: ApiRequest, initiative_id: Path[Id]) -> HttpResponse:
    actions.delete_initiative(by=request.place.actor, initiative_id=initiative_id, now=clock.now())
    return reply(None, status=204)


def _shown(request: ApiRequest, initiative_id: Path[Id], *, status: int = 200) -> HttpResponse:
    shown = queries.show_initiative(request.place.actor, initiative_id)
    headers = {"Location": f"/api/v1/initiatives/{initiative_id}"} if status == 201 else None  # noqa: PLR2004 - made
    return reply(shown, status=status, version=shown["version"], headers=headers)
