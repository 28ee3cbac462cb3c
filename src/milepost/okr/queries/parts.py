"""What key results are made of (rule P9): the edges as the score takes them, and as a reader sees them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from milepost.core.alignment import is_inside
from milepost.core.measure import Kind
from milepost.okr.models import GoalState, KeyResult, Part
from milepost.okr.queries.audience import audiences
from milepost.okr.scoring import PartFact
from milepost.prepared import prepared
from milepost.workspace.permissions import Actor

COUNTING = frozenset({GoalState.ACTIVE.value, GoalState.CLOSED.value})


MOST_OFFERED = 500
STATES = {
    GoalState.DRAFT: "is a draft",
    GoalState.IN_REVIEW: "is in review",
    GoalState.PAUSED: "is paused",
    GoalState.CANCELLED: "is cancelled",
}


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

    @property
    def why_not(self) -> tuple[str, str]:
        """Return why it does not count, and the rule that says so; empty where it does."""
        if self.counts:
            return "", ""
        if not self.is_open:
            return "is seen by fewer people than what is made of it", "R6"
        state = self.state if self.state not in COUNTING else self.objective_state
        return STATES.get(GoalState(state), "does not run"), "R4"


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
    return rows.order_by("parent_id", "child_id").values_list(*EDGE)


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as a reader sees it; `left_out` says why it does not count, "" where it does."""

    id: int
    title: str
    objective_id: int
    objective_title: str
    kind: str
    state: str
    weight: float
    value: float | None
    unit_code: str
    score: float | None
    word: str
    left_out: str


def parts_of(actor: Actor, key_result_ids: Collection[int]) -> dict[int, tuple[PartLine, ...]]:
    """Return what these key results are made of, those parts that the actor sees, in their order; two queries.

    No more is told of a part behind a wall than of a child objective there: nothing (R6).
    """
    edges = edges_of(key_result_ids)
    ids = [edge.child_id for own in edges.values() for edge in own]
    seen = {pk: rest for pk, *rest in _seen(ids, *actor.sight)}
    found: dict[int, tuple[PartLine, ...]] = {}
    for parent, own in edges.items():
        lines = []
        for e in own:
            if e.child_id not in seen:
                continue
            title, objective, word = seen[e.child_id]
            lines.append(
                PartLine(
                    e.child_id, title, e.objective_id, objective, e.kind, e.state, e.weight, e.value,
                    e.unit_code or "", e.score, word or "no_value", e.why_not[0],
                )
            )  # fmt: skip
        found[parent] = tuple(lines)
    return found


@prepared
def _seen(key_result_ids: Collection[int], *sight: Any) -> QuerySet[KeyResult, tuple[Any, ...]]:
    rows = KeyResult.objects.seen(*sight).filter(pk__in=key_result_ids)
    return rows.values_list("id", "title", "objective__title", "score__shown_word")


@dataclass(frozen=True, slots=True)
class Offered:
    """A key result that another one may be made of."""

    id: int
    title: str
    objective_id: int
    objective_title: str
    unit_code: str


def offered_parts(
    actor: Actor, *, first: date, last: date, but: int | None = None, also: Collection[int] = ()
) -> tuple[Offered, ...]:
    """Return key results that run or are drafts in the days given, by objective, at most 500; one query.

    Args:
        first, last: days of a cycle, both included.
        but: the one that is to be made of them.
        also: ids that are chosen already, whatever became of them.
    """
    open_states = [GoalState.DRAFT, GoalState.IN_REVIEW, GoalState.ACTIVE, GoalState.PAUSED]
    here = Q(objective__cycle__first_day__lte=last, objective__cycle__last_day__gte=first)
    here &= Q(state__in=open_states, objective__state__in=open_states)
    rows = KeyResult.objects.visible_to(actor).filter(here | Q(pk__in=also)).exclude(pk=but or 0)
    rows = rows.order_by("objective__title", "objective_id", "position", "id")
    values = rows.values_list("id", "title", "objective_id", "objective__title", "metric__unit_code")
    return tuple(
        Offered(pk, title, objective_id, objective, unit or "")
        for pk, title, objective_id, objective, unit in values[:MOST_OFFERED]
    )
