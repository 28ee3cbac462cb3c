"""Check-ins that are asked for by mail: of whom, what stands in the mail, and what its links mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from milepost.core.rhythm import Rhythm, is_asked
from milepost.okr.models import GoalState, KeyResult
from milepost.rhythm.models import DueMail, NotificationChoice, NotificationKind
from milepost.rhythm.models.due_mail import MOST_TRIES
from milepost.workspace.errors import NotFound
from milepost.workspace.queries import Place, place_of

FORM, STOP = "milepost.due", "milepost.stop"
FORM_SECONDS = 14 * 24 * 3600  # longer than the longest weekly rhythm but one; then My week asks again
MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class DueItem:
    """One check-in that is asked for; `value` the last one, in `unit`."""

    title: str
    objective: str
    due_on: date
    value: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits to be sent, with what stands in it and the tokens of its two links."""

    id: int
    email: str
    name: str
    workspace: str
    due_on: date
    items: tuple[DueItem, ...]
    form: str
    stop: str


def who_is_asked(place: Place, *, due_on: Mapping[Rhythm, date]) -> list[tuple[int, date]]:
    """Return who has check-ins due and is to be asked for them, as memberships, each with the day; two queries.

    One mail says all that is due, so somebody with goals of several rhythms is asked once, for the latest day,
    and not again for a day before one they were asked for.

    Args:
        due_on: the rhythms that ask now, each with the day until which it asks.
    """
    first, last = min(due_on.values()), max(due_on.values())
    refused = NotificationChoice.objects.filter(kind=NotificationKind.DUE, by_mail=False)
    refused = refused.filter(membership__workspace_id=place.workspace_id)
    rows = _due(place.workspace_id, last).exclude(lead_id__in=refused.values("membership_id"))
    rows = rows.annotate(team=Coalesce("objective__owner_team", "objective__owner_person__only_team"))
    waiting: Any = rows.values_list("lead_id", "score__next_check_in_on", "score__checked_in_on", "team")
    found: dict[int, date] = {}
    for lead, waits_for, updated, team in waiting:
        rhythm = place.rhythms.of(team)
        day = due_on.get(rhythm)
        if day is not None and waits_for <= day and is_asked(rhythm, due_on=day, updated_on=updated):
            found[lead] = max(day, found.get(lead, day))
    asked = DueMail.objects.filter(workspace_id=place.workspace_id, due_on__gte=first)
    asked_for: dict[int, date] = {}
    for pk, day in asked.values_list("to_id", "due_on"):
        asked_for[pk] = max(day, asked_for.get(pk, day))
    return sorted((pk, day) for pk, day in found.items() if pk not in asked_for or asked_for[pk] < day)


def due_mails_waiting(place: Place, *, limit: int = 50) -> list[Waiting]:
    """Return mails that wait to be sent, the oldest first; what is checked in on meanwhile is left out of them.

    One with nothing left to ask for has no items; two queries.
    """
    mails = DueMail.objects.filter(workspace_id=place.workspace_id, sent_at=None, tries__lt=MOST_TRIES)
    mails = mails.filter(to__removed_at=None, to__user__is_active=True)
    rows = list(mails.order_by("id").values_list("id", "to_id", "to__user__email", "to__user__name", "due_on")[:limit])
    items = _items(place.workspace_id, [to for _, to, *_ in rows], until=max((row[4] for row in rows), default=None))
    return [
        Waiting(
            pk, email, name, place.name, due_on, tuple(i for i in items.get(to, ()) if i.due_on <= due_on),
            form=signing.dumps([to, due_on.isoformat()], salt=FORM, compress=True),
            stop=signing.dumps([to, NotificationKind.DUE.value], salt=STOP, compress=True),
        )
        for pk, to, email, name, due_on in rows
    ]  # fmt: skip


def read_due_link(token: str, *, now: datetime) -> Place:
    """Return the place of the person whom a mail asked for check-ins; the link works for two weeks.

    Raises:
        NotFound: it is not one of ours, too old, or its person is no longer in the workspace.
    """
    membership_id, _ = _read(token, salt=FORM, seconds=FORM_SECONDS)
    return place_of(membership_id=membership_id, now=now)


def read_stop_link(token: str) -> tuple[int, str]:
    """Return whose mails of which kind a link stops; it works for ever, as mails are kept.

    Raises:
        NotFound: it is not one of ours.
    """
    membership_id, kind = _read(token, salt=STOP, seconds=None)
    return membership_id, kind


def _read(token: str, *, salt: str, seconds: int | None) -> tuple[int, str]:
    try:
        membership_id, rest = signing.loads(token, salt=salt, max_age=seconds)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound from None
    return int(membership_id), str(rest)


def _due(workspace_id: int, until: date) -> QuerySet[KeyResult]:
    running = KeyResult.objects.filter(
        workspace_id=workspace_id, score__next_check_in_on__lte=until, state=GoalState.ACTIVE,
        objective__state=GoalState.ACTIVE,
    )  # fmt: skip
    return running.filter(lead__removed_at=None, lead__user__is_active=True).exclude(lead__role="viewer")


def _items(workspace_id: int, people: Sequence[int], *, until: date | None) -> dict[int, list[DueItem]]:
    found: dict[int, list[DueItem]] = {}
    if until is None:
        return found
    rows = _due(workspace_id, until).filter(lead_id__in=people).order_by("score__next_check_in_on", "id")
    columns = ("lead_id", "title", "objective__title", "score__next_check_in_on", "score__value", "metric__unit_code")
    values: Any = rows.values_list(*columns)
    for lead, title, objective, due_on, value, unit in values:
        if len(found.setdefault(lead, [])) < MOST_ITEMS:
            found[lead].append(DueItem(title, objective, due_on, value, unit or ""))
    return found
