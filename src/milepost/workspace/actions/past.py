"""Keeping what rows said before a change (A3)."""

from datetime import datetime
from typing import Any

from milepost.workspace.models import Former, Remembered


def keep_past(*rows: Remembered, now: datetime, **was: Any) -> None:
    """Keep what changed columns of rows said, after the rows were saved; one statement, none without a change.

    Every action that changes a row which a score, a word or a wall is made of calls it, so that the row
    of any day can be told. It looks at rows as they were read, so the columns need not be named.

    Args:
        was: what hung on the one row given, in full, if that changed: its steps, its contributors, its teams.
    """
    found = []
    for row in rows:
        said = {**row.changed_past(), **was}
        if not said:
            continue
        left = said.get("cycle_id", said.get("objective_id"))
        workspace_id = row.pk if row.PAST_KIND == "workspace" else row.workspace_id  # type: ignore[attr-defined] # of every such model
        found.append(
            Former(
                workspace_id=workspace_id, kind=row.PAST_KIND, object_id=row.pk, until=now, said=said, left=left
            )
        )  # fmt: skip
        row.note_past()
    Former.objects.bulk_create(found)
