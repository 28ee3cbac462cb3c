"""What somebody is told, and what of it they want to hear."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.metrics.models import Metric
from milepost.okr.models import Cycle, KeyResult, Objective
from milepost.rhythm.models.about import ONE_THING, seen_by
from milepost.rhythm.models.comment import Comment
from milepost.rhythm.models.notification_mail import NotificationMail
from milepost.workspace.models import GuardedManager, Membership, Workspace


class NotificationKind(models.TextChoices):
    """What may be told; where an event is of several kinds, the first of them is the one that is told."""

    MENTIONED = "mentioned", "Somebody mentions me"
    REPLIED = "replied", "Somebody replies to my comment"
    FLAGGED = "flagged", "A risk or an opportunity is flagged on what I follow"
    COMMENTED = "commented", "A comment on what I follow"
    SETTLED = "settled", "A flag of mine is settled"
    HANDED = "handed", "A goal or a KPI is handed to me"
    STATUS = "status", "The status of a goal I lead turns to or from at risk or off track"
    CLOSED = "closed", "A goal I follow is closed or cancelled"
    REVIEW = "review", "A goal waits for my review"
    ANSWERED = "answered", "A goal of mine is approved or sent back"
    ASKED = "asked", "Drafts are asked of a team I manage"
    DUE = "due", "My check-ins are due"  # in the app that is My week, so only the mail is chosen


def usual_choice(kind: str) -> tuple[bool, bool]:
    """Return where somebody who chose nothing hears of a kind: in the app, by mail."""
    return True, kind == NotificationKind.DUE


class Notification(models.Model):
    """One row for one person and one event, written with the event.

    It stands behind the wall of its goal: what somebody may no longer see is not told or counted any more.
    `in_app` and `by_mail` are what the person had chosen at that time; `mail` is the one that tells it,
    `mailed_at` is None until that was sent.
    `data` holds words of the event, such as a status before and after; it names nobody.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    to = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="notifications")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=NotificationKind)
    actor = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, null=True, related_name="+")
    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, null=True, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, null=True, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, null=True, related_name="+")  # then of nothing else
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, related_name="+")
    data = models.JSONField(default=dict)
    in_app = models.BooleanField()
    by_mail = models.BooleanField()
    mailed_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(NotificationMail, on_delete=models.SET_NULL, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ONE_THING, cycle=None)
                | Q(objective=None, key_result=None, metric=None, cycle__isnull=False),
                name="notification_of_one_thing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["to", "-id"], name="notifications_of_person"),
            models.Index(fields=["to"], condition=Q(read_at=None, in_app=True), name="notifications_unread"),
            models.Index(
                fields=["workspace", "at"],
                condition=Q(mail=None, mailed_at=None, read_at=None, by_mail=True),
                name="notifications_to_mail",
            ),
        ]

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> Q:
        """Return which notifications a reader may see: those about what they see; a cycle is everybody's."""
        return seen_by(level, me, teams) | Q(cycle__isnull=False)


class NotificationChoice(models.Model):
    """Where somebody wants to hear of one kind; without a row as `usual_choice` says."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=NotificationKind)
    in_app = models.BooleanField()
    by_mail = models.BooleanField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["membership", "kind"], name="chosen_once_a_kind")]
