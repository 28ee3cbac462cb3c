"""Key results."""

from typing import Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routers.objectives import key_result_draft
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.base import Id, PageOf
from milepost.api.schemas.goals import ReasonIn
from milepost.api.schemas.key_results import (
    KeyResultDetail,
    KeyResultIn,
    KeyResultOut,
    KeyResultPatch,
    KeyResultQuery,
    OverrideIn,
    PlaceIn,
)
from milepost.okr import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Key results"])
FILTERS = ("objective_id", "cycle_id", "state", "lead_id", "kpi", "status", "due_by")
NULLABLE = frozenset({"share", "low", "high", "start", "target", "floor", "stretch", "priority"})
KEPT = (
    "title", "kind", "start", "target", "low", "high", "tolerance", "at_close", "floor", "stretch", "steps", "parts",
    "curve", "checkpoints", "priority", "window", "weight", "share", "lead_id", "ambition",
)  # fmt: skip
READS_KPI = frozenset({"reach", "keep", "levels"})


@route(router, "GET", "/key-results", scope=Scope.READ, answer=PageOf[KeyResultOut], summary="List key results")
def list_key_results(request: ApiRequest, asked: Query[KeyResultQuery]) -> HttpResponse:
    page = queries.list_key_results(
        request.place.actor,
        filters={name: getattr(asked, name) for name in FILTERS},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(
    router, "GET", "/key-results/{key_result_id}", scope=Scope.READ, answer=KeyResultDetail, summary="Show a key result"
)
def show_key_result(request: ApiRequest, key_result_id: Path[Id]) -> HttpResponse:
    return _shown(request, key_result_id)


@route(
    router, "POST", "/objectives/{objective_id}/key-results", scope=Scope.GOAL, answer=KeyResultDetail, status=201,
    summary="Add a key result to an objective",
)  # fmt: skip
def add_key_result(request: ApiRequest, objective_id: Path[Id], body: KeyResultIn) -> HttpResponse:
    made = actions.add_key_result(
        by=request.place.actor,
        objective_id=objective_id,
        draft=key_result_draft(body),
        reason=body.reason,
        now=clock.now(),
    )
    return _shown(request, made, status=201)


@route(
    router, "PATCH", "/key-results/{key_result_id}", scope=Scope.GOAL, answer=KeyResultDetail, versioned=True,
    summary="Change a key result",
)  # fmt: skip
def update_key_result(request: ApiRequest, key_result_id: Path[Id], body: KeyResultPatch) -> HttpResponse:
    actor = request.place.actor
    there = queries.show_key_result(actor, key_result_id)
    given: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"reason"})
    wanted = {name: value for name, value in given.items() if value is not None or name in NULLABLE}
    merged = {**{name: there[name] for name in KEPT}, "unit": there["unit"] or "", "kpi": there["kpi"], **wanted}
    if body.kind is not None and body.kind != there["kind"] and merged["kind"] not in READS_KPI:
        merged["kpi"] = None
    merged["combine"] = wanted.get("combine") or there["combine"] or "mean"
    merged["parts"] = [actions.PartDraft(part["key_result_id"], part.get("weight", 1.0)) for part in merged["parts"]]
    known = actions.StepDraft.__dataclass_fields__
    merged["steps"] = [actions.StepDraft(**{n: s[n] for n in known if n in s}) for s in merged["steps"]]
    merged["checkpoints"] = [actions.CheckpointDraft(**c) for c in merged["checkpoints"]]
    actions.edit_key_result(
        by=actor,
        key_result_id=key_result_id,
        draft=actions.KeyResultDraft(**merged),
        reason=body.reason,
        seen=seen_version(request, there),
        now=clock.now(),
    )
    return _shown(request, key_result_id)


@route(
    router, "POST", "/key-results/{key_result_id}/cancellation", scope=Scope.GOAL, status=204,
    summary="Take a key result out",
)  # fmt: skip
def cancel_key_result(request: ApiRequest, key_result_id: Path[Id], body: ReasonIn) -> HttpResponse:
    actions.cancel_key_result(by=request.place.actor, key_result_id=key_result_id, reason=body.reason, now=clock.now())
    return reply(None, status=204)


@route(
    router, "POST", "/key-results/{key_result_id}/position", scope=Scope.GOAL, status=204,
    summary="Move a key result one place up or down",
)  # fmt: skip
def move_key_result(request: ApiRequest, key_result_id: Path[Id], body: PlaceIn) -> HttpResponse:
    actions.move_key_result(
        by=request.place.actor, key_result_id=key_result_id, up=body.direction == "up", now=clock.now()
    )
    return reply(None, status=204)


def _shown(request: ApiRequest, key_result_id: Path[Id], *, status: int = 200) -> HttpResponse:
    shown = queries.show_key_result(request.place.actor, key_result_id)
    headers = {"Location": f"/api/v1/key-results/{key_result_id}"} if status == 201 else None  # noqa: PLR2004 - made
    return reply(shown, status=status, version=shown["version"], headers=headers)


@route(
    router, "POST", "/key-results/{key_result_id}/override", scope=Scope.GOAL, answer=KeyResultDetail,
    summary="Set a score in the place of the computed one",
)  # fmt: skip
def set_override(request: ApiRequest, key_result_id: Path[Id], body: OverrideIn) -> HttpResponse:
    actions.set_override(
        by=request.place.actor,
        key_result_id=key_result_id,
        score=body.score,
        why=body.why,
        is_kept=body.is_kept,
        now=clock.now(),
    )
    return _shown(request, key_result_id)


@route(
    router, "DELETE", "/key-results/{key_result_id}/override", scope=Scope.GOAL, answer=KeyResultDetail,
    summary="Take a score that was set back: the computed one counts again",
)  # fmt: skip
def clear_override(request: ApiRequest, key_result_id: Path[Id], reason: str = "") -> HttpResponse:
    actions.clear_override(by=request.place.actor, key_result_id=key_result_id, reason=reason, now=clock.now())
    return _shown(request, key_result_id)
