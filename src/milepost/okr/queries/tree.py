"""Walks along the live alignment edges."""

from collections.abc import Collection, Iterable, Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

# `FROM up LEFT JOIN ... WHERE up.id IS NOT NULL` keeps SQLite from putting a Bloom filter over the
# whole edge index once its statistics exist; both engines then use the index at any size.
_ANCESTORS = """
WITH RECURSIVE up(id) AS (
    SELECT o.id FROM okr_objective o WHERE o.id IN ({ids})
    UNION
    SELECT e.parent_id FROM up
    LEFT JOIN okr_alignment e ON e.child_id = up.id AND e.until IS NULL
    WHERE up.id IS NOT NULL
)
SELECT id FROM up WHERE id IS NOT NULL
"""

_PATH_DOWN = """
WITH RECURSIVE down(id) AS (
    SELECT o.id FROM okr_objective o WHERE o.id = %s
    UNION
    SELECT e.child_id FROM down
    LEFT JOIN okr_alignment e ON e.parent_id = down.id AND e.until IS NULL
    WHERE down.id IS NOT NULL
)
SELECT id FROM down WHERE id IS NOT NULL
"""


def with_ancestors(objective_ids: Iterable[int]) -> list[int]:
    """Return these objectives and all above them, in one query whatever the depth."""
    ids = sorted(objective_ids)
    if not ids:
        return []
    found: set[int] = set()
    for at in range(0, len(ids), 500):
        part = ids[at : at + 500]
        with connection.cursor() as cursor:
            cursor.execute(_ANCESTORS.format(ids=", ".join(["%s"] * len(part))), part)
            found.update(row[0] for row in cursor.fetchall())
    return sorted(found)


def ids_with_ancestors(objective_ids: Collection[int]) -> RawSQL:
    """Return the ids of these objectives and of all above them, as a part of another statement."""
    return RawSQL(_ANCESTORS.format(ids=", ".join(["%s"] * len(objective_ids))), list(objective_ids))  # noqa: S611 - places only


def with_descendants(objective_id: int) -> list[int]:
    """Return this objective and all below it."""
    with connection.cursor() as cursor:
        cursor.execute(_PATH_DOWN, [objective_id])
        return sorted(row[0] for row in cursor.fetchall())


def path_up(*, start: int, goal: int, parents: dict[int, Sequence[int]]) -> list[int] | None:
    """Return a way from `start` upwards to `goal`, both included, or None."""
    todo: list[list[int]] = [[start]]
    seen = {start}
    while todo:
        path = todo.pop()
        if path[-1] == goal:
            return path
        for parent in parents.get(path[-1], ()):
            if parent not in seen:
                seen.add(parent)
                todo.append([*path, parent])
    return None
