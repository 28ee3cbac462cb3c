"""What a KPI is kept against, by date."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.core.target import TargetRule
from milepost.metrics.models.metric import Metric


class TargetVersion(models.Model):
    """The target in force from a day on; older ones are kept (rule K2).

    At least uses `low`, at most `high`, within both, all in the metric's unit. A version without
    rule says that from that day on the KPI is only watched.
    """

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="targets")
    since = models.DateField()
    rule = models.CharField(max_length=8, choices=[(r.value, r.value) for r in TargetRule], null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    tolerance = models.FloatField(default=0.0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["metric", "since"], name="one_target_a_day"),
            models.CheckConstraint(condition=Q(tolerance__gte=0), name="tolerance_not_negative"),
            models.CheckConstraint(
                condition=Q(rule__isnull=True)
                | Q(rule="at_least", low__isnull=False)
                | Q(rule="at_most", high__isnull=False)
                | Q(rule="within", low__isnull=False, high__isnull=False),
                name="target_has_its_numbers",
            ),
        ]
