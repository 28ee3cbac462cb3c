"""The audit trail, for programs that keep it elsewhere."""

from django.http import HttpResponse
from ninja import Query, Router

from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import PageOf
from milepost.api.schemas.events import EventOut, EventsQuery
from milepost.workspace import queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Audit"])
FILTERS = ("person_id", "hand", "verb", "kind", "object_id", "since", "before")


@route(
    router, "GET", "", scope=Scope.ADMIN, answer=PageOf[EventOut], summary="List the changes, the newest first"
)  # fmt: skip
def list_events(request: ApiRequest, asked: Query[EventsQuery]) -> HttpResponse:
    page = queries.list_events(
        request.place.actor,
        filters={name: getattr(asked, name) for name in FILTERS},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})
