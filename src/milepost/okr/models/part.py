"""What a key result is made of, where it is made of others (rule P9)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from milepost.okr.models.key_result import KeyResult
from milepost.workspace.models import Workspace


class Part(models.Model):
    """A key result that another one is made of, in force from `since` until `until` (None: now).

    A changed part is closed and a new one opened, as alignments are, so what made the number of any day
    can be told. `weight` counts in a weighted mean alone.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="parts")
    child = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="part_of")
    weight = models.FloatField(default=1.0)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=F("child")), name="part_not_of_itself"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="part_weight_not_negative"),
            models.UniqueConstraint(fields=["parent", "child"], condition=Q(until__isnull=True), name="part_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["child"], condition=Q(until__isnull=True), name="part_upwards"),
            models.Index(fields=["parent"], condition=Q(until__isnull=True), name="part_downwards"),
        ]
