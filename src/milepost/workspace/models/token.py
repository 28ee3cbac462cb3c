"""Keys for programs."""

import hashlib
from typing import ClassVar

from django.db import models

from milepost.workspace.models.membership import Membership
from milepost.workspace.models.workspace import Workspace


class Scope(models.TextChoices):
    """What a token may do, inside what its holder may do."""

    READ = "read", "Read everything its holder may see"
    CHECK_IN = "checkin:write", "Check in, comment and follow"
    KPI = "kpi:write", "Make and change KPIs, write their values and notes"
    GOAL = "goal:write", "Make, change, start and close goals"
    EXPORT = "export", "Take whole series and lists away as files"
    ADMIN = "admin", "Change people, teams, cycles, settings, tokens and webhooks"


def hash_of(secret: str) -> str:
    """Return what is kept of a secret; it has 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiToken(models.Model):
    """A secret that stands for a person in a workspace, or for the workspace itself.

    Only a hash is kept; `hint` are its last letters. `membership` None is the workspace's own token,
    which acts as an admin within its scopes and can check in for nobody.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True)  # None: never
    last_used_at = models.DateTimeField(null=True)  # to ten minutes
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "id"], name="tokens_of_workspace")]

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """What a write was answered, so that a retry is answered the same and acts once.

    `body_hash` covers method, address and body; the row is deleted a day later.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.BinaryField()
    headers = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="old_answers")]
