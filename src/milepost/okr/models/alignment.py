"""What contributes to what."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from milepost.okr.models.objective import Objective
from milepost.workspace.models import Workspace


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
