"""What people say and choose to hear: one function each."""

from milepost.rhythm.actions.comments import CommentDraft, delete_comment, edit_comment, post_comment, settle_flag
from milepost.rhythm.actions.due_mail import due_mail_failed, due_mail_sent, stop_mails, write_due_mails
from milepost.rhythm.actions.follows import Choice, choose_notifications, mark_read, set_follow
from milepost.rhythm.actions.notification_mail import (
    notification_mail_failed,
    notification_mail_sent,
    write_notification_mails,
)
from milepost.rhythm.actions.reactions import set_reaction
from milepost.rhythm.queries.access import Subject

__all__ = [
    "Choice",
    "CommentDraft",
    "Subject",
    "choose_notifications",
    "delete_comment",
    "due_mail_failed",
    "due_mail_sent",
    "edit_comment",
    "mark_read",
    "notification_mail_failed",
    "notification_mail_sent",
    "post_comment",
    "set_follow",
    "set_reaction",
    "settle_flag",
    "stop_mails",
    "write_due_mails",
    "write_notification_mails",
]
