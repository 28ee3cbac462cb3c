"""What is said of a cycle at its end, before and beside the grades that close it."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.okr.models.cycle import Cycle
from milepost.okr.models.key_result import KeyResult, Outcome
from milepost.okr.models.objective import Objective
from milepost.workspace.models import GuardedManager, Membership, Team, Workspace


class Review(models.Model):
    """What a lead said of a key result that still runs: it is graded, and closes with this (G1, G3).

    A row of its own, so that no running goal carries a grade; the close writes it into the key result
    and removes it. `grade` None accepts what is proposed at the close, whatever comes until then.
    """

    key_result = models.OneToOneField(KeyResult, on_delete=models.CASCADE, primary_key=True, related_name="review")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    grade = models.FloatField(null=True)
    reason = models.TextField(default="", blank=True)
    lesson = models.TextField(default="", blank=True)
    outcome = models.CharField(max_length=6, choices=Outcome, default="", blank=True)
    keeps_progress = models.BooleanField(default=False)  # carried over with start and progress (G4)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | (Q(grade__range=(0.0, 1.0)) & ~Q(reason="")),
                name="another_grade_says_why",
            ),
        ]

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> Q:
        """Return which reviews a reader sees: those of the objectives they see."""
        return Objective.seen_by(level, me, teams, prefix="key_result__objective__")


class Retrospective(models.Model):
    """What was kept, changed and learned in a cycle; of all together, or of one team."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="retrospectives")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    kept = models.TextField(default="", blank=True)
    changed = models.TextField(default="", blank=True)
    learned = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "team"], name="one_retrospective_a_team"),
            models.UniqueConstraint(fields=["cycle"], condition=Q(team__isnull=True), name="one_retrospective_of_all"),
        ]
