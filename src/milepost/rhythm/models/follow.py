"""Who wants to hear of a goal or a KPI."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.metrics.models import Metric
from milepost.okr.models import Objective
from milepost.workspace.models import Membership, Workspace


class Follow(models.Model):
    """What somebody chose: to follow or not to. Without a row the people of a goal follow, others do not."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, null=True, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, null=True, related_name="+")
    is_on = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(objective__isnull=False, metric__isnull=True)
                | Q(objective__isnull=True, metric__isnull=False),
                name="follows_one_thing",
            ),
            models.UniqueConstraint(fields=["membership", "objective"], name="follows_objective_once"),
            models.UniqueConstraint(fields=["membership", "metric"], name="follows_kpi_once"),
        ]
