"""Addresses that want to be told, and what they are told of (Standard Webhooks 1.0)."""

import base64
import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from milepost.prepared import prepared
from milepost.workspace.actions.events import gone, made, record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Delivery, Webhook, WebhookEvent
from milepost.workspace.permissions import Actor, can_change_settings, require

MOST_WEBHOOKS = 20  # every change is written once for each
OLD_SECRET_LIVES = timedelta(hours=24)


@transaction.atomic
def create_webhook(*, by: Actor, url: str, events: Collection[str], now: datetime) -> tuple[int, str]:
    """Add an address and return its id and its secret, which is not told again.

    Raises:
        NotAllowed, Invalid.
    """
    require(can_change_settings, by, to="add webhooks")
    lock_workspace(by.workspace_id)
    if Webhook.objects.filter(workspace_id=by.workspace_id).count() >= MOST_WEBHOOKS:
        raise Invalid(f"A workspace has at most {MOST_WEBHOOKS} webhooks. Delete one that nobody needs.")
    secret = _new_secret()
    row = Webhook.objects.create(
        workspace_id=by.workspace_id,
        url=_checked_url(url),
        events=_checked_events(events),
        secret=_sealed(secret),
        created_at=now,
        created_by_id=by.membership_id,
    )
    changes = made(url=row.url, events=row.events)
    record_event(by=by, verb="created", kind="webhook", object_id=row.pk, now=now, changes=changes)
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
    row = webhook_of(by, webhook_id)
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
    record_event(
        by=by, verb="changed", kind="webhook", object_id=row.pk, now=now, changes=changes, about={"url": row.url}
    )


@transaction.atomic
def rotate_secret(*, by: Actor, webhook_id: int, now: datetime) -> str:
    """Give an address a new secret and return it; the old one signs beside it for a day.

    Raises:
        NotAllowed, NotFound.
    """
    row = webhook_of(by, webhook_id)
    secret = _new_secret()
    row.old_secret, row.old_secret_until, row.secret = row.secret, now + OLD_SECRET_LIVES, _sealed(secret)
    row.save()
    record_event(by=by, verb="rotated_secret", kind="webhook", object_id=row.pk, now=now, about={"url": row.url})
    return secret


@transaction.atomic
def delete_webhook(*, by: Actor, webhook_id: int, now: datetime) -> None:
    """Take an address away, with its log.

    Raises:
        NotAllowed, NotFound.
    """
    row = webhook_of(by, webhook_id)
    changes = gone(url=row.url, events=row.events)
    record_event(by=by, verb="deleted", kind="webhook", object_id=row.pk, now=now, changes=changes)
    row.delete()


def tell(*, workspace_id: int, event: WebhookEvent, data: Sequence[dict[str, Any]], now: datetime) -> None:
    """Write messages to everybody who wants to hear of an event; called in the transaction of the change."""
    if not data:
        return
    wanting = [pk for pk, events in _on(workspace_id) if event.value in events]
    rows = [message_to(pk, event.value, one, now=now) for pk in wanting for one in data]
    if rows:
        Delivery.objects.bulk_create(rows, batch_size=500)


def message_to(webhook_id: int, kind: str, data: Mapping[str, Any], *, now: datetime) -> Delivery:
    """Return a message that is due at once, with an id of its own; the caller saves it."""
    return Delivery(
        webhook_id=webhook_id,
        message_id=f"msg_{secrets.token_hex(16)}",
        type=kind,
        body=orjson.dumps({"type": kind, "timestamp": now, "data": data}).decode(),
        created_at=now,
        next_at=now,
    )


@prepared
def _on(workspace_id: int) -> QuerySet[Webhook, tuple[int, list[str]]]:
    return Webhook.objects.filter(workspace_id=workspace_id, is_on=True).values_list("id", "events")


def webhook_of(by: Actor, webhook_id: int) -> Webhook:
    """Return an address of the workspace, both locked.

    Raises:
        NotAllowed, NotFound.
    """
    require(can_change_settings, by, to="change webhooks")
    lock_workspace(by.workspace_id)
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


def secrets_of(webhook: Webhook, *, now: datetime) -> tuple[str, ...]:
    """Return what signs messages to an address: its secret, and for a day the one before.

    Empty when the installation's key was changed: nothing can be signed until a new secret is made.
    """
    sealed = [webhook.secret]
    if webhook.old_secret and webhook.old_secret_until and webhook.old_secret_until > now:
        sealed.append(webhook.old_secret)
    try:
        return tuple(_box().decrypt(one.encode()).decode() for one in sealed)
    except InvalidToken:
        return ()


def _box() -> Fernet:
    key = hashlib.sha256(b"milepost.webhooks:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
