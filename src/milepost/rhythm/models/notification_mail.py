"""Mails of what somebody was told, several of it in one."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.workspace.models import Membership, Workspace


class NotificationMail(models.Model):
    """The mail of one person about some notifications: an outbox, so that nothing is told twice and nothing lost.

    Written first, with the notifications that point to it, sent afterwards; `sent_at` is None until the mail
    server has it or nothing of it was left to tell, `error` says why it has not.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    to = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "id"], condition=Q(sent_at=None), name="notification_mails_to_send"),
            models.Index(fields=["to", "-created_at"], name="notification_mails_of_person"),
        ]
