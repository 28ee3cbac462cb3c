"""What stands in the source where a guard was taken out, or where one notes who passes it.

Arguments stay in the question, so that a statement composed once is still asked with all of them.
"""

from collections.abc import Callable, Collection
from functools import wraps
from types import SimpleNamespace
from typing import Any, TypeVar

from django.db.models import Q

from qa.guards import plugin

Value = TypeVar("Value")
ANY = Q(pk__gte=-1)


def passed(number: int, value: Value = None) -> Value:  # type: ignore[assignment]
    """Note that the running test passes this guard, and give the value back."""
    plugin.note(number)
    return value


def runs(*numbers: int) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Note at each call that the running test passes these guards."""

    def dress(function: Callable[..., Value]) -> Callable[..., Value]:
        @wraps(function)
        def noted(*args: Any, **named: Any) -> Value:
            for number in numbers:
                plugin.note(number)
            return function(*args, **named)

        return noted

    return dress


def or_any(condition: Any, value: object = None) -> Q:
    """Return a condition that every row meets: the one given, or anything."""
    return (condition if isinstance(condition, Q) else Q(**{condition: value})) | ANY


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
