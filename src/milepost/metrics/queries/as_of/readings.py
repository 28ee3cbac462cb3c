"""Readings as they were known at a moment, and which of them say something else today (K6, A3)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from milepost.core.series import Point
from milepost.metrics.models import Reading
from milepost.metrics.queries.series import Known, as_points
from milepost.prepared import prepared

CHUNK = 8000  # ids in one statement


@dataclass(frozen=True, slots=True)
class Readings:
    """The periods with a value of each metric as they were known, the oldest first.

    `revised` holds the days of a metric for which another value is known today, with that value;
    None was withdrawn.
    """

    points: Mapping[int, tuple[Point, ...]]
    revised: Mapping[int, Mapping[date, float | None]]


def readings_then(
    metric_ids: Collection[int],
    last: Mapping[int, tuple[date, float, float | None]],
    *,
    until: datetime,
) -> Readings:
    """Return what was known of these metrics before a moment; one query for 8,000 of them, none for none.

    Args:
        last: of further metrics the one value that is looked at, read already: its day, what was known, what is known.
    """
    points: dict[int, tuple[Point, ...]] = {metric: (Point(day, then),) for metric, (day, then, _) in last.items()}
    revised = {metric: {day: now} for metric, (day, then, now) in last.items() if now != then}
    for metric, (was, is_now) in known_then(metric_ids, until=until).items():
        points[metric] = as_points(was)
        changed = {day: is_now[day].value for day, one in was.items() if is_now[day].value != one.value}
        if changed:
            revised[metric] = changed
    return Readings(points, revised)


def known_then(
    metric_ids: Collection[int], *, until: datetime
) -> dict[int, tuple[dict[date, Known], dict[date, Known]]]:
    """Return for each metric the reading that counted for each period, and the one that counts today."""
    return {metric: (was, is_now) for metric, (was, is_now) in known_at(metric_ids, [until]).items()}


def known_at(metric_ids: Collection[int], moments: Sequence[datetime]) -> dict[int, tuple[dict[date, Known], ...]]:
    """Return for each metric the reading that counted for each period at each moment, and at last the one of today.

    One query for 8,000 of them, whatever the number of moments.
    """
    found: dict[int, tuple[dict[date, Known], ...]] = {}
    ids = sorted(metric_ids)
    for at in range(0, len(ids), CHUNK):
        for metric, day, *reading in _readings(ids[at : at + CHUNK]):
            known = Known(*reading)
            told = found.setdefault(metric, tuple({} for _ in (*moments, None)))
            told[-1][day] = known
            for moment, was in zip(moments, told, strict=False):
                if known.known_at < moment:
                    was[day] = known
    return found


@prepared
def _readings(metric_ids: Collection[int]) -> QuerySet[Reading, tuple[Any, ...]]:
    rows = Reading.objects.filter(metric_id__in=metric_ids).order_by("metric_id", "valid_on", "known_at", "id")
    return rows.values_list("metric_id", "valid_on", "id", "value", "numerator", "denominator", "known_at", "source")
