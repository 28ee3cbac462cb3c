"""Every column's name is sent to every write: what a route or a form does not take is refused or without effect."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.urls import reverse

from milepost.api.app import api
from tests.api.conftest import Caller, Calling, read
from tests.api.test_matrix import TABLE as OPERATIONS
from tests.api.test_matrix import address, operations
from tests.people import build_company
from tests.web.test_matrix import WRITES, client_of
from tests.web.things import Things, build_things

pytestmark = pytest.mark.django_db
GUARDED = ("workspace", "metrics", "okr", "rhythm")
# What a use of a token writes, whatever it was refused.
OF_A_USE = {("workspace_apitoken", "last_used_at")}
# No columns here, but elsewhere what decides over people and rows.
USUAL = {"is_staff", "is_superuser", "groups", "permissions", "owner", "owner_id", "author", "admin", "pk"}
SCHEMA, ROUTES = api.get_openapi_schema(), operations()  # made once: it takes a second
AT_ONCE = 80  # an answer names at most a hundred fields


def guarded_models() -> list[type[models.Model]]:
    return [model for app in GUARDED for model in apps.get_app_config(app).get_models(include_auto_created=True)]


NAMES = sorted(
    USUAL | {name for model in guarded_models() for f in model._meta.concrete_fields for name in (f.name, f.attname)}
)


def written(model: type[models.Model]) -> list[tuple[Any, ...]]:
    """Return the rows of a table, without what the mere use of a token writes."""
    table = model._meta.db_table
    columns = [f.attname for f in model._meta.concrete_fields if (table, f.attname) not in OF_A_USE]
    return list(model._default_manager.order_by("pk").values_list(*columns))


def sum_of_tables() -> str:
    """Return one sum over every row of every guarded table."""
    return hashlib.sha256(repr([(m._meta.db_table, written(m)) for m in guarded_models()]).encode()).hexdigest()


def schema_of(part: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the objects that a part of the description may be: it may refer, choose, or be a list."""
    if "$ref" in part:
        return schema_of(SCHEMA["components"]["schemas"][part["$ref"].rpartition("/")[2]])
    if "anyOf" in part:
        return [one for choice in part["anyOf"] for one in schema_of(choice)]
    if "items" in part:
        return schema_of(part["items"])
    return [part] if "properties" in part else []


def bodies() -> dict[str, dict[str, Any]]:
    """Return by operation what its body is described as; those without a body take none."""
    found = {}
    for methods in SCHEMA["paths"].values():
        for operation in methods.values():
            if "requestBody" in operation:
                found[operation["operationId"]] = operation["requestBody"]["content"]["application/json"]["schema"]
    return found


def known_to(schema: dict[str, Any]) -> set[str]:
    return {name for one in schema_of(schema) for name in one["properties"]}


BODIES = bodies()


def parts(names: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(names), AT_ONCE):
        yield names[at : at + AT_ONCE]


def refused(answer: Any) -> set[str]:
    """Return the names that an answer says are not taken."""
    if answer.status_code != 422:
        return set()
    return {e["field"].rpartition(".")[2] for e in read(answer)["errors"] if "not permitted" in e["message"]}


def knocked(calling: Calling) -> Caller:
    """Return a caller who has been there today: the first request of a day brings scores up to it."""
    admin = calling("admin")
    admin.ok("GET", "/me")
    return admin


@pytest.fixture
def things(calling: Calling, company, settings) -> Things:
    settings.API_REQUESTS_A_MINUTE = 10_000
    made = build_things(company)
    build_company("Other")  # so that foreign ids lead somewhere
    return made


def test_every_body_is_tried_and_there_is_much_to_try() -> None:
    assert {name for name in BODIES if OPERATIONS[name].body} == set(BODIES)
    assert len(BODIES) >= 25
    assert len(NAMES) >= 150
    assert {
        "workspace_id", "lead_id", "role", "is_operator", "is_active", "created_at", "version", "token_hash", "scopes",
        "state", "known_at", "author_id", "password", "revoked_at", "final_score", "hash",
    } <= set(NAMES)  # fmt: skip


def test_no_operation_takes_a_field_that_it_does_not_document(things: Things, calling: Calling) -> None:
    admin, tried, wrong = knocked(calling), 0, {}
    for name, schema in BODIES.items():
        method, path = ROUTES[name]
        where, body = address(path, things, OPERATIONS[name]), OPERATIONS[name].body(things)  # type: ignore[misc]
        unknown = [n for n in NAMES if n not in known_to(schema)]
        before = sum_of_tables()
        for some in parts(unknown):
            answer = admin(method, where, body | dict.fromkeys(some, 1))
            tried += len(some)
            if missed := set(some) - refused(answer):
                wrong[name] = (answer.status_code, missed)
        if sum_of_tables() != before:
            wrong[name] = "wrote"
    assert wrong == {}
    assert tried >= 25 * 140


