"""Which team's goals hang on which: how many goals of each owner serve a goal of each other."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, FilteredRelation, IntegerField, Q, QuerySet, Value, When

from milepost.okr.models import Objective, ObjectiveScore
from milepost.okr.queries.filtering import Asked, counts_of, narrowed
from milepost.workspace.permissions import Actor

MOST = 30  # owners in a row or a column; the rest is said in a line

# At the top, and not the company's: whose goals hang on nobody's.
_LOOSE = Q(is_root=True) & (Q(objective__owner_team__isnull=False) | Q(objective__owner_person__isnull=False))


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """Who goals belong to: the company, a team, or people (all of them together).

    `kind` is company, team or person; `team_id` None but for a team.
    """

    place: int
    name: str
    kind: str
    team_id: int | None = None

    @property
    def in_words(self) -> str:
        """Return the owner as a sentence names it."""
        return {"company": "the company", "person": "people"}.get(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Edges:
    """How many goals of one owner hang on goals of another; `counting` of them move a number there."""

    below: Owner
    above: Owner
    goals: int
    counting: int


@dataclass(frozen=True, slots=True)
class AlignmentChart:
    """Owners with goals below others (`rows`), those above (`columns`), the edges between them.

    `loose` is how many goals of an owner hang on nothing. `left_out` owners are in none of them.
    """

    rows: tuple[Owner, ...]
    columns: tuple[Owner, ...]
    edges: tuple[Edges, ...]
    loose: dict[Owner, int]
    counts: dict[str, int]
    left_out: int

    def between(self, below: Owner, above: Owner) -> Edges | None:
        """Return the edges of one owner to another, None where there is none."""
        return next((edge for edge in self.edges if edge.below == below and edge.above == above), None)


def alignment_chart(actor: Actor, asked: Asked, *, cycle_id: int, today: date) -> AlignmentChart:
    """Return who supports whom in a cycle, of the goals that the filter leaves; three queries."""
    rows = narrowed(actor, asked, cycle_id=cycle_id, today=today)
    found = [
        Edges(_owner(below), _owner(above), goals, counting)
        for below, above, goals, counting in ((row[0:3], row[3:6], row[6], row[7]) for row in _edges(actor, rows))
    ]
    loose = Counter[Owner]()
    hanging = rows.filter(_LOOSE).order_by().annotate(**_with_owner("objective__")).values(*_NAMES)
    for *owner, n in hanging.annotate(n=Count("pk")).values_list(*_NAMES, "n"):
        loose[_owner(owner)] += n
    weight = Counter[Owner]()
    for edge in found:
        weight[edge.below] += edge.goals
        weight[edge.above] += edge.goals
    for owner, n in loose.items():
        weight[owner] += n
    kept = {owner for owner, _ in weight.most_common(MOST)}
    edges = tuple(sorted((e for e in found if {e.below, e.above} <= kept), key=lambda e: (e.below, e.above)))
    return AlignmentChart(
        rows=tuple(sorted({e.below for e in edges} | {owner for owner in loose if owner in kept})),
        columns=tuple(sorted({e.above for e in edges})),
        edges=edges,
        loose={owner: n for owner, n in sorted(loose.items()) if owner in kept},
        counts=counts_of(actor, asked, cycle_id=cycle_id, today=today),
        left_out=len(weight) - len(kept),
    )


_NAMES = ("team_id", "team", "is_person")
_BOTH = [f"{mark}{name}" for mark in ("below_", "above_") for name in _NAMES]


def _with_owner(prefix: str, mark: str = "") -> dict[str, Any]:
    """Return what to annotate rows with so that they can be counted by the owner of the goal at `prefix`."""
    is_person = Case(
        When(Q(**{f"{prefix}owner_person__isnull": False}), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    return {
        f"{mark}team_id": F(f"{prefix}owner_team_id"),
        f"{mark}team": F(f"{prefix}owner_team__name"),
        f"{mark}is_person": is_person,
    }


def _edges(actor: Actor, rows: QuerySet[ObjectiveScore]) -> Iterable[tuple[Any, ...]]:
    """Count the live edges of these goals by the owners at both ends, of those whose upper end the actor sees.

    Outer joins from the goals keep both engines from reading every edge there is.
    """
    edge = FilteredRelation("objective__parent_edges", condition=Q(objective__parent_edges__until=None))
    is_seen = Case(
        When(Q(edge__parent__state="cancelled"), then=Value(0)),
        When(Objective.seen_by(*actor.sight[1:], prefix="edge__parent__"), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = rows.order_by().annotate(edge=edge, is_seen=is_seen)
    rows = rows.annotate(**_with_owner("objective__", "below_"), **_with_owner("edge__parent__", "above_"))
    counted = rows.values(*_BOTH, "is_seen").annotate(
        goals=Count("edge__id"), counting=Count("edge__id", filter=Q(edge__contributes=True))
    )
    found: Iterable[tuple[Any, ...]] = counted.values_list(*_BOTH, "goals", "counting", "is_seen")
    return [row[:-1] for row in found if row[-1] and row[-3]]


def _owner(told: Any) -> Owner:
    team_id, team, is_person = told
    if team_id is not None:
        return Owner(1, team, "team", team_id)
    return Owner(2, "People", "person") if is_person else Owner(0, "Company", "company")
