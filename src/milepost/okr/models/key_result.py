"""How an organisation knows that an objective comes true."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.core.pace import Ambition
from milepost.core.series import Window
from milepost.metrics.models import Metric
from milepost.okr.models.objective import GoalState, Objective
from milepost.workspace.models import GuardedManager, Membership, Workspace


class KeyResultKind(models.TextChoices):
    """How progress is computed; whether the metric is the own one or a KPI's (P8) is its metric's matter."""

    REACH = "reach", "Reach a value"  # P1
    KEEP = "keep", "Keep a level"  # P2
    MILESTONE = "milestone", "Milestone"  # P5


class KeyResult(models.Model):
    """One measure of an objective.

    `start` and `target` belong to P1, `low`, `high` and `tolerance` to P2, all in the metric's unit.
    `share` is a fixed share of the objective (0..1) or None, then `weight` splits what is left (R2).
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="key_results")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="key_results")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=KeyResultKind)
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, null=True, related_name="key_results")
    window = models.CharField(max_length=8, choices=[(w.value, w.value) for w in Window], default=Window.DEFAULT.value)
    start = models.FloatField(null=True)
    target = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    tolerance = models.FloatField(default=0.0)
    weight = models.FloatField(default=1.0)
    share = models.FloatField(null=True)
    ambition = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Ambition])
    lead = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=GoalState)
    activated_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    # Facts of the close: the frozen value and plan (P8, R8) and the grade (G1).
    closed_on = models.DateField(null=True)
    final_value = models.FloatField(null=True)
    final_progress = models.FloatField(null=True)
    final_score = models.FloatField(null=True)
    final_expected = models.FloatField(null=True)
    grade = models.FloatField(null=True)
    grade_reason = models.TextField(default="", blank=True)
    lesson = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weight__gte=0), name="key_result_weight_not_negative"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__range=(0.0, 1.0)), name="key_result_share_0_to_1"
            ),
            models.CheckConstraint(condition=Q(tolerance__gte=0), name="key_result_tolerance_not_negative"),
            models.CheckConstraint(
                condition=Q(kind="milestone", metric__isnull=True)
                | Q(kind="reach", metric__isnull=False, start__isnull=False, target__isnull=False)
                | (Q(kind="keep", metric__isnull=False) & (Q(low__isnull=False) | Q(high__isnull=False))),
                name="key_result_has_its_numbers",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["lead", "state"], name="key_result_of_lead")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> Q:
        """Return which key results a reader sees: those of the objectives they see."""
        return Objective.seen_by(level, me, teams, prefix="objective__")


class Step(models.Model):
    """One step of a milestone (P5): a weight, how much of it is done (0..1), a due day or none."""

    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    weight = models.FloatField(default=1.0)
    done = models.FloatField(default=0.0)
    due_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weight__gt=0), name="step_weight_above_0"),
            models.CheckConstraint(condition=Q(done__range=(0.0, 1.0)), name="step_done_0_to_1"),
        ]
