"""What somebody follows, what happened there, and what they are told."""

from django.http import HttpResponse
from ninja import Body, Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routers.comments import after, before
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id, PageOf, PageQuery
from milepost.api.schemas.talk import (
    ChoicesIn,
    ChoicesOut,
    FeedItemOut,
    FollowOut,
    NotificationOut,
    NotificationsQuery,
    ReadIn,
    ReadOut,
)
from milepost.rhythm import actions, queries
from milepost.rhythm.actions import Subject
from milepost.workspace.permissions import Scope

router = Router(tags=["Feed and notifications"])
OBJECTIVE, KPI = "/objectives/{objective_id}/follow", "/kpis/{slug}/follow"


@route(router, "PUT", OBJECTIVE, scope=Scope.CHECK_IN, answer=FollowOut, summary="Follow an objective")
def follow_objective(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    return _follow(request, Subject(objective_id=objective_id), is_on=True)


@route(router, "DELETE", OBJECTIVE, scope=Scope.CHECK_IN, answer=FollowOut, summary="Stop following an objective")
def unfollow_objective(request: ApiRequest, objective_id: Path[Id]) -> HttpResponse:
    return _follow(request, Subject(objective_id=objective_id), is_on=False)


@route(router, "PUT", KPI, scope=Scope.CHECK_IN, answer=FollowOut, summary="Follow a KPI")
def follow_kpi(request: ApiRequest, slug: str) -> HttpResponse:
    return _follow(request, Subject(kpi=slug), is_on=True)


@route(router, "DELETE", KPI, scope=Scope.CHECK_IN, answer=FollowOut, summary="Stop following a KPI")
def unfollow_kpi(request: ApiRequest, slug: str) -> HttpResponse:
    return _follow(request, Subject(kpi=slug), is_on=False)


def _follow(request: ApiRequest, subject: Subject, *, is_on: bool) -> HttpResponse:
    actions.set_follow(by=request.place.actor, subject=subject, is_on=is_on, now=clock.now())
    return reply({"follows": is_on})


@route(
    router, "GET", "/feed", scope=Scope.READ, answer=PageOf[FeedItemOut],
    summary="List what happened on what the holder of the token follows and their teams own, the newest first",
)  # fmt: skip
def show_feed(request: ApiRequest, asked: Query[PageQuery]) -> HttpResponse:
    page = queries.feed_page(request.place.actor, before=before(asked.cursor), limit=asked.limit)
    items = [
        {
            "sequence": i.sequence, "at": i.at, "who": i.who, "verb": i.verb, "kind": i.kind,
            "objective_id": i.objective_id, "key_result_id": i.key_result_id, "kpi": i.kpi or None, "title": i.title,
            "value": i.value, "before": i.before, "confidence": i.confidence, "changed": i.fields, "reason": i.reason,
            "comment_id": i.comment_id, "flag": i.flag or None, "text": i.text,
        }
        for i in page.items
    ]  # fmt: skip
    return reply({"items": items, "next": after(page.older)})


@route(
    router, "GET", "/notifications", scope=Scope.READ, answer=PageOf[NotificationOut],
    summary="List what the holder of the token was told, the newest first",
)  # fmt: skip
def list_notifications(request: ApiRequest, asked: Query[NotificationsQuery]) -> HttpResponse:
    page = queries.list_notifications(
        request.place.actor, unread=asked.unread, before=before(asked.cursor), limit=asked.limit
    )
    items = [
        {
            "id": n.id, "at": n.at, "event": n.kind, "who": n.who, "objective_id": n.objective_id,
            "key_result_id": n.key_result_id, "kpi": n.kpi or None, "cycle_id": n.cycle_id, "title": n.title,
            "comment_id": n.comment_id, "text": n.text, "data": n.data, "is_read": n.is_read,
        }
        for n in page.items
    ]  # fmt: skip
    return reply({"items": items, "next": after(page.older)})


@route(
    router, "POST", "/notifications/read", scope=Scope.CHECK_IN, answer=ReadOut, may_be=[404],
    summary="Mark one notification as read, or all of them",
)  # fmt: skip
def mark_read(request: ApiRequest, body: Body[ReadIn]) -> HttpResponse:
    marked = actions.mark_read(by=request.place.actor, notification_id=body.notification_id, now=clock.now())
    return reply({"marked": marked})


@route(
    router, "GET", "/notifications/choices", scope=Scope.READ, answer=ChoicesOut,
    summary="Show where the holder of the token hears of what",
)  # fmt: skip
def show_choices(request: ApiRequest) -> HttpResponse:
    return _choices(request)


@route(
    router, "PUT", "/notifications/choices", scope=Scope.CHECK_IN, answer=ChoicesOut,
    summary="Choose where to hear of which events",
)  # fmt: skip
def choose_notifications(request: ApiRequest, body: Body[ChoicesIn]) -> HttpResponse:
    choices = {str(one.event): actions.Choice(in_app=one.in_app, by_mail=one.by_mail) for one in body.items}
    actions.choose_notifications(by=request.place.actor, choices=choices)
    return _choices(request)


def _choices(request: ApiRequest) -> HttpResponse:
    lines = queries.list_choices(request.place.actor)
    return reply(
        {"items": [{"event": c.kind, "label": c.label, "in_app": c.in_app, "by_mail": c.by_mail} for c in lines]}
    )
