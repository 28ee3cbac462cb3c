"""What a workspace is for, and its pillars."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from milepost.workspace.errors import NotFound
from milepost.workspace.models import Pillar, Strategy
from milepost.workspace.permissions import Actor
from milepost.workspace.queries.paging import Listing, Page, one_of, page_of

PILLARS = Listing(
    fields={
        "id": "id", "name": "name", "description": "description", "perspective": "perspective", "position": "position",
        "archived_at": "archived_at", "version": "version",
    },
    filters={"is_archived": "archived_at__isnull", "perspective": "perspective"},
    sorts={"id": "pk", "name": "name"},
)  # fmt: skip


def show_strategy(actor: Actor) -> dict[str, Any]:
    """Return mission, vision and values, "" for what nobody has written yet, and their version."""
    names = ("mission", "vision", "values", "version")
    row = Strategy.objects.filter(workspace_id=actor.workspace_id).values_list(*names).first()
    return dict(zip(names, row or ("", "", "", 1), strict=True))


def list_pillars(actor: Actor, *, with_archived: bool = False) -> tuple[dict[str, Any], ...]:
    """Return the pillars in their order, those in use alone or the archived ones behind them."""
    rows = _pillars(actor.workspace_id)
    if not with_archived:
        rows = rows.filter(archived_at=None)
    found = rows.order_by("position", "id").values_list(*PILLARS.fields.values())
    pillars = [dict(zip(PILLARS.fields, row, strict=True)) for row in found]
    return tuple(sorted(pillars, key=lambda one: one["archived_at"] is not None))


def list_all_pillars(actor: Actor, *, filters: Mapping[str, object], **asked: Any) -> Page:
    """Return a page of pillars for programs; one query."""
    return page_of(_pillars, actor.workspace_id, PILLARS, filters=filters, **asked)


def show_pillar(actor: Actor, pillar_id: int) -> dict[str, Any]:
    """Return one pillar.

    Raises:
        NotFound: it is not the actor's to see.
    """
    shown = one_of(_pillars(actor.workspace_id).filter(pk=pillar_id), PILLARS)
    if shown is None:
        raise NotFound
    return shown


def _pillars(workspace_id: int) -> QuerySet[Pillar]:
    return Pillar.objects.filter(workspace_id=workspace_id)
