"""How an organisation knows that an objective comes true."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.core.measure import Kind
from milepost.core.pace import Ambition
from milepost.core.parts import Combine
from milepost.core.path import Curve
from milepost.core.series import Window
from milepost.metrics.models import Metric
from milepost.okr.models.objective import GoalState, Objective
from milepost.workspace.models import GuardedManager, Membership, Remembered, Workspace


class KeyResultKind(models.TextChoices):
    """How progress is computed; whether the metric is the own one or a KPI's (P8) is its metric's matter."""

    REACH = Kind.REACH.value, "Reach a value"  # P1
    KEEP = Kind.KEEP.value, "Keep a level"  # P2, P3
    LEVELS = Kind.LEVELS.value, "Floor, target and stretch"  # P4
    MILESTONE = Kind.MILESTONE.value, "Milestone"  # P5
    TASKS = Kind.TASKS.value, "Tasks"  # P6
    PERCENT = Kind.PERCENT.value, "Percent done"  # P7
    JUDGED = Kind.JUDGED.value, "Judged by the lead"  # P10
    BASELINE = Kind.BASELINE.value, "Measure a baseline first"  # P11
    CHILDREN = Kind.CHILDREN.value, "Made of other key results"  # P9


class Outcome(models.TextChoices):
    """What becomes of a key result after its cycle (rules G3, G4)."""

    KEEP = "keep", "Keep"
    DROP = "drop", "Drop"
    CARRY = "carry", "Carry over"
    KPI = "kpi", "Turn into KPI"
    RAISE = "raise", "Raise KPI target"


WITH_METRIC = frozenset(  # a value is read; of others a metric that is there only keeps the history
    {KeyResultKind.REACH, KeyResultKind.KEEP, KeyResultKind.LEVELS, KeyResultKind.PERCENT, KeyResultKind.BASELINE}
)
WITH_STEPS = frozenset({KeyResultKind.MILESTONE, KeyResultKind.TASKS})
HIGHEST_PRIORITY = 4


def _has(*names: str) -> Q:
    return Q(**{f"{name}__isnull": False for name in names})


class KeyResult(Remembered):
    """One measure of an objective.

    Which numbers belong to which kind is in `core.measure`; all are in the metric's unit. `combine` says
    how one made of others is made of them, "" of every other kind; a sum keeps the unit of its parts in
    a metric of its own, which no value is written to.
    `share` is a fixed share of the objective (0..1) or None, then `weight` splits what is left (R2).
    `bends` is derived: what the ledger says of amendments that shape its plan (E5), kept here so that
    a check-in reads no ledger; None without one.
    """

    PAST_KIND = "key_result"
    PAST = (
        "objective_id", "position", "title", "kind", "metric_id", "window", "start", "target", "low", "high",
        "tolerance", "at_close",
        "floor", "stretch", "curve", "bends", "combine", "weight", "share", "priority", "ambition", "lead_id", "state",
        "activated_on", "override_score", "override_why", "override_by_id", "override_at", "override_kept",
        "closed_on", "final_value", "final_progress", "final_score", "final_expected", "grade", "grade_reason",
        "lesson",
    )  # fmt: skip

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
    at_close = models.BooleanField(default=False)
    floor = models.FloatField(null=True)
    stretch = models.FloatField(null=True)
    curve = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Curve], default=Curve.LINEAR.value)
    bends = models.JSONField(null=True)
    combine = models.CharField(max_length=13, choices=[(c.value, c.value) for c in Combine], default="", blank=True)
    weight = models.FloatField(default=1.0)
    share = models.FloatField(null=True)
    priority = models.PositiveSmallIntegerField(null=True)
    ambition = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Ambition])
    lead = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=GoalState)
    activated_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    # A score in the place of the computed one, with who and why; None where none was set.
    override_score = models.FloatField(null=True)
    override_why = models.CharField(max_length=500, default="", blank=True)
    override_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    override_at = models.DateTimeField(null=True)
    override_kept = models.BooleanField(default=False)
    # Facts of the close: the frozen value and plan (P8, R8) and the grade (G1).
    closed_on = models.DateField(null=True)
    final_value = models.FloatField(null=True)
    final_progress = models.FloatField(null=True)
    final_score = models.FloatField(null=True)
    final_expected = models.FloatField(null=True)
    grade = models.FloatField(null=True)
    grade_reason = models.TextField(default="", blank=True)
    lesson = models.TextField(default="", blank=True)
    outcome = models.CharField(max_length=6, choices=Outcome, default="", blank=True)  # "": nobody said (G3)
    is_reviewed = models.BooleanField(default=True)  # False: closed with the proposal, unseen (G3)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="carried_to")
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
                condition=Q(kind__in=["milestone", "tasks", "judged"])
                | (Q(kind="reach") & _has("metric", "start", "target"))
                | (Q(kind="keep") & _has("metric") & (_has("low") | _has("high")))
                | (Q(kind="levels", ambition="aspirational") & _has("metric", "start", "target", "stretch"))
                | (Q(kind="percent") & _has("metric"))
                | (Q(kind="baseline", target__isnull=True) & _has("metric"))
                | (Q(kind="children", combine="sum") & _has("metric", "start", "target"))
                | (Q(kind="children") & ~Q(combine="sum")),
                name="key_result_has_its_numbers",
            ),
            models.CheckConstraint(
                condition=(Q(kind="children") & ~Q(combine="")) | (~Q(kind="children") & Q(combine="")),
                name="key_result_combines_its_parts",
            ),
            models.CheckConstraint(
                condition=Q(at_close=False) | (Q(kind="keep") & _has("low", "high")),
                name="key_result_at_close_of_range",
            ),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(priority__lte=HIGHEST_PRIORITY),
                name="key_result_priority_0_to_4",
            ),
            models.CheckConstraint(
                condition=Q(override_score__isnull=True, override_at__isnull=True, override_kept=False)
                | (Q(override_score__range=(0.0, 1.0)) & _has("override_at") & ~Q(override_why="")),
                name="key_result_override_says_why",
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
    """One step of a milestone (P5) with its weight, how much of it is done (0..1) and a due day or none; or a task.

    A task (P6) is done or not, or cancelled, and then left out.
    """

    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    weight = models.FloatField(default=1.0)
    done = models.FloatField(default=0.0)
    due_on = models.DateField(null=True)
    is_cancelled = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weight__gt=0), name="step_weight_above_0"),
            models.CheckConstraint(condition=Q(done__range=(0.0, 1.0)), name="step_done_0_to_1"),
        ]


class Checkpoint(models.Model):
    """A phased target: what is planned for a day, in the unit of the kind's own numbers, or as a share 0..1 (E2)."""

    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="checkpoints")
    on = models.DateField()
    value = models.FloatField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key_result", "on"], name="checkpoint_once_a_day")]
