"""KPIs, their values and notes."""

from django.http import HttpResponse
from ninja import Body, Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.base import Id, Made, PageOf
from milepost.api.schemas.kpis import (
    KpiIn,
    KpiOut,
    KpiPatch,
    KpiQuery,
    NoteIn,
    NoteOut,
    ProposalOut,
    ReadingIn,
    ReadingOut,
    ReadingQuery,
    Readings,
    Stored,
    TargetIn,
    TargetsOut,
)
from milepost.core.calendar import Frequency, parse_period
from milepost.core.numbers import NotANumber
from milepost.core.ramp import Ramp
from milepost.core.target import BadTarget, Target, TargetRule
from milepost.core.targets import PerPeriod, TargetPlan
from milepost.core.units import ratio_value
from milepost.metrics import actions as metrics
from milepost.metrics import queries
from milepost.okr import actions
from milepost.okr.queries import start_of
from milepost.workspace.permissions import Scope

router = Router(tags=["KPIs"])
RULE_OF = {"higher": TargetRule.AT_LEAST, "lower": TargetRule.AT_MOST, "within": TargetRule.WITHIN}


@route(router, "GET", "", scope=Scope.READ, answer=PageOf[KpiOut], summary="List KPIs")
def list_kpis(request: ApiRequest, asked: Query[KpiQuery]) -> HttpResponse:
    filters = {name: getattr(asked, name) for name in ("status", "group", "team_id", "lead_id", "pillar_id", "tag")}
    page = queries.list_all_kpis(
        request.place.actor,
        today=request.place.today,
        filters={**filters, "is_archived": not asked.archived},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(router, "GET", "/{slug:slug}", scope=Scope.READ, answer=KpiOut, summary="Show a KPI")
def show_kpi(request: ApiRequest, slug: str) -> HttpResponse:
    return _shown(request, slug)


@route(router, "POST", "", scope=Scope.KPI, answer=KpiOut, status=201, may_be=[404], summary="Add a KPI")
def create_kpi(request: ApiRequest, body: KpiIn) -> HttpResponse:
    actor = request.place.actor
    given = body.model_dump(exclude={"target"})
    target = _target(body.target, body.direction, request, Frequency(body.frequency))
    draft = metrics.KpiDraft(**{**given, "lead_id": body.lead_id or actor.membership_id}, target=target)
    slug = metrics.create_kpi(by=actor, draft=draft, today=request.place.today, now=clock.now())
    return _shown(request, slug, status=201)


@route(router, "PATCH", "/{slug:slug}", scope=Scope.KPI, answer=KpiOut, versioned=True, summary="Change a KPI")
def update_kpi(request: ApiRequest, slug: str, body: KpiPatch) -> HttpResponse:
    actor, today = request.place.actor, request.place.today
    there = queries.show_kpi(actor, slug, today=today)
    target = queries.kpi_plan(queries.get_kpi(actor, slug), today=body.target_since or today)
    given = body.model_dump(exclude_unset=True, exclude={"target"})
    wanted = {k: v for k, v in given.items() if v is not None or k in {"lag_days", "owner_team_id", "pillar_id"}}
    kept = {"target", "formula", "tags"}  # what is not sent stays, and is not read and written again
    known = {name: there[name] for name in metrics.KpiDraft.__dataclass_fields__ if name in there and name not in kept}
    if "target" in body.model_fields_set:
        frequency = Frequency(body.frequency or there["frequency"])
        target = _target(body.target, body.direction or there["direction"], request, frequency)
    actions.edit_kpi(
        by=actor,
        slug=slug,
        draft=metrics.KpiDraft(**(known | wanted), target=target),
        today=today,
        seen=seen_version(request, there),
        now=clock.now(),
    )
    return _shown(request, slug)


@route(
    router, "POST", "/{slug:slug}/archiving", scope=Scope.KPI, answer=KpiOut,
    summary="Take a KPI off the boards; its values stay",
)  # fmt: skip
def archive_kpi(request: ApiRequest, slug: str) -> HttpResponse:
    metrics.archive_kpi(by=request.place.actor, slug=slug, now=clock.now())
    return _shown(request, slug)


@route(
    router, "GET", "/{slug:slug}/targets", scope=Scope.READ, answer=TargetsOut,
    summary="List every target a KPI was kept against",
)  # fmt: skip
def list_targets(request: ApiRequest, slug: str) -> HttpResponse:
    return reply({"items": queries.list_targets(queries.get_kpi(request.place.actor, slug))})


@route(
    router, "GET", "/{slug:slug}/proposal", scope=Scope.READ, answer=ProposalOut,
    summary="What to start an objective with when the KPI leaves its target",
)  # fmt: skip
def show_proposal(request: ApiRequest, slug: str) -> HttpResponse:
    place = request.place
    start = start_of(place.actor, slug, today=place.today, fiscal_month=place.fiscal_month)
    found = start.proposal
    objective = None
    edge = start.target.edge if start.target else None
    if found.start is not None and edge is not None and found.start != edge and start.cycle is not None:
        key_result = {"title": start.kpi.name, "kpi": slug, "start": found.start, "target": edge}
        objective = {"title": start.kpi.name, "cycle_id": start.cycle.id, "key_results": [key_result]}
    return reply(
        {
            "start": found.start, "start_why": found.start_why, "last": found.last, "changed_on": found.shift_on,
            "level_before": found.before, "level": found.level, "off_streak": found.off_streak,
            "is_primary": found.is_primary, "objective": objective,
        }
    )  # fmt: skip


@route(
    router, "GET", "/{slug:slug}/readings", scope=Scope.READ, answer=PageOf[ReadingOut],
    summary="List every value a KPI was given",
)  # fmt: skip
def list_readings(request: ApiRequest, slug: str, asked: Query[ReadingQuery]) -> HttpResponse:
    page = queries.list_readings(
        queries.get_kpi(request.place.actor, slug),
        filters={"since": asked.since, "until": asked.until},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(
    router, "POST", "/{slug:slug}/readings", scope=Scope.KPI, answer=Stored,
    summary="Write one value, or a list of them; a period that has the value already is left alone",
)  # fmt: skip
def record_readings(request: ApiRequest, slug: str, body: Body[Readings]) -> HttpResponse:
    actor = request.place.actor
    kpi = queries.get_kpi(actor, slug)
    stored = actions.record_readings(
        by=actor,
        kpi=slug,
        readings=[_reading(one, request, Frequency(kpi.frequency), kpi.unit_code) for one in body],
        source=actions.ReadingSource.API,
        now=clock.now(),
    )
    shown = queries.show_kpi(actor, slug, today=request.place.today)
    return reply({"written": len(stored.readings), "unchanged": stored.unchanged, "kpi": shown})


@route(
    router,
    "GET",
    "/{slug:slug}/notes",
    scope=Scope.READ,
    answer=PageOf[NoteOut],
    summary="List the notes on a KPI's values",
)
def list_notes(request: ApiRequest, slug: str, asked: Query[ReadingQuery]) -> HttpResponse:
    page = queries.list_notes(
        queries.get_kpi(request.place.actor, slug),
        filters={"since": asked.since, "until": asked.until},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(
    router, "POST", "/{slug:slug}/notes", scope=Scope.KPI, answer=Made, status=201, summary="Write a note on a period"
)
def add_note(request: ApiRequest, slug: str, body: NoteIn) -> HttpResponse:
    place = request.place
    kpi = queries.get_kpi(place.actor, slug)
    made = metrics.add_note(
        by=place.actor,
        slug=slug,
        day=parse_period(body.period, Frequency(kpi.frequency), fiscal_month=place.fiscal_month),
        text=body.text,
        fiscal_month=place.fiscal_month,
        now=clock.now(),
    )
    return reply({"id": made}, status=201)


@route(
    router, "DELETE", "/{slug:slug}/notes/{note_id}", scope=Scope.KPI, status=204, summary="Take one's own note back"
)
def withdraw_note(request: ApiRequest, slug: str, note_id: Path[Id]) -> HttpResponse:
    metrics.withdraw_note(by=request.place.actor, slug=slug, note_id=note_id, now=clock.now())
    return reply(None, status=204)


def _reading(body: ReadingIn, request: ApiRequest, frequency: Frequency, unit: str) -> actions.NewReading:
    place = request.place
    day = place.today
    if body.period is not None:
        day = parse_period(body.period, frequency, fiscal_month=place.fiscal_month)
    value = body.value
    if body.numerator is not None and body.denominator is not None:
        value = ratio_value(numerator=body.numerator, denominator=body.denominator, unit_code=unit)
        if value is None:
            raise NotANumber("Of nothing there is no ratio. Send a denominator above 0.")
    elif body.numerator is not None or body.denominator is not None:
        raise NotANumber("A ratio has both counts. Send numerator and denominator, or value alone.")
    elif value is None and "value" not in body.model_fields_set:
        raise NotANumber("Send value, or numerator and denominator; a null value takes back what is there.")
    return actions.NewReading(
        day=day, value=value, numerator=body.numerator, denominator=body.denominator, reason=body.reason
    )


def _target(body: TargetIn | None, direction: str, request: ApiRequest, frequency: Frequency) -> TargetPlan | None:
    """Return the plan that was sent: a line, one for each period, or the same for all."""
    if body is None:
        return None
    kinds = {
        "goals": bool(body.goals),
        "periods": bool(body.periods),
        "low or high": body.low is not None or body.high is not None,
    }
    sent = [name for name, is_sent in kinds.items() if is_sent]
    if len(sent) > 1:
        raise BadTarget(f"A target is one of these, not {' and '.join(sent)} together. Send one of them.")
    if body.goals or body.start is not None or body.start_on is not None:
        if body.start is None or body.start_on is None:
            raise BadTarget("A line begins somewhere. Send start and start_on, the value and the day.")
        goals = tuple((goal.day, goal.value) for goal in body.goals)
        return Ramp(body.start, body.start_on, goals, body.tolerance, body.as_given)
    if body.periods:
        found = {}
        for one in body.periods:
            day = parse_period(one.period, frequency, fiscal_month=request.place.fiscal_month)
            if day in found:
                raise BadTarget(f"{one.period} is named twice. Send one of the two.")
            found[day] = _fixed(one.low, one.high, body, direction)
        return PerPeriod(found)
    return _fixed(body.low, body.high, body, direction)


def _fixed(low: float | None, high: float | None, body: TargetIn, direction: str) -> Target:
    if low is not None and high is not None:
        rule = TargetRule.WITHIN
    elif low is None and high is None:
        rule = RULE_OF[direction]
    else:
        rule = TargetRule.AT_MOST if low is None else TargetRule.AT_LEAST
    return Target(rule, low=low, high=high, tolerance=body.tolerance, as_given=body.as_given)


def _shown(request: ApiRequest, slug: str, *, status: int = 200) -> HttpResponse:
    shown = queries.show_kpi(request.place.actor, slug, today=request.place.today)
    shown["contributor_ids"] = queries.contributor_ids(shown["id"])
    headers = {"Location": f"/api/v1/kpis/{slug}"} if status == 201 else None  # noqa: PLR2004 - made
    return reply(shown, status=status, version=shown["version"], headers=headers)
