"""The one door through which readings come in."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from milepost.metrics.actions import recalculate, refresh_kpi
from milepost.metrics.actions.calculate import Knowledge
from milepost.metrics.actions.readings import NewReading, Stored, store_readings
from milepost.metrics.errors import Calculated
from milepost.metrics.models import Metric, ReadingSource
from milepost.metrics.permissions import can_write_values
from milepost.metrics.queries.access import get_kpi
from milepost.metrics.queries.series import as_points
from milepost.okr.actions.moment import Moment, lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.models import GoalState, KeyResult
from milepost.okr.queries.facts import JustRead
from milepost.prepared import prepared
from milepost.workspace.actions import record_event, tell
from milepost.workspace.models import Visibility, WebhookEvent
from milepost.workspace.permissions import Actor, require

MOST_TOLD = 30  # periods that the trail names one by one


@transaction.atomic
def record_readings(
    *,
    by: Actor,
    kpi: str,
    readings: Sequence[NewReading],
    source: ReadingSource = ReadingSource.HAND,
    now: datetime,
) -> Stored:
    """Store values of a KPI, all or none, with the KPIs calculated from it, scores, and every goal that reads one.

    One transaction, one event with a count, scores once.

    Args:
        kpi: slug.

    Raises:
        NotFound, NotAllowed, FutureValue, Invalid, NotANumber, ScaleMixedUp.
        Calculated: a formula makes its values.
    """
    moment = lock_moment(by, now=now)
    metric = get_kpi(by, kpi)
    require(can_write_values, by, metric, to="write values of this KPI")
    if metric.formula:
        raise Calculated(metric.name)
    stored = store_readings(
        by=by,
        metric=metric,
        batch=readings,
        source=source,
        today=moment.today,
        fiscal_month=moment.fiscal_month,
        now=now,
    )
    if stored.readings:
        _after(metric, stored, moment=moment)
        record_event(
            by=by,
            verb="recorded",
            kind="kpi",
            object_id=metric.pk,
            now=now,
            changes=_changes(stored),
            reason="; ".join(dict.fromkeys(reading.reason for reading in stored.readings if reading.reason))[:500],
            about={
                "title": metric.name,
                "slug": metric.slug,
                "count": len(stored.readings),
                "first": stored.readings[0].valid_on.isoformat(),
                "last": stored.readings[-1].valid_on.isoformat(),
                "source": source.value,
            },
        )
        last = stored.readings[-1]
        told: dict[str, object] = {
            "kpi": metric.slug,
            "name": metric.name,
            "unit": metric.unit_code,
            "count": len(stored.readings),
            "period": last.valid_on.isoformat(),
            "value": last.value,
            "source": source.value,
        }
        if metric.visibility == Visibility.EVERYBODY:
            tell(workspace_id=by.workspace_id, event=WebhookEvent.KPI_VALUE, data=[told], now=now)
    return stored


def _changes(stored: Stored) -> dict[str, tuple[object, object]]:
    """Return old and new value by period; of a long list the last ones, since every reading is kept anyway."""
    pairs = list(zip(stored.readings, stored.before, strict=True))[-MOST_TOLD:]
    return {reading.valid_on.isoformat(): (before, reading.value) for reading, before in pairs}


def _after(kpi: Metric, stored: Stored, *, moment: Moment) -> None:
    """Refresh what new readings of a KPI move: its own row, what is calculated from it (K7), and goals (P8)."""
    refresh_kpi(kpi, stored.known, today=moment.today, now=moment.now)
    values: dict[int, Knowledge] = {kpi.pk: stored.known}
    values |= recalculate(
        kpi.workspace_id,
        {kpi.pk},
        today=moment.today,
        fiscal_month=moment.fiscal_month,
        now=moment.now,
        known={kpi.pk: stored.known},
    )
    move_readers(values, moment=moment)


def move_readers(values: Mapping[int, Knowledge], *, moment: Moment) -> None:
    """Refresh the goals that read KPIs of which a value moved (P8).

    Args:
        values: what counts for each period of these KPIs, read under the workspace's lock.
    """
    readers = {key_result.pk: key_result for key_result in _readers(sorted(values), GoalState.CLOSED.value)}
    refresh(
        key_results=readers,
        rhythms=moment.rhythms,
        today=moment.today,
        now=moment.now,
        read=JustRead(key_results=readers, points={pk: as_points(known) for pk, known in values.items()}),
    )


@prepared
def _readers(metric_ids: Collection[int], closed: str) -> QuerySet[KeyResult, KeyResult]:
    rows = KeyResult.objects.select_related(
        "lead", "objective__cycle", "objective__workspace__rules", "metric", "score"
    )
    return rows.filter(metric_id__in=metric_ids).exclude(state=closed)
