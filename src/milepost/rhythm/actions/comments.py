"""Saying something about a goal or a KPI, and taking it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from milepost.core.mentions import ids_in, keep, said
from milepost.rhythm.actions.telling import notify
from milepost.rhythm.errors import AlreadySettled, NotMentionable, Withdrawn
from milepost.rhythm.models import (
    LONGEST_COMMENT,
    Comment,
    CommentVersion,
    Flag,
    Mention,
    NotificationKind,
)
from milepost.rhythm.permissions import can_comment, can_delete_comment, can_edit_comment, can_settle_flag
from milepost.rhythm.queries.access import Goal, Subject, get_comment, get_subject
from milepost.rhythm.queries.people import followers, readers
from milepost.workspace.actions import lock_workspace, record_event, tell
from milepost.workspace.actions.text import clean_text
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Membership, WebhookEvent
from milepost.workspace.permissions import Actor, require
from milepost.workspace.queries import names_of

MOST_MENTIONS = 30


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """What a person says; `flag` is "", "risk" or "opportunity", `reply_to` a comment on the same goal."""

    text: str
    flag: str = ""
    reply_to: int | None = None


@transaction.atomic
def post_comment(*, by: Actor, subject: Subject, draft: CommentDraft, now: datetime) -> int:
    """Save a comment and return its id; who is named, replied to or follows is told.

    People are named as @Name, or as @[id of the membership]; only those who see the goal can be.

    Raises:
        NotFound: the goal, or the comment that is replied to, is not the actor's to see.
        NotAllowed: the actor only reads.
        NotMentionable: somebody named does not see the goal.
        Withdrawn: a reply to a deleted comment.
        Invalid: the text is empty or too long, the flag is unknown, or a reply answers a reply.
    """
    lock_workspace(by.workspace_id)
    goal = get_subject(by, subject)
    require(can_comment, by, to="comment")
    author = _person(by)
    flag = _flag(draft.flag)
    above = None if draft.reply_to is None else _replied_to(by, goal, draft.reply_to)
    text, named = _text(goal, draft.text)
    comment = Comment.objects.create(
        workspace_id=by.workspace_id,
        objective=goal.objective,
        key_result=above.key_result if above is not None else goal.key_result,
        metric=goal.metric,
        reply_to=above,
        author_id=author,
        at=now,
        text=text,
        flag=flag,
    )
    _keep_version(comment, by, now=now)
    Mention.objects.bulk_create(Mention(comment=comment, membership_id=pk) for pk in named)
    changes = {"flag": (None, flag)} if flag else None
    _record(by, comment, goal, "commented", now=now, changes=changes)
    to = dict.fromkeys(followers(goal.thing), NotificationKind.FLAGGED if flag else NotificationKind.COMMENTED)
    if above is not None:
        to[above.author_id] = NotificationKind.REPLIED
    to |= dict.fromkeys(named, NotificationKind.MENTIONED)
    _tell_people(goal, comment, to, by, now=now)
    if goal.is_public:
        _tell_programs(comment, goal, by, now=now)
    return comment.pk


@transaction.atomic
def edit_comment(*, by: Actor, comment_id: int, text: str, flag: str | None = None, now: datetime) -> None:
    """Put another text in the place of one's own; every text that stood is kept. Who is newly named is told.

    Args:
        flag: "" takes a flag off that is not settled; None leaves it as it is.

    Raises:
        NotFound, NotAllowed, NotMentionable, Withdrawn, Invalid: as `post_comment`.
        AlreadySettled: the flag was settled, so it stays.
    """
    lock_workspace(by.workspace_id)
    comment = _standing(by, comment_id)
    require(can_edit_comment, by, comment, to="change what somebody else wrote")
    goal = _goal_of(comment)
    kept, named = _text(goal, text)
    old_flag, new_flag = comment.flag, comment.flag if flag is None else _flag(flag)
    if new_flag != old_flag and comment.settled_at is not None:
        raise AlreadySettled
    if kept == comment.text and new_flag == old_flag:
        return
    comment.flag = new_flag
    if kept != comment.text:
        comment.text, comment.edited_at = kept, now
        _keep_version(comment, by, now=now)
    comment.save(update_fields=["text", "edited_at", "flag"])
    before = set(Mention.objects.filter(comment=comment).values_list("membership_id", flat=True))
    Mention.objects.filter(comment=comment).exclude(membership_id__in=named).delete()
    Mention.objects.bulk_create(Mention(comment=comment, membership_id=pk) for pk in named if pk not in before)
    changes = {"flag": (old_flag or None, new_flag or None)} if new_flag != old_flag else None
    _record(by, comment, goal, "edited_comment", now=now, changes=changes)
    to = dict.fromkeys(followers(goal.thing), NotificationKind.FLAGGED) if new_flag and not old_flag else {}
    to |= {pk: NotificationKind.MENTIONED for pk in named if pk not in before}
    _tell_people(goal, comment, to, by, now=now)


@transaction.atomic
def delete_comment(*, by: Actor, comment_id: int, now: datetime) -> None:
    """Take a comment back: its place stays and says who did, its replies stay, what it said is shown no more.

    Raises:
        NotFound: it is not the actor's to see.
        NotAllowed: it is somebody else's, and the actor is no admin.
        Withdrawn: it is deleted already.
    """
    lock_workspace(by.workspace_id)
    comment = _standing(by, comment_id)
    require(can_delete_comment, by, comment, to="delete what somebody else wrote")
    comment.text, comment.deleted_at, comment.deleted_by_id = "", now, _person(by)
    comment.save(update_fields=["text", "deleted_at", "deleted_by"])
    CommentVersion.objects.create(comment=comment, author_id=_person(by), at=now, withdrawn=True)
    comment.mentions.all().delete()
    comment.reactions.all().delete()
    _record(by, comment, _goal_of(comment), "deleted_comment", now=now)


@transaction.atomic
def settle_flag(*, by: Actor, comment_id: int, now: datetime) -> None:
    """Say that a flagged risk or opportunity is dealt with; its author is told.

    Raises:
        NotFound: the comment is not the actor's to see.
        NotAllowed: the actor neither wrote it nor leads what it is about, and is no admin.
        Withdrawn, AlreadySettled.
        Invalid: it has no flag.
    """
    lock_workspace(by.workspace_id)
    comment = _standing(by, comment_id)
    require(can_settle_flag, by, comment, to="settle this flag")
    if not comment.flag:
        raise Invalid("This comment has no flag to settle.")
    if comment.settled_at is not None:
        raise AlreadySettled
    comment.settled_at, comment.settled_by_id = now, _person(by)
    comment.save(update_fields=["settled_at", "settled_by"])
    goal = _goal_of(comment)
    _record(by, comment, goal, "settled_flag", now=now, changes={"settled": (False, True)})
    _tell_people(goal, comment, {comment.author_id: NotificationKind.SETTLED}, by, now=now)


def _standing(by: Actor, comment_id: int) -> Comment:
    comment = get_comment(by, comment_id)
    if comment.deleted_at is not None:
        raise Withdrawn
    return comment


def _goal_of(comment: Comment) -> Goal:
    return Goal(comment.objective, comment.key_result, comment.metric)


def _replied_to(by: Actor, goal: Goal, comment_id: int) -> Comment:
    above = _standing(by, comment_id)
    if (above.objective_id or above.metric_id) != goal.thing.pk or (above.metric_id is None) != (goal.metric is None):
        raise Invalid("A reply stands on the goal of the comment that it answers.", field="reply_to")
    if above.reply_to_id is not None:
        raise Invalid("Answer the first comment: replies have no replies of their own.", field="reply_to")
    return above


def _text(goal: Goal, typed: str) -> tuple[str, tuple[int, ...]]:
    """Return a typed text as it is kept, and who is named in it."""
    typed = clean_text(typed, field="text", most=LONGEST_COMMENT)
    if not typed:
        raise Invalid("Write what you want to say.", field="text")
    if "@" not in typed:
        return typed, ()
    members = Membership.objects.filter(workspace_id=goal.thing.workspace_id, removed_at=None, user__is_active=True)
    everybody = dict(members.order_by("-id").values_list("id", "user__name"))
    may = readers(goal.thing)
    names = {name: pk for pk, name in everybody.items()}
    names |= {name: pk for pk, name in may.items()}  # of two with one name the one who sees the goal is meant
    text = keep(typed, names=names)
    named = ids_in(text)
    for pk in named:
        if pk not in may:
            raise NotMentionable(everybody.get(pk, "That person"))
    if len(named) > MOST_MENTIONS:
        raise Invalid(f"These are {len(named)} people. Name {MOST_MENTIONS} at most.", field="text")
    return text, named


def _flag(flag: str) -> str:
    if flag and flag not in Flag.values:
        raise Invalid(f"A comment is flagged as {' or '.join(Flag.values)}, or not at all.", field="flag")
    return flag


def _keep_version(comment: Comment, by: Actor, *, now: datetime) -> None:
    CommentVersion.objects.create(comment=comment, author_id=_person(by), at=now, text=comment.text)


def _record(
    by: Actor,
    comment: Comment,
    goal: Goal,
    verb: str,
    *,
    now: datetime,
    changes: Mapping[str, tuple[object, object]] | None = None,
) -> None:
    """Write the event; what was said stays out of the trail, where it could never be taken back."""
    about: dict[str, object] = {"title": goal.title, "comment": comment.pk}
    if comment.key_result_id is not None:
        about["key_result"] = comment.key_result_id
    if comment.reply_to_id is not None:
        about["reply_to"] = comment.reply_to_id
    record_event(by=by, verb=verb, kind=goal.kind, object_id=goal.thing.pk, now=now, changes=changes, about=about)


def _tell_people(goal: Goal, comment: Comment, to: Mapping[int, NotificationKind], by: Actor, *, now: datetime) -> None:
    meant = Goal(goal.objective, comment.key_result, goal.metric)
    notify(meant, to=to, actor_id=by.membership_id, comment_id=comment.pk, data={"flag": comment.flag}, now=now)


def _tell_programs(comment: Comment, goal: Goal, by: Actor, *, now: datetime) -> None:
    names = names_of(by.workspace_id, found) if (found := ids_in(comment.text)) else {}
    told = {
        "comment_id": comment.pk,
        "objective_id": comment.objective_id,
        "key_result_id": comment.key_result_id,
        "kpi": goal.metric.slug if goal.metric is not None else None,
        "title": goal.title,
        "text": said(comment.text, names=names),
        "flag": comment.flag or None,
        "reply_to": comment.reply_to_id,
        "author": by.name,
    }
    tell(workspace_id=by.workspace_id, event=WebhookEvent.COMMENT_CREATED, data=[told], now=now)


def _person(by: Actor) -> int:
    if by.membership_id is None:
        raise Invalid("A comment comes from a person.")
    return by.membership_id