def nested(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties that are objects, or lists of them, themselves."""
    return {
        name: part
        for one in schema_of(schema)
        for name, part in one["properties"].items()
        if schema_of(part)
    }  # fmt: skip


def test_no_object_inside_a_body_takes_one_either(things: Things, calling: Calling) -> None:
    admin, tried = knocked(calling), set()
    for name, schema in BODIES.items():
        method, path = ROUTES[name]
        for inside, part in nested(schema).items():
            body, before = OPERATIONS[name].body(things), sum_of_tables()  # type: ignore[misc]
            unknown = [n for n in NAMES if n not in known_to(part)]
            for some in parts(unknown):
                sent: Any = dict.fromkeys(some, 1)
                is_list = any("items" in c for c in [part, *part.get("anyOf", [])])
                answer = admin(
                    method, address(path, things, OPERATIONS[name]), body | {inside: [sent] if is_list else sent}
                )
                assert set(some) <= refused(answer), (name, inside)
            assert sum_of_tables() == before
            tried.add((name, inside))
    assert len(tried) >= 4


@pytest.mark.parametrize("name", ["update_objective", "change_role"])
def test_each_name_alone_is_refused_and_changes_nothing(things: Things, calling: Calling, name: str) -> None:
    admin = knocked(calling)
    method, path = ROUTES[name]
    where, body, before = address(path, things, OPERATIONS[name]), OPERATIONS[name].body(things), sum_of_tables()  # type: ignore[misc]
    unknown = [n for n in NAMES if n not in known_to(BODIES[name])]
    answers = {n: refused(admin(method, where, body | {n: 1})) for n in unknown}
    assert answers == {n: {n} for n in unknown}
    assert sum_of_tables() == before


# Pages.

# What differs between any two runs: chance, and what is made of it or of new ids.
CHANCE = {"token_hash", "hint", "secret", "hash", "previous_hash", "message_id", "body", "data", "object_id"}


def rows_now(known: dict[type[models.Model], set[Any]]) -> dict[str, list[str]]:
    """Return the rows of every guarded table, with "new" for the id of a row that was not known before."""
    found = {}
    for model in guarded_models():
        fields = [f for f in model._meta.concrete_fields if f.attname not in CHANCE]
        rows = model._default_manager.order_by("pk").values_list(*(f.attname for f in fields))
        found[model._meta.db_table] = sorted(
            repr([_same(f, v, known) for f, v in zip(fields, row, strict=True)]) for row in rows
        )
    return found


def _same(field: models.Field, value: Any, known: dict[type[models.Model], set[Any]]) -> Any:
    owner = field.model if field.primary_key and not field.remote_field else field.related_model
    if owner is None or value is None or owner not in known:
        return value
    return value if value in known[owner] else "new"


def value_for(name: str, things: Things, foreign: Things) -> Any:
    """Return what an attacker would like to see in a column of this name."""
    words = {
        "workspace": foreign.company.workspace_id, "role": "admin", "state": "closed", "scopes": '["admin"]',
        "counts": "nothing", "visibility": "2", "slug": "taken-over", "valid_on": "2020-01-01", "at": "2020-01-01",
    }  # fmt: skip
    stem = name.removesuffix("_id")
    if stem in words:
        return words[stem]
    if stem.endswith(("_at", "_on", "_until")):
        return "2020-01-01"
    return foreign.company.ids["lead"] if stem in {"lead", "author", "actor", "membership", "user"} else "1"


ANSWERS = {"text", "reply_to"}  # a comment is sent by a second form as well: the one below the comment it answers


def taken_by(client: Any, name: str, things: Things) -> set[str]:
    """Return the names that the form of a write carries, as a browser sends them."""
    sent = set(WRITES[name][0](things))
    shown = client.get(reverse(name, kwargs=things.of(name)))
    if shown.status_code != 200:  # no page of its own: its form stands on one of these
        pages = ("goal", "kpi", "week", "team", "person")
        text = "".join(client.get(reverse(p, kwargs=things.of(p))).content.decode() for p in pages)
    else:
        text = shown.content.decode()
    forms = [set(re.findall(r'name="([^"]+)"', form)) for form in re.findall(r"<form.*?</form>", text, re.S)]
    alike = max(len(sent & carried) for carried in forms)  # a page may hold many
    sent = sent.union(*(carried for carried in forms if len(sent & carried) == alike))
    return sent | ANSWERS if name in {"goal_comment", "kpi_comment"} else sent


@pytest.mark.parametrize("name", WRITES)
def test_a_form_writes_what_it_shows_and_nothing_else(things: Things, name: str) -> None:
    foreign = build_things(build_company("Third"), kpi_name="Theirs")
    body, answers = WRITES[name]
    who = next(who for who in ("admin", "lead") if answers[who] in {200, 302})  # one's own comment is not an admin's
    client = client_of(things.company, who)
    where = reverse(name, kwargs=things.of(name))
    changed = {"name": "Renamed"} if name == "settings" else {}  # else it saves what stands there
    taken = taken_by(client, name, things)
    extra = [n for n in NAMES if n not in taken]
    assert len(extra) >= 120
    more = {n: value_for(n, things, foreign) for n in extra}
    known = {model: set(model._default_manager.values_list("pk", flat=True)) for model in guarded_models()}
    before = rows_now(known)
    runs = []
    for added in ({}, more):
        with transaction.atomic():
            answer = client.post(where, added | body(things) | changed)  # a file can be read once
            runs.append((answer.status_code, rows_now(known)))
            transaction.set_rollback(True)
    assert runs[0] == runs[1]
    assert runs[0][0] in {200, 302}
    assert runs[0][1] != before  # it was a form that writes
