"""The review of an objective before it starts: who approved it, approving it, sending it back."""

from typing import Any

from django.http import HttpResponse
from ninja import Path, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.approvals import ApprovalsOut
from milepost.api.schemas.base import Id
from milepost.api.schemas.goals import ReasonIn
from milepost.okr import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Objectives"])
APPROVALS = "/objectives/{objective_id}/approvals"


@route(
    router, "GET", APPROVALS, scope=Scope.READ, answer=ApprovalsOut,
    summary="List who approved an objective, of how many that are asked for",
)  # fmt: skip
def list_approvals(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    return _shown(request, objective_id)


@route(
    router, "POST", APPROVALS, scope=Scope.GOAL, answer=ApprovalsOut, status=201,
    summary="Approve an objective in review; with as many as are asked for it starts",
)  # fmt: skip
def approve_objective(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    actions.approve_objective(by=request.place.actor, objective_id=objective_id, now=clock.now())
    return _shown(request, objective_id, status=201)


@route(
    router, "POST", "/objectives/{objective_id}/return", scope=Scope.GOAL, answer=ApprovalsOut,
    summary="Ask for changes: an objective in review is a draft again, and approvals of it end",
)  # fmt: skip
def send_back(request: ApiRequest, objective_id: Path[Id], body: ReasonIn) -> HttpResponse:
    actions.send_back(by=request.place.actor, objective_id=objective_id, reason=body.reason, now=clock.now())
    return _shown(request, objective_id)


def _shown(request: ApiRequest, objective_id: int, *, status: int = 200) -> HttpResponse:
    place = request.place
    shown = queries.show_approvals(place.actor, objective_id, wanted=place.reviewers)
    said = shown.approvals
    changes = None if said.changes is None else _answer(said.changes) | {"reason": said.changes.reason}
    told: dict[str, Any] = {
        "state": shown.state,
        "wanted": said.wanted,
        "approved": [_answer(one) for one in said.approved],
        "changes": changes,
        "can_approve": shown.can_approve,
    }
    return reply(told, status=status)


def _answer(one: queries.AnswerLine) -> dict[str, Any]:
    return {"person_id": one.by_id, "name": one.name, "at": one.at}
