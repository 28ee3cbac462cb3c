"""Work as rows that are due, claimed by a lease (ADR 0003)."""

from typing import ClassVar

from django.db import models

from milepost.workspace.models.workspace import Workspace


class DueWork(models.Model):
    """One job of one workspace, with the moment it is due and who holds it until when."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "kind"], name="one_due_row_per_job"),
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="due_work_by_time")]
