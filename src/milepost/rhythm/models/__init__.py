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
from milepost.rhythm.models.due_mail import DueMail
from milepost.rhythm.models.follow import Follow
from milepost.rhythm.models.notification import Notification, NotificationChoice, NotificationKind, usual_choice
from milepost.rhythm.models.notification_mail import NotificationMail

__all__ = [
    "LONGEST_COMMENT",
    "Comment",
    "CommentVersion",
    "DueMail",
    "Flag",
    "Follow",
    "Mention",
    "Notification",
    "NotificationChoice",
    "NotificationKind",
    "NotificationMail",
    "Reaction",
    "ReactionKind",
    "usual_choice",
]
