"""Reviews of a cycle."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id
from milepost.api.schemas.reviews import (
    CalibrationOut,
    CarryOverIn,
    CarryOverOut,
    HitRatesOut,
    RetrospectiveIn,
    RetrospectiveOut,
    RetrospectiveQuery,
    ReviewIn,
    ReviewList,
    ReviewOut,
    ReviewQuery,
)
from milepost.okr import actions, queries
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Scope
from milepost.workspace.queries import show_team

CALIBRATED = 8
router = Router(tags=["Reviews"])


@route(
    router, "GET", "/cycles/{cycle_id}/reviews", scope=Scope.READ, answer=ReviewList,
    summary="List the key results of a cycle with their scores, grades and what becomes of them",
)  # fmt: skip
def list_reviews(request: ApiRequest, cycle_id: Path[Id], asked: Query[ReviewQuery]) -> HttpResponse:
    cycle, _ = _cycle(request, cycle_id)
    page = queries.review_page(request.place.actor, cycle, view=asked.view, after=int(asked.cursor or 0))
    items = [_review(row) for objective in page.objectives for row in objective.rows]
    after = str(page.next_after) if page.next_after else None
    return reply({"items": items, "next": after, "counts": page.counts, "open_objectives": page.open_objectives})


@route(
    router, "PUT", "/key-results/{key_result_id}/review", scope=Scope.GOAL, answer=ReviewOut,
    summary="Grade a key result that still runs; its objective closes with it",
)  # fmt: skip
def save_review(request: ApiRequest, key_result_id: Path[Id], body: ReviewIn) -> HttpResponse:
    actor = request.place.actor
    draft = actions.GradeDraft(**body.model_dump())
    actions.save_grades(by=actor, drafts={key_result_id: draft}, now=clock.now())
    key_result = queries.get_key_result(actor, key_result_id)
    cycle, _ = _cycle(request, key_result.objective.cycle_id)
    (row,) = queries.review_rows(actor, cycle, [key_result_id])
    return reply(_review(row))


@route(
    router, "POST", "/cycles/{cycle_id}/carry-overs", scope=Scope.GOAL, answer=CarryOverOut, status=201,
    summary="Carry key results over into the next cycle and close their objectives",
)  # fmt: skip
def carry_over(request: ApiRequest, cycle_id: Path[Id], body: CarryOverIn) -> HttpResponse:
    drafts = actions.carry_over(
        by=request.place.actor,
        cycle_id=cycle_id,
        key_result_ids=body.key_result_ids,
        keeps_progress=body.keeps_progress,
        now=clock.now(),
    )
    items = [{"objective_id": pk, "draft_id": draft} for pk, draft in drafts.items()]
    return reply({"items": items}, status=201)


@route(
    router, "GET", "/cycles/{cycle_id}/retrospective", scope=Scope.READ, answer=RetrospectiveOut,
    summary="Show what was kept, changed and learned in a cycle, by everybody or one team",
)  # fmt: skip
def show_retrospective(request: ApiRequest, cycle_id: Path[Id], asked: Query[RetrospectiveQuery]) -> HttpResponse:
    return _retrospective(request, cycle_id, asked.team_id)


@route(
    router, "PUT", "/cycles/{cycle_id}/retrospective", scope=Scope.GOAL, answer=RetrospectiveOut,
    summary="Write what was kept, changed and learned",
)  # fmt: skip
def write_retrospective(
    request: ApiRequest, cycle_id: Path[Id], body: RetrospectiveIn, asked: Query[RetrospectiveQuery]
) -> HttpResponse:
    actions.write_retrospective(
        by=request.place.actor,
        cycle_id=cycle_id,
        team_id=asked.team_id,
        draft=actions.RetrospectiveDraft(**body.model_dump()),
        now=clock.now(),
    )
    return _retrospective(request, cycle_id, asked.team_id)


@route(
    router, "GET", "/cycles/{cycle_id}/hit-rates", scope=Scope.READ, answer=HitRatesOut,
    summary="Show how much of a cycle was reached, and how its rhythm went",
)  # fmt: skip
def show_hit_rates(request: ApiRequest, cycle_id: Path[Id]) -> HttpResponse:
    place = request.place
    cycle, cycles = _cycle(request, cycle_id)
    report = queries.cycle_report(
        place.actor, cycle, cycles, rhythms=place.rhythms, time_zone=place.time_zone, today=place.today
    )
    lists = {name: [_hits(h) for h in getattr(report, name)] for name in ("last", "by_team", "by_kind", "by_ambition")}
    facts = ("amendments", "target_amendments", "never_checked_in", "initiatives_done", "initiatives")
    return reply(
        {
            "cycle": _hits(report.hits),
            **lists,
            "check_ins_on_time": report.on_time,
            "check_ins_on_time_before": report.on_time_before,
            **{name: getattr(report, name) for name in facts},
        }
    )


@route(
    router, "GET", "/cycles/{cycle_id}/calibration", scope=Scope.READ, answer=CalibrationOut,
    summary="Show how good confidence was, over this cycle and up to seven like it before",
)  # fmt: skip
def show_calibration(request: ApiRequest, cycle_id: Path[Id]) -> HttpResponse:
    cycle, cycles = _cycle(request, cycle_id)
    found = queries.calibration_of(request.place.actor, queries.alike(cycles, cycle, most=CALIBRATED))
    bands = [asdict(band) | {"came_true": band.came_true} for band in found.bands]
    return reply(
        {
            "count": found.count, "is_enough": found.is_enough, "said": found.said, "came_true": found.came_true,
            "gap": found.gap, "bands": bands,
        }
    )  # fmt: skip


def _cycle(request: ApiRequest, cycle_id: int) -> tuple[queries.CycleRow, tuple[queries.CycleRow, ...]]:
    cycles = queries.list_cycles(request.place.actor, today=request.place.today)
    found = next((cycle for cycle in cycles if cycle.id == cycle_id), None)
    if found is None:
        raise NotFound
    return found, cycles


def _review(row: queries.ReviewRow) -> dict[str, Any]:
    k = row.k
    same = ("is_open", "is_graded", "is_reviewed", "final", "planned", "amended", "proposed", "grade", "reason")
    more = ("lesson", "outcome", "keeps_progress", "can_grade")
    return {
        "key_result_id": k.id,
        "objective_id": k.objective_id,
        "title": k.title,
        "objective": k.objective_title,
        "ambition": k.ambition,
        "lead_id": k.lead_id,
        "lead_name": k.lead_name,
        "unit": k.unit_code,
        "own_grade": row.own,
        "word": row.word.value if row.word and row.is_graded else None,
        "outcomes": list(row.outcomes),
        **{name: getattr(row, name) for name in (*same, *more)},
    }


def _hits(hits: queries.Hits) -> dict[str, Any]:
    return asdict(hits) | {"total": hits.total, "share": hits.share}


def _retrospective(request: ApiRequest, cycle_id: int, team_id: int | None) -> HttpResponse:
    cycle, _ = _cycle(request, cycle_id)
    wanted = () if team_id is None else ((team_id, _team(request, team_id)),)
    texts = queries.retrospectives_of(request.place.actor, cycle, teams=wanted)
    text = next(text for text in texts if text.team_id == team_id)
    names = ("team_id", "kept", "changed", "learned", "can_edit", "version")
    return reply({"cycle_id": cycle.id, **{name: getattr(text, name) for name in names}})


def _team(request: ApiRequest, team_id: int) -> str:
    return str(show_team(request.place.actor, team_id)["name"])
