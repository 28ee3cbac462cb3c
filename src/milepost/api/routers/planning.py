"""The plan of a cycle: ask teams for drafts, publish it, lock it, copy an earlier one."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Path, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id
from milepost.api.schemas.goals import CycleOut
from milepost.api.schemas.planning import CopiesIn, CopiesOut, DraftRequestIn, DraftRequestsOut, PublicationOut
from milepost.okr import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Cycles"])


@route(
    router, "POST", "/cycles/{cycle_id}/publication", scope=Scope.GOAL, answer=PublicationOut,
    summary="Start every draft of a cycle that can start, or send it to review",
)  # fmt: skip
def publish_cycle(request: ApiRequest, cycle_id: Path[Id]) -> HttpResponse:
    done = actions.publish_cycle(by=request.place.actor, cycle_id=cycle_id, now=clock.now())
    left = [{"objective_id": one.id, "title": one.title, "why": one.why} for one in done.left]
    return reply(asdict(done) | {"left": left})


@route(
    router, "POST", "/cycles/{cycle_id}/lock", scope=Scope.GOAL, answer=CycleOut,
    summary="Lock the plan of a cycle: admins and its coach alone change it from now on",
)  # fmt: skip
def lock_cycle(request: ApiRequest, cycle_id: Path[Id]) -> HttpResponse:
    actions.lock_cycle(by=request.place.actor, cycle_id=cycle_id, now=clock.now())
    return _shown(request, cycle_id)


@route(
    router, "DELETE", "/cycles/{cycle_id}/lock", scope=Scope.GOAL, answer=CycleOut,
    summary="Open the plan of a locked cycle again, with a reason",
)  # fmt: skip
def unlock_cycle(request: ApiRequest, cycle_id: Path[Id], reason: str) -> HttpResponse:
    actions.unlock_cycle(by=request.place.actor, cycle_id=cycle_id, reason=reason, now=clock.now())
    return _shown(request, cycle_id)


@route(
    router, "POST", "/cycles/{cycle_id}/copies", scope=Scope.GOAL, answer=CopiesOut, status=201,
    summary="Copy objectives of other cycles into a cycle, as drafts",
)  # fmt: skip
def copy_cycle(request: ApiRequest, cycle_id: Path[Id], body: CopiesIn) -> HttpResponse:
    made = actions.copy_cycle(
        by=request.place.actor, cycle_id=cycle_id, objective_ids=body.objective_ids, now=clock.now()
    )
    items = [{"objective_id": pk, "draft_id": draft} for pk, draft in made.items()]
    return reply({"items": items}, status=201)


REQUESTS = "/cycles/{cycle_id}/draft-requests"


@route(
    router, "GET", REQUESTS, scope=Scope.READ, answer=DraftRequestsOut,
    summary="List which teams were asked for their drafts of a cycle, the newest first",
)  # fmt: skip
def list_draft_requests(request: ApiRequest, cycle_id: Path[Id]) -> HttpResponse:
    return reply({"items": _requests(request, cycle_id)})


@route(
    router, "POST", REQUESTS, scope=Scope.GOAL, answer=DraftRequestsOut, status=201,
    summary="Ask teams for their drafts of a cycle by a day: none twice on one day",
)  # fmt: skip
def ask_for_drafts(request: ApiRequest, cycle_id: Path[Id], body: DraftRequestIn) -> HttpResponse:
    asked = actions.ask_for_drafts(
        by=request.place.actor, cycle_id=cycle_id, wanted_by=body.wanted_by, team_ids=body.team_ids, now=clock.now()
    )
    return reply({"items": _requests(request, cycle_id)[: len(asked)]}, status=201)


def _requests(request: ApiRequest, cycle_id: int) -> list[dict[str, Any]]:
    return [asdict(one) for one in queries.list_draft_requests(request.place.actor, cycle_id)]


def _shown(request: ApiRequest, cycle_id: int) -> HttpResponse:
    shown = queries.show_cycle(request.place.actor, cycle_id)
    return reply(shown, version=shown["version"])
