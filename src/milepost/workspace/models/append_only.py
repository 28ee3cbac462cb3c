"""The switch that the append-only triggers look at."""

from django.db import models


class AppendOnlyLift(models.Model):
    """A row here lets the transaction that wrote it delete facts; it is removed before the commit.

    Other transactions never see it, so nobody else gains the right. Only
    `workspace.actions.erase` writes it.
    """

    reason = models.TextField()
