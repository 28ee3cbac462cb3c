"""Writing down what a workspace is for."""

from datetime import datetime

from django.db import transaction

from milepost.workspace.actions.events import record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.text import clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.models import Strategy
from milepost.workspace.permissions import Actor, can_change_settings, require

LONGEST = 5000
TEXTS = ("mission", "vision", "values")


@transaction.atomic
def edit_strategy(*, by: Actor, mission: str, vision: str, values: str, seen: int | None = None, now: datetime) -> None:
    """Write mission, vision and values; what stood there before stays in the trail.

    Raises:
        NotAllowed: not an admin.
        Invalid: a text is too long, or cannot be kept.
        Stale: it is not the version `seen` any more.
    """
    require(can_change_settings, by, to="change the strategy")
    lock_workspace(by.workspace_id)
    row = Strategy.objects.filter(workspace_id=by.workspace_id).first() or Strategy(workspace_id=by.workspace_id)
    count_up(row, seen=seen)
    given = dict(zip(TEXTS, (mission, vision, values), strict=True))
    wanted = {name: clean_text(text, field=name, most=LONGEST) for name, text in given.items()}
    changes = {name: (getattr(row, name), new) for name, new in wanted.items() if getattr(row, name) != new}
    if not changes:
        return
    for name, new in wanted.items():
        setattr(row, name, new)
    row.save()
    record_event(by=by, verb="changed", kind="strategy", object_id=by.workspace_id, now=now, changes=changes)
