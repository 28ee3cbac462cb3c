"""What an organisation is for, and the few directions it takes.

Pillars live here and not beside the goals: an objective (`okr`) and a KPI (`metrics`) both hang on one, and
a room reaches only for those below it.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.workspace.models.workspace import Workspace


class Perspective(models.TextChoices):
    """The four sides a balanced scorecard looks from."""

    FINANCIAL = "financial", "Financial"
    CUSTOMER = "customer", "Customer"
    PROCESS = "process", "Process"
    LEARNING = "learning", "Learning and growth"


class Strategy(models.Model):
    """Mission, vision and values of a workspace; apart from its row, which every page reads."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, primary_key=True, related_name="strategy")
    mission = models.TextField(default="", blank=True)
    vision = models.TextField(default="", blank=True)
    values = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match


class Pillar(models.Model):
    """One direction of the strategy, seen by everybody; objectives and KPIs hang on it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="pillars")
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=200, default="", blank=True)  # one line
    perspective = models.CharField(max_length=10, choices=Perspective, default="", blank=True)
    position = models.PositiveIntegerField()
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="pillar_name_once"),
            models.CheckConstraint(condition=Q(perspective__in=["", *Perspective.values]), name="known_perspective"),
        ]

    def __str__(self) -> str:
        return self.name
