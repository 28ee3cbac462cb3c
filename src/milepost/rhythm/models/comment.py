"""What people say about a goal or a KPI."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.metrics.models import Metric
from milepost.okr.models import KeyResult, Objective
from milepost.rhythm.models.about import ONE_THING, seen_by
from milepost.workspace.models import GuardedManager, Membership, Workspace

LONGEST_COMMENT = 5000


class Flag(models.TextChoices):
    """What a comment is marked as, besides being said."""

    RISK = "risk", "Risk"
    OPPORTUNITY = "opportunity", "Opportunity"


class ReactionKind(models.TextChoices):
    """The small answers that need no words."""

    AGREE = "agree", "Agree"
    THANKS = "thanks", "Thanks"
    HEART = "heart", "Love it"
    EYES = "eyes", "Looking at it"
    QUESTION = "question", "Not clear to me"


class Comment(models.Model):
    """A comment on an objective, one of its key results, or a KPI.

    `text` is what stands; every text that ever stood is a `CommentVersion`. People who are named in it
    stand there as @[id of the membership], so that renaming and erasing somebody changes no text. A
    deleted comment keeps its place and loses its text. A flag is settled once, by somebody, at a time.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, null=True, related_name="comments")
    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, null=True, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, null=True, related_name="comments")
    reply_to = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(default="", blank=True)
    edited_at = models.DateTimeField(null=True)
    flag = models.CharField(max_length=12, choices=Flag, default="", blank=True)
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=ONE_THING, name="comment_on_one_thing"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | (~Q(flag="") & Q(settled_by__isnull=False)),
                name="only_a_flag_is_settled",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | (Q(text="") & Q(deleted_by__isnull=False)),
                name="deleted_comment_says_nothing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["objective", "-at"], name="comments_of_objective"),
            models.Index(fields=["metric", "-at"], name="comments_of_kpi"),
            models.Index(fields=["workspace", "id"], name="comments_of_workspace"),
        ]

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int]) -> Q:
        """Return which comments a reader sees: those on what they see."""
        return seen_by(level, me, teams)


class CommentVersion(models.Model):
    """A text as it was written, or that it was taken back; append-only by trigger."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(default="", blank=True)
    withdrawn = models.BooleanField(default=False)


class Mention(models.Model):
    """Somebody who is named in the text that stands."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["comment", "membership"], name="mentioned_once")]


class Reaction(models.Model):
    """One person's small answer to a comment; one of each kind."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reactions")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ReactionKind)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "membership", "kind"], name="reacts_once_a_kind")
        ]
