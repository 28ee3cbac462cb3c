"""What the linter looks at in KPIs."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Max

from milepost.core.calendar import Frequency
from milepost.core.guidance import KpiFacts, best_move
from milepost.core.series import Aggregation, closed_points
from milepost.core.target import Target
from milepost.core.targets import given_words
from milepost.metrics.models import FormulaInput, Metric, Note, Reading, ReadingSource
from milepost.metrics.queries.series import points_of
from milepost.metrics.queries.targets import targets_of
from milepost.metrics.scoring import plan_on
from milepost.workspace.permissions import Actor

USED_WITHIN = timedelta(days=91 + 366)  # the period of a year-old value that was written in the last 90 days
FED = frozenset({ReadingSource.API.value, ReadingSource.FILE.value, ReadingSource.FORMULA.value})


def kpi_facts(actor: Actor, *, today: date) -> dict[int, KpiFacts]:
    """Return by id what the linter looks at in the KPIs that the actor sees; five queries.

    `readers` counts formulas alone: key results are a matter of `okr.queries`.
    """
    seen = Metric.objects.visible_to(actor).filter(is_kpi=True, archived_at=None)
    columns = ("id", "slug", "name", "description", "unit_code", "group", "lead_id", "formula", "created_at")
    rows: list[Any] = list(seen.order_by("id").values_list(*columns, "score__last_source"))
    targets = targets_of([row[0] for row in rows])
    used = _used_on([row[0] for row in rows], today=today)
    formulas = FormulaInput.objects.filter(metric_id__in=[row[0] for row in rows]).values_list("input_id", flat=True)
    readers: dict[int, int] = {}
    for pk in formulas:
        readers[pk] = readers.get(pk, 0) + 1
    found = {}
    for pk, slug, name, description, unit, group, lead, formula, made_at, last_source in rows:
        plan = plan_on(targets.get(pk, ()), today)
        found[pk] = KpiFacts(
            name=name,
            reference=slug,
            description=description,
            unit=unit,
            board=group,
            has_lead=lead is not None,
            has_target=plan is not None,
            has_dates=plan is not None and not isinstance(plan, Target),
            target_text=given_words(plan) if plan is not None else "",
            source="formula" if formula else last_source if last_source in FED else "",
            readers=readers.get(pk, 0),
            used_on=used.get(pk),
            made_on=made_at.date(),
        )
    return found


def _used_on(ids: Collection[int], *, today: date) -> dict[int, date]:
    """Return for each KPI the last day on which somebody wrote a value or a note."""
    by_hand = Reading.objects.filter(metric_id__in=ids, valid_on__gte=today - USED_WITHIN, source=ReadingSource.HAND)
    noted = Note.objects.filter(metric_id__in=ids, withdrawn_at=None)
    used: dict[int, date] = {}
    for rows, at in ((by_hand, "known_at"), (noted, "at")):
        for pk, last in rows.order_by().values_list("metric_id").annotate(Max(at)):
            used[pk] = max(last.date(), used.get(pk, date.min))
    return used


def best_moves(
    metrics: Collection[tuple[int, str, str]], *, days: int, today: date
) -> dict[int, tuple[float | None, float | None]]:
    """Return for each KPI the farthest it ever rose and fell in so many days; None where that cannot be told.

    A flow is summed over the cycle, which its single periods say nothing about, so of one it cannot be told.

    Args:
        metrics: (id, frequency, aggregation) of KPIs that the reader sees.
    """
    wanted = {pk: Frequency(frequency) for pk, frequency, how in metrics if how != Aggregation.FLOW}
    found: dict[int, tuple[float | None, float | None]] = {}
    for pk, points in points_of(sorted(wanted)).items():
        closed = closed_points(points, frequency=wanted[pk], today=today)[-MOST_POINTS:]
        found[pk] = (best_move(closed, days=days, up=True), best_move(closed, days=days, up=False))
    return found


MOST_POINTS = 400  # of a daily KPI: more than a year
