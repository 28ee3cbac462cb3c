"""Writing the audit trail."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from milepost.core.chain import GENESIS, fingerprint, plain
from milepost.prepared import insert, prepared
from milepost.workspace.actions.hearing import Happening, announce
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.models import Event, EventHead
from milepost.workspace.models.event import chained
from milepost.workspace.permissions import Actor, can_change_settings, require

Changes = Mapping[str, Sequence[object]]


def record_event(
    *,
    by: Actor,
    verb: str,
    kind: str,
    object_id: int,
    now: datetime,
    changes: Changes | None = None,
    reason: str = "",
    about: Mapping[str, Any] | None = None,
) -> None:
    """Append one event to the chain; called inside the transaction of the change, under the workspace's lock.

    Nothing in it may name a person: people are their memberships' ids, so that erasing somebody
    changes no event. The rows of two writers cannot follow the same one: the database refuses it.

    Args:
        verb: what happened, past tense ("created", "checked_in").
        kind: what it happened to ("objective", "key_result", "kpi", "team", ...).
        changes: {field: (old, new)}, None for what was not there or is no more.
        reason: why, where one was asked for.
        about: what else a reader needs, such as the title and the ids of what is around it.
    """
    data = dict(about or {})
    if by.token_id is not None:
        data["token"] = by.token_id
    if changes:
        data["changes"] = changes
    if reason:
        data["reason"] = reason
    head = _head(by.workspace_id)
    sequence, previous = head[0] if head else (0, GENESIS)
    event = Event(
        workspace_id=by.workspace_id,
        sequence=sequence + 1,
        at=now,
        actor_id=by.membership_id,
        actor_kind=str(by.kind),
        verb=verb,
        kind=kind,
        object_id=object_id,
        data=plain(data),
        previous_hash=previous,
    )
    event.hash = fingerprint(chained(event))
    insert(event)
    announce([Happening(by.workspace_id, by.membership_id, verb, kind, object_id, data, now)])


def made(**fields: object) -> dict[str, tuple[object, object]]:
    """Return the changes of something new: from nothing to what is in it."""
    return {name: (None, value) for name, value in fields.items() if value not in (None, "", [])}


def gone(**fields: object) -> dict[str, tuple[object, object]]:
    """Return the changes of something that goes: from what was in it to nothing."""
    return {name: (value, None) for name, value in fields.items() if value not in (None, "", [])}


@transaction.atomic
def record_export(*, by: Actor, filters: Mapping[str, Any], now: datetime) -> int:
    """Write down that somebody takes the trail away as a file, and return how far it goes before that.

    Args:
        filters: what it was narrowed to, as JSON.

    Raises:
        NotAllowed: not an admin.
    """
    require(can_change_settings, by, to="take the audit trail away")
    lock_workspace(by.workspace_id)
    head = _head(by.workspace_id)
    about = {"filters": filters}
    record_event(by=by, verb="exported", kind="audit", object_id=by.workspace_id, now=now, about=about)
    return head[0][0] if head else 0


@prepared
def _head(workspace_id: int) -> QuerySet[EventHead, tuple[int, str]]:
    return (
        EventHead.objects.select_for_update(no_key=True)
        .filter(workspace_id=workspace_id)
        .values_list("sequence", "hash")
    )
