"""Walks along the live edges: what objectives contribute to, and what key results are made of."""

from collections.abc import Iterable, Sequence

from django.db import connection

CHUNK = 500  # ids in one statement

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

# What stands above key results as well: first those made of them, then the objectives of all of these.
_ABOVE = """
WITH RECURSIVE made(id) AS (
    SELECT k.id FROM okr_keyresult k WHERE k.id IN ({key_results})
    UNION
    SELECT p.parent_id FROM made
    LEFT JOIN okr_part p ON p.child_id = made.id AND p.until IS NULL
    WHERE made.id IS NOT NULL
), up(id) AS (
    SELECT k.objective_id FROM made JOIN okr_keyresult k ON k.id = made.id
    UNION
    SELECT o.id FROM okr_objective o WHERE o.id IN ({objectives})
    UNION
    SELECT e.parent_id FROM up
    LEFT JOIN okr_alignment e ON e.child_id = up.id AND e.until IS NULL
    WHERE up.id IS NOT NULL
)
SELECT 0, id FROM made WHERE id IS NOT NULL UNION ALL SELECT 1, id FROM up WHERE id IS NOT NULL
"""

_PARTS_BELOW = """
WITH RECURSIVE edge(top, parent, child) AS (
    SELECT p.parent_id, p.parent_id, p.child_id FROM okr_part p WHERE p.parent_id IN ({ids}) AND p.until IS NULL
    UNION
    SELECT edge.top, p.parent_id, p.child_id FROM edge
    LEFT JOIN okr_part p ON p.parent_id = edge.child AND p.until IS NULL
    WHERE edge.child IS NOT NULL
)
SELECT top, parent, child FROM edge WHERE child IS NOT NULL
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
    for at in range(0, len(ids), CHUNK):
        part = ids[at : at + CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(_ANCESTORS.format(ids=", ".join(["%s"] * len(part))), part)
            found.update(row[0] for row in cursor.fetchall())
    return sorted(found)


def all_above(*, key_results: Iterable[int], objectives: Iterable[int]) -> tuple[list[int], list[int]]:
    """Return these key results with all that are made of them, and their objectives and these with all above.

    One query whatever the depth, one more for each 500 ids.
    """
    wanted = [(0, pk) for pk in sorted(key_results)] + [(1, pk) for pk in sorted(objectives)]
    made: set[int] = set()
    up: set[int] = set()
    for at in range(0, len(wanted), CHUNK):
        part = wanted[at : at + CHUNK]
        own, goals = ([pk for kind, pk in part if kind == wanted_kind] for wanted_kind in (0, 1))
        marks = [", ".join(["%s"] * len(ids)) or "NULL" for ids in (own, goals)]
        with connection.cursor() as cursor:
            cursor.execute(_ABOVE.format(key_results=marks[0], objectives=marks[1]), [*own, *goals])
            for kind, pk in cursor.fetchall():
                (up if kind else made).add(pk)
    return sorted(made), sorted(up)


def parts_below(key_result_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Return every edge below key results as (the one asked for, parent, child); one query whatever the depth."""
    ids = sorted(key_result_ids)
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PARTS_BELOW.format(ids=", ".join(["%s"] * len(ids))), ids)
        return [(top, parent, child) for top, parent, child in cursor.fetchall()]


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
