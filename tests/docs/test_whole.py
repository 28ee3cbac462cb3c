"""Nothing that can be typed, asked for, told or refused is missing from the pages."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from milepost.api.app import api
from milepost.api.problems import TITLES
from milepost.cli.main import app
from milepost.site.environment import Environment
from milepost.workspace.actions.deliveries import WAITS
from milepost.workspace.permissions import Scope, WebhookEvent
from tests.docs.pages import FOLDER

API = (FOLDER / "api.md").read_text(encoding="utf-8")
CLI = (FOLDER / "cli.md").read_text(encoding="utf-8")
START = (FOLDER / "start.md").read_text(encoding="utf-8")


def commands(command: Any, name: str) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if below is None:
        yield name
        return
    for word, one in below.items():
        yield from commands(one, f"{name} {word}")


def segments() -> set[str]:
    """Return the fixed words of every address: cycles, closure, readings …"""
    paths = api.get_openapi_schema()["paths"]
    words = {word for path in paths for word in path.removeprefix("/api/v1/").split("/")}
    return {word for word in words if not word.startswith("{")}


def query_names() -> set[str]:
    operations = [o for methods in api.get_openapi_schema()["paths"].values() for o in methods.values()]
    return {p["name"] for o in operations for p in o.get("parameters", []) if p["in"] in {"query", "header"}}


def test_every_command_is_named() -> None:
    known = list(commands(typer.main.get_command(app), "milepost"))
    assert len(known) > 15
    assert [name for name in known if name not in CLI] == []


def test_every_variable_is_named() -> None:
    sources = (FOLDER.parent / "src/milepost/cli").glob("*.py")
    read = {name for path in sources for name in re.findall(r'"(MILEPOST_\w+)"', path.read_text())}
    assert {name for name in read if name not in CLI} == set()
    fields = {
        alias if isinstance(alias := field.validation_alias, str) else f"MILEPOST_{name.upper()}"
        for name, field in Environment.model_fields.items()
    } - {
        "MILEPOST_DATABASE_URL",
        "MILEPOST_DEBUG",
    }
    assert {name for name in fields if name not in START} == set()


def test_every_group_and_noun_is_described() -> None:
    tags = {
        tag for methods in api.get_openapi_schema()["paths"].values() for o in methods.values() for tag in o["tags"]
    }
    headings = set(re.findall(r"^#+ (.+)$", API, re.M))
    assert tags - headings - {"Tokens"} == set()
    assert {word for word in segments() if not re.search(rf"/{word}\b", API)} == set()


def test_every_filter_and_header_is_described() -> None:
    assert {name for name in query_names() if not re.search(rf"\b{name}\b", API)} == set()


@pytest.mark.parametrize("word", [*Scope.values, *WebhookEvent.values, *(f"{s} | {t}" for s, t in TITLES.items())])
def test_every_scope_event_and_refusal_is_described(word: str) -> None:
    assert f"`{word}`" in API or f'"{word}"' in API or f"| {word} |" in API


def test_the_waits_are_those_of_the_code() -> None:
    said = "5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours"
    assert said in API
    assert [int(w.total_seconds()) for w in WAITS] == [5, 300, 1800, *(3600 * h for h in (2, 5, 10, 14, 20, 24))]
