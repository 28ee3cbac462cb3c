"""Who is asked by mail for the check-ins of a due day."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.workspace.models import Membership, Workspace

MOST_TRIES = 5


class DueMail(models.Model):
    """The mail of one person for one due day: an outbox, so that nobody is asked twice and nobody is left out.

    Written first, sent afterwards; `sent_at` is None until the mail server has it, `error` says why it has not.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    to = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    due_on = models.DateField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["to", "due_on"], name="asked_once_a_due_day")]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "id"], condition=Q(sent_at=None), name="due_mails_to_send"),
        ]
