"""What key results are made of (rule P9): the edges as the score takes them, and as a reader sees them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from milepost.core.alignment import is_inside
from milepost.core.measure import Kind
from milepost.okr.models import GoalState, Part
from milepost.okr.queries.audience import audiences
from milepost.okr.scoring import PartFact
from milepost.prepared import prepared

COUNTING = frozenset({GoalState.ACTIVE.value, GoalState.CLOSED.value})


class PartEdge(NamedTuple):
    """A part as its parent takes it, with the child's score row; the first columns are those of `EDGE`.

    `is_open`: everybody who sees the parent may see the child, so it may move the parent (R6).
    """

    parent_id: int
    child_id: int
    weight: float
    kind: str
    state: str
    unit_code: str | None
    objective_id: int
    objective_state: str
    visibility: int
    parent_objective_id: int
    value: float | None
    score: float | None
    expected: float | None
    is_open: bool = True

    @property
    def runs(self) -> bool:
        """Return whether the child counts: drafts, paused and cancelled ones do not (R4), closed ones do (R8)."""
        return self.state in COUNTING and self.objective_state in COUNTING

    @property
    def counts(self) -> bool:
        """Return whether the child may move its parent."""
        return self.runs and self.is_open


Row = tuple[float | None, float | None, float | None]  # value, score and expected of a score row
EDGE = (
    "parent_id", "child_id", "weight", "child__kind", "child__state", "child__metric__unit_code",
    "child__objective_id", "child__objective__state", "child__objective__visibility", "parent__objective_id",
    "child__score__value", "child__score__score", "child__score__expected",
)  # fmt: skip


def facts_of(parts: Iterable[PartEdge], fresh: Mapping[int, Row] | None = None) -> tuple[PartFact, ...]:
    """Return what a score is made of: the parts that count, by their rows.

    Args:
        fresh: rows of children that were computed just now, in the place of those that stand.
    """
    found = []
    for part in parts:
        if not part.counts:
            continue
        value, score, expected = (fresh or {}).get(part.child_id, (part.value, part.score, part.expected))
        known = None if part.kind == Kind.BASELINE else value  # what waits for a baseline is left out (R4)
        found.append(PartFact(part.child_id, known, part.unit_code or "", score, expected, part.weight))
    return tuple(found)


def edges_of(key_result_ids: Collection[int]) -> dict[int, list[PartEdge]]:
    """Return what each of these key results is made of; one query, and those of the audiences at a wall."""
    rows = [PartEdge._make((*row, True)) for row in _edges(key_result_ids)]
    narrow = [row for row in rows if row.visibility]
    if narrow:
        seen = audiences({pk for row in narrow for pk in (row.objective_id, row.parent_objective_id)})
        shut = {
            (row.parent_id, row.child_id)
            for row in narrow
            if not is_inside(seen[row.parent_objective_id], seen[row.objective_id])
        }
        rows = [row._replace(is_open=(row.parent_id, row.child_id) not in shut) for row in rows]
    found: dict[int, list[PartEdge]] = {}
    for row in rows:
        found.setdefault(row.parent_id, []).append(row)
    return found


@prepared
def _edges(parent_ids: Collection[int]) -> QuerySet[Part, tuple[Any, ...]]:
    rows = Part.objects.filter(parent_id__in=parent_ids, until=None, child__workspace_id=F("parent__workspace_id"))
    return rows.order_by("parent_id", "id").values_list(*EDGE)
