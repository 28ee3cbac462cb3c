"""Comments, reactions, what is followed, the feed and notifications."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL, Body, Id, PageQuery

Words = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=5000)]
Flag = Literal["risk", "opportunity"]
Reaction = Literal["agree", "thanks", "heart", "eyes", "question"]
Event = Literal[
    "mentioned",
    "replied",
    "flagged",
    "commented",
    "settled",
    "handed",
    "status",
    "closed",
    "review",
    "answered",
    "asked",
]
Choosable = Literal[Event, "due"]  # what is due is no notification: My week shows it, and the mail is one's choice


class CommentsQuery(PageQuery):
    """What a list of comments is narrowed to."""

    flag: Flag | None = Field(None, description="Only those flagged so that are not settled.")


class CommentIn(Body):
    """What is said; people are named as @Name or as @[id], and only those who see the goal can be."""

    text: Words = Field(examples=["Was it the Saturday queue?"])
    flag: Flag | None = None
    reply_to: Id | None = Field(None, description="The comment that is answered; it answers none itself.")


class ObjectiveCommentIn(CommentIn):
    """A comment on an objective, or on one of its key results."""

    key_result_id: Id | None = None


class CommentPatch(Body):
    """Another text or flag; what is left out stays, null takes the flag off."""

    text: Words | None = None
    flag: Flag | None = None


class CommentOut(Schema):
    """A comment; one that was deleted has no text and says by whom."""

    id: int
    objective_id: int | None
    key_result_id: int | None
    kpi: str | None
    reply_to: int | None
    author_id: int
    author_name: str
    at: datetime
    text: str
    mentions: list[int] = Field(description="People who are named in it.")
    is_edited: bool
    flag: Flag | None
    settled_by: str | None
    deleted_by: str | None
    reactions: dict[str, list[str]] = Field(description="Names of who reacted, by the kind of the reaction.")


class FollowOut(Schema):
    """Whether the holder of the token follows it."""

    follows: bool


class FeedItemOut(Schema):
    """One thing that happened on what the holder of the token follows; `changed` names fields."""

    sequence: int
    at: datetime
    who: str
    verb: str = Field(examples=["checked_in"])
    kind: Literal["objective", "key_result", "kpi"]
    objective_id: int | None
    key_result_id: int | None
    kpi: str | None
    title: str
    value: float | None
    before: float | None
    confidence: int | None
    changed: list[str]
    reason: str
    comment_id: int | None
    flag: Flag | None
    text: str


class NotificationsQuery(PageQuery):
    """What the list of notifications is narrowed to."""

    unread: bool = False


class NotificationOut(Schema):
    """Something the holder of the token was told; `data` holds words of the event."""

    id: int
    at: datetime
    event: Event
    who: str
    objective_id: int | None
    key_result_id: int | None
    kpi: str | None
    cycle_id: int | None
    title: str
    comment_id: int | None
    text: str
    data: dict[str, Any]
    is_read: bool


class ReadIn(Body):
    """Which notification was read; null for all of them."""

    notification_id: Id | None = None


class ReadOut(Schema):
    """How many had not been read before."""

    marked: int


class ChoiceOut(Schema):
    """Where the holder of the token hears of one event."""

    event: Choosable
    label: str
    in_app: bool
    by_mail: bool


class ChoicesOut(Schema):
    """Where the holder of the token hears of what."""

    items: list[ChoiceOut]


class ChoiceIn(Body):
    """Where to hear of one event."""

    event: Choosable
    in_app: bool
    by_mail: bool


class ChoicesIn(Body):
    """Where to hear of some events; what is not named stays."""

    items: Annotated[list[ChoiceIn], Field(max_length=20)] = Field(
        examples=[[{"event": "commented", "in_app": True, "by_mail": False}]]
    )
