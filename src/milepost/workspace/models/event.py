"""The audit trail: who did what, when."""

from typing import ClassVar

from django.db import models

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
    """One change; append-only by trigger."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)  # what it happened to: objective, key_result, kpi, team ...
    object_id = models.BigIntegerField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "kind", "object_id", "id"], name="event_of_object"),
            models.Index(fields=["workspace", "id"], name="event_of_workspace"),
        ]
