"""Messages to webhooks on their way: claimed, arrived, tried again, given up, sent again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from milepost.workspace.actions.events import record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.webhooks import message_to, secrets_of, webhook_of
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import TEST_MESSAGE, ActorKind, Delivery, Role, Webhook
from milepost.workspace.permissions import Actor, can_change_settings, require

LEASE = timedelta(minutes=2)  # longer than a worker waits for any answer
OFF_AFTER = timedelta(days=5)
SILENCE = timedelta(minutes=1)
LOG_KEPT = timedelta(days=30)
GONE = 410
# Waits before the attempts after the first one; about three days together.
WAITS = tuple(
    timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)  # fmt: skip
MOST_ATTEMPTS = len(WAITS) + 1


@dataclass(frozen=True, slots=True)
class Message:
    """A message that this worker holds: where it goes, what it says, what signs it."""

    id: int
    webhook_id: int
    url: str
    message_id: str
    body: str
    secrets: tuple[str, ...]


@transaction.atomic
def send_test(*, by: Actor, webhook_id: int, now: datetime) -> int:
    """Write a message that says only that it is a test, and return its id.

    Raises:
        NotAllowed, NotFound.
        Invalid: the address is switched off.
    """
    webhook = webhook_of(by, webhook_id)
    if not webhook.is_on:
        raise Invalid("This webhook is switched off. Switch it on first.")
    message = message_to(webhook.pk, TEST_MESSAGE, {"webhook_id": webhook.pk, "asked_by": by.name}, now=now)
    message.save()
    record_event(by=by, verb="tested", kind="webhook", object_id=webhook.pk, now=now, about={"url": webhook.url})
    return message.pk


@transaction.atomic
def replay(*, by: Actor, delivery_id: int, now: datetime) -> None:
    """Send a message again, with its own id, from the first attempt on.

    Raises:
        NotAllowed, NotFound.
    """
    require(can_change_settings, by, to="send messages again")
    lock_workspace(by.workspace_id)
    rows = Delivery.objects.filter(pk=delivery_id, webhook__workspace_id=by.workspace_id)
    row = rows.select_related("webhook").first()
    if row is None:
        raise NotFound
    rows.update(next_at=now, attempts=0, leased_until=None, delivered_at=None)
    about = {"url": row.webhook.url, "message": row.message_id}
    record_event(by=by, verb="replayed", kind="webhook", object_id=row.webhook_id, now=now, about=about)


@transaction.atomic
def claim_deliveries(*, now: datetime, most: int = 8) -> list[Message]:
    """Take messages that are due and that nobody holds; a worker that dies leaves them to the next one."""
    rows = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(Q(leased_until=None) | Q(leased_until__lt=now), next_at__lte=now, webhook__is_on=True)
        .select_related("webhook")
        .order_by("next_at", "id")[:most]
    )
    if rows:
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(leased_until=now + LEASE)
    return [
        Message(row.pk, row.webhook_id, row.webhook.url, row.message_id, row.body, secrets_of(row.webhook, now=now))
        for row in rows
    ]


@transaction.atomic
def delivered(*, delivery_id: int, status: int, took_ms: int, now: datetime) -> None:
    """Write down that a message arrived."""
    row = Delivery.objects.filter(pk=delivery_id).first()
    if row is None:  # its webhook was deleted while it was on its way
        return
    Delivery.objects.filter(pk=row.pk).update(
        next_at=None, leased_until=None, delivered_at=now, status=status, took_ms=took_ms, error="",
        attempts=row.attempts + 1,
    )  # fmt: skip
    Webhook.objects.filter(pk=row.webhook_id).exclude(failing_since=None).update(failing_since=None)


@transaction.atomic
def not_delivered(*, delivery_id: int, status: int | None, took_ms: int, error: str, now: datetime) -> bool:
    """Write down that a message did not arrive, and when it is tried again.

    An address that does not answer at all holds a worker up, so its other messages wait a minute too.
    Returns whether the address was switched off for it: it said 410, or nothing has arrived for days.
    """
    row = Delivery.objects.select_related("webhook").filter(pk=delivery_id).first()
    if row is None:  # its webhook was deleted while it was on its way
        return False
    webhook = row.webhook
    since = webhook.failing_since or now
    off = (status == GONE or now - since >= OFF_AFTER) and webhook.is_on
    if off:
        lock_workspace(webhook.workspace_id)
    wait = WAITS[row.attempts] if row.attempts < len(WAITS) else None
    Delivery.objects.filter(pk=row.pk).update(
        next_at=now + wait if wait is not None else None, leased_until=None, status=status, took_ms=took_ms,
        error=error[:500], attempts=row.attempts + 1,
    )  # fmt: skip
    if status is None:
        others = Delivery.objects.filter(webhook=webhook, leased_until=None, next_at__lt=now + SILENCE)
        others.exclude(pk=row.pk).update(next_at=now + SILENCE)
    Webhook.objects.filter(pk=webhook.pk).update(failing_since=since, is_on=webhook.is_on and not off)
    if off:
        job = Actor(workspace_id=webhook.workspace_id, membership_id=None, role=Role.ADMIN, kind=ActorKind.JOB)
        record_event(
            by=job,
            verb="switched_off",
            kind="webhook",
            object_id=webhook.pk,
            now=now,
            changes={"is_on": (True, False)},
            reason=f"the last answer: {error[:200]}",
            about={"url": webhook.url},
        )
    return off


def forget_old_deliveries(*, now: datetime) -> int:
    """Delete what ended a month ago and return how many."""
    return Delivery.objects.filter(next_at=None, created_at__lt=now - LOG_KEPT).delete()[0]
