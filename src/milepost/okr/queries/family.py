"""Loading what objectives' score rows are made of: each with its key results and child objectives."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from milepost.core.alignment import is_inside
from milepost.core.pace import Ambition
from milepost.core.status import GoalWord
from milepost.okr.models import Alignment, Counts, GoalState, Objective, ObjectiveScore
from milepost.okr.queries.audience import audiences
from milepost.okr.queries.parts import COUNTING
from milepost.okr.scoring import ChildRow, ObjectiveFacts
from milepost.prepared import prepared
from milepost.workspace.queries import TELLING, telling_of

STORED = tuple(f.attname for f in ObjectiveScore._meta.concrete_fields if f.attname != "computed_at")
PARENT, PARENT_VISIBILITY = 6, 7  # places in the row of an objective
SCORE, EXPECTED, WORD = STORED.index("score"), STORED.index("expected"), STORED.index("word")


class OwnKeyResult(NamedTuple):
    """A key result as its objective takes it; its columns are those of `OWN`."""

    id: int
    score: float | None
    expected: float | None
    shown_word: str
    is_live: bool
    is_missing: bool
    confidence: int | None
    checked_in_on: date | None
    next_check_in_on: date | None
    weight: float
    share: float | None
    state: str


SCORES = (
    "key_result_id", "score", "expected", "shown_word", "is_live", "is_missing", "confidence", "checked_in_on",
    "next_check_in_on",
)  # fmt: skip
OWN = (
    *(f"key_results__score__{name}" for name in SCORES), "key_results__weight", "key_results__share",
    "key_results__state",
)  # fmt: skip


class Edge(NamedTuple):
    """A child objective as its parent takes it; `stored` is its score row, None before the first.

    `is_open`: everybody who sees the parent may see the child, so it may move the parent (R6).
    """

    parent_id: int
    child_id: int
    contributes: bool
    weight: float
    share: float | None
    state: str
    is_open: bool
    stored: tuple[Any, ...] | None


class Family(NamedTuple):
    """An objective with everything its row is made of; `stored` is the row that stands."""

    id: int
    workspace_id: int
    cycle_id: int
    lead_id: int | None
    counts: str
    state: str
    is_top: bool  # no primary parent in its own cycle that everybody sees who sees it
    facts: ObjectiveFacts
    own: list[OwnKeyResult]
    edges: list[Edge]
    stored: tuple[Any, ...] | None


def load_family(ids: Collection[int]) -> list[Family]:
    """Return these objectives with their children: two queries, whatever their number."""
    own: dict[int, list[OwnKeyResult]] = {}
    objectives: dict[int, tuple[Any, ...]] = {}
    for pk, *row in _objectives(ids):
        k = OwnKeyResult._make(row[: len(OWN)])
        if pk not in own:
            own[pk] = []
            objectives[pk] = (pk, *row[len(OWN) :])
        if k.id is not None:  # one that has a score row
            own[pk].append(k)
    found = _edges(own)
    shut, unseen = _walls(found, objectives.values())
    edges: dict[int, list[Edge]] = {}
    for parent, child, contributes, weight, share, state, _, *row in found:
        is_open = (parent, child) not in shut
        edges.setdefault(parent, []).append(Edge(parent, child, contributes, weight, share, state, is_open, _row(row)))
    return [
        Family(
            pk, workspace_id, cycle_id, lead_id, counts, state, parent is None or pk in unseen,
            ObjectiveFacts(
                first=first,
                last=last,
                ambition=Ambition(ambition),
                final_score=final_score,
                final_expected=final_expected,
                is_closed=state == GoalState.CLOSED,
                telling=telling_of(tuple(row[: len(TELLING)])),
            ),
            own[pk], edges.get(pk, []), _row(row[len(TELLING) :]),
        )
        for (
            pk, workspace_id, cycle_id, lead_id, counts, state, parent, _,
            first, last, ambition, final_score, final_expected, *row,
        ) in objectives.values()
    ]  # fmt: skip


def _walls(
    edges: list[tuple[Any, ...]], objectives: Collection[tuple[Any, ...]]
) -> tuple[set[tuple[int, int]], set[int]]:
    """Return the edges (parent, child) that walls shut, and the objectives whose parent not all their readers see.

    No query where everything is for everybody, which is nearly always.
    """
    down = [(parent, child) for parent, child, _, _, _, _, visibility, *_ in edges if visibility]
    up = [(row[0], row[PARENT]) for row in objectives if row[PARENT_VISIBILITY]]
    if not down and not up:
        return set(), set()
    seen = audiences({pk for pair in (*down, *up) for pk in pair})
    shut = {(parent, child) for parent, child in down if not is_inside(seen[parent], seen[child])}
    return shut, {child for child, parent in up if not is_inside(seen[child], seen[parent])}


def contributions(
    family: Family, below: Sequence[tuple[Edge, tuple[Any, ...] | None]]
) -> list[tuple[OwnKeyResult | Edge, ChildRow]]:
    """Return what an objective's number is made of: its running key results, its child objectives, or both.

    Args:
        below: each edge with the child's score row that is right today.

    Source: rules R1, R3, R4, R6, R8.
    """
    found: list[tuple[OwnKeyResult | Edge, ChildRow]] = []
    if family.counts != Counts.OBJECTIVES:
        found += [(k, _of_key_result(k)) for k in family.own if k.is_live]
    if family.counts != Counts.KEY_RESULTS:
        found += [
            (edge, _of_objective(edge, row))
            for edge, row in below
            if edge.contributes and edge.is_open and edge.state in COUNTING
        ]
    return found


def _of_key_result(k: OwnKeyResult) -> ChildRow:
    return ChildRow(("key_result", k.id), k.score, k.expected, k.weight, k.share, k.is_missing, k.shown_word)


def _of_objective(edge: Edge, row: tuple[Any, ...] | None) -> ChildRow:
    return ChildRow(
        key=("objective", edge.child_id),
        score=row[SCORE] if row else None,
        expected=row[EXPECTED] if row else None,
        weight=edge.weight,
        share=edge.share,
        word=row[WORD] if row else GoalWord.NO_VALUE.value,
    )


def _row(values: list[Any]) -> tuple[Any, ...] | None:
    return tuple(values) if values[0] is not None else None


@prepared
def _objectives(ids: Collection[int]) -> QuerySet[Objective, tuple[Any, ...]]:
    """A row for each key result with its objective, and one for each objective without any."""
    parent_here = Alignment.objects.filter(
        child=OuterRef("pk"), until=None, is_primary=True, parent__cycle=OuterRef("cycle")
    )
    return (
        Objective.objects.filter(pk__in=ids)
        .order_by("pk", "key_results__position", "key_results__pk")
        .annotate(
            parent_here=Subquery(parent_here.values("parent_id")[:1]),
            parent_visibility=Subquery(parent_here.values("parent__visibility")[:1]),
        )
        .values_list(
            "id", *OWN, "workspace_id", "cycle_id", "lead_id", "counts", "state", "parent_here", "parent_visibility",
            "cycle__first_day", "cycle__last_day", "ambition", "final_score", "final_expected",
            *(f"workspace__{name}" for name in TELLING), *(f"score__{name}" for name in STORED),
        )
    )  # fmt: skip


@prepared
def _edges(ids: Collection[int]) -> QuerySet[Alignment, tuple[Any, ...]]:
    return (
        Alignment.objects.filter(parent_id__in=ids, until=None)
        .order_by("id")
        .values_list(
            "parent_id", "child_id", "contributes", "weight", "share", "child__state", "child__visibility",
            *(f"child__score__{name}" for name in STORED),
        )
    )  # fmt: skip
