"""A workspace's own examples."""

from typing import ClassVar

from django.db import models

from milepost.workspace.models import Membership, Workspace


class TemplateKind(models.TextChoices):
    """What is made of it."""

    OBJECTIVE = "objective", "Objective"
    KPI = "kpi", "KPI"


class Template(models.Model):
    """An objective or a KPI to begin with, seen by everybody in the workspace.

    `body` holds texts and shapes alone, never a value or a person: the thing that it was made of may
    stand behind a wall.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=TemplateKind)
    name = models.CharField(max_length=200)
    body = models.JSONField()
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "kind", "name"], name="template_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
