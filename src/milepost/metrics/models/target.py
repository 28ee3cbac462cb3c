"""What a KPI is kept against, by date."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.core.target import TargetRule
from milepost.metrics.models.metric import Metric

RAMP, PER_PERIOD = "ramp", "per_period"
RULES = [*((rule.value, rule.value) for rule in TargetRule), (RAMP, RAMP), (PER_PERIOD, PER_PERIOD)]


class TargetVersion(models.Model):
    """The target in force from a day on; older ones are kept (rule K2).

    At least uses `low`, at most `high`, within both, all in the metric's unit. A ramp goes from `start`
    on `start_on` through its points; per period each point is the target of the period that begins on
    its day. A version without rule says that from that day on the KPI is only watched.
    """

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="targets")
    since = models.DateField()
    rule = models.CharField(max_length=12, choices=RULES, null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    tolerance = models.FloatField(default=0.0)
    start = models.FloatField(null=True)
    start_on = models.DateField(null=True)
    as_given = models.CharField(max_length=200, default="", blank=True)  # the words it came in: Below 60 days

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["metric", "since"], name="one_target_a_day"),
            models.CheckConstraint(condition=Q(tolerance__gte=0), name="tolerance_not_negative"),
            models.CheckConstraint(
                condition=Q(rule__isnull=True)
                | Q(rule="at_least", low__isnull=False)
                | Q(rule="at_most", high__isnull=False)
                | Q(rule="within", low__isnull=False, high__isnull=False)
                | Q(rule=RAMP, start__isnull=False, start_on__isnull=False)
                | Q(rule=PER_PERIOD),
                name="target_has_its_numbers",
            ),
            models.CheckConstraint(
                condition=Q(rule=RAMP) | Q(start__isnull=True, start_on__isnull=True), name="only_a_ramp_starts"
            ),
        ]


class TargetPoint(models.Model):
    """A day of a ramp with the value to have come to by then, or a period with its own target.

    What rises or is at least stands in `low`, what falls or is at most in `high`.
    """

    version = models.ForeignKey(TargetVersion, on_delete=models.CASCADE, related_name="points")
    day = models.DateField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "day"], name="one_target_point_a_day"),
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False), name="target_point_has_a_number"
            ),
        ]
