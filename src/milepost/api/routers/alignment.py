"""How objectives hang together, and where they and their key results go."""

from dataclasses import asdict

from django.http import HttpResponse
from ninja import Path, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.alignment import (
    AllServedOut,
    AnswerIn,
    CopyIn,
    ParentIn,
    ParentPatch,
    ParentsOut,
    RequestsOut,
    ServedIn,
    SharesIn,
    SharesOut,
    TransferIn,
)
from milepost.api.schemas.base import Id
from milepost.api.schemas.goals import ObjectiveOut
from milepost.api.schemas.key_results import KeyResultDetail
from milepost.okr import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Alignment"])
PARENTS = "/objectives/{objective_id}/parents"
SERVED = "/objectives/{objective_id}/served"


@route(router, "GET", PARENTS, scope=Scope.READ, answer=ParentsOut, summary="List the objectives above one")
def list_parents(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    return _parents(request, objective_id)


@route(
    router, "POST", PARENTS, scope=Scope.GOAL, answer=ParentsOut, status=201,
    summary="Hang an objective below one more",
)  # fmt: skip
def add_parent(request: ApiRequest, objective_id: Path[Id], body: ParentIn) -> HttpResponse:
    actions.add_parent(by=request.place.actor, objective_id=objective_id, now=clock.now(), **body.model_dump())
    return _parents(request, objective_id, status=201)


@route(
    router, "PATCH", PARENTS + "/{parent_id}", scope=Scope.GOAL, answer=ParentsOut,
    summary="Let an objective count towards a parent or only support it, or make that its primary one",
)  # fmt: skip
def update_parent(request: ApiRequest, objective_id: Path[Id], parent_id: Path[Id], body: ParentPatch) -> HttpResponse:
    given = body.model_dump()
    actions.edit_parent(
        by=request.place.actor, objective_id=objective_id, parent_id=parent_id, now=clock.now(), **given
    )
    return _parents(request, objective_id)


@route(
    router, "DELETE", PARENTS + "/{parent_id}", scope=Scope.GOAL, answer=ParentsOut,
    summary="Take an objective away from below another one",
)  # fmt: skip
def remove_parent(request: ApiRequest, objective_id: Path[Id], parent_id: Path[Id], reason: str = "") -> HttpResponse:
    actions.remove_parent(
        by=request.place.actor, objective_id=objective_id, parent_id=parent_id, reason=reason, now=clock.now()
    )
    return _parents(request, objective_id)


@route(
    router, "GET", SERVED, scope=Scope.READ, answer=AllServedOut,
    summary="List the key results of others and the KPIs that an objective serves",
)  # fmt: skip
def list_served(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    return _served(request, objective_id)


@route(
    router, "POST", SERVED, scope=Scope.GOAL, answer=AllServedOut, status=201,
    summary="Say that an objective serves a key result or a KPI",
)  # fmt: skip
def serve(request: ApiRequest, objective_id: Path[Id], body: ServedIn) -> HttpResponse:
    actions.serve(by=request.place.actor, objective_id=objective_id, now=clock.now(), **body.model_dump())
    return _served(request, objective_id, status=201)


@route(
    router, "DELETE", SERVED + "/{served_id}", scope=Scope.GOAL, answer=AllServedOut,
    summary="Take back that an objective serves something",
)  # fmt: skip
def stop_serving(request: ApiRequest, objective_id: Path[Id], served_id: Path[Id], reason: str = "") -> HttpResponse:
    actions.stop_serving(
        by=request.place.actor, objective_id=objective_id, served_id=served_id, reason=reason, now=clock.now()
    )
    return _served(request, objective_id)


@route(
    router, "GET", "/alignment-requests", scope=Scope.READ, answer=RequestsOut,
    summary="List who asks the holder of the token whether their goal may count",
)  # fmt: skip
def list_requests(request: ApiRequest) -> HttpResponse:
    return reply({"items": [asdict(row) for row in queries.requests_to_answer(request.place.actor)]})


@route(
    router, "POST", "/alignment-requests/{request_id}/answer", scope=Scope.GOAL, status=204,
    summary="Say whether a goal may count towards yours",
)  # fmt: skip
def answer_request(request: ApiRequest, request_id: Path[Id], body: AnswerIn) -> HttpResponse:
    actions.answer_request(by=request.place.actor, request_id=request_id, now=clock.now(), **body.model_dump())
    return reply(None, status=204)


@route(
    router, "GET", "/objectives/{objective_id}/shares", scope=Scope.READ, answer=SharesOut,
    summary="List what an objective is made of, with the share of each",
)  # fmt: skip
def list_shares(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    return _shares(request, objective_id)


@route(
    router, "PUT", "/objectives/{objective_id}/shares", scope=Scope.GOAL, answer=SharesOut,
    summary="Say how much key results and child objectives count",
)  # fmt: skip
def set_shares(request: ApiRequest, objective_id: Path[Id], body: SharesIn) -> HttpResponse:
    drafts = [actions.ShareDraft(**item.model_dump()) for item in body.items]
    actions.set_shares(
        by=request.place.actor, objective_id=objective_id, drafts=drafts, reason=body.reason, now=clock.now()
    )
    return _shares(request, objective_id)


@route(
    router, "POST", "/objectives/{objective_id}/copies", scope=Scope.GOAL, answer=ObjectiveOut, status=201,
    summary="Make a draft like an objective; values stay behind",
)  # fmt: skip
def copy_objective(request: ApiRequest, objective_id: Path[Id], body: CopyIn) -> HttpResponse:
    actor = request.place.actor
    made = actions.clone_objective(
        by=actor,
        objective_id=objective_id,
        cycle_id=body.cycle_id,
        title=body.title or "",
        with_key_results=body.key_results,
        now=clock.now(),
    )
    shown = queries.show_objective(actor, made)
    shown["key_results"] = queries.key_results_by_objective([made]).get(made, [])
    headers = {"Location": f"/api/v1/objectives/{made}"}
    return reply(shown, status=201, version=shown["version"], headers=headers)


@route(
    router, "POST", "/key-results/{key_result_id}/transfer", scope=Scope.GOAL, answer=KeyResultDetail,
    summary="Move a key result to another objective",
)  # fmt: skip
def transfer_key_result(request: ApiRequest, key_result_id: Path[Id], body: TransferIn) -> HttpResponse:
    actor = request.place.actor
    actions.transfer_key_result(by=actor, key_result_id=key_result_id, now=clock.now(), **body.model_dump())
    shown = queries.show_key_result(actor, key_result_id)
    return reply(shown, version=shown["version"])


def _parents(request: ApiRequest, objective_id: int, *, status: int = 200) -> HttpResponse:
    actor = request.place.actor
    queries.get_objective(actor, objective_id)
    rows = queries.parents_of(actor, objective_id)
    return reply({"items": [asdict(row) for row in rows]}, status=status)


def _served(request: ApiRequest, objective_id: int, *, status: int = 200) -> HttpResponse:
    actor = request.place.actor
    queries.get_objective(actor, objective_id)
    rows = queries.served_by_objective(actor, objective_id)
    return reply({"items": [asdict(row) for row in rows]}, status=status)


def _shares(request: ApiRequest, objective_id: int) -> HttpResponse:
    actor = request.place.actor
    queries.get_objective(actor, objective_id)
    return reply({"items": [asdict(row) for row in queries.shares_of(actor, objective_id)]})
