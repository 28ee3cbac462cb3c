"""Webhooks and their log."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL, Body
from milepost.workspace.permissions import WebhookEvent

EventName = Literal[
    "checkin.created", "key_result.status_changed", "kpi.value_recorded", "kpi.status_changed", "kpi.signal_detected",
    "objective.created", "objective.updated", "objective.closed", "cycle.published", "cycle.closed", "comment.created",
]  # fmt: skip
Url = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=500)]
Events = Annotated[list[EventName], Field(min_length=1, max_length=len(WebhookEvent))]


class WebhookOut(Schema):
    """An address that is told; `failing_since` is null while messages arrive."""

    id: int
    url: str
    events: list[EventName]
    is_on: bool
    failing_since: datetime | None
    created_at: datetime


class WebhookIn(Body):
    """A new address."""

    url: Url = Field(examples=["https://example.org/hooks/milepost"])
    events: Events = Field(examples=[["kpi.status_changed"]])


class WebhookPatch(Body):
    """What changes of it."""

    url: Url | None = None
    events: Events | None = None
    is_on: bool | None = None


class WebhookMade(WebhookOut):
    """An address just made; `secret` is told this once."""

    secret: str


class SecretOut(Schema):
    """A new secret, told this once; the old one signs beside it for a day."""

    secret: str


class DeliveryOut(Schema):
    """One message and how it went; `next_at` is null once it arrived or was given up."""

    id: int
    message_id: str
    type: EventName | Literal["webhook.test"]
    body: str
    created_at: datetime
    next_at: datetime | None
    attempts: int
    delivered_at: datetime | None
    status: int | None = Field(description="HTTP status of the last answer, null when there was none.")
    took_ms: int | None
    error: str
