"""Words on a value."""

from datetime import date, datetime

from django.db import transaction

from milepost.core.calendar import Frequency, period_start
from milepost.metrics.models import Metric, Note
from milepost.metrics.queries.access import get_kpi
from milepost.workspace.actions import gone, lock_workspace, made, record_event
from milepost.workspace.actions.text import clean_name
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor, can_write, require


@transaction.atomic
def add_note(*, by: Actor, slug: str, day: date, text: str, fiscal_month: int, now: datetime) -> int:
    """Write a note on the period of a KPI that holds `day` and return its id; any member may.

    Raises:
        NotAllowed, NotFound, Invalid.
    """
    lock_workspace(by.workspace_id)
    kpi = get_kpi(by, slug)
    require(can_write, by, to="write notes")
    note = Note.objects.create(
        workspace_id=by.workspace_id,
        metric=kpi,
        valid_on=period_start(day, Frequency(kpi.frequency), fiscal_month=fiscal_month),
        text=clean_name(text, field="text", most=500),
        author_id=by.membership_id,
        at=now,
    )
    record_event(
        by=by,
        verb="noted",
        kind="kpi",
        object_id=kpi.pk,
        now=now,
        changes=made(note=note.text),
        about=_about(kpi, note),
    )
    return note.pk


@transaction.atomic
def withdraw_note(*, by: Actor, slug: str, note_id: int, now: datetime) -> None:
    """Take one's own note back; an admin may take any.

    Raises:
        NotAllowed: the actor only reads by now.
        NotFound: no such note, or not the reader's to take.
    """
    lock_workspace(by.workspace_id)
    kpi = get_kpi(by, slug)
    rows = Note.objects.filter(pk=note_id, metric=kpi, withdrawn_at=None)
    if not by.is_admin:
        rows = rows.filter(author_id=by.membership_id, author_id__isnull=False)
    note = rows.first()
    if note is None:
        raise NotFound
    require(can_write, by, to="take notes back")
    note.withdrawn_at = now
    note.save(update_fields=["withdrawn_at"])
    record_event(
        by=by,
        verb="withdrew_note",
        kind="kpi",
        object_id=kpi.pk,
        now=now,
        changes=gone(note=note.text),
        about=_about(kpi, note),
    )


def _about(kpi: Metric, note: Note) -> dict[str, object]:
    return {"title": kpi.name, "slug": kpi.slug, "note": note.pk, "period": note.valid_on.isoformat()}
