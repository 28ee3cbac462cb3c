"""What leaves carries its headers, whoever made it; and looking changes nothing."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from milepost.api.app import api
from milepost.okr import actions
from milepost.web.security import ALWAYS, OTHER
from tests.people import NOW
from tests.web.test_matrix import ROLES, TABLE, Things, client_of, things

pytestmark = pytest.mark.django_db
__all__ = ["things"]  # a fixture
ROOT = Path(__file__).resolve().parents[2]
TOKENS = {"token": "no-such-token", "uidb36": "1", "key": "set-password", "provider": "x", "session": "1"}


def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault nobody foresaw")


urlpatterns = [*get_resolver("milepost.site.urls").url_patterns, path("crash/", crash)]


def faults(answer: HttpResponse) -> list[str]:
    """Return what an answer lacks."""
    policy = answer.headers.get("Content-Security-Policy", "")
    wrong = [
        f"{name}: {answer.headers.get(name)}" for name, value in ALWAYS.items() if answer.headers.get(name) != value
    ]
    if "unsafe" in policy or "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        wrong.append(f"policy {policy!r}")
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        if not re.search(r"script-src 'nonce-[\w-]{20,}';", policy) or "style-src 'self';" not in policy:
            wrong.append(f"policy of a page {policy!r}")
        if "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong.append("may be kept")
    elif policy != OTHER:
        wrong.append(f"policy {policy!r}")
    return wrong


def every_route() -> Iterator[tuple[str, str]]:
    """Yield (name, pattern) of each address of the site: pages, account, interface."""

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            here = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            else:
                yield pattern.name or here, here

    yield from walk(get_resolver().url_patterns, "/")


def address(name: str, pattern: str, things: Things) -> str:
    args = things.of(name) if name in TABLE else {}

    def filled(match: re.Match[str]) -> str:
        key = match[1].split(":")[-1]
        return str(args.get(key, TOKENS.get(key, 1)))

    return re.sub(r"<([^>]+)>", filled, re.sub(r"\(\?P(<\w+>)[^)]*\)|[\^$]", r"\1", pattern))


def test_every_route_answers_every_reader_with_every_header(things: Things) -> None:
    wrong: dict[str, list[str]] = {}
    routes = list(every_route())
    assert len(routes) > 120
    assert {"week", "account_login", "api_docs"} < {name for name, _ in routes}
    methods = {
        "admin": ("get", "post"),
        "outsider": ("get",),
        "anonymous": ("get", "post", "trace"),
    }
    for role, asked in methods.items():
        for method in asked:
            client = client_of(things.company, role)
            for name, pattern in routes:
                if (role, method, name) == ("admin", "post", "account_logout"):
                    continue
                answer = getattr(client, method)(address(name, pattern, things))
                found = faults(answer)
                if found:
                    wrong[f"{role} {method} {name} {answer.status_code}"] = found
    assert wrong == {}


@override_settings(ROOT_URLCONF="tests.web.test_headers", DEBUG=False)
def test_what_goes_wrong_carries_the_headers_too(things: Things) -> None:
    client = client_of(things.company, "admin")
    client.raise_request_exception = False
    strict = Client(enforce_csrf_checks=True)
    answers = {
        "a crash": (client.get("/crash/"), 500),
        "nothing there": (client.get("/nothing/here/"), 404),
        "a strange host": (client.get("/", headers={"host": "evil.example"}), 400),
        "no slash": (client.get("/healthz/nothing"), 404),
        "a redirect": (client.get("/workspaces"), 301),
        "no CSRF token": (strict.post(reverse("theme"), {"theme": "dark"}), 403),
        "a style sheet": (client.get("/static/milepost/css/milepost.css"), 200),
        "a script": (client.get("/static/milepost/js/milepost.js"), 200),
        "an icon": (client.get("/static/milepost/img/icon.svg"), 200),
        "no static file": (client.get("/static/nothing.css"), 404),
        "no such operation": (client.get("/api/v1/nothing"), 404),
        "no token": (client.get("/api/v1/me"), 401),
        "the description": (client.get("/api/v1/openapi.json"), 200),
    }
    assert {name: answer.status_code for name, (answer, _) in answers.items()} == {
        n: s for n, (_, s) in answers.items()
    }
    assert {name: found for name, (answer, _) in answers.items() if (found := faults(answer))} == {}
    assert "foresaw" not in answers["a crash"][0].content.decode()


def test_a_nonce_is_used_once(things: Things) -> None:
    client = client_of(things.company, "admin")
    seen = set()
    for _ in range(3):
        answer = client.get(reverse("week", kwargs={"workspace": things.company.slug}))
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[1]  # type: ignore[index]
        scripts = re.findall(r"<script[^>]*>", answer.content.decode())
        assert len(scripts) >= 2
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        seen.add(nonce)
    assert len(seen) == 3


def test_no_template_holds_an_inline_style_script_or_handler() -> None:
    wrong = []
    for file in [*(ROOT / "src/milepost").rglob("*.html"), *(ROOT / "src/milepost/web").rglob("*.py")]:
        text = file.read_text()
        for bad in (r"\sstyle=", r"\son[a-z]+=[\"']", r"<style", r"javascript:", r"<script(?![^>]*nonce=)", r"hx-on"):
            wrong += [f"{file.name}: {hit}" for hit in re.findall(rf".{{0,30}}{bad}.{{0,30}}", text)]
    assert wrong == []


@override_settings(SECURE_HSTS_SECONDS=31_536_000)
def test_https_is_insisted_on_where_it_is_used(things: Things) -> None:
    assert Client().get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_plain_http_promises_no_https(things: Things) -> None:
    assert "Strict-Transport-Security" not in Client().get("/healthz").headers


# What a GET may write, with the reason.
MAY_WRITE = {
    "workspace_apitoken": "when a token was last used, to ten minutes",
    "django_session": "the notices a page has shown are taken out; when it was used; a second step under way",
    "usersessions_usersession": "when and from where a session was used, to ten minutes",
}


def fingerprint() -> dict[str, str]:
    """Return a hash of the rows of every table."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return {table: value for table, value in found.items() if table not in MAY_WRITE}


