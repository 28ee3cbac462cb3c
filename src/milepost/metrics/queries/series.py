"""Readings folded to one value a period."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.calendar import Frequency, last_day
from milepost.core.series import Point
from milepost.core.target import Target, TargetRule
from milepost.metrics.models import Reading, TargetVersion


@dataclass(frozen=True, slots=True)
class Known:
    """The reading that counts for a period; `value` None means it was withdrawn."""

    id: int
    valid_on: date
    value: float | None
    numerator: float | None
    denominator: float | None
    known_at: datetime
    source: str


def known_readings(metric_ids: Iterable[int], *, since: date | None = None) -> dict[int, dict[date, Known]]:
    """Return for each metric the reading in use for each period, oldest period first.

    The latest known counts, ties by id (rule K6). Metrics without readings are absent.
    """
    rows = Reading.objects.filter(metric_id__in=list(metric_ids))
    if since is not None:
        rows = rows.filter(valid_on__gte=since)
    found: dict[int, dict[date, Known]] = {}
    ordered = rows.order_by("metric_id", "valid_on", "known_at", "id").values_list(
        "metric_id", "id", "valid_on", "value", "numerator", "denominator", "known_at", "source"
    )
    for metric_id, *rest in ordered.iterator(chunk_size=5000):
        known = Known(*rest)  # type: ignore[arg-type] # the columns stand in the order of its fields
        found.setdefault(metric_id, {})[known.valid_on] = known
    return found


def as_points(known: Mapping[date, Known]) -> tuple[Point, ...]:
    """Return the periods that have a value, oldest first."""
    return tuple(
        Point(start=day, value=k.value, numerator=k.numerator, denominator=k.denominator)
        for day, k in known.items()
        if k.value is not None
    )


def points_of(metric_ids: Iterable[int], *, since: date | None = None) -> dict[int, tuple[Point, ...]]:
    """Return for each metric its periods with a value, oldest first."""
    return {metric: as_points(known) for metric, known in known_readings(metric_ids, since=since).items()}


def targets_of(metric_ids: Iterable[int]) -> dict[int, tuple[tuple[date, Target | None], ...]]:
    """Return for each metric its targets as (in force since, target), the oldest first."""
    found: dict[int, list[tuple[date, Target | None]]] = {}
    rows = TargetVersion.objects.filter(metric_id__in=list(metric_ids)).order_by("metric_id", "since")
    for metric_id, since, rule, low, high, tolerance in rows.values_list(
        "metric_id", "since", "rule", "low", "high", "tolerance"
    ):
        target = None
        if rule is not None:
            target = Target(rule=TargetRule(rule), low=low, high=high, tolerance=tolerance)
        found.setdefault(metric_id, []).append((since, target))
    return {metric: tuple(versions) for metric, versions in found.items()}


def target_on(versions: Sequence[tuple[date, Target | None]], day: date) -> Target | None:
    """Return the target in force on a day; before the first version, the first one (rule K2)."""
    if not versions:
        return None
    in_force = versions[0][1]
    for since, target in versions:
        if since <= day:
            in_force = target
    return in_force


def target_of_period(
    versions: Sequence[tuple[date, Target | None]], start: date, frequency: Frequency
) -> Target | None:
    """Return the target that judges a period: the one in force on its last day."""
    return target_on(versions, last_day(start, frequency))
