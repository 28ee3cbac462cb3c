"""The work that is meant to move a goal."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.okr.models.key_result import KeyResult, Step
from milepost.okr.models.objective import Objective
from milepost.workspace.models import GuardedManager, Membership, Workspace


class InitiativeState(models.TextChoices):
    """Where a piece of work stands; it is not a goal, so it has words of its own."""

    PLANNED = "planned", "Planned"
    DOING = "doing", "In progress"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class Initiative(models.Model):
    """Work under an objective, or under one of its key results.

    It moves no number (R5), unless it stands for a task of a key result that is made of tasks (P6):
    `step` is that task, which is done, open or cancelled with it. None: it does not count.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="initiatives")
    key_result = models.ForeignKey(KeyResult, on_delete=models.SET_NULL, null=True, related_name="initiatives")
    step = models.OneToOneField(Step, on_delete=models.SET_NULL, null=True, related_name="initiative")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    note = models.TextField(default="", blank=True)
    lead = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=InitiativeState, default=InitiativeState.PLANNED)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    link = models.CharField(max_length=500, default="", blank=True)  # where the work itself is kept, http or https
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=InitiativeState.DONE, done_on__isnull=False)
                | (~Q(state=InitiativeState.DONE) & Q(done_on__isnull=True)),
                name="initiative_done_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(step__isnull=True) | Q(key_result__isnull=False), name="initiative_counts_for_a_key_result"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["objective", "position", "id"], name="initiative_of_objective"),
            models.Index(fields=["lead", "state", "due_on"], name="initiative_of_lead"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> Q:
        """Return which initiatives a reader sees: those of the objectives they see."""
        return Objective.seen_by(level, me, teams, prefix="objective__")


class ChecklistItem(models.Model):
    """One line of the checklist of an initiative."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    is_done = models.BooleanField(default=False)
