"""What contributes to what."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from milepost.okr.models.objective import Objective
from milepost.workspace.models import Membership, Workspace


class Alignment(models.Model):
    """An edge from a parent objective to a child, in force from `since` until `until` (None: now).

    A changed edge is closed and a new one opened, so the tree of any day can be told (R3).
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="child_edges")
    child = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="parent_edges")
    is_primary = models.BooleanField(default=True)
    contributes = models.BooleanField(default=True)
    weight = models.FloatField(default=1.0)
    share = models.FloatField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=F("child")), name="alignment_not_to_itself"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="alignment_weight_not_negative"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__range=(0.0, 1.0)), name="alignment_share_0_to_1"
            ),
            models.UniqueConstraint(fields=["parent", "child"], condition=Q(until__isnull=True), name="alignment_once"),
            models.UniqueConstraint(
                fields=["child"], condition=Q(until__isnull=True, is_primary=True), name="one_primary_parent"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["child"], condition=Q(until__isnull=True), name="alignment_upwards"),
            models.Index(fields=["parent"], condition=Q(until__isnull=True), name="alignment_downwards"),
        ]


class RequestState(models.TextChoices):
    """What became of a request."""

    PENDING = "pending", "Waits for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AlignmentRequest(models.Model):
    """The question whether a goal may count towards another team's; until the yes it supports it (R3)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="requests")
    child = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="asked")
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.PENDING)
    why = models.CharField(max_length=500, default="", blank=True)
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "child"], condition=Q(state="pending"), name="asked_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["parent"], condition=Q(state="pending"), name="requests_waiting"),
        ]
