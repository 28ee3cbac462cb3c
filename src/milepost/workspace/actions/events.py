"""Writing the audit trail."""

from datetime import datetime
from typing import Any

from milepost.prepared import insert
from milepost.workspace.models import Event
from milepost.workspace.permissions import Actor


def record_event(
    *, by: Actor, verb: str, kind: str, object_id: int, now: datetime, data: dict[str, Any] | None = None
) -> None:
    """Append one event; called inside the transaction of the change it tells of.

    Args:
        verb: what happened, past tense ("created", "checked_in").
        kind: what it happened to ("objective", "key_result", "kpi", "team", ...).
        data: what a reader of the trail needs, such as {"field": [old, new]}.
    """
    insert(
        Event(
            workspace_id=by.workspace_id,
            at=now,
            actor_id=by.membership_id,
            actor_kind=by.kind,
            verb=verb,
            kind=kind,
            object_id=object_id,
            data=data or {},
        )
    )
