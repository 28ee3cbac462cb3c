"""Reads of what people say and are told: one function each."""

from milepost.rhythm.queries.access import Subject, get_comment
from milepost.rhythm.queries.comments import (
    Comments,
    ListedComment,
    list_comments,
    show_comment,
)
from milepost.rhythm.queries.due_mail import DueItem, Waiting, due_mails_waiting, read_due_link, read_stop_link
from milepost.rhythm.queries.feed import Feed, FeedItem, feed_page
from milepost.rhythm.queries.notification_mail import NEWS, NewsMail, news_mail, news_waiting
from milepost.rhythm.queries.notifications import (
    ChoiceLine,
    NotificationLine,
    Notifications,
    list_choices,
    list_notifications,
    waiting_counts,
)
from milepost.rhythm.queries.people import Named, get_follow, suggest_people
from milepost.rhythm.queries.timeline import Timeline, TimelineItem, kpi_timeline, objective_timeline
from milepost.rhythm.queries.words import CommentLine, ReactionLine

__all__ = [
    "NEWS",
    "ChoiceLine",
    "CommentLine",
    "Comments",
    "DueItem",
    "Feed",
    "FeedItem",
    "ListedComment",
    "Named",
    "NewsMail",
    "NotificationLine",
    "Notifications",
    "ReactionLine",
    "Subject",
    "Timeline",
    "TimelineItem",
    "Waiting",
    "due_mails_waiting",
    "feed_page",
    "get_comment",
    "get_follow",
    "kpi_timeline",
    "list_choices",
    "list_comments",
    "list_notifications",
    "news_mail",
    "news_waiting",
    "objective_timeline",
    "read_due_link",
    "read_stop_link",
    "show_comment",
    "suggest_people",
    "waiting_counts",
]
