"""The values of calculated KPIs, made anew whenever something they read has moved (rule K7)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from milepost.core.calendar import Frequency
from milepost.core.circles import in_order
from milepost.core.formula import TooMuchWork, formula_points
from milepost.metrics.actions.readings import with_rows
from milepost.metrics.actions.refresh import refresh_known
from milepost.metrics.models import Metric, Reading, ReadingSource
from milepost.metrics.queries.formulas import downstream, edges_of, read_kept, sources_of
from milepost.metrics.queries.series import Known, known_readings
from milepost.prepared import insert_all
from milepost.workspace.actions import tell
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Visibility, WebhookEvent

Knowledge = Mapping[date, Known]  # what counts for each period of a KPI, the oldest first
NOTHING: dict[date, Known] = {}


def recalculate(
    workspace_id: int,
    moved: Collection[int] | None,
    *,
    today: date,
    fiscal_month: int,
    now: datetime,
    known: Mapping[int, Knowledge] | None = None,
) -> dict[int, Knowledge]:
    """Write what the formulas come to by now, with their score rows; called under the workspace's lock.

    Each is worked out from all its inputs and never from a difference, in the order in which they read
    each other, so a second run writes nothing. A value that changed supersedes the one before it, one that
    cannot be told any more is withdrawn. Archived KPIs take part: what reads them goes on.

    Args:
        moved: KPIs whose values, lag or formula changed; None for every formula of the workspace.
        known: of KPIs that the caller has read already under the lock.

    Returns:
        What counts now for each KPI of which a value changed.

    Raises:
        Invalid: a formula would take too long.
    """
    edges = edges_of(workspace_id)
    concerned = set(edges) if moved is None else downstream(edges, moved)
    if not concerned:
        return {}
    order = [pk for pk in in_order({pk: edges[pk] for pk in sorted(concerned)}) if pk in concerned]
    wanted = concerned.union(*(edges[pk] for pk in concerned))
    kpis = {one.pk: one for one in Metric.objects.select_related("score").filter(pk__in=wanted)}
    there: dict[int, Knowledge] = {**(known or {})}
    there |= known_readings(sorted(wanted - there.keys()))
    rows: dict[int, list[Reading]] = {}
    for pk in order:
        rows[pk] = _rows(kpis[pk], kpis, there, today=today, fiscal_month=fiscal_month, now=now)
        there[pk] = with_rows(dict(there.get(pk, NOTHING)), rows[pk])
    insert_all([row for pk in order for row in rows[pk]])
    changed = [kpis[pk] for pk in order if rows[pk]]
    for kpi in changed:  # once more: now with the ids of what was stored
        there[kpi.pk] = with_rows(dict(there[kpi.pk]), rows[kpi.pk])
    refresh_known(changed, there, today=today, now=now)
    told = [_told(kpi, rows[kpi.pk]) for kpi in changed if kpi.visibility == Visibility.EVERYBODY]  # who listens: R6
    tell(workspace_id=workspace_id, event=WebhookEvent.KPI_VALUE, data=told, now=now)
    return {kpi.pk: there[kpi.pk] for kpi in changed}


def _rows(
    kpi: Metric,
    kpis: Mapping[int, Metric],
    there: Mapping[int, Knowledge],
    *,
    today: date,
    fiscal_month: int,
    now: datetime,
) -> list[Reading]:
    """Return the readings that say something new of a calculated KPI, the oldest first."""
    node = read_kept(kpi.formula)
    sources = sources_of(kpi, node, kpis, there)
    try:
        points = formula_points(
            node, sources, frequency=Frequency(kpi.frequency), fiscal_month=fiscal_month, today=today
        )
    except TooMuchWork as error:
        raise Invalid(f"A formula takes too long. {error}", field="formula") from None
    values = {point.start: point.value for point in points}
    known = there.get(kpi.pk, NOTHING)
    stands = {start: reading.value for start, reading in known.items()}
    return [
        Reading(
            workspace_id=kpi.workspace_id,
            metric_id=kpi.pk,
            valid_on=start,
            value=values.get(start),
            # A clock that was set back must not leave the older value in use.
            known_at=max(now, known[start].known_at) if start in known else now,
            source=ReadingSource.FORMULA,
        )
        for start in sorted(values.keys() | stands.keys())
        if values.get(start) != stands.get(start)
    ]


def _told(kpi: Metric, rows: Sequence[Reading]) -> dict[str, object]:
    """Return what other programs are told of new values, as `okr.actions.record_readings` tells of typed ones."""
    last = rows[-1]
    return {
        "kpi": kpi.slug,
        "name": kpi.name,
        "unit": kpi.unit_code,
        "count": len(rows),
        "period": last.valid_on.isoformat(),
        "value": last.value,
        "source": ReadingSource.FORMULA.value,
    }
