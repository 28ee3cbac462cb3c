"""Webhooks, their secrets and their log."""

from django.http import HttpResponse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id, Made, PageOf, PageQuery
from milepost.api.schemas.webhooks import DeliveryOut, SecretOut, WebhookIn, WebhookMade, WebhookOut, WebhookPatch
from milepost.workspace import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Webhooks"])


@route(router, "GET", "", scope=Scope.ADMIN, answer=PageOf[WebhookOut], summary="List webhooks")
def list_webhooks(request: ApiRequest, asked: Query[PageQuery]) -> HttpResponse:
    page = queries.list_webhooks(request.place.actor, cursor=asked.cursor, limit=asked.limit)
    return reply({"items": page.items, "next": page.next})


@route(router, "GET", "/{webhook_id}", scope=Scope.ADMIN, answer=WebhookOut, summary="Show a webhook")
def show_webhook(request: ApiRequest, webhook_id: Path[Id]) -> HttpResponse:
    return reply(queries.show_webhook(request.place.actor, webhook_id))


@route(router, "POST", "", scope=Scope.ADMIN, answer=WebhookMade, status=201, summary="Add a webhook")
def create_webhook(request: ApiRequest, body: WebhookIn) -> HttpResponse:
    actor = request.place.actor
    made, secret = actions.create_webhook(by=actor, url=body.url, events=body.events, now=clock.now())
    return reply({**queries.show_webhook(actor, made), "secret": secret}, status=201)


@route(router, "PATCH", "/{webhook_id}", scope=Scope.ADMIN, answer=WebhookOut, summary="Change a webhook")
def update_webhook(request: ApiRequest, webhook_id: Path[Id], body: WebhookPatch) -> HttpResponse:
    actor = request.place.actor
    actions.edit_webhook(
        by=actor, webhook_id=webhook_id, url=body.url, events=body.events, is_on=body.is_on, now=clock.now()
    )
    return reply(queries.show_webhook(actor, webhook_id))


@route(router, "DELETE", "/{webhook_id}", scope=Scope.ADMIN, status=204, summary="Delete a webhook with its log")
def delete_webhook(request: ApiRequest, webhook_id: Path[Id]) -> HttpResponse:
    actions.delete_webhook(by=request.place.actor, webhook_id=webhook_id, now=clock.now())
    return reply(None, status=204)


@route(
    router, "POST", "/{webhook_id}/secret", scope=Scope.ADMIN, answer=SecretOut, status=201,
    summary="Make a new secret; the old one signs beside it for a day",
)  # fmt: skip
def rotate_webhook_secret(request: ApiRequest, webhook_id: Path[Id]) -> HttpResponse:
    secret = actions.rotate_secret(by=request.place.actor, webhook_id=webhook_id, now=clock.now())
    return reply({"secret": secret}, status=201)


@route(
    router, "GET", "/{webhook_id}/deliveries", scope=Scope.ADMIN, answer=PageOf[DeliveryOut],
    summary="List messages and how they went, the newest first",
)  # fmt: skip
def list_deliveries(request: ApiRequest, webhook_id: Path[Id], asked: Query[PageQuery]) -> HttpResponse:
    page = queries.list_deliveries(request.place.actor, webhook_id, sort="-id", cursor=asked.cursor, limit=asked.limit)
    return reply({"items": page.items, "next": page.next})


@route(
    router, "POST", "/{webhook_id}/deliveries", scope=Scope.ADMIN, answer=Made, status=202,
    summary="Send a test message",
)  # fmt: skip
def send_test_message(request: ApiRequest, webhook_id: Path[Id]) -> HttpResponse:
    made = actions.send_test(by=request.place.actor, webhook_id=webhook_id, now=clock.now())
    return reply({"id": made}, status=202)


@route(
    router, "POST", "/deliveries/{delivery_id}/replay", scope=Scope.ADMIN, status=202,
    summary="Send a message again",
)  # fmt: skip
def replay_delivery(request: ApiRequest, delivery_id: Path[Id]) -> HttpResponse:
    actions.replay(by=request.place.actor, delivery_id=delivery_id, now=clock.now())
    return reply(None, status=202)
