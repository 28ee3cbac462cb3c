"""An open door for one person, by link."""

from typing import ClassVar

from django.db import models

from milepost.workspace.models.membership import Membership, Role
from milepost.workspace.models.team import Team
from milepost.workspace.models.workspace import Workspace


class Invitation(models.Model):
    """A link that lets one person in, once and until it expires; only a hash of it is kept."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=254)  # who it is for, as the inviter wrote it
    role = models.CharField(max_length=8, choices=Role)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True)
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "accepted_at"], name="invitation_open")]
