"""Changes of the plan, with their reason."""

from typing import ClassVar

from django.db import models

from milepost.workspace.models import Membership, Workspace

PEOPLE = frozenset({"lead", "owner_person", "contributors"})  # fields whose values are memberships


class Amendment(models.Model):
    """One changed field of an active goal (rule A1); append-only by trigger.

    `old` and `new` are what a person reads, but a person is the id of their membership: names may
    have to be erased, this row cannot change (ADR 0006).
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)  # objective or key_result
    goal_id = models.BigIntegerField()
    objective_id = models.BigIntegerField()  # whose page shows it
    field = models.CharField(max_length=40)
    old = models.TextField()
    new = models.TextField()
    at = models.DateTimeField()
    actor = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["objective_id", "-id"], name="amendments_of_objective"),
            models.Index(fields=["kind", "goal_id", "at"], name="amendments_of_goal"),
        ]
