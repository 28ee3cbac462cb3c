"""Asking by mail for the check-ins that are due."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from milepost.core.rhythm import Rhythm, due_moment, last_due
from milepost.rhythm.models import DueMail, NotificationChoice, NotificationKind, usual_choice
from milepost.rhythm.models.due_mail import MOST_TRIES
from milepost.rhythm.queries.due_mail import who_is_asked
from milepost.rhythm.queries.notification_mail import kinds_of
from milepost.workspace.actions import lock_workspace
from milepost.workspace.queries import Place

LATEST = timedelta(days=2)  # a worker that was off for longer lets the day go by
LONGEST_ERROR = 300


@transaction.atomic
def write_due_mails(*, place: Place, now: datetime) -> int:
    """Write down who is to be asked for the check-ins of the last due day, and return how many are new.

    Each team's by its own rhythm: not before its hour, and not once two days have gone by. Who is away, does
    not want such mail, or updated lately (C4) is not asked; nobody twice for one day.

    Source: rule C4.
    """
    zone = ZoneInfo(place.time_zone)
    open_days: dict[Rhythm, date] = {}
    for rhythm in place.rhythms.teams:
        due_on = last_due(rhythm, on=place.today)
        begins = due_moment(rhythm, due_on, zone)
        if begins <= now < begins + LATEST:
            open_days[rhythm] = due_on
    if not open_days:
        return 0
    lock_workspace(place.workspace_id)
    asked = who_is_asked(place, due_on=open_days)
    rows = [DueMail(workspace_id=place.workspace_id, to_id=pk, due_on=day, created_at=now) for pk, day in asked]
    return len(DueMail.objects.bulk_create(rows))


def due_mail_sent(*, due_mail_id: int, now: datetime) -> None:
    """Write down that the mail server has a mail."""
    DueMail.objects.filter(pk=due_mail_id).update(sent_at=now, error="", tries=F("tries") + 1)


def due_mail_failed(*, due_mail_id: int, error: str) -> None:
    """Write down why a mail did not leave; it is tried again, five times in all."""
    DueMail.objects.filter(pk=due_mail_id, tries__lt=MOST_TRIES).update(
        error=error[:LONGEST_ERROR], tries=F("tries") + 1
    )


@transaction.atomic
def stop_mails(*, membership_id: int, kind: str) -> None:
    """Send somebody no more mail of a kind, or of all that they are told; what they hear of in the app stays.

    Called with what a signed link says, so without a session.

    Args:
        kind: one of `NotificationKind`, or `NEWS` for all of them but due check-ins.

    Raises:
        NotFound: there is no such kind.
    """
    kinds = kinds_of(kind)
    chosen = {one.kind: one for one in NotificationChoice.objects.filter(membership_id=membership_id, kind__in=kinds)}
    for one in kinds:
        choice = chosen.get(one)
        if choice is None:
            in_app, _ = usual_choice(one)
            choice = NotificationChoice(membership_id=membership_id, kind=NotificationKind(one), in_app=in_app)
        choice.by_mail = False
        choice.save()
