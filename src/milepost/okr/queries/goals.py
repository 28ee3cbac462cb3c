"""Goals as a list and as a tree, at the cost of what is shown."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from milepost.okr.models import ObjectiveScore
from milepost.okr.queries.access import get_objective
from milepost.okr.queries.filtering import PAGE, Asked, counts_of, heading_of, lines_of
from milepost.okr.queries.lines import (
    KeyResultLine,
    ObjectiveLine,
    children_of,
    key_results_of,
    objective_lines,
    with_narrow_children,
)
from milepost.workspace.permissions import Actor

OPEN_BY_ITSELF = 8  # so many objectives unfold by themselves


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
    """One page of goals, under headings where they are grouped (one without words where not).

    `counts` holds what each tab would show and the `tops`, at most 101 each.
    """

    groups: tuple[tuple[str, tuple[Branch, ...]], ...]
    counts: dict[str, int]
    has_more: bool


def goals_page(
    actor: Actor,
    asked: Asked,
    *,
    cycle_id: int,
    today: date,
    page: int = 1,
    opened: Collection[int] = (),
    tag: str = "",
) -> GoalsPage:
    """Return the goals of a cycle under a filter.

    The tree begins at its roots; where the filter leaves goals out, at each that it leaves. Any other
    view is flat: a row each, nothing below.

    Args:
        page: from 1.
        opened: objectives to unfold besides those that unfold by themselves.
        tag: only what has it, flat and wherever it hangs; "" for everything.
    """
    wanted = asked.filter
    is_tree, is_narrow = wanted.form == "tree", wanted.is_narrow
    is_rooted = is_tree and not is_narrow
    lines = lines_of(actor, asked, cycle_id=cycle_id, today=today, page=page, is_rooted=is_rooted)
    shown = with_narrow_children(actor, lines[:PAGE])
    unfold = is_tree and page == 1 and len(lines) <= OPEN_BY_ITSELF
    branches = [Branch(line, depth=0, is_open=is_tree and (unfold or line.id in opened)) for line in shown]
    _unfold(actor, branches, opened=opened, deep=unfold and not is_narrow)
    return GoalsPage(
        groups=_grouped(branches, wanted.group),
        counts=counts_of(actor, asked, cycle_id=cycle_id, today=today),
        has_more=len(lines) > PAGE,
    )


def _grouped(branches: list[Branch], group: str) -> tuple[tuple[str, tuple[Branch, ...]], ...]:
    found: dict[str, list[Branch]] = {}
    for branch in branches:
        found.setdefault(heading_of(branch.objective, group), []).append(branch)
    return tuple((heading, tuple(below)) for heading, below in found.items())


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
