"""The score row of each KPI, from its readings (rule S7)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter

from milepost.metrics.models import KpiScore, Metric
from milepost.metrics.queries.rows import kpi_row
from milepost.metrics.queries.series import Known, known_readings
from milepost.metrics.queries.targets import targets_of
from milepost.prepared import upsert
from milepost.workspace.actions import tell
from milepost.workspace.models import Visibility, WebhookEvent

CHUNK = 200
COLUMNS = attrgetter(*(field.attname for field in KpiScore._meta.concrete_fields))


def refresh_kpis(metric_ids: Collection[int], *, today: date, now: datetime) -> None:
    """Write the score rows of these KPIs anew; called under the workspace's lock.

    Running it twice changes nothing but `computed_at`. Metrics that are no KPIs are passed over.
    """
    ids = sorted(metric_ids)
    for at in range(0, len(ids), CHUNK):
        part = ids[at : at + CHUNK]
        kpis = list(Metric.objects.select_related("score").filter(pk__in=part, is_kpi=True).order_by("id"))
        refresh_known(kpis, known_readings(kpi.pk for kpi in kpis), today=today, now=now)


def refresh_kpi(kpi: Metric, known: Mapping[date, Known], *, today: date, now: datetime) -> None:
    """Write the score row of one KPI anew from what its writer knows already; as `refresh_kpis`.

    Args:
        kpi: read under the workspace's lock, with its score row.
        known: what counts for each of its periods, the oldest first.
    """
    refresh_known([kpi], {kpi.pk: known}, today=today, now=now)


def refresh_known(
    kpis: Sequence[Metric], known: Mapping[int, Mapping[date, Known]], *, today: date, now: datetime
) -> None:
    """Write the score rows of several KPIs as `refresh_kpi` does of one."""
    targets = targets_of([kpi.pk for kpi in kpis])
    before = {kpi.pk: (kpi.score.word, kpi.score.shift_on) for kpi in kpis if hasattr(kpi, "score")}
    rows = [kpi_row(kpi, known.get(kpi.pk, {}), targets.get(kpi.pk, ()), today=today, now=now) for kpi in kpis]
    upsert(KpiScore, [COLUMNS(row) for row in rows])
    for row in rows:
        if row.metric_id in before:
            _tell(row, *before[row.metric_id], now=now)


def _tell(row: KpiScore, word: str, shift_on: date | None, *, now: datetime) -> None:
    """Tell of a changed word or level, if everybody may see the KPI: who listens is not known (R6)."""
    if row.metric.visibility != Visibility.EVERYBODY:
        return
    about = {"kpi": row.metric.slug, "name": row.metric.name, "unit": row.metric.unit_code, "value": row.value}
    if row.word != word:
        told = {**about, "before": word, "status": row.word}
        tell(workspace_id=row.workspace_id, event=WebhookEvent.KPI_STATUS, data=[told], now=now)
    if row.shift_on is not None and row.shift_on != shift_on:
        told = {**about, "since": row.shift_on.isoformat(), "level_before": row.shift_before, "level": row.shift_level}
        tell(workspace_id=row.workspace_id, event=WebhookEvent.KPI_SIGNAL, data=[told], now=now)
