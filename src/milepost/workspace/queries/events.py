"""The audit trail as a list: of the workspace it belongs to, for its admins."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from milepost.workspace.models import ActorKind, Event
from milepost.workspace.permissions import Actor, can_change_settings, require
from milepost.workspace.queries.paging import Listing, Page, filtered, page_of

HANDS = tuple(ActorKind.values)
CHUNK = 1000
EVENTS = Listing(
    fields={
        "sequence": "sequence", "at": "at", "person_id": "actor_id", "person_name": "actor__user__name",
        "hand": "actor_kind", "verb": "verb", "kind": "kind", "object_id": "object_id", "data": "data", "hash": "hash",
    },
    filters={
        "person_id": "actor_id", "hand": "actor_kind", "verb": "verb", "kind": "kind", "object_id": "object_id",
        "since": "at__gte", "before": "at__lt",
    },
    sorts={"sequence": "sequence"},
    key="sequence",
)  # fmt: skip
OWN = frozenset({"changes", "reason", "token"})  # parts of `data` that are shown by themselves


def list_events(actor: Actor, *, filters: Mapping[str, object], sort: str = "-sequence", **asked: Any) -> Page:
    """Return a page of the trail, the newest first; people in `changes` are ids.

    Args:
        filters: person_id, hand, verb, kind, object_id, since and before (moments, half-open).

    Raises:
        NotAllowed: only admins read it.
    """
    require(can_change_settings, actor, to="read the audit trail")
    page = page_of(_events, actor.workspace_id, EVENTS, filters=filters, sort=sort, **asked)
    return Page([_shaped(item) for item in page.items], page.next)


def every_event(actor: Actor, *, filters: Mapping[str, object], until: int) -> Iterator[list[dict[str, Any]]]:
    """Return the trail up to a row as a file takes it, the oldest first, in parts; as `list_events`.

    Raises:
        NotAllowed: only admins read it.
    """
    require(can_change_settings, actor, to="read the audit trail")
    return _parts(actor.workspace_id, filters, until)


def _events(workspace_id: int) -> QuerySet[Event]:
    return Event.objects.filter(workspace_id=workspace_id)


def _parts(workspace_id: int, filters: Mapping[str, object], until: int) -> Iterator[list[dict[str, Any]]]:
    rows = filtered(Event.objects.filter(workspace_id=workspace_id, sequence__lte=until), EVENTS, filters)
    last = 0
    while True:  # by sequence and not by a cursor of the database: nothing is held while a slow reader reads
        values = rows.filter(sequence__gt=last).order_by("sequence").values_list(*EVENTS.fields.values())[:CHUNK]
        part = [_shaped(dict(zip(EVENTS.fields, row, strict=True))) for row in values]
        if not part:
            return
        last = part[-1]["sequence"]
        yield part


def _shaped(item: dict[str, Any]) -> dict[str, Any]:
    data = item.pop("data")
    return {
        **item,
        "changes": data.get("changes", {}),
        "reason": data.get("reason", ""),
        "token_id": data.get("token"),
        "about": {name: value for name, value in data.items() if name not in OWN},
    }
