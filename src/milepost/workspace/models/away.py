"""When somebody is away."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from milepost.workspace.models.membership import Membership
from milepost.workspace.models.workspace import Workspace


class Away(models.Model):
    """A stretch of days on which somebody is away, both ends included, and who stands in for them (rule C4)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    stand_in = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="stands_in")
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="away_not_backwards"),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("membership")),
                name="nobody_stands_in_for_themselves",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "last_day"], name="away_by_end"),
            models.Index(fields=["stand_in", "last_day"], name="away_by_stand_in"),
        ]
