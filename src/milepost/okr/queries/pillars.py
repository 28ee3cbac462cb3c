"""On which pillar an objective stands: its own, or that of the nearest objective above that has one."""

from dataclasses import dataclass

from django.db import connection

from milepost.okr.models import Objective
from milepost.workspace.permissions import Actor

# The way up the primary edges to the first objective with a pillar of its own, as long as the reader sees each of them.
_WAY_UP = """
WITH RECURSIVE up(id, pillar, far) AS (
    SELECT o.id, o.pillar_id, 0 FROM okr_objective o WHERE o.id = %s
    UNION
    SELECT p.id, p.pillar_id, up.far + 1 FROM up
    JOIN okr_alignment e ON e.child_id = up.id AND e.until IS NULL AND e.is_primary
    JOIN okr_objective p ON p.id = e.parent_id
    WHERE up.pillar IS NULL AND p.id IN ({seen})
)
SELECT up.id, up.pillar, w.name, o.title, up.far FROM up
JOIN okr_objective o ON o.id = up.id JOIN workspace_pillar w ON w.id = up.pillar
"""
# Everything that stands on a pillar, walked down the primary edges through what the reader sees; of it the top
# objectives: those with no parent they contribute to on the same pillar.
_TOPS = """
WITH RECURSIVE seen(id) AS ({seen}), under(pillar, id) AS (
    SELECT o.pillar_id, o.id FROM okr_objective o JOIN seen ON seen.id = o.id WHERE o.pillar_id IS NOT NULL
    UNION
    SELECT under.pillar, o.id FROM under
    JOIN okr_alignment e ON e.parent_id = under.id AND e.until IS NULL AND e.is_primary
    JOIN okr_objective o ON o.id = e.child_id AND o.pillar_id IS NULL
    JOIN seen ON seen.id = o.id
)
SELECT under.pillar, under.id FROM under
JOIN okr_objective o ON o.id = under.id
WHERE o.state IN ('active', 'closed') AND NOT EXISTS (
    SELECT 1 FROM okr_alignment e
    JOIN under above ON above.id = e.parent_id AND above.pillar = under.pillar
    JOIN okr_objective p ON p.id = e.parent_id AND p.state IN ('active', 'closed')
    WHERE e.child_id = under.id AND e.until IS NULL AND e.contributes
)
ORDER BY under.pillar, under.id
"""
# The pillars in use on which nothing in a cycle stands, neither itself nor through what it hangs below.
_EMPTY = """
WITH RECURSIVE seen(id) AS ({seen}), under(pillar, id) AS (
    SELECT o.pillar_id, o.id FROM okr_objective o JOIN seen ON seen.id = o.id WHERE o.pillar_id IS NOT NULL
    UNION
    SELECT under.pillar, o.id FROM under
    JOIN okr_alignment e ON e.parent_id = under.id AND e.until IS NULL AND e.is_primary
    JOIN okr_objective o ON o.id = e.child_id AND o.pillar_id IS NULL
    JOIN seen ON seen.id = o.id
)
SELECT w.id, w.name FROM workspace_pillar w
WHERE w.workspace_id = %s AND w.archived_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM under JOIN okr_objective o ON o.id = under.id
    WHERE under.pillar = w.id AND o.cycle_id = %s AND o.state <> 'cancelled'
)
ORDER BY w.position, w.id
"""


@dataclass(frozen=True, slots=True)
class PillarShown:
    """The pillar an objective stands on; `from_id` and `from_title` of the one above it comes from, None its own."""

    id: int
    name: str
    from_id: int | None = None
    from_title: str = ""


def shown_pillar(actor: Actor, objective_id: int) -> PillarShown | None:
    """Return the pillar of an objective that the actor was shown already, None where it stands on none; one query.

    An objective above that the actor does not see hands nothing down: it would betray that it is there (R6).

    Source: rules R3, R6.
    """
    seen, params = Objective.objects.visible_to(actor).order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_WAY_UP.format(seen=seen), [objective_id, *params])
        found = cursor.fetchall()
    if not found:
        return None
    pk, pillar, name, title, far = found[0]
    return PillarShown(pillar, name) if far == 0 else PillarShown(pillar, name, pk, title)


def top_objectives(actor: Actor) -> list[tuple[int, int]]:
    """Return (pillar, objective) of each running or closed top objective that the actor sees; one query.

    Source: rules R3, R6.
    """
    seen, params = Objective.objects.visible_to(actor).order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TOPS.format(seen=seen), params)
        return [(pillar, objective) for pillar, objective in cursor.fetchall()]


def empty_pillars(actor: Actor, cycle_id: int) -> list[tuple[int, str]]:
    """Return (id, name) of the pillars in use on which nothing in a cycle stands that the actor sees; one query.

    Source: rules R3, R6.
    """
    seen, params = Objective.objects.visible_to(actor).order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY.format(seen=seen), [*params, actor.workspace_id, cycle_id])
        return [(pk, name) for pk, name in cursor.fetchall()]
