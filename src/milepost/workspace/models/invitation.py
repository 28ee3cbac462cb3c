"""An open door for one person, by link."""

from typing import ClassVar

from django.db import models

from milepost.workspace.models.membership import Membership, Role
from milepost.workspace.models.team import Team
from milepost.workspace.models.workspace import Workspace


class Invitations(models.Manager["Invitation"]):
    """Finds invitations."""

    def standing(self) -> models.QuerySet["Invitation"]:
        """Return those neither used nor withdrawn, from somebody who is still an admin: a door closes with its host."""
        host = Membership.objects.filter(
            pk=models.OuterRef("invited_by_id"), role=Role.ADMIN, removed_at=None, user__is_active=True
        )
        return self.filter(models.Exists(host), accepted_at=None, revoked_at=None)  # a join would scan the members


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

    objects: ClassVar[Invitations] = Invitations()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "accepted_at"], name="invitation_open")]
