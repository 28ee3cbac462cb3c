"""Words on a value."""

from typing import ClassVar

from django.db import models

from milepost.metrics.models.metric import Metric
from milepost.workspace.models import Membership, Workspace


class Note(models.Model):
    """A remark on one period of a metric, drawn on its chart."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="notes")
    valid_on = models.DateField()
    text = models.CharField(max_length=500)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["metric", "-valid_on"], name="notes_of_metric")]
