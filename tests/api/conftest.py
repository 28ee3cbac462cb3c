"""A company with tokens, and a client that sends one."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from milepost.api.auth import limiter
from milepost.workspace import actions
from milepost.workspace.permissions import Scope
from tests.people import NOW, Company

EVERYTHING = tuple(scope.value for scope in Scope)


@dataclass(slots=True)
class Caller:
    """Sends requests with a token and reads JSON."""

    secret: str
    client: Client

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        sent = {"Authorization": f"Bearer {self.secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return self.client.generic(
            method, f"/api/v1{path}", data, content_type="application/json",
            headers={name: value for name, value in sent.items() if value},
        )  # fmt: skip

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self(method, path, body, **headers)
        assert answer.status_code < 300, answer.content.decode()
        return json.loads(answer.content) if answer.content else None


Calling = Callable[..., Caller]


@pytest.fixture
def calling(company: Company, monkeypatch: pytest.MonkeyPatch) -> Calling:
    """Make a caller for somebody of the company: `calling("lead", "read")`."""
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    limiter._counts.clear()

    def call(who: str = "admin", *scopes: str, days: int | None = 90, at: datetime = NOW, own: bool = True) -> Caller:
        by = company.actor(who)
        role = by.role.value
        able = [s.value for s in sorted(actions.tokens.OF_ROLE[by.role])]  # type: ignore[attr-defined]
        made = actions.create_token(
            by=by, name=f"{who} {role}", scopes=scopes or able, days=days, for_workspace=not own, now=at
        )
        return Caller(made.secret, Client())

    return call


def read(answer: HttpResponse) -> Any:
    return json.loads(answer.content)
