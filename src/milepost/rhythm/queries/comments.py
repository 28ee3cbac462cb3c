"""Comments as a list, for programs."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from milepost.rhythm.models import Comment
from milepost.rhythm.queries.access import Subject, get_subject
from milepost.rhythm.queries.words import CommentLine, comment_line, comment_words
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor

PAGE = 50
MOST_PAGE = 200


@dataclass(frozen=True, slots=True)
class ListedComment:
    """A comment with where it stands."""

    line: CommentLine
    objective_id: int | None
    key_result_id: int | None
    kpi: str | None
    reply_to: int | None


@dataclass(frozen=True, slots=True)
class Comments:
    """A page of comments, the newest first; `older` is where the next one begins, None at the end."""

    items: tuple[ListedComment, ...]
    older: int | None


def list_comments(
    actor: Actor, subject: Subject, *, flag: str | None = None, before: int | None = None, limit: int = PAGE
) -> Comments:
    """Return the comments on a goal or a KPI, replies among them, deleted ones without what they said.

    Args:
        flag: only those with this flag that is not settled.
        before: `older` of the page before.

    Raises:
        NotFound: the goal is not the actor's to see.
    """
    goal = get_subject(actor, subject)
    about = Q(metric=goal.metric) if goal.metric is not None else Q(objective=goal.objective)
    if goal.key_result is not None:
        about &= Q(key_result=goal.key_result)
    if flag is not None:
        about &= Q(flag=flag, settled_at=None, deleted_at=None)
    if before is not None:
        about &= Q(pk__lt=before)
    limit = max(1, min(limit, MOST_PAGE))
    found = _listed(actor, about, limit=limit + 1)
    return Comments(tuple(found[:limit]), found[limit - 1].line.id if len(found) > limit else None)


def show_comment(actor: Actor, comment_id: int) -> ListedComment:
    """Return one comment.

    Raises:
        NotFound: there is none, or it is about something that is not the actor's to see.
    """
    found = _listed(actor, Q(pk=comment_id), limit=1)
    if not found:
        raise NotFound
    return found[0]


def _listed(actor: Actor, about: Q, *, limit: int) -> list[ListedComment]:
    rows = Comment.objects.visible_to(actor).filter(about).order_by("-id")
    values: Any = rows.annotate(words=Cast(comment_words(), TextField())).values_list(
        "id", "at", "author_id", "author__user__name", "words", "objective_id", "key_result_id", "metric__slug",
        "reply_to_id", "objective__lead_id", "metric__lead_id",
    )[:limit]  # fmt: skip
    return [
        ListedComment(
            comment_line(actor, pk, at, author, who, json.loads(words), leads=[p for p in leads if p is not None]),
            objective, key_result, slug, reply_to,
        )
        for pk, at, author, who, words, objective, key_result, slug, reply_to, *leads in values
    ]  # fmt: skip
