"""The audit trail: who did what, when."""

from typing import Any, ClassVar

from django.db import models

from milepost.core.chain import GENESIS
from milepost.workspace.models.membership import Membership
from milepost.workspace.models.workspace import Workspace


class ActorKind(models.TextChoices):
    """By what hand a change was made."""

    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a word, no secret
    IMPORT = "import"
    JOB = "job"
    OPERATOR = "operator"


class Event(models.Model):
    """One change; append-only by trigger, chained to the one before it (ADR 0006).

    `data` holds `changes` as {field: [old, new]}, the `reason` where one was given, and what a reader
    needs to find the thing. It names nobody: people stand in it by the ids of their memberships, so
    that erasing a person leaves the chain as it is.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="events")
    sequence = models.PositiveBigIntegerField()  # 1, 2, 3 ... in each workspace, without a gap
    at = models.DateTimeField()
    actor = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)  # what it happened to: objective, key_result, kpi, team ...
    object_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "sequence"], name="event_numbers_once"),
            models.UniqueConstraint(fields=["workspace", "previous_hash"], name="event_chain_never_forks"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "kind", "object_id", "id"], name="event_of_object"),
        ]


CHAINED = (
    "workspace_id", "sequence", "at", "actor_id", "actor_kind", "verb", "kind", "object_id", "data", "previous_hash",
)  # fmt: skip


def chained(event: Event) -> dict[str, Any]:
    """Return what an event's fingerprint is taken of: every column but its row number and the fingerprint."""
    return {name: getattr(event, name) for name in CHAINED}


class EventHead(models.Model):
    """Where the trail of a workspace ends; a trigger moves it with each event, so no writer can forget."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, primary_key=True, related_name="+")
    sequence = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64, default=GENESIS)
