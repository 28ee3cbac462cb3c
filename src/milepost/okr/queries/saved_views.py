"""Ways to look at goals that somebody kept: a reader's own, and those that are shared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from milepost.okr.models import SavedView
from milepost.prepared import prepared
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor
from milepost.workspace.queries.paging import Listing, Page, one_of, page_of

MOST = 50  # in the row above the goals

VIEWS = Listing(
    fields={
        "id": "id", "name": "name", "query": "query", "is_shared": "is_shared", "is_default": "is_default",
        "owner_id": "owner_id", "owner_name": "owner__user__name", "version": "version",
    },
    filters={"is_shared": "is_shared", "owner_id": "owner_id"},
    sorts={"id": "pk", "name": "name"},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A kept view; `query` is what stands behind the question mark of its address."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_mine: bool
    is_default: bool
    owner_name: str


def list_views(actor: Actor) -> tuple[ViewLine, ...]:
    """Return the actor's own views and those that are shared, by name; one query."""
    me = actor.membership_id or 0
    return tuple(
        ViewLine(pk, name, query, is_shared, owner_id == me, owner_id == me and is_default, owner)
        for pk, name, query, is_shared, owner_id, is_default, owner in _lines(actor.workspace_id, me)
    )


def default_view(actor: Actor) -> str | None:
    """Return the query of the view that the actor's Goals page opens with, None without one."""
    rows = SavedView.objects.filter(workspace_id=actor.workspace_id, owner_id=actor.membership_id or 0, is_default=True)
    return rows.values_list("query", flat=True).first()


def list_all_views(actor: Actor, *, filters: Mapping[str, object], **asked: Any) -> Page:
    """Return a page of the views that the actor sees; one query."""
    page = page_of(_seen, (actor.workspace_id, actor.membership_id or 0), VIEWS, filters=filters, **asked)
    for item in page.items:
        _as_seen(actor, item)
    return page


def show_view(actor: Actor, view_id: int) -> dict[str, Any]:
    """Return one view as the list shows it.

    Raises:
        NotFound: it is not there, or somebody else's and not shared.
    """
    shown = one_of(_seen(actor.workspace_id, actor.membership_id or 0).filter(pk=view_id), VIEWS)
    if shown is None:
        raise NotFound
    return _as_seen(actor, shown)


def get_view(actor: Actor, view_id: int) -> SavedView:
    """Return one view, to change it.

    Raises:
        NotFound: it is not there, or somebody else's and not shared.
    """
    view = _seen(actor.workspace_id, actor.membership_id or 0).filter(pk=view_id).first()
    if view is None:
        raise NotFound
    return view


def _as_seen(actor: Actor, item: dict[str, Any]) -> dict[str, Any]:
    item["is_mine"] = item["owner_id"] == actor.membership_id
    item["is_default"] = item["is_mine"] and item["is_default"]
    return item


def _seen(workspace_id: int, me: int) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner_id=me) | Q(is_shared=True), workspace_id=workspace_id)


@prepared
def _lines(workspace_id: int, me: int) -> QuerySet[SavedView, tuple[Any, ...]]:
    rows = _seen(workspace_id, me).order_by("name", "id")
    names = ("id", "name", "query", "is_shared", "owner_id", "is_default", "owner__user__name")
    return rows.values_list(*names)[:MOST]
