"""Objectives and their life."""

from typing import Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.base import Id, PageOf, PageQuery
from milepost.api.schemas.goals import (
    AmendmentOut,
    ClosureIn,
    ObjectiveIn,
    ObjectiveOut,
    ObjectivePatch,
    ObjectiveQuery,
    ReasonIn,
)
from milepost.api.schemas.key_results import KeyResultIn
from milepost.okr import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Objectives"])
FILTERS = (
    "cycle_id", "state", "team_id", "within_team_id", "person_id", "lead_id", "parent_id", "pillar_id", "tag", "status",
    "text", "needs_attention", "due_by", "unaligned",
)  # fmt: skip


@route(router, "GET", "", scope=Scope.READ, answer=PageOf[ObjectiveOut], summary="List objectives")
def list_objectives(request: ApiRequest, asked: Query[ObjectiveQuery]) -> HttpResponse:
    page = queries.list_objectives(
        request.place.actor,
        filters={name: getattr(asked, name) for name in FILTERS},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    if asked.include == "key_results":
        below = queries.key_results_by_objective([item["id"] for item in page.items])
        for item in page.items:
            item["key_results"] = below.get(item["id"], [])
    return reply({"items": page.items, "next": page.next})


@route(router, "GET", "/{objective_id}", scope=Scope.READ, answer=ObjectiveOut, summary="Show an objective")
def show_objective(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    return _shown(request, objective_id)


@route(router, "POST", "", scope=Scope.GOAL, answer=ObjectiveOut, status=201, may_be=[404], summary="Add an objective")
def create_objective(request: ApiRequest, body: ObjectiveIn) -> HttpResponse:
    actor = request.place.actor
    given = body.model_dump(exclude={"key_results", "start"})
    made = actions.create_objective(
        by=actor,
        draft=actions.ObjectiveDraft(**{**given, "lead_id": body.lead_id or actor.membership_id}),
        key_results=[key_result_draft(k) for k in body.key_results],
        activate=body.start,
        now=clock.now(),
    )
    return _shown(request, made, status=201)


@route(
    router, "PATCH", "/{objective_id}", scope=Scope.GOAL, answer=ObjectiveOut, versioned=True,
    summary="Change an objective",
)  # fmt: skip
def update_objective(request: ApiRequest, objective_id: Path[Id], body: ObjectivePatch) -> HttpResponse:
    actor = request.place.actor
    now_there = queries.show_objective(actor, objective_id, is_brief=True)
    fields = actions.ObjectiveDraft.__dataclass_fields__
    given = body.model_dump(exclude_unset=True, exclude={"reason"})
    required = {name: value for name, value in given.items() if value is not None or name in NULLABLE}
    known = {name: now_there[name] for name in fields if name not in KEPT}  # left out: as they are
    actions.edit_objective(
        by=actor,
        objective_id=objective_id,
        draft=actions.ObjectiveDraft(**known | required),
        reason=body.reason,
        seen=seen_version(request, now_there),
        now=clock.now(),
    )
    return _shown(request, objective_id)


KEPT = frozenset({"contributor_ids", "sharing_team_ids", "tags"})
NULLABLE = frozenset({"lead_id", "owner_team_id", "owner_person_id", "parent_id", "pillar_id"})


@route(
    router, "GET", "/{objective_id}/amendments", scope=Scope.READ, answer=PageOf[AmendmentOut],
    summary="List what was changed of a running objective and its key results, the newest first",
)  # fmt: skip
def list_amendments(request: ApiRequest, objective_id: Path[Id], asked: Query[PageQuery]) -> HttpResponse:
    page = queries.list_amendments(
        request.place.actor, objective_id, sort="-id", cursor=asked.cursor, limit=asked.limit
    )
    return reply({"items": page.items, "next": page.next})


@route(
    router, "POST", "/{objective_id}/activation", scope=Scope.GOAL, answer=ObjectiveOut,
    summary="Start a draft, or approve one in review",
)  # fmt: skip
def activate_objective(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    actions.activate_objective(by=request.place.actor, objective_id=objective_id, now=clock.now())
    return _shown(request, objective_id)


@route(router, "POST", "/{objective_id}/pause", scope=Scope.GOAL, answer=ObjectiveOut, summary="Pause an objective")
def pause_objective(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    actions.set_paused(by=request.place.actor, objective_id=objective_id, paused=True, now=clock.now())
    return _shown(request, objective_id)


@route(
    router, "DELETE", "/{objective_id}/pause", scope=Scope.GOAL, answer=ObjectiveOut,
    summary="Let a paused objective run again",
)  # fmt: skip
def resume_objective(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    actions.set_paused(by=request.place.actor, objective_id=objective_id, paused=False, now=clock.now())
    return _shown(request, objective_id)


@route(
    router, "POST", "/{objective_id}/cancellation", scope=Scope.GOAL, answer=ObjectiveOut, summary="Cancel an objective"
)
def cancel_objective(request: ApiRequest, objective_id: Path[Id], body: ReasonIn) -> HttpResponse:
    actions.cancel_objective(by=request.place.actor, objective_id=objective_id, reason=body.reason, now=clock.now())
    return _shown(request, objective_id)


@route(
    router, "POST", "/{objective_id}/closure", scope=Scope.GOAL, answer=ObjectiveOut,
    summary="Grade and close an objective",
)  # fmt: skip
def close_objective(request: ApiRequest, objective_id: Path[Id], body: ClosureIn) -> HttpResponse:
    actions.close_objective(
        by=request.place.actor,
        objective_id=objective_id,
        grade=actions.GradeDraft(body.grade, body.reason, body.lesson),
        key_results={
            k.key_result_id: actions.GradeDraft(k.grade, k.reason, k.lesson, k.outcome, k.keeps_progress)
            for k in body.key_results
        },
        now=clock.now(),
    )
    return _shown(request, objective_id)


@route(
    router, "DELETE", "/{objective_id}/closure", scope=Scope.GOAL, answer=ObjectiveOut,
    summary="Reopen a closed or cancelled objective",
)  # fmt: skip
def reopen_objective(request: ApiRequest, objective_id: Path[Id], reason: str) -> HttpResponse:
    actions.reopen_objective(by=request.place.actor, objective_id=objective_id, reason=reason, now=clock.now())
    return _shown(request, objective_id)


def key_result_draft(body: KeyResultIn) -> actions.KeyResultDraft:
    """Return what was sent of a key result as the action takes it."""
    given: dict[str, Any] = body.model_dump(exclude={"reason", "steps", "parts", "checkpoints"})
    steps = [actions.StepDraft(**step.model_dump()) for step in body.steps]
    parts = [actions.PartDraft(**part.model_dump()) for part in body.parts]
    plan = [actions.CheckpointDraft(**checkpoint.model_dump()) for checkpoint in body.checkpoints]
    return actions.KeyResultDraft(**given, steps=steps, parts=parts, checkpoints=plan)


def _shown(request: ApiRequest, objective_id: Path[Id], *, status: int = 200) -> HttpResponse:
    shown = queries.show_objective(request.place.actor, objective_id)
    shown["key_results"] = queries.key_results_by_objective([objective_id]).get(objective_id, [])
    headers = {"Location": f"/api/v1/objectives/{objective_id}"} if status == 201 else None  # noqa: PLR2004 - made
    return reply(shown, status=status, version=shown["version"], headers=headers)
