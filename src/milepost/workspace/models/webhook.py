"""Telling other programs what happened (Standard Webhooks 1.0)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.workspace.models.membership import Membership
from milepost.workspace.models.workspace import Workspace


class WebhookEvent(models.TextChoices):
    """What may be told."""

    CHECK_IN_CREATED = "checkin.created"
    KEY_RESULT_STATUS = "key_result.status_changed"
    KPI_VALUE = "kpi.value_recorded"
    KPI_STATUS = "kpi.status_changed"
    KPI_SIGNAL = "kpi.signal_detected"
    OBJECTIVE_CREATED = "objective.created"
    OBJECTIVE_UPDATED = "objective.updated"
    OBJECTIVE_CLOSED = "objective.closed"
    CYCLE_PUBLISHED = "cycle.published"
    CYCLE_CLOSED = "cycle.closed"
    COMMENT_CREATED = "comment.created"


TEST_MESSAGE = "webhook.test"  # sent on demand, to whoever asks; nobody can choose it


class Webhook(models.Model):
    """An address that wants to be told; its secrets are kept encrypted.

    `old_secret` signs beside the new one until `old_secret_until`, so that nobody loses a message
    while they change it. `failing_since` is None while messages arrive.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    secret = models.TextField()
    old_secret = models.TextField(default="", blank=True)
    old_secret_until = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace"], condition=Q(is_on=True), name="webhooks_on")]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One message to one address: written with the change it tells of, sent by the worker.

    `next_at` None is an end: delivered, or given up. `message_id` stays through every attempt, so the
    receiver can tell a repetition.
    """

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40)
    type = models.CharField(max_length=40)  # a WebhookEvent, or TEST_MESSAGE
    body = models.TextField()
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # HTTP status of the last attempt, None: no answer
    took_ms = models.PositiveIntegerField(null=True)  # of the last attempt
    error = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="deliveries_due"),
            models.Index(fields=["webhook", "-id"], name="deliveries_of_webhook"),
        ]
