"""Tokens: making and ending keys for programs."""

from dataclasses import asdict

from django.http import HttpResponse
from ninja import Path, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route
from milepost.api.schemas.base import Id
from milepost.api.schemas.people import TokenIn, TokenMade, TokensOut
from milepost.workspace import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["Tokens"])


@route(router, "GET", "", scope=Scope.ADMIN, answer=TokensOut, summary="List tokens in force")
def list_tokens(request: ApiRequest) -> HttpResponse:
    rows = queries.list_tokens(request.place.actor, now=clock.now())
    return reply({"items": [asdict(row) for row in rows]})


@route(router, "POST", "", scope=Scope.ADMIN, answer=TokenMade, status=201, summary="Make a token")
def create_token(request: ApiRequest, body: TokenIn) -> HttpResponse:
    made = actions.create_token(
        by=request.place.actor,
        name=body.name,
        scopes=body.scopes,
        days=body.days,
        for_workspace=body.for_workspace,
        now=clock.now(),
    )
    return reply({"id": made.id, "secret": made.secret}, status=201)


@route(router, "DELETE", "/{token_id}", scope=Scope.ADMIN, status=204, summary="End a token at once")
def revoke_token(request: ApiRequest, token_id: Path[Id]) -> HttpResponse:
    actions.revoke_token(by=request.place.actor, token_id=token_id, now=clock.now())
    return reply(None, status=204)
