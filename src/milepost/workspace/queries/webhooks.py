"""Webhooks and their log."""

from typing import Any

from django.db.models import QuerySet

from milepost.workspace.errors import NotFound
from milepost.workspace.models import Delivery, Membership, Role, Webhook
from milepost.workspace.permissions import Actor, can_change_settings, require
from milepost.workspace.queries.paging import Listing, Page, one_of, page_of

WEBHOOKS = Listing(
    fields={
        "id": "id", "url": "url", "events": "events", "is_on": "is_on", "failing_since": "failing_since",
        "created_at": "created_at",
    },
)  # fmt: skip
DELIVERIES = Listing(
    fields={
        "id": "id", "message_id": "message_id", "type": "type", "body": "body", "created_at": "created_at",
        "next_at": "next_at", "attempts": "attempts", "delivered_at": "delivered_at", "status": "status",
        "took_ms": "took_ms", "error": "error",
    },
)  # fmt: skip


def list_webhooks(actor: Actor, **asked: Any) -> Page:
    """Return a page of the workspace's webhooks.

    Raises:
        NotAllowed: only admins see them.
    """
    require(can_change_settings, actor, to="see webhooks")
    return page_of(_webhooks, actor.workspace_id, WEBHOOKS, filters={}, **asked)


def show_webhook(actor: Actor, webhook_id: int) -> dict[str, Any]:
    """Return one webhook.

    Raises:
        NotAllowed, NotFound.
    """
    require(can_change_settings, actor, to="see webhooks")
    shown = one_of(_webhooks(actor.workspace_id).filter(pk=webhook_id), WEBHOOKS)
    if shown is None:
        raise NotFound
    return shown


def list_deliveries(actor: Actor, webhook_id: int, **asked: Any) -> Page:
    """Return a page of the messages to an address, and how they went.

    Raises:
        NotAllowed, NotFound.
    """
    show_webhook(actor, webhook_id)
    return page_of(_deliveries, webhook_id, DELIVERIES, filters={}, **asked)


def whom_to_tell(webhook_id: int) -> tuple[str, tuple[str, ...]]:
    """Return an address and the e-mail addresses of its workspace's admins."""
    row = Webhook.objects.get(pk=webhook_id)
    admins = Membership.objects.filter(
        workspace_id=row.workspace_id, role=Role.ADMIN, removed_at=None, user__is_active=True
    )
    return row.url, tuple(admins.order_by("id").values_list("user__email", flat=True))


def _webhooks(workspace_id: int) -> QuerySet[Webhook]:
    return Webhook.objects.filter(workspace_id=workspace_id)


def _deliveries(webhook_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(webhook_id=webhook_id)
