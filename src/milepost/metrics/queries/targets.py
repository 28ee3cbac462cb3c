"""What KPIs are kept against, read back as plans."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from milepost.core.ramp import Ramp
from milepost.core.target import Target, TargetRule
from milepost.core.targets import PerPeriod, TargetPlan
from milepost.metrics.models import TargetVersion
from milepost.metrics.models.target import PER_PERIOD, RAMP
from milepost.metrics.scoring import Versions
from milepost.prepared import prepared
from milepost.workspace.models.remembered import plain

TARGET = (
    "metric_id", "since", "rule", "low", "high", "tolerance", "start", "start_on", "as_given",
    "points__day", "points__low", "points__high",
)  # fmt: skip
_VERSION = TARGET.index("points__day")


def targets_of(metric_ids: Iterable[int]) -> dict[int, Versions]:
    """Return for each metric its targets as (in force since, plan), the oldest first; one query."""
    return targets_from(_targets(list(metric_ids)))


def target_rows(metric_id: int) -> list[list[Any]]:
    """Return the columns of `TARGET` of a metric as the past keeps them, days as text."""
    return [[plain(value) for value in row] for row in _targets([metric_id])]


def targets_from_past(rows: Iterable[Sequence[Any]]) -> Versions:
    """Return the targets that `target_rows` kept."""
    days = {TARGET.index(name) for name in ("since", "start_on", "points__day")}
    read = [[date.fromisoformat(v) if i in days and v else v for i, v in enumerate(row)] for row in rows]
    return next(iter(targets_from(read).values()), ())


def targets_from(rows: Iterable[Sequence[Any]]) -> dict[int, Versions]:
    """Return what `targets_of` does of rows that are read already: the columns of `TARGET`, one a point.

    By metric, day and day of the point. A row without a metric says that there is no target.
    """
    points: dict[tuple[Any, ...], list[tuple[date, float | None, float | None]]] = {}
    for row in rows:
        version, (day, low, high) = tuple(row[:_VERSION]), row[_VERSION:]
        if version[0] is not None:
            points.setdefault(version, []).extend([(day, low, high)] if day is not None else [])
    found: dict[int, list[tuple[date, TargetPlan | None]]] = {}
    for version, steps in points.items():
        metric_id, since, *columns = version
        found.setdefault(metric_id, []).append((since, _plan(steps, *columns)))
    return {metric: tuple(versions) for metric, versions in found.items()}


def _plan(
    points: Sequence[tuple[date, float | None, float | None]],
    rule: str | None,
    low: float | None,
    high: float | None,
    tolerance: float,
    start: float | None,
    start_on: date | None,
    as_given: str,
) -> TargetPlan | None:
    if rule is None:
        return None
    if rule == RAMP:
        assert start is not None and start_on is not None  # noqa: S101 - a constraint of the table
        goals = tuple((day, up if up is not None else down or 0.0) for day, up, down in points)
        return Ramp(start, start_on, goals, tolerance, as_given)
    if rule == PER_PERIOD:
        return PerPeriod({day: _point(low, high, tolerance, as_given) for day, low, high in points})
    return Target(TargetRule(rule), low=low, high=high, tolerance=tolerance, as_given=as_given)


def _point(low: float | None, high: float | None, tolerance: float, as_given: str) -> Target:
    if low is not None and high is not None:
        rule = TargetRule.WITHIN
    else:
        rule = TargetRule.AT_MOST if low is None else TargetRule.AT_LEAST
    return Target(rule, low=low, high=high, tolerance=tolerance, as_given=as_given)


@prepared
def _targets(metric_ids: Collection[int]) -> QuerySet[TargetVersion, tuple[Any, ...]]:
    rows = TargetVersion.objects.filter(metric_id__in=metric_ids).order_by("metric_id", "since", "points__day")
    return rows.values_list(*TARGET)
