"""The derived row of each KPI (rule S7, ADR 0002)."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.metrics.models.metric import Metric
from milepost.workspace.models import GuardedManager, Workspace


class KpiScore(models.Model):
    """What the readings of a KPI say on `status_on`; can be emptied and rebuilt at any time."""

    metric = models.OneToOneField(Metric, on_delete=models.CASCADE, primary_key=True, related_name="score")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=12)  # K3
    severity = models.PositiveSmallIntegerField()  # 0 is worst, for worst first
    valid_on = models.DateField(null=True)  # last closed period with a value
    value = models.FloatField(null=True)
    before = models.FloatField(null=True)  # the value of the period before it
    open_value = models.FloatField(null=True)  # so far in the open period
    value_word = models.CharField(max_length=12)  # of that value alone, without dates
    missing_on = models.DateField(null=True)  # the closed period that lacks a value past its lag
    off_streak = models.PositiveIntegerField(default=0)
    off_since = models.DateField(null=True)
    shift_on = models.DateField(null=True)  # first period of the present level
    shift_before = models.FloatField(null=True)
    shift_level = models.FloatField(null=True)
    shift_is_better = models.BooleanField(null=True)
    wants_objective = models.BooleanField(default=False)  # K8: it is the primary action
    spark = models.JSONField(default=list)  # 13 last closed periods, None where there is no value
    last_known_at = models.DateTimeField(null=True)
    last_source = models.CharField(max_length=8, default="")
    readings = models.PositiveIntegerField(default=0)  # periods with a value
    status_on = models.DateField()
    computed_at = models.DateTimeField()

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "severity"], name="kpi_worst_first")]

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> Q:
        """Return which rows a reader sees: those of the KPIs they see."""
        return Metric.seen_by(level, me, teams, prefix="metric__")
