"""The goals page of a day of the past, from goals as they stood: the same tree, filters and counts as today's."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from milepost.okr.queries.as_of.goals import PastGoals
from milepost.okr.queries.family import STORED
from milepost.okr.queries.filtering import COUNT_LIMIT, PAGE
from milepost.okr.queries.goals import OPEN_BY_ITSELF, Branch
from milepost.workspace.permissions import Actor

VIEWS = ("all", "attention", "overdue", "mine", "unaligned")  # filters that a day of the past has too
NEEDS_ATTENTION = STORED.index("needs_attention")


@dataclass(frozen=True, slots=True)
class PastPage:
    """One page of the goals of a past day; `counts` holds what each view would show, at most 101."""

    view: str
    branches: tuple[Branch, ...]
    counts: dict[str, int]
    next_after: int | None


def past_page(actor: Actor, past: PastGoals, *, view: str, after: int = 0, opened: Collection[int] = ()) -> PastPage:
    """Return the page of a cycle as it stood; no query.

    Args:
        view: all (the tree from its roots), attention, overdue or mine (flat, by id).
        after: id of the last objective of the page before, 0 for the first page.
        opened: objectives to unfold besides those that unfold by themselves.
    """
    views: dict[str, Callable[[int], bool]] = {
        "all": lambda pk: pk in roots,
        "attention": lambda pk: bool(past.objective_rows[pk][NEEDS_ATTENTION]),
        "overdue": lambda pk: (due := past.objectives[pk].next_check_in_on) is not None and due < past.day,
        "mine": lambda pk: past.objectives[pk].lead_id == me or _leads(past, pk, me),
        "unaligned": lambda pk: pk in loose,
    }
    roots, loose, me = set(past.roots), set(past.unaligned), actor.membership_id
    inside = {name: [pk for pk in past.inside if test(pk)] for name, test in views.items()}
    left = [pk for pk in inside[view] if pk > after]
    shown, more = left[:PAGE], len(left) > PAGE
    unfold = view != "all" or (len(left) <= OPEN_BY_ITSELF and not after)
    branches = [
        branch_then(past, pk, depth=0, is_open=unfold or pk in opened, opened=opened, deep=unfold and view == "all")
        for pk in shown
    ]
    counts = {name: min(len(found), COUNT_LIMIT + 1) for name, found in inside.items()}
    return PastPage(view=view, branches=tuple(branches), counts=counts, next_after=shown[-1] if more else None)


def branch_then(
    past: PastGoals, pk: int, *, depth: int, is_open: bool, opened: Collection[int] = (), deep: bool = False
) -> Branch:
    """Return an objective with what hung below it, unfolded where it is open, one level more when `deep`."""
    branch = Branch(past.objectives[pk], depth=depth, is_open=is_open)
    if is_open:
        branch.key_results = list(past.key_results.get(pk, ()))
        branch.branches = [
            branch_then(
                past, child, depth=depth + 1, is_open=(deep and depth < 1) or child in opened, opened=opened, deep=deep
            )
            for child in past.children.get(pk, ())
        ]
    return branch


def _leads(past: PastGoals, pk: int, me: int | None) -> bool:
    return any(line.lead_id == me and line.state in {"active", "closed"} for line in past.key_results.get(pk, ()))
