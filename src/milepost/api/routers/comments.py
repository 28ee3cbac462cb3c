"""What people say about goals and KPIs."""

from typing import Any

from django.http import HttpResponse
from ninja import Body, Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id, PageOf
from milepost.api.schemas.talk import (
    CommentIn,
    CommentOut,
    CommentPatch,
    CommentsQuery,
    ObjectiveCommentIn,
    Reaction,
)
from milepost.rhythm import actions, queries
from milepost.rhythm.actions import Subject
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Scope

router = Router(tags=["Comments"])
OBJECTIVE, KPI, ONE = "/objectives/{objective_id}/comments", "/kpis/{slug}/comments", "/comments/{comment_id}"


@route(
    router, "GET", OBJECTIVE, scope=Scope.READ, answer=PageOf[CommentOut],
    summary="List the comments on an objective and its key results, the newest first",
)  # fmt: skip
def list_objective_comments(request: ApiRequest, objective_id: Path[Id], asked: Query[CommentsQuery]) -> HttpResponse:
    return _listed(request, Subject(objective_id=objective_id), asked)


@route(
    router, "POST", OBJECTIVE, scope=Scope.CHECK_IN, answer=CommentOut, status=201,
    summary="Comment on an objective or on one of its key results",
)  # fmt: skip
def comment_on_objective(request: ApiRequest, objective_id: Path[Id], body: Body[ObjectiveCommentIn]) -> HttpResponse:
    return _posted(request, Subject(objective_id=objective_id, key_result_id=body.key_result_id), body)


@route(
    router, "GET", KPI, scope=Scope.READ, answer=PageOf[CommentOut],
    summary="List the comments on a KPI, the newest first",
)  # fmt: skip
def list_kpi_comments(request: ApiRequest, slug: str, asked: Query[CommentsQuery]) -> HttpResponse:
    return _listed(request, Subject(kpi=slug), asked)


@route(router, "POST", KPI, scope=Scope.CHECK_IN, answer=CommentOut, status=201, summary="Comment on a KPI")
def comment_on_kpi(request: ApiRequest, slug: str, body: Body[CommentIn]) -> HttpResponse:
    return _posted(request, Subject(kpi=slug), body)


@route(router, "GET", ONE, scope=Scope.READ, answer=CommentOut, summary="Show a comment")
def show_comment(request: ApiRequest, comment_id: Path[Id]) -> HttpResponse:
    return _shown(request, comment_id)


@route(
    router, "PATCH", ONE, scope=Scope.CHECK_IN, answer=CommentOut,
    summary="Put another text in the place of one's own; the history keeps both",
)  # fmt: skip
def edit_comment(request: ApiRequest, comment_id: Path[Id], body: Body[CommentPatch]) -> HttpResponse:
    actor = request.place.actor
    old = queries.show_comment(actor, comment_id).line
    given = body.model_dump(exclude_unset=True)
    flag = (given["flag"] or "") if "flag" in given else None
    actions.edit_comment(
        by=actor, comment_id=comment_id, text=given.get("text") or old.text, flag=flag, now=clock.now()
    )
    return _shown(request, comment_id)


@route(
    router, "DELETE", ONE, scope=Scope.CHECK_IN, status=204,
    summary="Take a comment back; its place says who did",
)  # fmt: skip
def delete_comment(request: ApiRequest, comment_id: Path[Id]) -> HttpResponse:
    actions.delete_comment(by=request.place.actor, comment_id=comment_id, now=clock.now())
    return reply(None, status=204)


@route(
    router, "POST", ONE + "/settlement", scope=Scope.CHECK_IN, answer=CommentOut,
    summary="Say that a flagged risk or opportunity is dealt with",
)  # fmt: skip
def settle_flag(request: ApiRequest, comment_id: Path[Id]) -> HttpResponse:
    actions.settle_flag(by=request.place.actor, comment_id=comment_id, now=clock.now())
    return _shown(request, comment_id)


@route(router, "PUT", ONE + "/reactions/{kind}", scope=Scope.CHECK_IN, answer=CommentOut, summary="React to a comment")
def react(request: ApiRequest, comment_id: Path[Id], kind: Path[Reaction]) -> HttpResponse:
    return _reacted(request, comment_id, kind, is_on=True)


@route(
    router, "DELETE", ONE + "/reactions/{kind}", scope=Scope.CHECK_IN, answer=CommentOut,
    summary="Take one's reaction back",
)  # fmt: skip
def unreact(request: ApiRequest, comment_id: Path[Id], kind: Path[Reaction]) -> HttpResponse:
    return _reacted(request, comment_id, kind, is_on=False)


def _reacted(request: ApiRequest, comment_id: int, kind: str, *, is_on: bool) -> HttpResponse:
    actions.set_reaction(by=request.place.actor, comment_id=comment_id, kind=kind, is_on=is_on, now=clock.now())
    return _shown(request, comment_id)


def _posted(request: ApiRequest, subject: Subject, body: CommentIn) -> HttpResponse:
    draft = actions.CommentDraft(text=body.text, flag=body.flag or "", reply_to=body.reply_to)
    made = actions.post_comment(by=request.place.actor, subject=subject, draft=draft, now=clock.now())
    return _shown(request, made, status=201)


def _listed(request: ApiRequest, subject: Subject, asked: CommentsQuery) -> HttpResponse:
    page = queries.list_comments(
        request.place.actor, subject, flag=asked.flag, before=before(asked.cursor), limit=asked.limit
    )
    return reply({"items": [_told(one) for one in page.items], "next": after(page.older)})


def _shown(request: ApiRequest, comment_id: int, *, status: int = 200) -> HttpResponse:
    return reply(_told(queries.show_comment(request.place.actor, comment_id)), status=status)


def _told(one: queries.ListedComment) -> dict[str, Any]:
    line = one.line
    return {
        "id": line.id, "objective_id": one.objective_id, "key_result_id": one.key_result_id, "kpi": one.kpi,
        "reply_to": one.reply_to, "author_id": line.author_id, "author_name": line.who, "at": line.at,
        "text": line.text, "mentions": [pk for pk, _ in line.mentions], "is_edited": line.is_edited,
        "flag": line.flag or None, "settled_by": line.settled_by or None, "deleted_by": line.deleted_by or None,
        "reactions": {r.kind: r.names for r in line.reactions if r.names},
    }  # fmt: skip


def before(cursor: str) -> int | None:
    """Return where a page begins, None for the first.

    Raises:
        Invalid: the cursor is none of these lists.
    """
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):  # noqa: PLR2004 - of 64 bits
        raise Invalid("This cursor does not belong to this list. Begin at the first page.", field="cursor")
    return int(cursor)


def after(older: int | None) -> str | None:
    """Return the cursor of the page that begins there."""
    return None if older is None else str(older)
