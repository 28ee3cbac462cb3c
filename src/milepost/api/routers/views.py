"""Views of goals that somebody keeps."""

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.base import Id, PageOf
from milepost.api.schemas.views import ViewIn, ViewOut, ViewPatch, ViewQuery
from milepost.okr import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Views"])


@route(router, "GET", "", scope=Scope.READ, answer=PageOf[ViewOut], summary="List one's own views and the shared ones")
def list_views(request: ApiRequest, asked: Query[ViewQuery]) -> HttpResponse:
    page = queries.list_all_views(
        request.place.actor,
        filters={"is_shared": asked.is_shared},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(router, "GET", "/{view_id}", scope=Scope.READ, answer=ViewOut, summary="Show a view")
def show_view(request: ApiRequest, view_id: Path[Id]) -> HttpResponse:
    return _shown(request, view_id)


@route(router, "POST", "", scope=Scope.GOAL, answer=ViewOut, status=201, summary="Keep a view")
def create_view(request: ApiRequest, body: ViewIn) -> HttpResponse:
    made = actions.save_view(by=request.place.actor, **body.model_dump(), now=clock.now())
    return _shown(request, made, status=201)


@route(router, "PATCH", "/{view_id}", scope=Scope.GOAL, answer=ViewOut, versioned=True, summary="Change a view")
def update_view(request: ApiRequest, view_id: Path[Id], body: ViewPatch) -> HttpResponse:
    actor = request.place.actor
    there = queries.show_view(actor, view_id)
    actions.change_view(
        by=actor, view_id=view_id, **body.model_dump(), seen=seen_version(request, there), now=clock.now()
    )
    return _shown(request, view_id)


@route(router, "DELETE", "/{view_id}", scope=Scope.GOAL, status=204, summary="Delete a view")
def delete_view(request: ApiRequest, view_id: Path[Id]) -> HttpResponse:
    actions.delete_view(by=request.place.actor, view_id=view_id, now=clock.now())
    return reply(None, status=204)


def _shown(request: ApiRequest, view_id: Path[Id], *, status: int = 200) -> HttpResponse:
    shown = queries.show_view(request.place.actor, view_id)
    return reply(shown, status=status, version=shown["version"])
