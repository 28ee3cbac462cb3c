"""The switches that stand before guards, and what stands there when one is off.

Arguments stay in the question, so that a statement composed once is still asked with all of them.
"""

from collections.abc import Callable, Collection
from functools import wraps
from types import SimpleNamespace
from typing import Any, TypeVar

from django.db.models import Q

Value = TypeVar("Value")
ANY = Q(pk__gte=-1)
off: int | None = None  # the guard that is out
running = ""  # the test that runs
passed: dict[int, set[str]] = {}  # by guard, the tests that passed it


def stands(number: int) -> bool:
    """Return whether a guard is in its place, and note who asks."""
    if running:
        passed.setdefault(number, set()).add(running)
    return number != off


def asked(*numbers: int) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Note at each call of a statement that is composed once who passes the guards inside."""

    def dress(function: Callable[..., Value]) -> Callable[..., Value]:
        @wraps(function)
        def noted(*args: Any, **named: Any) -> Value:
            for number in numbers:
                stands(number)
            return function(*args, **named)

        return noted

    return dress


def where(number: int, name: str, value: object) -> Q:
    """Return the filter of this name; without it, one that lets everything through."""
    condition = Q(**{name: value})
    return condition if stands(number) else or_any(condition)


def or_any(condition: Q) -> Q:
    """Return a condition that every row meets."""
    return condition | ANY


def whole(sight: Any) -> Any:
    """Return the sight of somebody who looks over every wall of the same workspace."""
    return sight._replace(level=2)


def within_walls(rows: Any, reader: Any) -> Any:
    """Return what the workspace holds, whoever may see it."""
    return rows.visible_to(SimpleNamespace(sight=whole(reader.sight)))


def of_every_workspace(rows: Any, reader: Any) -> Any:
    """Return what a reader may see, and everything of all other workspaces."""
    return seen_of_every_workspace(rows, *reader.sight)


def seen_of_every_workspace(rows: Any, workspace_id: int, level: int, me: int, teams: Collection[int]) -> Any:
    """Return the same of a reader's sight."""
    inside = Q(workspace_id=workspace_id) & rows.model.seen_by(level, me, teams)
    return rows.filter(inside | ~Q(workspace_id=workspace_id))
