"""Writing mails of notifications, and what became of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from milepost.rhythm.models import Notification, NotificationMail
from milepost.rhythm.models.due_mail import MOST_TRIES
from milepost.rhythm.queries.notification_mail import who_is_written_to
from milepost.workspace.actions import lock_workspace
from milepost.workspace.queries import Place

LONGEST_ERROR = 300
CHUNK = 500


@transaction.atomic
def write_notification_mails(*, place: Place, now: datetime) -> int:
    """Write down who gets a mail of what they were told and have not read, and return how many are new.

    A quarter of an hour is left for reading it in the app; then all that waits goes into one mail, and the
    next comes an hour later at the soonest. What is older than two days is told by mail no more.
    """
    lock_workspace(place.workspace_id)
    found = who_is_written_to(place, now=now)
    rows = NotificationMail.objects.bulk_create(
        NotificationMail(workspace_id=place.workspace_id, to_id=to, created_at=now) for to in found
    )
    told = [Notification(pk=pk, mail=mail) for mail in rows for pk in found[mail.to_id]]
    Notification.objects.bulk_update(told, ["mail"], batch_size=CHUNK)
    return len(rows)


@transaction.atomic
def notification_mail_sent(*, mail_id: int, told: tuple[int, ...], now: datetime) -> None:
    """Write down that the mail server has a mail, and which notifications stood in it.

    Args:
        told: none where nothing was left to tell, so that nothing was sent.
    """
    NotificationMail.objects.filter(pk=mail_id).update(sent_at=now, error="", tries=F("tries") + 1)
    Notification.objects.filter(pk__in=told, mail_id=mail_id).update(mailed_at=now)


def notification_mail_failed(*, mail_id: int, error: str) -> None:
    """Write down why a mail did not leave; it is tried again, five times in all."""
    NotificationMail.objects.filter(pk=mail_id, tries__lt=MOST_TRIES).update(
        error=error[:LONGEST_ERROR], tries=F("tries") + 1
    )
