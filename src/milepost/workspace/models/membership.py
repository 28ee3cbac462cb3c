"""A person's place in a workspace."""

from typing import ClassVar

from django.db import models

from milepost.workspace.models.remembered import Remembered
from milepost.workspace.models.user import User
from milepost.workspace.models.workspace import Workspace


class Role(models.TextChoices):
    """What a membership may do; team manager and lead come on top, per team and per goal."""

    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"


class Membership(Remembered):
    """A user in a workspace; leads, authors and actors point here, so they cannot be strangers."""

    PAST_KIND = "person"
    PAST = ("away", "only_team_id")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role)
    removed_at = models.DateTimeField(null=True)  # kept, so that history keeps its names
    joined_at = models.DateTimeField()
    last_seen_on = models.DateField(null=True)
    # Derived from `Away`: [[first day, last day], …], None for never; here, so that scores need not look there.
    away = models.JSONField(null=True)
    # Derived from teams: the one they are in, None in none or several. Goals of theirs go by its rhythm (rule C4).
    only_team = models.ForeignKey("Team", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_each"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.workspace_id}"
