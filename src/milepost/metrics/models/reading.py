"""Values, append-only and bitemporal."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.metrics.models.metric import Metric
from milepost.workspace.models import Membership, Workspace


class ReadingSource(models.TextChoices):
    """Where a value came from."""

    HAND = "hand", "by hand"
    FILE = "file", "from a file"
    API = "api", "by API"
    FORMULA = "formula", "calculated"


class Reading(models.Model):
    """One value for one period, as known from one moment on (rule K6).

    The one with the latest `known_at` (then id) counts for its period; a `value` of None withdraws
    the ones before it. A ratio keeps its two counts, so that periods can be added up (rule K4).
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="readings")
    valid_on = models.DateField()  # first day of the period
    value = models.FloatField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    known_at = models.DateTimeField()
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=8, choices=ReadingSource)
    reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["metric", "-valid_on", "-known_at", "-id"], name="reading_latest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(numerator__isnull=False, denominator__isnull=False),
                name="ratio_has_both_counts",
            ),
        ]
