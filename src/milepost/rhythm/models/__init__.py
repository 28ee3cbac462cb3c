"""The tables of this app."""

from milepost.rhythm.models.comment import (
    LONGEST_COMMENT,
    Comment,
    CommentVersion,
    Flag,
    Mention,
    Reaction,
    ReactionKind,
)
from milepost.rhythm.models.follow import Follow
from milepost.rhythm.models.notification import Notification, NotificationChoice, NotificationKind

__all__ = [
    "LONGEST_COMMENT",
    "Comment",
    "CommentVersion",
    "Flag",
    "Follow",
    "Mention",
    "Notification",
    "NotificationChoice",
    "NotificationKind",
    "Reaction",
    "ReactionKind",
]
