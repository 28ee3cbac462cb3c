"""What rows said before they were changed, so that any day can be told (A3)."""

from typing import ClassVar

from django.db import models

from milepost.workspace.models.workspace import Workspace


class Former(models.Model):
    """What columns of a row said until a moment; append-only by trigger.

    Today's row with these put back, the newest first, is the row of any day before. `said` holds
    exactly what stood there, by the names of columns: days and moments as text, people, teams and
    cycles by id; lists that hang on a row (steps, checkpoints, contributors, sharing teams, targets)
    whole. `left` is the id of the cycle that an objective left with the change, or of the objective that
    a key result left, for whoever asks what was in it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)  # objective, key_result, metric, cycle, person, workspace
    object_id = models.BigIntegerField()
    until = models.DateTimeField()
    said = models.JSONField()
    left = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "object_id", "until"], name="former_of_row"),
            models.Index(fields=["left"], condition=models.Q(left__isnull=False), name="former_left"),
        ]
