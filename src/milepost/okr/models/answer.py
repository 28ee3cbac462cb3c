"""What reviewers say of an objective that waits to start."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models

from milepost.okr.models.objective import Objective
from milepost.workspace.models import GuardedManager, Membership, Workspace


class Verdict(models.TextChoices):
    """What a reviewer says."""

    APPROVED = "approved", "Approved"
    CHANGES = "changes", "Asked for changes"


class ReviewAnswer(models.Model):
    """What one reviewer said of an objective in review (A2), in force until `until`; None is still in force.

    Approvals are of the plan as it was read: they end once it changes or is sent back. A request for changes
    ends when the draft goes to review anew.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="answers")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.CharField(max_length=500, default="", blank=True)  # of a request for changes
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["objective", "by"], condition=models.Q(until__isnull=True), name="answers_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objective_id}: {self.verdict}"

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> models.Q:
        """Return which answers a reader sees: those on objectives that they see."""
        return Objective.seen_by(level, me, teams, prefix="objective__")
