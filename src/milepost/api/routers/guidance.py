"""What is worth a thought in goals and KPIs."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id
from milepost.api.schemas.guidance import GuidanceOut, GuidanceQuery, RemarksOut
from milepost.core.guidance import Remark
from milepost.okr import queries
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Scope

router = Router(tags=["Guidance"])


@route(
    router, "GET", "/guidance", scope=Scope.READ, answer=GuidanceOut, may_be=[404],
    summary="List what is worth a thought in the goals of a cycle, or in the KPIs",
)  # fmt: skip
def list_guidance(request: ApiRequest, asked: Query[GuidanceQuery]) -> HttpResponse:
    place = request.place
    if asked.of == "kpis":
        return reply({"cycle": None, "items": _items(queries.kpi_guidance(place.actor, today=place.today))})
    cycles = queries.list_cycles(place.actor, today=place.today)
    cycle = queries.pick_cycle(cycles, today=place.today, wanted=asked.cycle)
    if cycle is None:
        if asked.cycle is not None:
            raise NotFound
        return reply({"cycle": None, "items": []})
    found = queries.cycle_guidance(place.actor, cycle.id, reviewers=place.reviewers, today=place.today)
    return reply({"cycle": {"id": cycle.id, "name": cycle.name}, "items": _items(found.remarks)})


@route(
    router, "GET", "/objectives/{objective_id}/guidance", scope=Scope.READ, answer=RemarksOut,
    summary="List what is worth a thought in an objective and its key results",
)  # fmt: skip
def objective_guidance(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    place = request.place
    found = queries.objective_guidance(place.actor, objective_id, reviewers=place.reviewers, today=place.today)
    return reply({"items": _items(found)})


def _items(remarks: Iterable[Remark]) -> list[dict[str, Any]]:
    return [asdict(one) for one in remarks]
