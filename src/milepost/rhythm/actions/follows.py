"""Choosing what to hear of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from milepost.rhythm.models import Follow, Notification, NotificationChoice, NotificationKind
from milepost.rhythm.queries.access import Subject, get_subject
from milepost.workspace.actions import lock_workspace
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.permissions import Actor


@transaction.atomic
def set_follow(*, by: Actor, subject: Subject, is_on: bool, now: datetime) -> None:
    """Follow a goal or a KPI, or stop; who may see it may follow it.

    Raises:
        NotFound: it is not the actor's to see.
        Invalid: nobody in person asks.
    """
    lock_workspace(by.workspace_id)
    goal = get_subject(by, subject)
    Follow.objects.update_or_create(
        membership_id=_person(by),
        objective=goal.objective,
        metric=goal.metric,
        defaults={"workspace_id": by.workspace_id, "is_on": is_on, "at": now},
    )


@transaction.atomic
def mark_read(*, by: Actor, notification_id: int | None = None, until: datetime | None = None, now: datetime) -> int:
    """Mark one of the actor's notifications as read, or all of them, and return how many were not yet.

    Args:
        until: of all, only those up to this moment.

    Raises:
        NotFound: there is no such notification of the actor's.
    """
    lock_workspace(by.workspace_id)
    mine = Notification.objects.visible_to(by).filter(to_id=by.membership_id, in_app=True)
    if notification_id is not None:
        mine = mine.filter(pk=notification_id)
        if not mine.exists():
            raise NotFound
    if until is not None:
        mine = mine.filter(at__lte=until)
    ids = list(mine.filter(read_at=None).values_list("id", flat=True))
    return Notification.objects.filter(pk__in=ids).update(read_at=now)


@dataclass(frozen=True, slots=True)
class Choice:
    """Where one kind of notification shall be heard of."""

    in_app: bool
    by_mail: bool


@transaction.atomic
def choose_notifications(*, by: Actor, choices: Mapping[str, Choice]) -> None:
    """Say where to hear of which events; a kind that is not named stays as it was.

    Raises:
        Invalid: there is no such kind, or nobody in person asks.
    """
    lock_workspace(by.workspace_id)
    person = _person(by)
    for kind, choice in choices.items():
        if kind not in NotificationKind.values:
            raise Invalid(f"Choose for {', '.join(NotificationKind.values)}.", field="choices")
        NotificationChoice.objects.update_or_create(
            membership_id=person, kind=kind, defaults={"in_app": choice.in_app, "by_mail": choice.by_mail}
        )


def _person(by: Actor) -> int:
    if by.membership_id is None:
        raise Invalid("Only a person follows things and is told of them.")
    return by.membership_id
