"""Asking teams what they plan."""

from typing import ClassVar

from django.db import models

from milepost.okr.models.cycle import Cycle
from milepost.workspace.models import Membership, Team, Workspace


class DraftRequest(models.Model):
    """The wish for a team's drafts of a cycle by a day; a team is asked once a day at most."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="draft_requests")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    asked_on = models.DateField()  # in the workspace's zone
    wanted_by = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "team", "asked_on"], name="asked_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id}: {self.wanted_by}"
