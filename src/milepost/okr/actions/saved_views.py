"""Keeping ways to look at goals: a filter under a name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from milepost.okr.actions.moment import lock_moment
from milepost.okr.models import SavedView
from milepost.okr.permissions import can_change_view, can_create_goal
from milepost.okr.queries.filters import checked_query
from milepost.okr.queries.saved_views import get_view
from milepost.workspace.actions import gone, made, record_event
from milepost.workspace.actions.text import clean_name
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Actor, require

MOST_OF_ONE = 100


@transaction.atomic
def save_view(
    *, by: Actor, name: str, query: str, is_shared: bool = False, is_default: bool = False, now: datetime
) -> int:
    """Keep a filter under a name and return its id.

    Args:
        query: what stands behind the question mark of the address of the goals.
        is_shared: everybody in the workspace sees it; else the actor alone.
        is_default: the actor's Goals page opens with it, and no longer with another.

    Raises:
        NotAllowed.
        Invalid: the name is taken, or the filter holds what there is not.
    """
    require(can_create_goal, by, to="keep views")
    lock_moment(by, now=now)
    if by.membership_id is None:
        raise Invalid("A view belongs to a person, and this token stands for nobody. Use a person's token.")
    if SavedView.objects.filter(owner_id=by.membership_id).count() >= MOST_OF_ONE:
        raise Invalid(f"You keep {MOST_OF_ONE} views. Delete one that you no longer need.")
    view = SavedView(
        workspace_id=by.workspace_id, owner_id=by.membership_id, name=_free_name(by.membership_id, name),
        query=checked_query(query), is_shared=is_shared, is_default=is_default, created_at=now,
    )  # fmt: skip
    if is_default:
        _no_other_default(view)
    view.save()
    _record(by, "created", view, made(is_shared=is_shared, **_named(view)), now)
    return view.pk


@transaction.atomic
def change_view(
    *, by: Actor, view_id: int, name: str | None = None, query: str | None = None, is_shared: bool | None = None,
    is_default: bool | None = None, seen: int | None = None, now: datetime,
) -> None:  # fmt: skip
    """Rename a view, give it another filter, share it or not, or open the Goals page with it; None leaves as it is.

    An admin may change what somebody shared, but not with what their own page opens.

    Raises:
        NotAllowed, NotFound, Invalid.
        Stale: it is not the version `seen` any more.
    """
    require(can_create_goal, by, to="keep views")
    lock_moment(by, now=now)
    view = get_view(by, view_id)
    require(can_change_view, by, view, to="change somebody else's view")
    count_up(view, seen=seen)
    changes: dict[str, list[object]] = {}
    if name is not None and name.strip() != view.name:
        changes["name"] = [view.name, _free_name(view.owner_id, name)]
        view.name = str(changes["name"][1])
    for field, value in (("query", checked_query(query) if query is not None else None), ("is_shared", is_shared)):
        if value is not None and value != getattr(view, field):
            changes[field] = [getattr(view, field), value]
            setattr(view, field, value)
    if is_default is not None and is_default != view.is_default:
        if view.owner_id != by.membership_id:
            raise Invalid("Only your own views can open your Goals page. Keep this one under a name first.")
        changes["is_default"] = [view.is_default, is_default]
        view.is_default = is_default
        if is_default:
            _no_other_default(view)
    if not changes:
        return
    view.save()
    if not view.is_shared:  # what it is called and what it filters is its owner's own business
        changes = {field: change for field, change in changes.items() if field not in {"name", "query"}}
    _record(by, "changed", view, changes, now)


@transaction.atomic
def delete_view(*, by: Actor, view_id: int, now: datetime) -> None:
    """Delete a view; goals are not touched.

    Raises:
        NotAllowed, NotFound.
    """
    require(can_create_goal, by, to="keep views")
    lock_moment(by, now=now)
    view = get_view(by, view_id)
    require(can_change_view, by, view, to="delete somebody else's view")
    changes = gone(is_shared=view.is_shared, **_named(view))
    _record(by, "deleted", view, changes, now)
    view.delete()


def _free_name(owner_id: int, name: str) -> str:
    name = clean_name(name, most=60)
    if SavedView.objects.filter(owner_id=owner_id, name=name).exists():
        raise Invalid(f"There is a view called {name} already. Choose another name.", field="name")
    return name


def _no_other_default(view: SavedView) -> None:
    SavedView.objects.filter(owner_id=view.owner_id, is_default=True).exclude(pk=view.pk).update(is_default=False)


def _named(view: SavedView) -> dict[str, str]:
    """Return the name for the trail; that of a private view stands nowhere but with its owner."""
    return {"name": view.name} if view.is_shared else {}


def _record(by: Actor, verb: str, view: SavedView, changes: Mapping[str, Any], now: datetime) -> None:
    about = _named(view)
    record_event(by=by, verb=verb, kind="view", object_id=view.pk, now=now, changes=changes, about=about)
