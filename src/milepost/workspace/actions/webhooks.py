"""Addresses that want to be told, and the messages to them (Standard Webhooks 1.0)."""

import base64
import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from milepost.prepared import prepared
from milepost.workspace.actions.events import record_event
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Delivery, Webhook, WebhookEvent
from milepost.workspace.permissions import Actor, can_change_settings, require

LEASE = timedelta(minutes=2)
OLD_SECRET_LIVES = timedelta(hours=24)
OFF_AFTER = timedelta(days=5)
LOG_KEPT = timedelta(days=30)
GONE = 410
# Waits before the attempts after the first one; about three days together.
WAITS = tuple(
    timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A delivery that this worker holds: where it goes, what it says, what signs it."""

    id: int
    webhook_id: int
    url: str
    message_id: str
    body: str
    secrets: tuple[str, ...]


@transaction.atomic
def create_webhook(*, by: Actor, url: str, events: Collection[str], now: datetime) -> tuple[int, str]:
    """Add an address and return its id and its secret, which is not told again.

    Raises:
        NotAllowed, Invalid.
    """
    require(can_change_settings, by, to="add webhooks")
    secret = _new_secret()
    row = Webhook.objects.create(
        workspace_id=by.workspace_id,
        url=_checked_url(url),
        events=_checked_events(events),
        secret=_sealed(secret),
        created_at=now,
        created_by_id=by.membership_id,
    )
    record_event(by=by, verb="created", kind="webhook", object_id=row.pk, now=now, data={"url": row.url})
    return row.pk, secret


@transaction.atomic
def edit_webhook(
    *,
    by: Actor,
    webhook_id: int,
    url: str | None = None,
    events: Collection[str] | None = None,
    is_on: bool | None = None,
    now: datetime,
) -> None:
    """Change an address, what it is told, or switch it on or off; None leaves a thing as it is.

    Raises:
        NotAllowed, NotFound, Invalid.
    """
    row = _webhook(by, webhook_id)
    changes: dict[str, list[object]] = {}
    wanted = {
        "url": None if url is None else _checked_url(url),
        "events": None if events is None else _checked_events(events),
        "is_on": is_on,
    }
    for name, value in wanted.items():
        if value is not None and getattr(row, name) != value:
            changes[name] = [getattr(row, name), value]
            setattr(row, name, value)
    if not changes:
        return
    if is_on:
        row.failing_since = None
    row.save()
    record_event(by=by, verb="changed", kind="webhook", object_id=row.pk, now=now, data=changes)


@transaction.atomic
def rotate_secret(*, by: Actor, webhook_id: int, now: datetime) -> str:
    """Give an address a new secret and return it; the old one signs beside it for a day.

    Raises:
        NotAllowed, NotFound.
    """
    row = _webhook(by, webhook_id)
    secret = _new_secret()
    row.old_secret, row.old_secret_until, row.secret = row.secret, now + OLD_SECRET_LIVES, _sealed(secret)
    row.save()
    record_event(by=by, verb="rotated_secret", kind="webhook", object_id=row.pk, now=now)
    return secret


@transaction.atomic
def delete_webhook(*, by: Actor, webhook_id: int, now: datetime) -> None:
    """Take an address away, with its log.

    Raises:
        NotAllowed, NotFound.
    """
    row = _webhook(by, webhook_id)
    record_event(by=by, verb="deleted", kind="webhook", object_id=row.pk, now=now, data={"url": row.url})
    row.delete()


@transaction.atomic
def replay(*, by: Actor, delivery_id: int, now: datetime) -> None:
    """Send a message again, with its own id, from the first attempt on.

    Raises:
        NotAllowed, NotFound.
    """
    require(can_change_settings, by, to="send messages again")
    rows = Delivery.objects.filter(pk=delivery_id, webhook__workspace_id=by.workspace_id)
    if not rows.update(next_at=now, attempts=0, leased_until=None):
        raise NotFound


def tell(*, workspace_id: int, event: WebhookEvent, data: Sequence[dict[str, Any]], now: datetime) -> None:
    """Write messages to everybody who wants to hear of an event; called in the transaction of the change."""
    if not data:
        return
    wanting = [pk for pk, events in _on(workspace_id) if event.value in events]
    rows = [
        Delivery(
            webhook_id=pk,
            message_id=f"msg_{secrets.token_hex(16)}",
            type=event,
            body=orjson.dumps({"type": event.value, "timestamp": now, "data": one}).decode(),
            created_at=now,
            next_at=now,
        )
        for pk in wanting
        for one in data
    ]
    if rows:
        Delivery.objects.bulk_create(rows, batch_size=500)


@transaction.atomic
def claim_deliveries(*, now: datetime, most: int = 20) -> list[Message]:
    """Take messages that are due and that nobody holds; a worker that dies leaves them to the next one."""
    rows = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(Q(leased_until=None) | Q(leased_until__lt=now), next_at__lte=now, webhook__is_on=True)
        .select_related("webhook")
        .order_by("next_at", "id")[:most]
    )
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(leased_until=now + LEASE)
    return [
        Message(row.pk, row.webhook_id, row.webhook.url, row.message_id, row.body, _secrets(row.webhook, now=now))
        for row in rows
    ]


@transaction.atomic
def delivered(*, delivery_id: int, status: int, now: datetime) -> None:
    """Write down that a message arrived."""
    row = Delivery.objects.select_related("webhook").get(pk=delivery_id)
    Delivery.objects.filter(pk=row.pk).update(
        next_at=None, leased_until=None, delivered_at=now, status=status, error="", attempts=row.attempts + 1
    )
    Webhook.objects.filter(pk=row.webhook_id).update(failing_since=None)


@transaction.atomic
def not_delivered(*, delivery_id: int, status: int | None, error: str, now: datetime) -> bool:
    """Write down that a message did not arrive, and when it is tried again.

    Returns whether its address was switched off for it: it said 410, or nothing has arrived for days.
    """
    row = Delivery.objects.select_related("webhook").get(pk=delivery_id)
    wait = WAITS[row.attempts] if row.attempts < len(WAITS) else None
    Delivery.objects.filter(pk=row.pk).update(
        next_at=now + wait if wait is not None else None,
        leased_until=None,
        status=status,
        error=error[:500],
        attempts=row.attempts + 1,
    )
    webhook = row.webhook
    since = webhook.failing_since or now
    off = status == GONE or now - since >= OFF_AFTER
    Webhook.objects.filter(pk=webhook.pk).update(failing_since=since, is_on=webhook.is_on and not off)
    return off and webhook.is_on


def forget_old_deliveries(*, now: datetime) -> int:
    """Delete what ended a month ago and return how many."""
    return Delivery.objects.filter(next_at=None, created_at__lt=now - LOG_KEPT).delete()[0]


@prepared
def _on(workspace_id: int) -> QuerySet[Webhook, tuple[int, list[str]]]:
    return Webhook.objects.filter(workspace_id=workspace_id, is_on=True).values_list("id", "events")


def _webhook(by: Actor, webhook_id: int) -> Webhook:
    require(can_change_settings, by, to="change webhooks")
    row = Webhook.objects.select_for_update().filter(pk=webhook_id, workspace_id=by.workspace_id).first()
    if row is None:
        raise NotFound
    return row


def _checked_url(url: str) -> str:
    url = url.strip()
    parts = urlsplit(url) if url.isprintable() and len(url) <= 500 else None  # noqa: PLR2004 - the column
    if parts is None or parts.scheme not in {"https", "http"} or not parts.hostname or parts.username:
        raise Invalid("Write an address such as https://example.org/hooks, without a name or password.", field="url")
    return url


def _checked_events(events: Collection[str]) -> list[str]:
    unknown = set(events) - set(WebhookEvent.values)
    if unknown or not events:
        raise Invalid(f"Choose events from {', '.join(WebhookEvent.values)}.", field="events")
    return sorted(set(events))


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _sealed(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def _secrets(webhook: Webhook, *, now: datetime) -> tuple[str, ...]:
    sealed = [webhook.secret]
    if webhook.old_secret and webhook.old_secret_until and webhook.old_secret_until > now:
        sealed.append(webhook.old_secret)
    try:
        return tuple(_box().decrypt(one.encode()).decode() for one in sealed)
    except InvalidToken:  # the installation's key was changed: nothing can be signed until a new secret is made
        return ()


def _box() -> Fernet:
    key = hashlib.sha256(b"milepost.webhooks:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
