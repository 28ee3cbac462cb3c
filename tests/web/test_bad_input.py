"""What people type and should not: each page says the place and the fix, and nothing is half saved."""

import pytest
from django.test import Client
from django.urls import reverse

from milepost.metrics.models import Metric, Note, Reading
from milepost.okr.models import CheckIn, Cycle, KeyResult, Objective
from milepost.workspace.models import Event
from tests.people import NOW, Company
from tests.web.test_matrix import (
    Things,
    build_things,
    client_of,
    goal_form,
    key_result_form,
    kpi_form,
    objective_form,
    rules_form,
    settings_form,
)

pytestmark = pytest.mark.django_db
MEGABYTE = "x" * 1_000_000
NUL = "before\0after"
NO_NUMBERS = ("abc", "NaN", "inf", "-Infinity", "1e400", "4 3 min", "1.234,5.6", "٣x", "", MEGABYTE, "4\x003")
TABLES = (Objective, KeyResult, Metric, Reading, Note, CheckIn, Cycle, Event)


@pytest.fixture
def things(company: Company, monkeypatch: pytest.MonkeyPatch) -> Things:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    return build_things(company)


@pytest.fixture
def client(things: Things) -> Client:
    return client_of(things.company, "admin")


def rows() -> list[int]:
    return [model.objects.count() for model in TABLES]


def refused(client: Client, name: str, things: Things, body: dict[str, object], *says: str) -> None:
    """The form comes back with a sentence and not one row more."""
    before = rows()
    answer = client.post(reverse(name, kwargs=things.of(name)), body)
    text = answer.content.decode()
    assert answer.status_code in {400, 422}, (answer.status_code, {k: str(v)[:60] for k, v in body.items()})
    for words in says:
        assert words in text, words
    assert rows() == before


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda v: repr(v[:12]))
def test_a_value_that_is_no_number(client: Client, things: Things, value: str) -> None:
    key = things.key_result
    refused(client, "check_in", things, {f"value-{key}": value, f"confidence-{key}": "6"}, 'role="alert"')
    refused(client, "kpi_values", things, {"period": "2026-W46", "value": value})
    if value:
        refused(client, "key_result_edit", things, key_result_form(things) | {"start": value})
        refused(client, "kpi_edit", things, kpi_form(things) | {"high": value})
        refused(client, "kpi_objective", things, objective_form(things) | {"target": value})
        refused(client, "goal_close", things, {f"grade-{key}": value, f"reason-{key}": "x"})


@pytest.mark.parametrize("period", ["2026-W50", "2099-01-01", "2026-13-01", "2026-W54", "yesterday", "", NUL, MEGABYTE])
def test_a_period_that_is_none_or_has_not_begun(client: Client, things: Things, period: str) -> None:
    refused(client, "kpi_values", things, {"period": period, "value": "41"}, "period")
    if period not in {"2026-W50", "2099-01-01"}:
        refused(client, "kpi_notes", things, {"period": period, "text": "Holiday"}, "period")


@pytest.mark.parametrize("text", [MEGABYTE, NUL, "", "   "], ids=["a megabyte", "NUL", "nothing", "blanks"])
def test_a_text_that_is_none(client: Client, things: Things, text: str) -> None:
    refused(client, "goal_new", things, goal_form(things) | {"title": text})
    refused(client, "goal_edit", things, goal_form(things) | {"title": text, "reason": "x"})
    refused(client, "key_result_new", things, key_result_form(things) | {"title": text})
    refused(client, "kpi_new", things, kpi_form(things) | {"name": text})
    refused(client, "kpi_notes", things, {"period": "2026-W46", "text": text})
    refused(client, "team_new", things, {"name": text, "parent": ""})
    refused(client, "settings", things, settings_form() | {"name": text})
    refused(client, "settings_cycles", things, {"name": text, "first_day": "2027-01-01", "last_day": "2027-03-31"})
    refused(client, "goal_cancel", things, {"reason": text})
    if text.strip():
        key = things.key_result
        body = {f"value-{key}": "70", f"confidence-{key}": "6", f"note-{key}": text}
        refused(client, "check_in", things, body, 'role="alert"')


def test_rules_by_which_no_word_could_be_told(client: Client, things: Things) -> None:
    for given in (
        {"on_track": "-30"}, {"on_track": "most"}, {"early_until": "101"}, {"kind": "guess"}, {"objective": "luck"},
        {"week": "7"}, {"week": "every, day"}, {"holidays": "2026-12-25\n25 December"}, {"holidays": MEGABYTE},
        {"reason": ""}, {"reason": NUL},
    ):  # fmt: skip
        refused(client, "settings_status", things, rules_form() | given)


def test_a_goal_needs_a_distance(client: Client, things: Things) -> None:
    refused(client, "key_result_edit", things, key_result_form(things) | {"start": "50", "target": "50"}, "50")
    refused(client, "kpi_objective", things, objective_form(things) | {"start": "30", "target": "30"}, "30")


def test_a_confidence_beyond_ten(client: Client, things: Things) -> None:
    key = things.key_result
    for confidence in ("0", "11", "-1", "six", "", "1e9"):
        refused(client, "check_in", things, {f"value-{key}": "70", f"confidence-{key}": confidence}, 'role="alert"')


def test_a_cycle_that_runs_backwards_and_a_name_that_is_taken(client: Client, things: Things) -> None:
    backwards = {"name": "Q0", "first_day": "2027-03-31", "last_day": "2027-01-01"}
    refused(client, "settings_cycles", things, backwards)
    refused(client, "settings_cycles", things, backwards | {"name": "Q4 2026", "last_day": "2027-04-01"}, "Q4 2026")
    refused(client, "settings_cycles", things, backwards | {"first_day": "soon"})


def test_a_circle_in_the_tree_is_named(client: Client, things: Things) -> None:
    company = things.company
    child = company.objective("The child", parent_id=things.goal)
    body = goal_form(things) | {"title": "Be the tool", "parent": child, "reason": "x"}
    refused(client, "goal_edit", things, body, "The child")


def test_choices_that_nobody_offered(client: Client, things: Things) -> None:
    refused(client, "goal_new", things, goal_form(things) | {"cycle": "999999"})
    refused(client, "goal_new", things, goal_form(things) | {"lead": "1 OR 1=1"})
    refused(client, "kpi_new", things, kpi_form(things) | {"frequency": "fortnight"})
    refused(client, "settings_members", things, {"do": "role", "member": things.person, "role": "king"})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Week,Value\n2026-11-09,41\n2026-11-09,43\n", "2 rows are of the period"),
        (b"Week,Value\n2026-11-09,41\n2026-11-16,many\n", "many"),
        (b"Week,Value\n2027-11-09,41\n", "2027"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not"),
        (b"", "empty"),
        (b"Week,Value\n" + b"2026-11-09," + b"9" * 500 + b"\n", "Value"),
    ],
    ids=["one period twice", "no number", "the future", "a picture", "nothing", "a number without end"],
)
def test_a_file_that_cannot_be_read(client: Client, things: Things, data: bytes, words: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("weekly.csv", data)
    refused(client, "kpi_import", things, {"file": file, "date": "Week", "value": "Value", "do": "save"}, words)


def test_an_address_that_takes_a_form_says_so_to_who_looks_at_it(company: Company) -> None:
    goal = company.objective()
    client = Client()
    client.force_login(company.users["lead"], backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(reverse("goal_activate", args=[company.slug, goal]))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "Go back to the page with the form" in answer.content.decode()
    assert (
        "This cannot be shown"
        in client.get(reverse("goal", args=[company.slug, goal]) + "?on=2031-01-01").content.decode()
    )
