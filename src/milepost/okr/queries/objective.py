"""One objective with everything around it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from milepost.metrics.queries.board import Tile, tiles_read
from milepost.okr.models import Alignment, Amendment, CheckIn, Objective, ObjectiveScore
from milepost.okr.models.amendment import PEOPLE
from milepost.okr.permissions import can_approve_goal, can_check_in, can_edit_goal
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
from milepost.prepared import prepared
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import names_of

TIMELINE = 12
WHOLE_TIMELINE = 200
OWN_VALUES = (
    "objective__why",
    "objective__counts",
    "objective__owner_team_id",
    "objective__owner_person_id",
    "objective__final_score",
    "objective__grade_reason",
    "objective__closed_on",
    "objective__activated_on",
    "cycle__name",
    "cycle__first_day",
    "cycle__last_day",
    "objective__version",
    "parent",
    "parent_title",
    "came",
    "came_cycle",
    "went",
    "went_cycle",
)


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """A check-in or an amendment; `at` orders them."""

    kind: str  # check_in, amendment
    id: int
    at: datetime
    who: str
    key_result_id: int | None
    title: str
    unit_code: str = ""
    before: float | None = None
    value: float | None = None
    confidence: int | None = None
    confidence_before: int | None = None
    note: str = ""
    blockers: str = ""
    own_word: str = ""
    judged: float | None = None
    nothing_changed: bool = False
    is_late: bool = False
    is_mine: bool = False
    valid_on: date | None = None
    fields: tuple[tuple[str, str, str], ...] = ()
    reason: str = ""


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
    came: tuple[int, str] | None  # the objective that it goes on with, and its cycle (G4)
    went: tuple[int, str] | None  # the one in which it goes on itself
    key_results: tuple[KeyResultLine, ...]
    parts: dict[int, tuple[PartLine, ...]]
    children: tuple[ObjectiveLine, ...]
    kpis: tuple[Tile, ...]
    timeline: tuple[TimelineItem, ...]
    timeline_left: bool
    final_score: float | None
    grade_reason: str
    closed_on: date | None
    activated_on: date | None
    version: int
    can_edit: bool
    can_check_in: bool
    can_approve: bool
    my_id: int | None


def objective_page(actor: Actor, objective_id: int, *, today: date, whole_timeline: bool = False) -> ObjectivePage:
    """Return the page of an objective: a fixed number of queries.

    Raises:
        NotFound: it is not the actor's to see.
    """
    found = _objective(objective_id, *actor.sight)
    if not found:
        raise NotFound
    (values,) = found
    (line,) = with_narrow_children(actor, [objective_line(values[: len(OBJECTIVE_VALUES)])])
    own = dict(zip(OWN_VALUES, values[len(OBJECTIVE_VALUES) :], strict=True))
    key_results = tuple(key_results_of([objective_id]))
    children = children_of(actor, [objective_id]).get(objective_id, []) if line.child_objectives else []
    made = [k.id for k in key_results if k.kind == "children" and k.state != "cancelled"]
    kpis = tiles_read(actor, [k.kpi_id for k in key_results if k.kpi_id and k.state != "cancelled"], today=today)
    limit = WHOLE_TIMELINE if whole_timeline else TIMELINE
    timeline = _timeline(actor, line, key_results, limit=limit + 1)
    goal = Objective(
        pk=line.id,
        lead_id=line.lead_id,
        owner_team_id=own["objective__owner_team_id"],
        owner_person_id=own["objective__owner_person_id"],
    )
    return ObjectivePage(
        line=line,
        why=own["objective__why"],
        counts=own["objective__counts"],
        cycle_name=own["cycle__name"],
        first_day=own["cycle__first_day"],
        last_day=own["cycle__last_day"],
        parent=(own["parent"], own["parent_title"]) if own["parent"] else None,
        came=(own["came"], own["came_cycle"]) if own["came"] else None,
        went=(own["went"], own["went_cycle"]) if own["went"] else None,
        key_results=tuple(k for k in key_results if k.state != "cancelled"),
        parts=parts_of(actor, made) if made else {},
        children=tuple(children),
        kpis=tuple(kpis),
        timeline=tuple(timeline[:limit]),
        timeline_left=len(timeline) > limit,
        final_score=own["objective__final_score"],
        grade_reason=own["objective__grade_reason"],
        closed_on=own["objective__closed_on"],
        activated_on=own["objective__activated_on"],
        version=own["objective__version"],
        can_edit=can_edit_goal.test(actor, goal),
        can_check_in=can_check_in.test(actor, goal),
        can_approve=can_approve_goal.test(actor, goal),
        my_id=actor.membership_id,
    )


@prepared
def _objective(objective_id: int, *sight: Any) -> QuerySet[ObjectiveScore, tuple[Any, ...]]:
    edge = Alignment.objects.filter(child=OuterRef("objective_id"), until=None, is_primary=True)
    edge = edge.filter(Objective.seen_by(*sight[1:], prefix="parent__"))  # a hidden parent is not named (R6)
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
        )
        .values_list(*OBJECTIVE_VALUES, *OWN_VALUES)
    )


def parent_of(actor: Actor, objective_id: int) -> tuple[int, str] | None:
    """Return id and title of the primary parent, None at the top or where the actor may not see it."""
    return (
        Alignment.objects.filter(child_id=objective_id, workspace_id=actor.workspace_id, until=None, is_primary=True)
        .filter(Objective.seen_by(*actor.sight[1:], prefix="parent__"))
        .values_list("parent_id", "parent__title")
        .first()
    )


def list_parents(actor: Actor, *, cycle_id: int | None = None, but: int | None = None) -> tuple[tuple[int, str], ...]:
    """Return (id, title) of running or drafted objectives to hang another one below, at most 500."""
    rows = Objective.objects.visible_to(actor).filter(state__in=["draft", "in_review", "active", "paused"])
    if cycle_id is not None:
        rows = rows.filter(cycle_id=cycle_id)
    if but is not None:
        rows = rows.exclude(pk=but)
    return tuple(rows.order_by("title", "id").values_list("id", "title")[:500])


def _timeline(
    actor: Actor, objective: ObjectiveLine, key_results: tuple[KeyResultLine, ...], *, limit: int
) -> list[TimelineItem]:
    titles = {k.id: (k.title, k.unit_code) for k in key_results}
    items: list[TimelineItem] = []
    earlier: dict[int, tuple[float | None, int]] = {}
    is_short = limit <= TIMELINE + 1
    rows = _latest_check_ins(list(titles)) if is_short else _check_ins(list(titles))
    for row in reversed(rows):
        (
            pk,
            key_result_id,
            at,
            author_id,
            who,
            value,
            confidence,
            note,
            blockers,
            own,
            same,
            late,
            valid_on,
            judged,
        ) = row
        before = earlier.get(key_result_id)
        earlier[key_result_id] = (value, confidence)
        title, unit = titles[key_result_id]
        items.append(
            TimelineItem(
                kind="check_in",
                id=pk,
                at=at,
                who=who,
                key_result_id=key_result_id,
                title=title,
                unit_code=unit,
                before=before[0] if before else None,
                value=value,
                confidence=confidence,
                confidence_before=before[1] if before else None,
                note=note,
                blockers=blockers,
                own_word=own,
                nothing_changed=same,
                judged=judged,
                is_late=late,
                is_mine=author_id == actor.membership_id or actor.is_admin,
                valid_on=valid_on,
            )
        )
    items += _amendments(actor.workspace_id, objective, titles, limit=limit)
    return sorted(items, key=lambda item: (item.at, item.id), reverse=True)[:limit]


@prepared
def _latest_check_ins(key_result_ids: Collection[int]) -> QuerySet[CheckIn, tuple[Any, ...]]:
    """Enough of them that the value before is known for each one shown, too."""
    return _in_force(key_result_ids)[: 4 * TIMELINE]


@prepared
def _check_ins(key_result_ids: Collection[int]) -> QuerySet[CheckIn, tuple[Any, ...]]:
    return _in_force(key_result_ids)[: 4 * WHOLE_TIMELINE]


def _in_force(key_result_ids: Collection[int]) -> QuerySet[CheckIn, tuple[Any, ...]]:
    return (
        CheckIn.objects.filter(key_result_id__in=key_result_ids, replaced_by=None, withdrawn=False)
        .order_by("-valid_on", "-id")
        .values_list(
            "id", "key_result_id", "at", "author_id", "author__user__name", "value", "confidence", "note", "blockers",
            "own_word", "nothing_changed", "is_late", "valid_on", "judged",
        )
    )  # fmt: skip


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


def _amendments(
    workspace_id: int, objective: ObjectiveLine, titles: dict[int, tuple[str, str]], *, limit: int
) -> list[TimelineItem]:
    """Return the amendments, the fields that changed at one moment in one item."""
    grouped: dict[tuple[datetime, str, int], list[tuple[int, str, str, str, str, str]]] = {}
    rows = with_names(workspace_id, _latest_amendments(objective.id)[: limit * 3], field=3, values=(4, 5))
    for pk, kind, goal_id, field, old, new, at, who, reason in rows:
        grouped.setdefault((at, kind, goal_id), []).append((pk, field, old, new, who or "", reason))
    return [
        TimelineItem(
            kind="amendment",
            id=rows_[0][0],
            at=at,
            who=rows_[0][4],
            key_result_id=goal_id if kind == "key_result" else None,
            title=titles.get(goal_id, ("", ""))[0] if kind == "key_result" else objective.title,
            fields=tuple((field, old, new) for _, field, old, new, _, _ in reversed(rows_)),
            reason=rows_[0][5],
        )
        for (at, kind, goal_id), rows_ in grouped.items()
    ]


@prepared
def _latest_amendments(objective_id: int) -> QuerySet[Amendment, tuple[Any, ...]]:
    rows = Amendment.objects.filter(objective_id=objective_id).order_by("-id")
    return rows.values_list("id", "kind", "goal_id", "field", "old", "new", "at", "actor__user__name", "reason")[
        : 3 * (WHOLE_TIMELINE + 1)
    ]
