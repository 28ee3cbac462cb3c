"""Which goals may move which: several parents, one of them primary, no circle, no wall looked over."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from milepost.core.circles import Circle, find_circle

Audience = frozenset[int] | None  # who may see a goal; None is everybody


class BadEdge(ValueError):
    """A link between two goals that cannot be; both are named."""


class WhyOut(StrEnum):
    """Why a child moves no number of its parent now."""

    DRAFT = "draft"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    SUPPORTING = "supporting"
    WALLED = "walled"
    NO_SHARE = "no_share"
    MISSING = "missing"
    NO_VALUE = "no_value"


@dataclass(frozen=True, slots=True)
class Edge:
    """A child under one of its parents; only a contributing edge moves numbers."""

    parent: Hashable
    child: Hashable
    contributes: bool = True
    is_primary: bool = False


def check_edges(edges: Sequence[Edge]) -> None:
    """Do nothing if the links can stand together.

    Raises:
        BadEdge: the same link twice, or two primary parents of one child; both are named.
        Circle: a goal would stand below itself, with the path from parent to child.

    Source: rule R3.
    """
    seen: set[tuple[Hashable, Hashable]] = set()
    primary: dict[Hashable, Hashable] = {}
    below: dict[Hashable, list[Hashable]] = {}
    for edge in edges:
        if (edge.parent, edge.child) in seen:
            raise BadEdge(f"“{edge.child}” already stands under “{edge.parent}”. Keep one of the two links.")
        seen.add((edge.parent, edge.child))
        if edge.is_primary:
            if edge.child in primary:
                raise BadEdge(
                    f"“{edge.child}” has two primary parents, “{primary[edge.child]}” and “{edge.parent}”. Choose one."
                )
            primary[edge.child] = edge.parent
        below.setdefault(edge.parent, []).append(edge.child)
    circle = find_circle(below)
    if circle is not None:
        raise Circle(circle, fix="Choose another parent.")


def needs_yes(*, contributes: bool, parent_team: Hashable | None, child_team: Hashable | None) -> bool:
    """Return whether the parent's lead has to agree: a contributing link to another team's goal.

    Args:
        parent_team, child_team: whose the goals are; None is the company, which is no team.

    Source: rule R3.
    """
    return contributes and parent_team is not None and parent_team != child_team


def is_inside(inner: Audience, outer: Audience) -> bool:
    """Return whether everybody in `inner` is also in `outer`.

    A child may move a parent where the parent's audience lies inside the child's.

    Source: rule R6.
    """
    return outer is None or (inner is not None and inner <= outer)


def why_left_out(
    *,
    state: str,
    score: float | None,
    contributes: bool = True,
    is_open: bool = True,
    has_share: bool = True,
    is_past_first_due: bool = False,
) -> WhyOut | None:
    """Return why a child moves no number of its parent now, None if it does.

    Args:
        state: where it is in its life: draft, in_review, active, paused, cancelled or closed.
        score: 0..1, None while there is none.
        is_open: everybody who sees the parent may see the child.
        has_share: its share or weight is above 0.
        is_past_first_due: its first value should have been there.

    Source: rules R2, R3, R4, R6, R8.
    """
    by_state = {
        "draft": WhyOut.DRAFT,
        "in_review": WhyOut.DRAFT,
        "paused": WhyOut.PAUSED,
        "cancelled": WhyOut.CANCELLED,
    }
    if state in by_state:
        return by_state[state]
    if not contributes:
        return WhyOut.SUPPORTING
    if not is_open:
        return WhyOut.WALLED
    if not has_share:
        return WhyOut.NO_SHARE
    if score is None:
        return WhyOut.MISSING if is_past_first_due else WhyOut.NO_VALUE
    return None
