"""The strategy and its pillars."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.base import Id, PageOf
from milepost.api.schemas.key_results import PlaceIn
from milepost.api.schemas.strategy import (
    PillarDetail,
    PillarIn,
    PillarOut,
    PillarPatch,
    PillarQuery,
    StrategyOut,
    StrategyPatch,
)
from milepost.core.pillars import Health
from milepost.okr.queries import strategy_page
from milepost.workspace import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Strategy"])


@route(router, "GET", "/strategy", scope=Scope.READ, answer=StrategyOut, summary="Show mission, vision and values")
def show_strategy(request: ApiRequest) -> HttpResponse:
    return _strategy(request)


@route(
    router, "PATCH", "/strategy", scope=Scope.ADMIN, answer=StrategyOut, versioned=True,
    summary="Write mission, vision and values",
)  # fmt: skip
def update_strategy(request: ApiRequest, body: StrategyPatch) -> HttpResponse:
    actor = request.place.actor
    there = queries.show_strategy(actor)
    given = {name: text for name, text in body.model_dump(exclude_unset=True).items() if text is not None}
    texts = {name: given.get(name, there[name]) for name in ("mission", "vision", "values")}
    actions.edit_strategy(by=actor, seen=seen_version(request, there), now=clock.now(), **texts)
    return _strategy(request)


@route(router, "GET", "/pillars", scope=Scope.READ, answer=PageOf[PillarOut], summary="List pillars")
def list_pillars(request: ApiRequest, asked: Query[PillarQuery]) -> HttpResponse:
    page = queries.list_all_pillars(
        request.place.actor,
        filters={"is_archived": not asked.archived, "perspective": asked.perspective},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(
    router, "GET", "/pillars/{pillar_id}", scope=Scope.READ, answer=PillarDetail,
    summary="Show a pillar and how it stands",
)  # fmt: skip
def show_pillar(request: ApiRequest, pillar_id: Path[Id]) -> HttpResponse:
    return _shown(request, pillar_id)


@route(router, "POST", "/pillars", scope=Scope.ADMIN, answer=PillarDetail, status=201, summary="Add a pillar")
def create_pillar(request: ApiRequest, body: PillarIn) -> HttpResponse:
    made = actions.create_pillar(by=request.place.actor, now=clock.now(), **body.model_dump())
    return _shown(request, made, status=201)


@route(
    router, "PATCH", "/pillars/{pillar_id}", scope=Scope.ADMIN, answer=PillarDetail, versioned=True,
    summary="Change a pillar",
)  # fmt: skip
def update_pillar(request: ApiRequest, pillar_id: Path[Id], body: PillarPatch) -> HttpResponse:
    actor = request.place.actor
    there = queries.show_pillar(actor, pillar_id)
    given = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    wanted = {name: given.get(name, there[name]) for name in ("name", "description", "perspective")}
    actions.edit_pillar(by=actor, pillar_id=pillar_id, seen=seen_version(request, there), now=clock.now(), **wanted)
    return _shown(request, pillar_id)


@route(
    router, "POST", "/pillars/{pillar_id}/position", scope=Scope.ADMIN, status=204,
    summary="Move a pillar one place up or down",
)  # fmt: skip
def move_pillar(request: ApiRequest, pillar_id: Path[Id], body: PlaceIn) -> HttpResponse:
    actions.move_pillar(by=request.place.actor, pillar_id=pillar_id, up=body.direction == "up", now=clock.now())
    return reply(None, status=204)


@route(
    router, "POST", "/pillars/{pillar_id}/archiving", scope=Scope.ADMIN, answer=PillarDetail,
    summary="Put a pillar away; what hangs on it stays",
)  # fmt: skip
def archive_pillar(request: ApiRequest, pillar_id: Path[Id]) -> HttpResponse:
    actions.archive_pillar(by=request.place.actor, pillar_id=pillar_id, archived=True, now=clock.now())
    return _shown(request, pillar_id)


@route(
    router, "DELETE", "/pillars/{pillar_id}/archiving", scope=Scope.ADMIN, answer=PillarDetail,
    summary="Take an archived pillar up again",
)  # fmt: skip
def restore_pillar(request: ApiRequest, pillar_id: Path[Id]) -> HttpResponse:
    actions.archive_pillar(by=request.place.actor, pillar_id=pillar_id, archived=False, now=clock.now())
    return _shown(request, pillar_id)


def _strategy(request: ApiRequest) -> HttpResponse:
    shown = queries.show_strategy(request.place.actor)
    return reply(shown, version=shown["version"])


def _shown(request: ApiRequest, pillar_id: int, *, status: int = 200) -> HttpResponse:
    place = request.place
    shown = queries.show_pillar(place.actor, pillar_id)
    page = strategy_page(place.actor, today=place.today)
    line = next(line for line in (*page.pillars, *page.archived) if line.id == pillar_id)
    shown |= {
        "health": _health(line.health),
        "past": [{"cycle": then.cycle, "last_day": then.last_day, **_health(then.health)} for then in line.past],
        "objective_ids": [objective.id for objective in line.objectives],
        "kpis": [tile.slug for tile in line.kpis],
        "kpi_words": dict(line.kpi_words),
    }
    headers = {"Location": f"/api/v1/pillars/{pillar_id}"} if status == 201 else None  # noqa: PLR2004 - made
    return reply(shown, status=status, version=shown["version"], headers=headers)


def _health(health: Health) -> dict[str, Any]:
    return asdict(health) | {"words": dict(health.words)}
