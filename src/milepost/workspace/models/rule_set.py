"""How a workspace tells the status of its goals, by date."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from milepost.core.rule_sets import ObjectiveRule, RuleKind
from milepost.workspace.models.membership import Membership
from milepost.workspace.models.workspace import Workspace


class RuleSetVersion(models.Model):
    """What the words of status mean from a day on; append-only, the newest one is in force (rules S2, E1, A1).

    `working_days` holds the weekdays that count as digits, 0 is Monday; empty, every day counts.
    `holidays` are the days that do not though their weekday would, as 2026-12-25 2027-01-01.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    at = models.DateTimeField()
    actor = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")  # None: a program
    reason = models.CharField(max_length=500)
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in RuleKind])
    ahead = models.FloatField(null=True)  # None: that word is not given
    on_track = models.FloatField()
    at_risk = models.FloatField()
    early_until = models.FloatField()
    objective = models.CharField(max_length=16, choices=[(r.value, r.value) for r in ObjectiveRule])
    working_days = models.CharField(max_length=7, default="", blank=True)
    holidays = models.TextField(default="", blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-id"], name="rule_sets_newest_first")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="rule_set_has_a_reason"),
            models.CheckConstraint(
                condition=Q(at_risk__lt=F("on_track")) & (Q(ahead__isnull=True) | Q(on_track__lt=F("ahead"))),
                name="thresholds_fall",
            ),
            models.CheckConstraint(condition=Q(early_until__range=(0, 1)), name="early_until_is_a_share"),
            models.CheckConstraint(condition=Q(holidays="") | ~Q(working_days=""), name="holidays_of_working_days"),
        ]
