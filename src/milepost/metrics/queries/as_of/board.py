"""The KPI board as it stood at the end of a day (A3)."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from milepost.core.tags import tag_key
from milepost.metrics.models import KpiScore, Metric, MetricContributor
from milepost.metrics.queries.as_of.readings import known_at
from milepost.metrics.queries.board import ATTENTION_BELOW, MOST_TILES, Board, Tile, board_from, tile_of
from milepost.metrics.queries.listing import shown_target
from milepost.metrics.queries.rows import kpi_row
from milepost.metrics.queries.series import Known
from milepost.metrics.queries.targets import targets_from_past, targets_of
from milepost.metrics.scoring import Versions
from milepost.prepared import prepared
from milepost.workspace.models import Visibility
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import Then, names_of, stood, then_of, two_days


@dataclass(frozen=True, slots=True)
class PastKpi:
    """A KPI as it stood, with the score row and the targets of then; not to be saved."""

    kpi: Metric
    row: KpiScore
    targets: Versions
    tile: Tile


def board_on(actor: Actor, day: date, *, view: str, today: date, tag: str = "") -> Board:
    """Return the board as it stood at the end of a day; as `board`, with a fixed number of queries.

    Args:
        tag: only what had it; "" for everything.

    Raises:
        Invalid: the day has not come, or the workspace was not there yet.

    Source: rule A3.
    """
    found = kpis_on(actor, day, today=today)
    tags = {tag_key(word): word for one in found for word in sorted(one.kpi.tags, reverse=True)}
    if tag:
        found = [one for one in found if tag_key(tag) in map(tag_key, one.kpi.tags)]
    views = {
        "all": found,
        "attention": [one for one in found if one.row.severity < ATTENTION_BELOW],
        "mine": [one for one in found if one.kpi.lead_id == actor.membership_id],
    }
    words: dict[str, int] = {}
    for one in found:
        words[one.row.word] = words.get(one.row.word, 0) + 1
    shown = sorted(views[view], key=lambda one: (one.row.severity, -one.row.off_streak, one.kpi.name))
    counts = {name: len(inside) for name, inside in views.items()}
    return board_from(
        [one.tile for one in shown[:MOST_TILES]],
        counts=counts,
        words=words,
        tags=tuple(tags[key] for key in sorted(tags)),
    )


def kpis_on(actor: Actor, day: date, *, today: date) -> list[PastKpi]:
    """Return the KPIs that were kept at the end of a day, those that the actor may see and might have seen; by id.

    Raises:
        Invalid: the day has not come, or the workspace was not there yet.

    Source: rule A3.
    """
    (found,) = _kpis_at(actor, [then_of(actor, day, today=today)])
    return found


def kpis_of_two_days(actor: Actor, since: date, until: date, *, today: date) -> tuple[list[PastKpi], list[PastKpi]]:
    """Return the KPIs as they stood at the ends of two days; as `kpis_on`, with what both days share read once.

    Raises:
        Invalid: a day has not come, or the workspace was not there yet.

    Source: rule A3.
    """
    before, after = _kpis_at(actor, two_days(actor, since, until, today=today))
    return before, after


def _kpis_at(actor: Actor, days: Sequence[Then]) -> list[list[PastKpi]]:
    """Return for each day the KPIs that were kept; what they said is asked once a day, the rest once."""
    rows = _kpis(max(then.until for then in days), *actor.sight)
    said = [stood("metric", [kpi.pk for kpi in rows], then.until) for then in days]
    narrow = [kpi.pk for kpi in rows if kpi.visibility or any(was.get(kpi.pk, {}).get("visibility") for was in said)]
    helps = {pk for (pk,) in _helps(narrow, actor.sight.me)}
    known = known_at([kpi.pk for kpi in rows], [then.until for then in days])
    targets = targets_of([kpi.pk for kpi in rows])
    return [
        _of_day(
            actor, [copy(kpi) for kpi in rows if kpi.created_at < then.until], then, was=said[place], helps=helps,
            targets=targets, known={pk: (told[place], told[-1]) for pk, told in known.items()},
        )
        for place, then in enumerate(days)
    ]  # fmt: skip


def _of_day(
    actor: Actor,
    rows: Collection[Metric],
    then: Then,
    *,
    was: Mapping[int, Mapping[str, Any]],
    helps: Collection[int],
    targets: Mapping[int, Versions],
    known: Mapping[int, tuple[dict[date, Known], dict[date, Known]]],
) -> list[PastKpi]:
    kpis = {kpi.pk: kpi for kpi in rows}
    for pk, kpi in kpis.items():
        for name, value in was.get(pk, {}).items():
            if name in Metric.PAST:
                setattr(kpi, name, value)
    kept = [kpi for kpi in kpis.values() if kpi.archived_at is None]
    kept = [kpi for kpi in kept if _might_see(actor, kpi, was.get(kpi.pk, {}), helps=kpi.pk in helps)]
    leads = {kpi.lead_id for kpi in kept if "lead_id" in was.get(kpi.pk, {}) and kpi.lead_id is not None}
    names = names_of(actor.workspace_id, leads) if leads else {}
    found = []
    for kpi in kept:
        said = was.get(kpi.pk, {})
        versions = targets_from_past(said["targets"]) if "targets" in said else targets.get(kpi.pk, ())
        before, by_now = known.get(kpi.pk, ({}, {}))
        row = kpi_row(kpi, before, versions, today=then.day, now=then.until)
        kpi.score = row
        tile = tile_of(kpi, versions, today=then.day)
        if kpi.lead_id in names:
            tile = replace(tile, lead_name=names[kpi.lead_id])
        if row.valid_on is not None and by_now[row.valid_on].value != row.value:
            tile = replace(tile, is_revised=True, revised_to=by_now[row.valid_on].value)
        found.append(PastKpi(kpi, row, versions, tile))
    return sorted(found, key=lambda one: one.kpi.pk)


def show_past_kpi(one: PastKpi) -> dict[str, Any]:
    """Return a KPI as it stood, as a program reads it; values in its unit."""
    tile, row = one.tile, one.row
    return {
        "id": tile.id,
        "slug": tile.slug,
        "name": tile.name,
        "group": tile.group,
        "unit": tile.unit_code,
        "direction": tile.direction,
        "frequency": tile.frequency,
        "owner_team_id": one.kpi.owner_team_id,
        "pillar_id": one.kpi.pillar_id,
        "tags": list(one.kpi.tags),
        "lead_id": tile.lead_id,
        "lead_name": tile.lead_name,
        "status": tile.word,
        "value": tile.value,
        "period": tile.valid_on,
        "before": tile.before,
        "open_value": row.open_value,
        "is_revised": tile.is_revised,
        "revised_to": tile.revised_to,
        "target": shown_target(tile.target),
    }


def _might_see(actor: Actor, kpi: Metric, said: Mapping[str, Any], *, helps: bool) -> bool:
    """Return whether the actor, in the teams of today, might have seen a KPI as it stood."""
    sight = actor.sight
    if kpi.visibility <= sight.level or kpi.lead_id == sight.me:
        return True
    if kpi.visibility == Visibility.TEAM and kpi.owner_team_id in sight.teams:
        return True
    return sight.me in said["contributors"] if "contributors" in said else helps


@prepared
def _helps(metric_ids: Collection[int], me: int) -> QuerySet[MetricContributor, tuple[int]]:
    return MetricContributor.objects.filter(metric_id__in=metric_ids, membership_id=me).values_list("metric_id")


@prepared
def _kpis(until: datetime, *sight: Any) -> QuerySet[Metric, Metric]:
    rows = Metric.objects.seen(*sight).filter(is_kpi=True, created_at__lt=until)
    return rows.select_related("lead__user").order_by("id")
