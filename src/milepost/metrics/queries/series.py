"""Readings folded to one value a period."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from milepost.core.series import Point
from milepost.metrics.models import Reading
from milepost.prepared import prepared


class Value(NamedTuple):
    """What counts for a period; `value` None means it was withdrawn, a ratio brings its two counts."""

    value: float | None
    numerator: float | None
    denominator: float | None


class Known(NamedTuple):
    """The reading that counts for a period, with where it came from; `value` None: withdrawn."""

    id: int
    value: float | None
    numerator: float | None
    denominator: float | None
    known_at: datetime
    source: str


def values_in_use(metric_ids: Iterable[int]) -> dict[int, dict[date, Value]]:
    """Return for each metric what counts for each period, oldest period first.

    The latest known counts, ties by id (rule K6). Metrics without readings are absent.
    """
    found: dict[int, dict[date, Value]] = {}
    for metric_id, day, *value in _values(list(metric_ids)):
        found.setdefault(metric_id, {})[day] = Value(*value)
    return found


def known_readings(metric_ids: Iterable[int]) -> dict[int, dict[date, Known]]:
    """Return for each metric the reading in use for each period; as `values_in_use`, with its origin."""
    found: dict[int, dict[date, Known]] = {}
    for metric_id, day, *reading in _readings(list(metric_ids)):
        found.setdefault(metric_id, {})[day] = Known(*reading)
    return found


def readings_by_period(metric_id: int) -> list[tuple[date, Known]]:
    """Return every reading of a metric with its period: the oldest period first, in it the last one counts."""
    return [(day, Known(*reading)) for _, day, *reading in _readings([metric_id])]


@prepared
def _values(metric_ids: Collection[int]) -> QuerySet[Reading, tuple[Any, ...]]:
    rows = Reading.objects.filter(metric_id__in=metric_ids).order_by("metric_id", "valid_on", "known_at", "id")
    return rows.values_list("metric_id", "valid_on", "value", "numerator", "denominator")


@prepared
def _readings(metric_ids: Collection[int]) -> QuerySet[Reading, tuple[Any, ...]]:
    rows = Reading.objects.filter(metric_id__in=metric_ids).order_by("metric_id", "valid_on", "known_at", "id")
    return rows.values_list("metric_id", "valid_on", "id", "value", "numerator", "denominator", "known_at", "source")


def as_points(known: Mapping[date, Value] | Mapping[date, Known]) -> tuple[Point, ...]:
    """Return the periods that have a value, oldest first."""
    return tuple(
        Point(start=day, value=k.value, numerator=k.numerator, denominator=k.denominator)
        for day, k in known.items()
        if k.value is not None
    )


def points_of(metric_ids: Iterable[int]) -> dict[int, tuple[Point, ...]]:
    """Return for each metric its periods with a value, oldest first."""
    return {metric: as_points(known) for metric, known in values_in_use(metric_ids).items()}
