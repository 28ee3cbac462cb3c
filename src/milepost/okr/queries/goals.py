"""The goals page: a tree with filters and counts, at the cost of what it shows."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Min, Q, QuerySet

from milepost.core.tags import tag_key
from milepost.okr.models import KeyResultScore, Objective, ObjectiveScore, ObjectiveTag
from milepost.okr.queries.access import get_objective
from milepost.okr.queries.alignment import unaligned
from milepost.okr.queries.lines import (
    KeyResultLine,
    ObjectiveLine,
    children_of,
    key_results_of,
    objective_lines,
    with_narrow_children,
)
from milepost.workspace.permissions import Actor

PAGE = 50
COUNT_LIMIT = 100  # beyond it a count reads "100+": an exact one would cost more than the page
OPEN_BY_ITSELF = 8  # so many top objectives unfold by themselves

VIEWS = ("all", "attention", "overdue", "mine", "unaligned")


@dataclass(slots=True)
class Branch:
    """An objective with what hangs below it; `is_open` False means that it was not looked up."""

    objective: ObjectiveLine
    depth: int
    is_open: bool = False
    key_results: list[KeyResultLine] = field(default_factory=list)
    branches: "list[Branch]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GoalsPage:
    """One page of goals; `counts` holds what each filter would show, at most 101."""

    view: str
    branches: tuple[Branch, ...]
    counts: dict[str, int]
    next_after: int | None
    tags: tuple[str, ...] = ()  # of the cycle, as far as the reader sees it
    tag: str = ""


def goals_page(
    actor: Actor,
    *,
    cycle_id: int,
    view: str,
    today: date,
    after: int = 0,
    opened: Collection[int] = (),
    tag: str = "",
) -> GoalsPage:
    """Return the goals of a cycle under a filter.

    Args:
        view: all (the tree from its roots), attention, overdue, mine or unaligned (flat, by id).
        after: id of the last objective of the page before, 0 for the first page.
        opened: objectives to unfold besides those that unfold by themselves.
        tag: only what has it, flat and wherever it hangs; "" for everything.
    """
    rows = _filtered(actor, cycle_id=cycle_id, view=view, today=today, tag=tag)
    lines = objective_lines(rows.filter(objective_id__gt=after).order_by("objective_id")[: PAGE + 1])
    next_after = lines[PAGE - 1].id if len(lines) > PAGE else None
    shown = with_narrow_children(actor, lines[:PAGE])
    unfold = view != "all" or bool(tag) or (len(lines) <= OPEN_BY_ITSELF and not after)
    branches = [Branch(line, depth=0, is_open=unfold or line.id in opened) for line in shown]
    _unfold(actor, branches, opened=opened, deep=unfold and view == "all" and not tag)
    counts = _counts({name: _filtered(actor, cycle_id=cycle_id, view=name, today=today, tag=tag) for name in VIEWS})
    return GoalsPage(
        view=view, branches=tuple(branches), counts=counts, next_after=next_after, tags=_tags(actor, cycle_id), tag=tag
    )


def branch_of(actor: Actor, objective_id: int, *, depth: int) -> Branch:
    """Return one objective unfolded by one level, to put into the tree.

    Raises:
        NotFound: it is not the actor's to see.
    """
    objective = get_objective(actor, objective_id)
    (line,) = with_narrow_children(actor, objective_lines(ObjectiveScore.objects.filter(objective=objective)))
    branch = Branch(line, depth=depth, is_open=True)
    _unfold(actor, [branch], opened=(), deep=False)
    return branch


def _filtered(actor: Actor, *, cycle_id: int, view: str, today: date, tag: str = "") -> QuerySet[ObjectiveScore]:
    rows = ObjectiveScore.objects.visible_to(actor).filter(cycle_id=cycle_id)
    if tag:
        rows = rows.filter(objective__tag_rows__key=tag_key(tag))
    if view == "attention":
        return rows.filter(needs_attention=True)
    if view == "overdue":
        return rows.filter(next_check_in_on__lt=today)
    if view == "unaligned":
        loose = unaligned(Objective.objects.visible_to(actor), actor.sight)
        return rows.filter(objective__in=loose.order_by().values("id"))
    if view == "mine":
        led = KeyResultScore.objects.filter(lead_id=actor.membership_id, cycle_id=cycle_id, is_live=True).values(
            "objective_id"
        )
        return rows.filter(Q(lead_id=actor.membership_id) | Q(objective_id__in=led))
    return rows if tag else rows.filter(is_root=True)


def _tags(actor: Actor, cycle_id: int) -> tuple[str, ...]:
    """Return the tags in use in a cycle, each in one spelling, by name."""
    seen = Objective.objects.visible_to(actor).filter(cycle_id=cycle_id)
    rows = ObjectiveTag.objects.filter(objective__in=seen).order_by().values_list("key").annotate(Min("word"))
    return tuple(word for _, word in sorted(rows))


def _counts(views: dict[str, QuerySet[ObjectiveScore]]) -> dict[str, int]:
    """Return how many rows each view has, counted up to 101; one query for all of them."""
    parts: list[str] = []
    params: list[Any] = []
    for rows in views.values():
        sql, given = rows.order_by().values("objective_id")[: COUNT_LIMIT + 1].query.sql_with_params()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) counted)")  # noqa: S608 - Django wrote the statement
        params += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return dict(zip(views, cursor.fetchone(), strict=True))


def _unfold(actor: Actor, branches: list[Branch], *, opened: Collection[int], deep: bool) -> None:
    """Fill open branches with child objectives, two levels when `deep`, then all key results at once."""
    level = [branch for branch in branches if branch.is_open]
    every = list(level)
    for _ in range(2 if deep else 1):
        with_children = [branch for branch in level if branch.objective.child_objectives]
        below = children_of(actor, [branch.objective.id for branch in with_children])
        if deep:
            below = {parent: with_narrow_children(actor, lines) for parent, lines in below.items()}
        level = []
        for branch in with_children:
            branch.branches = [
                Branch(line, depth=branch.depth + 1, is_open=deep or line.id in opened)
                for line in below.get(branch.objective.id, [])
            ]
            level += [child for child in branch.branches if child.is_open]
        every += level
    by_objective: dict[int, list[KeyResultLine]] = {}
    ids = [branch.objective.id for branch in every if branch.objective.key_results]
    for line in key_results_of(ids):
        if line.state != "cancelled":
            by_objective.setdefault(line.objective_id, []).append(line)
    for branch in every:
        branch.key_results = by_objective.get(branch.objective.id, [])
