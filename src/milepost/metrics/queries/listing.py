"""KPIs, their values and notes as lists for programs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from milepost.core.calendar import Frequency
from milepost.core.ramp import Ramp
from milepost.core.tags import tag_key
from milepost.core.target import Target
from milepost.core.targets import PerPeriod, TargetPlan
from milepost.metrics.models import Metric, MetricContributor, Note, Reading
from milepost.metrics.queries.formulas import shown_formulas
from milepost.metrics.queries.targets import TARGET, targets_from, targets_of
from milepost.metrics.scoring import ALWAYS, Versions, target_of_period
from milepost.prepared import prepared
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import WHO_SEES, Actor
from milepost.workspace.queries.paging import Listing, Page, page_of

KPIS = Listing(
    fields={
        "id": "id", "slug": "slug", "name": "name", "description": "description", "unit": "unit_code",
        "direction": "direction", "frequency": "frequency", "aggregation": "aggregation", "lag_days": "lag_days",
        "group": "group", "owner_team_id": "owner_team_id", "lead_id": "lead_id", "lead_name": "lead__user__name",
        "status": "score__word", "value": "score__value", "period": "score__valid_on", "before": "score__before",
        "value_status": "score__value_word", "open_value": "score__open_value", "off_streak": "score__off_streak",
        "off_since": "score__off_since", "changed_on": "score__shift_on", "level_before": "score__shift_before",
        "level": "score__shift_level", "wants_objective": "score__wants_objective",
        "updated_at": "score__last_known_at", "archived_at": "archived_at", "version": "version",
        "visibility": "visibility", "formula": "formula", "pillar_id": "pillar_id", "tags": "tags",
    },
    filters={
        "status": "score__word", "group": "group", "team_id": "owner_team_id", "lead_id": "lead_id",
        "is_archived": "archived_at__isnull", "pillar_id": "pillar_id", "tag": "tag_rows__key",
    },
    sorts={"id": "pk", "name": "name"},
)  # fmt: skip
READINGS = Listing(
    fields={
        "id": "id", "period": "valid_on", "value": "value", "numerator": "numerator", "denominator": "denominator",
        "known_at": "known_at", "source": "source", "author_id": "author_id", "author_name": "author__user__name",
        "reason": "reason",
    },
    filters={"since": "valid_on__gte", "until": "valid_on__lte"},
    sorts={"id": "pk"},
)  # fmt: skip
NOTES = Listing(
    fields={
        "id": "id", "period": "valid_on", "text": "text", "author_id": "author_id", "author_name": "author__user__name",
        "at": "at",
    },
    filters={"since": "valid_on__gte", "until": "valid_on__lte"},
)  # fmt: skip


def list_all_kpis(actor: Actor, *, today: date, filters: Mapping[str, object], **asked: Any) -> Page:
    """Return a page of KPIs, each with the target that judges the period shown.

    Two queries, and one more where a formula is among them.
    """
    tag = filters.get("tag")
    wanted = {**filters, "tag": tag_key(tag) if isinstance(tag, str) else tag}
    page = page_of(_kpis, actor.sight, KPIS, filters=wanted, **asked)
    targets = targets_of([item["id"] for item in page.items])
    formulas = shown_formulas(actor, {item["id"]: item["formula"] for item in page.items})
    for item in page.items:
        item["formula"] = formulas[item["id"]]
        item["visibility"] = WHO_SEES[item["visibility"]]
        item["target"] = _judging(targets.get(item["id"], ()), item, today=today)
    return page


def show_kpi(actor: Actor, slug: str, *, today: date) -> dict[str, Any]:
    """Return one KPI as the list shows it; one query, two for a calculated one.

    Raises:
        NotFound: it is not the actor's to see.
    """
    rows = _kpi(slug, *actor.sight)
    if not rows:
        raise NotFound
    shown = dict(zip(KPIS.fields, rows[0], strict=False))
    versions = targets_from(row[len(KPIS.fields) :] for row in rows).get(shown["id"], ())
    shown["visibility"] = WHO_SEES[shown["visibility"]]
    shown["formula"] = shown_formulas(actor, {shown["id"]: shown["formula"]})[shown["id"]]
    return {**shown, "target": _judging(versions, shown, today=today)}


def list_readings(kpi: Metric, *, filters: Mapping[str, object], **asked: Any) -> Page:
    """Return a page of every value a KPI was ever given, in the order they became known (rule K6)."""
    return page_of(_readings, kpi.pk, READINGS, filters=filters, **asked)


def list_notes(kpi: Metric, *, filters: Mapping[str, object], **asked: Any) -> Page:
    """Return a page of the notes on a KPI's values."""
    return page_of(_notes, kpi.pk, NOTES, filters=filters, **asked)


