"""Planning time boxes."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from milepost.workspace.models import Membership, Remembered, Workspace


class Cycle(Remembered):
    """A time box, usually a quarter; both days belong to it.

    Its coach, if it has one, helps with its plan and its review: publishes and locks it, grades what they see and
    closes the rest (G3).
    """

    PAST_KIND = "cycle"
    PAST = ("name", "first_day", "last_day")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="cycles")
    name = models.CharField(max_length=60)
    first_day = models.DateField()
    last_day = models.DateField()
    coach = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    # Since when its plan changes by admins and its coach alone, and who locked it; None while it is open.
    locked_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="cycle_name_once"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="cycle_not_backwards"),
        ]

    def __str__(self) -> str:
        return self.name
