"""Check-ins, and what waits for one."""

from django.http import HttpResponse
from ninja import Body, Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id, PageOf
from milepost.api.schemas.goals import (
    CheckedIn,
    CheckInIn,
    CheckInOut,
    CheckInPatch,
    CheckInQuery,
    CheckIns,
    WeekOut,
)
from milepost.okr import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Check-ins"])


@route(router, "GET", "/week", scope=Scope.READ, answer=WeekOut, summary="What is due from the holder of the token")
def show_week(request: ApiRequest) -> HttpResponse:
    week = queries.week_page(request.place.actor, today=request.place.today)
    due = [
        {
            "key_result_id": line.key_result.id, "objective_id": line.key_result.objective_id,
            "title": line.key_result.title, "objective": line.key_result.objective_title, "kind": line.key_result.kind,
            "kpi": line.key_result.kpi_slug, "unit": line.key_result.unit_code, "value": line.key_result.value,
            "confidence": line.key_result.confidence, "status": line.key_result.word, "due_on": line.due_on,
            "is_overdue": line.is_overdue, "lead_name": line.key_result.lead_name, "away_until": line.away_until,
        }
        for line in week.due
    ]  # fmt: skip
    return reply({"due": due, "next_opens_on": week.next_opens_on})


@route(router, "GET", "/check-ins", scope=Scope.READ, answer=PageOf[CheckInOut], summary="List check-ins in force")
def list_check_ins(request: ApiRequest, asked: Query[CheckInQuery]) -> HttpResponse:
    names = ("key_result_id", "objective_id", "author_id")
    page = queries.list_check_ins(
        request.place.actor,
        filters={name: getattr(asked, name) for name in names},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(router, "GET", "/check-ins/{check_in_id}", scope=Scope.READ, answer=CheckInOut, summary="Show a check-in")
def show_check_in(request: ApiRequest, check_in_id: Path[Id]) -> HttpResponse:
    return reply(queries.show_check_in(request.place.actor, check_in_id))


@route(
    router, "POST", "/check-ins", scope=Scope.CHECK_IN, answer=CheckedIn, status=201, may_be=[404],
    summary="Check in on one key result, or on a list of them",
)  # fmt: skip
def check_in(request: ApiRequest, body: Body[CheckIns]) -> HttpResponse:
    ids = actions.record_check_ins(by=request.place.actor, drafts=[_draft(one) for one in body], now=clock.now())
    return reply({"ids": ids}, status=201)


@route(
    router, "PATCH", "/check-ins/{check_in_id}", scope=Scope.CHECK_IN, answer=CheckInOut,
    summary="Put another check-in in the place of one's own",
)  # fmt: skip
def edit_check_in(request: ApiRequest, check_in_id: Path[Id], body: CheckInPatch) -> HttpResponse:
    actor = request.place.actor
    old = queries.show_check_in(actor, check_in_id)
    given = body.model_dump(exclude_unset=True)
    metric = queries.get_key_result(actor, old["key_result_id"]).metric
    is_typed = metric is not None and not metric.is_kpi and not old["nothing_changed"]
    draft = actions.CheckInDraft(
        key_result_id=old["key_result_id"],
        confidence=given.get("confidence") or old["confidence"],
        value=given.get("value", old["value"] if is_typed else None),
        note=old["note"] if body.note is None else body.note,
        blockers=old["blockers"] if body.blockers is None else body.blockers,
        own_word=old["own_status"] if body.own_status is None else body.own_status,
        nothing_changed=old["nothing_changed"] and given.keys().isdisjoint({"value", "judged"}),
        judged=given.get("judged", old["judged"]),
    )
    made = actions.edit_check_in(by=actor, check_in_id=check_in_id, draft=draft, now=clock.now())
    return reply(queries.show_check_in(actor, made))


@route(
    router, "DELETE", "/check-ins/{check_in_id}", scope=Scope.CHECK_IN, status=204,
    summary="Take one's own check-in back; the history keeps it",
)  # fmt: skip
def delete_check_in(request: ApiRequest, check_in_id: Path[Id]) -> HttpResponse:
    actions.delete_check_in(by=request.place.actor, check_in_id=check_in_id, now=clock.now())
    return reply(None, status=204)


def _draft(body: CheckInIn) -> actions.CheckInDraft:
    return actions.CheckInDraft(
        key_result_id=body.key_result_id,
        confidence=body.confidence,
        value=body.value,
        note=body.note,
        blockers=body.blockers,
        own_word=body.own_status,
        nothing_changed=body.nothing_changed,
        steps={step.id: step.done for step in body.steps},
        judged=body.judged,
    )