def list_targets(kpi: Metric) -> list[dict[str, Any]]:
    """Return every target a KPI was kept against: since when (None: from the beginning), and the target.

    A target of None: from then on the KPI was only watched.
    """
    versions = targets_of([kpi.pk]).get(kpi.pk, ())
    return [{"since": None if since == ALWAYS else since, "target": _shown_plan(plan)} for since, plan in versions]


def contributor_ids(metric_id: int) -> list[int]:
    """Return who helps with a KPI that the actor was shown already."""
    rows = MetricContributor.objects.filter(metric_id=metric_id).order_by("membership_id")
    return list(rows.values_list("membership_id", flat=True))


def _kpis(*sight: Any) -> QuerySet[Metric]:
    return Metric.objects.seen(*sight).filter(is_kpi=True)


def _readings(metric_id: int) -> QuerySet[Reading]:
    return Reading.objects.filter(metric_id=metric_id)


def _notes(metric_id: int) -> QuerySet[Note]:
    return Note.objects.filter(metric_id=metric_id, withdrawn_at=None)


@prepared
def _kpi(slug: str, *sight: Any) -> QuerySet[Metric, tuple[Any, ...]]:
    """A row for each target it ever had, one without a target if it had none."""
    rows = _kpis(*sight).filter(slug=slug).order_by("targets__since", "targets__points__day")
    return rows.values_list(*KPIS.fields.values(), *(f"targets__{name}" for name in TARGET))


def _judging(versions: Versions, item: Mapping[str, Any], *, today: date) -> dict[str, Any] | None:
    """Return the target of the period that is shown, of today's where there is none."""
    return shown_target(target_of_period(versions, item["period"] or today, Frequency(item["frequency"])))


def _shown_plan(plan: TargetPlan | None) -> dict[str, Any] | None:
    """Return a plan by name: a ramp with its line, one for each period with its periods."""
    if plan is None:
        return None
    empty: dict[str, Any] = {"low": None, "high": None, "start": None, "start_on": None, "goals": [], "periods": []}
    if isinstance(plan, Ramp):
        goals = [{"day": day, "value": value} for day, value in plan.goals]
        line = {"start": plan.start, "start_on": plan.since, "goals": goals}
        return {**empty, "rule": "ramp", **line, "tolerance": plan.tolerance, "as_given": plan.as_given}
    if isinstance(plan, PerPeriod):
        first = next(iter(plan.targets.values()))
        periods = [{"period": start, "low": t.low, "high": t.high} for start, t in sorted(plan.targets.items())]
        told = {"periods": periods, "tolerance": first.tolerance, "as_given": first.as_given}
        return {**empty, "rule": "per_period", **told}
    return {**empty, **(shown_target(plan) or {}), "as_given": plan.as_given}


def shown_target(target: Target | None) -> dict[str, Any] | None:
    """Return a target by name; values in the unit of the KPI."""
    if target is None:
        return None
    return {"rule": target.rule.value, "low": target.low, "high": target.high, "tolerance": target.tolerance}
