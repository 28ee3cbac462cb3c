"""The derived row of each objective and key result (rule S7, ADR 0002)."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.okr.models.cycle import Cycle
from milepost.okr.models.key_result import KeyResult
from milepost.okr.models.objective import Objective
from milepost.workspace.models import GuardedManager, Membership, Workspace


class KeyResultScore(models.Model):
    """What the facts say of a key result on `status_on`; can be emptied and rebuilt at any time."""

    key_result = models.OneToOneField(KeyResult, on_delete=models.CASCADE, primary_key=True, related_name="score")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    is_live = models.BooleanField()  # counts: key result and objective are active
    value = models.FloatField(null=True)
    value_on = models.DateField(null=True)  # the period the value speaks for
    progress = models.FloatField(null=True)  # p, unbounded
    score = models.FloatField(null=True)  # s, 0..1: what counts
    computed = models.FloatField(null=True)  # s without the override
    is_overridden = models.BooleanField(default=False)
    expected = models.FloatField(null=True)
    word = models.CharField(max_length=12)  # the plan's word (S1)
    own_word = models.CharField(max_length=12, default="")  # the lead's word (S5) while it stands
    own_until = models.DateField(null=True)
    shown_word = models.CharField(max_length=12)  # own_word if there is one, else word
    is_missing = models.BooleanField(default=False)  # past its first due day without a value (R4)
    confidence = models.PositiveSmallIntegerField(null=True)
    confidence_before = models.PositiveSmallIntegerField(null=True)
    checked_in_on = models.DateField(null=True)
    next_check_in_on = models.DateField(null=True)  # None: not asked for
    # When it was due before its lead went away, for who stands in; None while they are here.
    away_due_on = models.DateField(null=True)
    stale_on = models.DateField(null=True)  # when its last check-in is older than 1.5 rhythms (R7)
    next_change_on = models.DateField(null=True)  # when time alone changes p or s
    status_on = models.DateField()
    computed_at = models.DateTimeField()

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["lead", "next_check_in_on"],
                condition=Q(next_check_in_on__isnull=False),
                name="due_by_lead",
            ),
            models.Index(fields=["workspace", "next_check_in_on", "key_result"], name="due_by_workspace"),
            models.Index(fields=["objective"], name="key_result_scores_of"),
        ]

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> Q:
        """Return which rows a reader sees: those of the objectives they see."""
        return Objective.seen_by(level, me, teams, prefix="objective__")


class ObjectiveScore(models.Model):
    """What its children say of an objective on `status_on`; can be emptied and rebuilt at any time."""

    objective = models.OneToOneField(Objective, on_delete=models.CASCADE, primary_key=True, related_name="score")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, related_name="+")
    is_root = models.BooleanField()  # a top row of its cycle: no primary parent in it, not cancelled
    is_live = models.BooleanField()
    score = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    word = models.CharField(max_length=12)
    needs_attention = models.BooleanField(default=False)  # at risk or off track, here or in a key result
    reported = models.PositiveIntegerField(default=0)
    children = models.PositiveIntegerField(default=0)  # of them contribute
    key_results = models.PositiveIntegerField(default=0)  # rows below it in the tree
    child_objectives = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    confidence = models.PositiveSmallIntegerField(null=True)  # the lowest of its children
    checked_in_on = models.DateField(null=True)  # the latest below it
    next_check_in_on = models.DateField(null=True)  # the earliest of its own key results
    status_on = models.DateField()
    computed_at = models.DateTimeField()

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "cycle", "objective"], name="goals_of_cycle"),
            models.Index(fields=["workspace", "cycle", "objective"], condition=Q(is_root=True), name="roots_of_cycle"),
            models.Index(
                fields=["workspace", "cycle", "objective"],
                condition=Q(needs_attention=True),
                name="attention_of_cycle",
            ),
            models.Index(fields=["workspace", "cycle", "next_check_in_on"], name="overdue_of_cycle"),
            models.Index(fields=["lead", "cycle"], name="mine_of_cycle"),
            models.Index(fields=["lead", "objective"], condition=Q(needs_attention=True), name="attention_of_lead"),
        ]

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> Q:
        """Return which rows a reader sees: those of the objectives they see."""
        return Objective.seen_by(level, me, teams, prefix="objective__")