@pytest.mark.parametrize("role", ROLES)
def test_looking_changes_nothing(things: Things, role: str) -> None:
    actions.refresh_day(by=things.company.operator(), now=NOW)  # else the first look of a day brings scores to it (S7)
    client = client_of(things.company, role)
    before = fingerprint()
    wrote = []
    routes = list(every_route())
    for name, pattern in routes:
        where = address(name, pattern, things)
        for query in ("", "?do=delete&delete=1&revoke=1&withdraw=1&paused=1&theme=dark&q=tool&values=all"):
            with CaptureQueriesContext(connection) as queries:
                client.get(where + query)
            wrote += [
                f"{name}: {q['sql'][:120]}"
                for q in queries
                if re.match(r"(INSERT|UPDATE|DELETE)", q["sql"]) and not any(table in q["sql"] for table in MAY_WRITE)
            ]
    assert wrote == []
    assert fingerprint() == before


def test_looking_with_a_token_changes_nothing(things: Things) -> None:
    from milepost.workspace.actions import create_token

    actions.refresh_day(by=things.company.operator(), now=NOW)
    secret = create_token(
        by=things.company.actor(), name="t", scopes=["read", "admin", "export"], days=1, now=NOW
    ).secret
    before = fingerprint()
    asked = 0
    for template, methods in api.get_openapi_schema()["paths"].items():
        if "get" in methods:
            where = re.sub(r"\{[^}]+\}", "1", template)
            Client().get(where, headers={"Authorization": f"Bearer {secret}"})
            asked += 1
    assert asked > 25
    assert fingerprint() == before
