"""One objective with everything around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from milepost.metrics.queries.board import Tile, tiles_read
from milepost.okr.models import Alignment, AlignmentRequest, Cycle, Objective, ObjectiveScore, Served
from milepost.okr.models.amendment import PEOPLE
from milepost.okr.permissions import can_approve_goal, can_check_in, can_edit_goal, stands_in_for
from milepost.okr.queries.alignment import ParentLine, RequestLine, parents_of, requests_for
from milepost.okr.queries.approvals import Approvals, approvals_of
from milepost.okr.queries.lines import (
    OBJECTIVE_VALUES,
    KeyResultLine,
    ObjectiveLine,
    children_of,
    key_results_of,
    objective_line,
    with_narrow_children,
)
from milepost.okr.queries.parts import PartLine, parts_of
from milepost.okr.queries.pillars import PillarShown, shown_pillar
from milepost.okr.queries.served import ServedLine, ServingLine, served_by_objective, serving_key_results
from milepost.prepared import prepared
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import names_of

OWN_VALUES = (
    "objective__why",
    "objective__counts",
    "objective__owner_team_id",
    "objective__owner_person_id",
    "objective__final_score",
    "objective__planned_score",
    "objective__grade_reason",
    "objective__closed_on",
    "objective__activated_on",
    "cycle__name",
    "cycle__first_day",
    "cycle__last_day",
    "objective__version",
    "objective__tags",
    "objective__pillar_id",
    "objective__pillar__name",
    "parent",
    "parent_title",
    "has_more_above",
    "serves",
    "is_served",
    "is_asked",
    "came",
    "came_cycle",
    "went",
    "went_cycle",
    "cycle__coach_id",
)


@dataclass(frozen=True, slots=True)
class ObjectivePage:
    """Everything the page of an objective says; `parts` by the id of the key result that is made of them."""

    line: ObjectiveLine
    why: str
    counts: str
    cycle_name: str
    first_day: date
    last_day: date
    parent: tuple[int, str] | None
    pillar: PillarShown | None
    pillar_id: int | None  # its own
    came: tuple[int, str] | None  # the objective that it goes on with, and its cycle (G4)
    went: tuple[int, str] | None  # the one in which it goes on itself
    key_results: tuple[KeyResultLine, ...]
    parts: dict[int, tuple[PartLine, ...]]
    children: tuple[ObjectiveLine, ...]
    kpis: tuple[Tile, ...]
    final_score: float | None
    planned_score: float | None
    grade_reason: str
    closed_on: date | None
    activated_on: date | None
    version: int
    can_edit: bool
    can_check_in: bool
    can_approve: bool  # it waits for the actor's yes
    approvals: Approvals
    my_id: int | None
    stands_in_for: frozenset[int]
    sharing_teams: tuple[tuple[int, str], ...]
    parents: tuple[ParentLine, ...]  # where there is more to say than the primary one
    serves: tuple[ServedLine, ...]
    served: dict[int, tuple[ServingLine, ...]]  # by the id of the key result that others serve
    requests: tuple[RequestLine, ...]
    tags: tuple[str, ...]

    @property
    def can_start(self) -> bool:
        """Return whether it has all the approvals it needs and the actor may let it run."""
        return self.line.state == "in_review" and self.can_edit and self.approvals.are_enough

    @property
    def is_last(self) -> bool:
        """Return whether one more approval lets it run."""
        return len(self.approvals.approved) + 1 >= self.approvals.wanted


def objective_page(actor: Actor, objective_id: int, *, today: date, reviewers: int = 0) -> ObjectivePage:
    """Return the page of an objective: a fixed number of queries.

    Args:
        reviewers: how many approvals the workspace asks for.

    Raises:
        NotFound: it is not the actor's to see.
    """
    found = _objective(objective_id, *actor.sight)
    if not found:
        raise NotFound
    values = found[0][:-2]
    (line,) = with_narrow_children(actor, [objective_line(values[: len(OBJECTIVE_VALUES)])])
    own = dict(zip(OWN_VALUES, values[len(OBJECTIVE_VALUES) :], strict=True))
    key_results = tuple(key_results_of([objective_id]))
    children = children_of(actor, [objective_id]).get(objective_id, []) if line.child_objectives else []
    made = [k.id for k in key_results if k.kind == "children" and k.state != "cancelled"]
    kpis = tiles_read(actor, [k.kpi_id for k in key_results if k.kpi_id and k.state != "cancelled"], today=today)
    goal = Objective(
        pk=line.id,
        lead_id=line.lead_id,
        owner_team_id=own["objective__owner_team_id"],
        owner_person_id=own["objective__owner_person_id"],
        cycle=Cycle(pk=line.cycle_id, coach_id=own["cycle__coach_id"]),
    )
    approvals = Approvals(reviewers)
    if line.state in {"draft", "in_review"} and reviewers:
        approvals = approvals_of([objective_id], wanted=reviewers).get(objective_id, approvals)
    may_edit = can_edit_goal.test(actor, goal)
    may_check_in = can_check_in.test(actor, goal)
    teams = {row[-2]: row[-1] for row in found if row[-2] is not None}
    standing = {k.lead_id for k in key_results if k.away_until(today) is not None}
    return ObjectivePage(
        line=line,
        why=own["objective__why"],
        counts=own["objective__counts"],
        cycle_name=own["cycle__name"],
        first_day=own["cycle__first_day"],
        last_day=own["cycle__last_day"],
        parent=(own["parent"], own["parent_title"]) if own["parent"] else None,
        pillar=_pillar(actor, objective_id, own),
        pillar_id=own["objective__pillar_id"],
        came=(own["came"], own["came_cycle"]) if own["came"] else None,
        went=(own["went"], own["went_cycle"]) if own["went"] else None,
        key_results=tuple(k for k in key_results if k.state != "cancelled"),
        parts=parts_of(actor, made) if made else {},
        children=tuple(children),
        kpis=tuple(kpis),
        final_score=own["objective__final_score"],
        planned_score=own["objective__planned_score"],
        grade_reason=own["objective__grade_reason"],
        closed_on=own["objective__closed_on"],
        activated_on=own["objective__activated_on"],
        version=own["objective__version"],
        can_edit=may_edit,
        can_check_in=may_check_in,
        can_approve=(
            line.state == "in_review" and not approvals.has(actor.membership_id) and can_approve_goal.test(actor, goal)
        ),
        approvals=approvals,
        my_id=actor.membership_id,
        stands_in_for=stands_in_for(actor, today=today) if standing and not may_check_in else frozenset(),
        sharing_teams=tuple(sorted(teams.items(), key=lambda team: team[1])),
        tags=tuple(own["objective__tags"]),
        parents=tuple(parents_of(actor, objective_id)) if own["has_more_above"] else (),
        serves=tuple(served_by_objective(actor, objective_id)) if own["serves"] else (),
        served=serving_key_results(actor, [k.id for k in key_results]) if own["is_served"] else {},
        requests=tuple(requests_for(actor, objective_id)) if may_edit and own["is_asked"] else (),
    )


def _pillar(actor: Actor, objective_id: int, own: Mapping[str, Any]) -> PillarShown | None:
    if own["objective__pillar_id"] is not None:
        return PillarShown(own["objective__pillar_id"], own["objective__pillar__name"])
    return shown_pillar(actor, objective_id) if own["parent"] else None


@prepared
def _objective(objective_id: int, *sight: Any) -> QuerySet[ObjectiveScore, tuple[Any, ...]]:
    edge = Alignment.objects.filter(child=OuterRef("objective_id"), until=None, is_primary=True)
    edge = edge.filter(Objective.seen_by(*sight[1:], prefix="parent__"))  # a hidden parent is not named (R6)
    others = Alignment.objects.filter(
        Q(is_primary=False) | Q(contributes=False), child=OuterRef("objective_id"), until=None
    )
    asked = AlignmentRequest.objects.filter(parent=OuterRef("objective_id"), state="pending")
    came = Objective.objects.seen(*sight).filter(pk=OuterRef("objective__carried_from_id"))
    went = Objective.objects.seen(*sight).filter(carried_from=OuterRef("objective_id")).order_by("-id")
    return (
        ObjectiveScore.objects.seen(*sight)
        .filter(objective_id=objective_id)
        .annotate(
            came=Subquery(came.values("id")[:1]),
            came_cycle=Subquery(came.values("cycle__name")[:1]),
            went=Subquery(went.values("id")[:1]),
            went_cycle=Subquery(went.values("cycle__name")[:1]),
            parent=Subquery(edge.values("parent_id")[:1]),
            parent_title=Subquery(edge.values("parent__title")[:1]),
            has_more_above=Exists(others),
            serves=Exists(Served.objects.filter(objective=OuterRef("objective_id"), until=None)),
            is_served=Exists(Served.objects.filter(key_result__objective=OuterRef("objective_id"), until=None)),
            is_asked=Exists(asked),
        )
        .values_list(
            *OBJECTIVE_VALUES, *OWN_VALUES, "objective__shared_with__team_id", "objective__shared_with__team__name"
        )
    )


def parent_of(actor: Actor, objective_id: int) -> tuple[int, str] | None:
    """Return id and title of the primary parent, None at the top or where the actor may not see it."""
    return (
        Alignment.objects.filter(child_id=objective_id, workspace_id=actor.workspace_id, until=None, is_primary=True)
        .filter(Objective.seen_by(*actor.sight[1:], prefix="parent__"))
        .values_list("parent_id", "parent__title")
        .first()
    )


def list_parents(
    actor: Actor, *, cycle_id: int | None = None, but: int | None = None, only_running: bool = False
) -> tuple[tuple[int, str], ...]:
    """Return (id, title) of running or drafted objectives to hang another one below, at most 500.

    Args:
        cycle_id: of this cycle alone.
        but: without this objective.
        only_running: no drafts, and none in review.
    """
    states = ["active", "paused"] if only_running else ["draft", "in_review", "active", "paused"]
    rows = Objective.objects.visible_to(actor).filter(state__in=states)
    if cycle_id is not None:
        rows = rows.filter(cycle_id=cycle_id)
    if but is not None:
        rows = rows.exclude(pk=but)
    return tuple(rows.order_by("title", "id").values_list("id", "title")[:500])


def with_names(
    workspace_id: int, rows: Sequence[tuple[Any, ...]], *, field: int, values: tuple[int, int]
) -> list[list[Any]]:
    """Return rows of amendments with names where a person's id stands; one query if there is such a row."""
    found = [list(row) for row in rows]
    told = [row for row in found if row[field] in PEOPLE]
    ids = {int(one) for row in told for i in values for one in row[i].split(", ") if one.isdigit()}
    names = names_of(workspace_id, ids) if ids else {}
    for row in told:
        for i in values:
            row[i] = ", ".join(names.get(int(one), "") if one.isdigit() else one for one in row[i].split(", "))
    return found
