"""What an objective serves besides its parents."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.metrics.models import Metric
from milepost.okr.models.key_result import KeyResult
from milepost.okr.models.objective import Objective
from milepost.workspace.models import Workspace


class Served(models.Model):
    """A key result of another objective, or a KPI, that an objective is there to move; it moves no number itself.

    In force from `since` until `until` (None: now), so what was served on any day can be told.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="serves")
    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, null=True, related_name="served_by")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, null=True, related_name="served_by")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(key_result__isnull=True, metric__isnull=False)
                | Q(key_result__isnull=False, metric__isnull=True),
                name="served_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["objective", "key_result"], condition=Q(until__isnull=True), name="key_result_served_once"
            ),
            models.UniqueConstraint(
                fields=["objective", "metric"], condition=Q(until__isnull=True), name="kpi_served_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["objective"], condition=Q(until__isnull=True), name="served_upwards"),
            models.Index(
                fields=["key_result"],
                condition=Q(until__isnull=True, key_result__isnull=False),
                name="served_kr",
            ),
            models.Index(fields=["metric"], condition=Q(until__isnull=True, metric__isnull=False), name="served_kpi"),
        ]
