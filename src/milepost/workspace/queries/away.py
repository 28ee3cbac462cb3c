"""Who is away, until when, and who stands in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from milepost.workspace.models import Away
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class AwayRow:
    """A stretch of days on which somebody is away, both included."""

    id: int
    person_id: int
    first_day: date
    last_day: date
    stand_in_id: int | None
    stand_in_name: str
    note: str


def list_away(actor: Actor, *, today: date, membership_id: int | None = None) -> tuple[AwayRow, ...]:
    """Return who is away today or later on, the soonest first; of one person or of everybody."""
    rows = Away.objects.filter(workspace_id=actor.workspace_id, last_day__gte=today, membership__removed_at=None)
    if membership_id is not None:
        rows = rows.filter(membership_id=membership_id)
    return tuple(_row(values) for values in _values(rows))


def show_away(actor: Actor, away_id: int) -> AwayRow | None:
    """Return one stretch, None where there is none of this workspace."""
    rows = Away.objects.filter(workspace_id=actor.workspace_id, pk=away_id)
    return next((_row(values) for values in _values(rows)), None)


def _values(rows: QuerySet[Away]) -> list[tuple[Any, ...]]:
    names = ("id", "membership_id", "first_day", "last_day", "stand_in_id", "stand_in__user__name", "note")
    return list(rows.order_by("first_day", "id").values_list(*names))


def _row(values: tuple[Any, ...]) -> AwayRow:
    pk, person_id, first, last, stand_in_id, name, note = values
    return AwayRow(pk, person_id, first, last, stand_in_id, name or "", note)
