"""Dated reports on a key result."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.metrics.models import Reading
from milepost.okr.models.key_result import KeyResult
from milepost.okr.models.objective import Objective
from milepost.workspace.models import GuardedManager, Membership, Workspace


class CheckIn(models.Model):
    """One check-in; append-only by trigger.

    An edit is a new row that `replaces` the old one, a deletion one that is also `withdrawn` (C2).
    `steps` holds the state of a milestone's steps as {step id: share done}.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="check_ins")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    valid_on = models.DateField()  # the day it counts for; the cycle's last day when late
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, null=True, related_name="+")
    value = models.FloatField(null=True)  # as shown at that moment, whatever is read later
    confidence = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=1000, default="", blank=True)
    blockers = models.CharField(max_length=1000, default="", blank=True)
    own_word = models.CharField(max_length=12, default="", blank=True)  # the lead's status (S5), or ""
    nothing_changed = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)
    steps = models.JSONField(null=True)
    judged = models.FloatField(null=True)  # the score the lead gave (P10), the note says why; None: not judged anew
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    withdrawn = models.BooleanField(default=False)
    request_key = models.CharField(max_length=64, null=True)  # a form sent twice is saved once

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(confidence__range=(1, 10)), name="confidence_1_to_10"),
            models.CheckConstraint(
                condition=Q(judged__isnull=True) | (Q(judged__range=(0.0, 1.0)) & ~Q(note="")), name="judged_says_why"
            ),
            models.UniqueConstraint(
                fields=["workspace", "request_key"],
                condition=Q(request_key__isnull=False),
                name="check_in_request_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["key_result", "-valid_on", "-id"], name="check_in_latest"),
        ]

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> Q:
        """Return which check-ins a reader sees: those of the objectives they see."""
        return Objective.seen_by(level, me, teams, prefix="key_result__objective__")
