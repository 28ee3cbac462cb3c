"""What hung on what at a moment: objectives below objectives, key results made of key results."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from milepost.okr.models import Alignment
from milepost.prepared import prepared

_IN_FORCE = "{e}.since < %s AND ({e}.until IS NULL OR {e}.until >= %s)"

# As in `okr.queries.tree`: the outer join keeps SQLite from reading the whole table of edges.
_DOWN = """
WITH RECURSIVE down(id) AS (
    SELECT o.id FROM okr_objective o WHERE {start}
    UNION
    SELECT e.child_id FROM down LEFT JOIN okr_alignment e ON e.parent_id = down.id AND {in_force}
    WHERE down.id IS NOT NULL
)
SELECT id FROM down WHERE id IS NOT NULL
"""
_OF_CYCLE = """o.cycle_id = %s OR o.id IN (
        SELECT f.object_id FROM workspace_former f WHERE f.{left} = %s AND f.kind = 'objective' AND f.until >= %s
    )"""
_PARTS = """
WITH RECURSIVE edge(parent, child, weight) AS (
    SELECT p.parent_id, p.child_id, p.weight FROM okr_part p WHERE p.parent_id IN ({ids}) AND {in_force}
    UNION
    SELECT p.parent_id, p.child_id, p.weight FROM edge
    LEFT JOIN okr_part p ON p.parent_id = edge.child AND {in_force}
    WHERE edge.child IS NOT NULL
)
SELECT parent, child, weight FROM edge WHERE child IS NOT NULL
"""


class PastEdge(NamedTuple):
    """An edge between objectives that was in force."""

    parent_id: int
    child_id: int
    is_primary: bool
    contributes: bool
    weight: float
    share: float | None


def cycle_and_below(cycle_id: int, until: datetime) -> list[int]:
    """Return what may have stood in a cycle at a moment, with all that hung below it; one query.

    That is what stands there now, and what has left it since.
    """
    at = connection.ops.adapt_datetimefield_value(until)
    start = _OF_CYCLE.format(left=connection.ops.quote_name("left"))
    return _down(start, [cycle_id, cycle_id, at], at)


def objective_and_below(objective_id: int, until: datetime) -> list[int]:
    """Return an objective with all that hung below it at a moment; one query."""
    return _down("o.id = %s", [objective_id], connection.ops.adapt_datetimefield_value(until))


def _down(start: str, given: list[Any], at: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_DOWN.format(start=start, in_force=_IN_FORCE.format(e="e")), [*given, at, at])
        return sorted(row[0] for row in cursor.fetchall())


def parts_then(key_result_ids: Collection[int], until: datetime) -> list[tuple[int, int, float]]:
    """Return every part below key results at a moment as (parent, child, weight); one query, none for none."""
    ids = sorted(key_result_ids)
    if not ids:
        return []
    at = connection.ops.adapt_datetimefield_value(until)
    sql = _PARTS.format(ids=", ".join(["%s"] * len(ids)), in_force=_IN_FORCE.format(e="p"))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*ids, at, at, at, at])
        return sorted((parent, child, weight) for parent, child, weight in cursor.fetchall())


def edges_then(parent_ids: Collection[int], until: datetime) -> list[PastEdge]:
    """Return the edges below objectives at a moment, in the order in which they were made; one query."""
    return [PastEdge._make(row) for row in _edges(parent_ids, until, until)]


def edges_around(ids: Collection[int], until: datetime) -> list[PastEdge]:
    """Return the edges above and below objectives at a moment, in the order in which they were made; one query."""
    return [PastEdge._make(row) for row in _edges_around(ids, ids, until, until)]


@prepared
def _edges_around(
    parent_ids: Collection[int], child_ids: Collection[int], until: datetime, ended: datetime
) -> QuerySet[Alignment, tuple[Any, ...]]:
    rows = Alignment.objects.filter(Q(parent_id__in=parent_ids) | Q(child_id__in=child_ids), since__lt=until)
    rows = rows.filter(Q(until=None) | Q(until__gte=ended)).order_by("id")
    return rows.values_list("parent_id", "child_id", "is_primary", "contributes", "weight", "share")


@prepared
def _edges(parent_ids: Collection[int], until: datetime, ended: datetime) -> QuerySet[Alignment, tuple[Any, ...]]:
    rows = Alignment.objects.filter(Q(until=None) | Q(until__gte=ended), parent_id__in=parent_ids, since__lt=until)
    return rows.order_by("id").values_list("parent_id", "child_id", "is_primary", "contributes", "weight", "share")
