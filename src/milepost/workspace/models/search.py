"""Words that find things."""

from typing import ClassVar

from django.db import models

from milepost.workspace.models.workspace import Workspace


class SearchWord(models.Model):
    """One word of one thing's name, lower case; a prefix of it is found through the index.

    Derived: rebuilt from names by the action that writes them, on both engines the same.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)  # objective, key_result, kpi, person, team
    object_id = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "word", "kind", "object_id"], name="search_by_word"),
            models.Index(fields=["kind", "object_id"], name="search_by_object"),
        ]
