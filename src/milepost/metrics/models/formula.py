"""What a calculated KPI reads."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from milepost.metrics.models.metric import Metric


class FormulaInput(models.Model):
    """A KPI whose values go into the formula of another one (rule K7).

    The formula names its inputs by id, so that one may be renamed; these rows say the same as a table,
    for what depends on what.
    """

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="formula_inputs")
    input = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="read_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["metric", "input"], name="formula_reads_kpi_once"),
            models.CheckConstraint(condition=~Q(metric=F("input")), name="formula_reads_another_kpi"),
        ]
