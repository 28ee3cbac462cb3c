"""Ways to look at goals that somebody keeps."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.workspace.models import Membership, Workspace


class SavedView(models.Model):
    """A filter under a name, for its owner alone or for everybody in the workspace.

    It holds the filter and no goal, so a shared one tells each reader what they may see anyway.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)  # as `okr.queries.filters` writes it
    is_shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)  # what its owner's Goals page opens with
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="view_name_once"),
            models.UniqueConstraint(fields=["owner"], condition=Q(is_default=True), name="one_default_view"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "name", "id"], condition=Q(is_shared=True), name="shared_views"),
        ]

    def __str__(self) -> str:
        return self.name
