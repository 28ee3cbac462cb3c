"""Every route against every kind of reader: a route that is not in the table fails the run."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from milepost.metrics import actions as metrics
from milepost.okr import actions
from milepost.okr.models import KeyResult
from milepost.workspace import actions as workspace
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "admin", "manager", "lead", "member", "viewer", "outsider")
MISSING = 999_999


@dataclass(slots=True)
class Things:
    """One of everything in a workspace."""

    company: Company
    goal: int
    draft: int
    key_result: int
    check_in: int
    kpi: str
    note: int
    team: int
    person: int

    def of(self, name: str) -> dict[str, object]:
        """Return the arguments of a route."""
        ids: dict[str, object] = {"goal": self.goal, "draft": self.draft, "key_result": self.key_result}
        ids |= {"check_in": self.check_in, "team": self.team, "person": self.person}
        args: dict[str, object] = {"workspace": self.company.slug}
        if name in PK:
            args["pk"] = ids[PK[name]]
        if name == "kpi_note_delete":
            args["pk"] = self.note
        if name.startswith("kpi") and name not in {"kpis", "kpi_new"}:
            args["slug"] = self.kpi
        return args


PK = {
    "goal": "goal", "goal_branch": "goal", "goal_edit": "goal", "goal_activate": "draft", "goal_pause": "goal",
    "goal_cancel": "goal", "goal_close": "goal", "goal_reopen": "goal", "key_result_new": "goal",
    "key_result_edit": "key_result", "key_result_cancel": "key_result", "key_result_move": "key_result",
    "check_in": "key_result", "check_in_edit": "check_in", "check_in_delete": "check_in", "person": "person",
    "team": "team", "team_edit": "team", "team_delete": "team", "team_members": "team",
}  # fmt: skip


def table(**given: int) -> dict[str, int]:
    """Expected status by role; anonymous people sign in first and outsiders find nothing."""
    return {"anonymous": 302, "outsider": 404, **given}


def everybody(status: int) -> dict[str, int]:
    return table(**dict.fromkeys(("admin", "manager", "lead", "member", "viewer"), status))


def only(*roles: str, status: int, others: int = 403) -> dict[str, int]:
    return table(**{r: status if r in roles else others for r in ("admin", "manager", "lead", "member", "viewer")})


READ = everybody(200)
NO = dict.fromkeys(ROLES, 405)
WRITERS = ("admin", "manager", "lead", "member")
OWNERS = ("admin", "manager", "lead")

# Route: what GET and what an empty POST answer. 422 is a form shown again, 400 a refusal in a sentence.
TABLE: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "workspace": (everybody(302), NO),
    "week": (READ, everybody(302)),
    "more": (READ, NO),
    "find": (READ, everybody(302)),
    "goals": (READ, NO),
    "goal": (READ, NO),
    "goal_branch": (READ, NO),
    "goal_new": (READ, everybody(422)),
    "goal_edit": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "goal_activate": (NO, only(*OWNERS, status=302)),
    "goal_pause": (NO, only(*OWNERS, status=400)),
    "goal_cancel": (READ, everybody(422)),
    "goal_close": (only(*OWNERS, status=200), only(*OWNERS, status=302)),
    "goal_reopen": (READ, only(*OWNERS, status=422)),
    "key_result_new": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "key_result_edit": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "key_result_cancel": (NO, only(*OWNERS, status=400)),
    "key_result_move": (NO, only(*OWNERS, status=302)),
    "check_in": (NO, everybody(422)),
    "check_in_edit": (only("admin", "lead", status=200, others=404), only("admin", "lead", status=422, others=404)),
    "check_in_delete": (NO, only("admin", "lead", status=302, others=404)),
    "kpis": (READ, NO),
    "kpi_new": (READ, everybody(422)),
    "kpi": (READ, NO),
    "kpi_edit": (READ, everybody(422)),
    "kpi_archive": (NO, only(*OWNERS, status=302)),
    "kpi_objective": (READ, everybody(422)),
    "kpi_values": (NO, everybody(422)),
    "kpi_notes": (NO, everybody(422)),
    "kpi_note_delete": (NO, only("admin", "lead", status=302, others=404)),
    "kpi_import": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "people": (READ, NO),
    "person": (READ, NO),
    "team": (READ, NO),
    "team_new": (only("admin", status=200), only("admin", status=422)),
    "team_edit": (only("admin", "manager", status=200), only("admin", "manager", status=422)),
    "team_delete": (NO, only("admin", status=400)),
    "team_members": (NO, everybody(400)),
    "settings": (only("admin", status=200), only("admin", status=422)),
    "settings_cycles": (only("admin", status=200), only("admin", status=422)),
    "settings_members": (only("admin", status=200), only("admin", status=400)),
    "tokens": (READ, everybody(422)),
    "webhooks": (only("admin", status=200), only("admin", status=422)),
    "audit": (only("admin", status=200), NO),
    "audit_csv": (NO, only("admin", status=200)),
}


def goal_form(t: Things) -> dict[str, object]:
    return {
        "title": "Another", "why": "", "owner": "", "lead": t.company.ids["lead"], "cycle": t.company.cycle, "parent": "",
        "ambition": "committed", "counts": "key_results", "kr-TOTAL_FORMS": 1, "kr-INITIAL_FORMS": 0,
        "kr-0-title": "Replies 48 -> 30 min",
    }  # fmt: skip


def key_result_form(t: Things) -> dict[str, object]:
    return {
        "title": "Tickets", "kind": "reach", "lead": t.company.ids["lead"], "start": "100", "target": "50",
        "window": "default", "weight": "1", "ambition": "committed", "reason": "Said so",
    }  # fmt: skip


def check_in_form(t: Things) -> dict[str, object]:
    return {f"value-{t.key_result}": "70", f"confidence-{t.key_result}": "6"}


def kpi_form(t: Things) -> dict[str, object]:
    return {
        "name": "First reply time", "unit": "min", "frequency": "week", "direction": "lower", "aggregation": "stock",
        "high": "25", "lead": t.company.ids["lead"], "team": "",
    }  # fmt: skip


def objective_form(t: Things) -> dict[str, object]:
    return {
        "title": "Lower it", "lead": t.company.ids["lead"], "owner": "", "cycle": t.company.cycle, "parent": "",
        "start": "48", "target": "30", "ambition": "committed",
    }  # fmt: skip


def settings_form() -> dict[str, object]:
    return {
        "name": "Acme", "time_zone": "UTC", "fiscal_month": 1, "rhythm_weeks": 1, "rhythm_weekday": 0, "reviewers": 0,
    }  # fmt: skip


# Writes with a body that would be saved, so that a form's own check cannot hide a missing permission.
WRITES: dict[str, tuple[Callable[[Things], dict[str, object]], dict[str, int]]] = {
    "goal_new": (goal_form, only(*WRITERS, status=302)),
    "goal_edit": (lambda t: goal_form(t) | {"reason": "Said so"}, only(*OWNERS, status=302)),
    "goal_pause": (lambda _: {"paused": "1"}, only(*OWNERS, status=302)),
    "goal_cancel": (lambda _: {"reason": "No longer"}, only(*OWNERS, status=302)),
    "key_result_new": (key_result_form, only(*OWNERS, status=302)),
    "key_result_edit": (key_result_form, only(*OWNERS, status=302)),
    "key_result_cancel": (lambda _: {"reason": "No longer"}, only(*OWNERS, status=302)),
    "check_in": (check_in_form, only(*OWNERS, status=302)),
    "kpi_new": (kpi_form, only(*WRITERS, status=302)),
    "kpi_edit": (kpi_form, only(*OWNERS, status=302)),
    "kpi_objective": (objective_form, only(*WRITERS, status=302)),
    "kpi_values": (lambda _: {"period": "2026-W46", "value": "41"}, only(*OWNERS, status=302)),
    "kpi_notes": (lambda _: {"period": "2026-W46", "text": "Holiday"}, only(*WRITERS, status=302)),
    "find": (lambda t: {"kind": "kpi", "reference": t.kpi, "value": "41"}, only(*OWNERS, status=302)),
    "team_new": (lambda t: {"name": "New", "parent": ""}, only("admin", status=302)),
    "team_edit": (lambda t: {"name": "Renamed", "parent": ""}, only("admin", "manager", status=302)),
    "team_members": (lambda t: {"person": t.person, "do": "member"}, only("admin", "manager", status=302)),
    "settings": (lambda _: settings_form(), only("admin", status=302)),
    "settings_cycles": (
        lambda _: {"name": "Q1 2027", "first_day": "2027-01-01", "last_day": "2027-03-31"},
        only("admin", status=302),
    ),
    "webhooks": (lambda _: {"url": "https://example.org/h", "events": ["checkin.created"]}, only("admin", status=200)),
    "tokens": (lambda _: {"name": "Export", "days": "90", "scopes": ["read"]}, everybody(200)),
    "settings_members": (lambda t: {"do": "role", "member": t.person, "role": "viewer"}, only("admin", status=302)),
}

# Routes outside a workspace: what an anonymous and what a signed-in person get.
OPEN = {
    "home": (302, 302), "healthz": (200, 200), "first_start": (404, 404), "workspaces": (302, 200),
    "theme": (405, 405), "api_docs": (200, 200), "styleguide": (200, 200), "account_login": (200, 302), "account_logout": (302, 200),
    "account_signup": (200, 302), "account_inactive": (200, 200), "account_reauthenticate": (302, 200),
    "account_change_password": (302, 200), "account_set_password": (302, 302), "account_reset_password": (200, 200),
    "account_reset_password_done": (200, 200), "account_reset_password_from_key_done": (200, 200),
    "account": (302, 200), "mfa_index": (302, 302), "mfa_list_webauthn": (302, 302), "mfa_authenticate": (302, 302),
    # these ask for the password first
    "mfa_activate_totp": (302, 302), "mfa_add_webauthn": (302, 302), "mfa_generate_recovery_codes": (302, 302),
    "mfa_reauthenticate": (302, 302), "mfa_reauthenticate_webauthn": (302, 302), "mfa_login_webauthn": (302, 302),
    # there is nothing yet
    "mfa_deactivate_totp": (302, 404), "mfa_view_recovery_codes": (302, 404), "mfa_download_recovery_codes": (302, 404),
}  # fmt: skip


OF_A_PASSKEY = {"mfa_edit_webauthn", "mfa_remove_webauthn"}  # tests/web/test_account.py: nobody reaches another's


def build_things(company: Company, *, kpi_name: str = "First reply time") -> Things:
    goal = company.objective()
    draft = company.objective("A draft", activate=False)
    key_result = KeyResult.objects.get(objective_id=goal).pk
    check_in = actions.record_check_in(
        by=company.actor("lead"), draft=actions.CheckInDraft(key_result_id=key_result, value=80, confidence=6), now=NOW
    )
    kpi = company.kpi(kpi_name)
    note = metrics.add_note(by=company.actor("lead"), slug=kpi, day=TODAY, text="New form", fiscal_month=1, now=NOW)
    return Things(company, goal, draft, key_result, check_in, kpi, note, company.team, company.ids["member"])


@pytest.fixture
def things(company: Company, monkeypatch: pytest.MonkeyPatch) -> Things:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    made = build_things(company)
    company.users["outsider"] = build_company("Other").users["lead"]
    return made


def client_of(things: Things, role: str) -> Client:
    client = Client()
    if role != "anonymous":
        client.force_login(things.company.users[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def workspace_routes() -> list[str]:
    return [p.name for p in pages() if "<slug:workspace>" in str(p.pattern)]


def pages() -> list[URLPattern]:
    """Every page; the REST interface has a matrix of its own."""
    return [p for p in get_resolver().url_patterns if isinstance(p, URLPattern)]


def test_every_route_stands_in_a_table() -> None:
    named = {p.name for p in pages()}
    assert named == set(TABLE) | set(OPEN) | {"join", "account_reset_password_from_key"} | OF_A_PASSKEY
    assert set(workspace_routes()) == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_each_page_answers_each_reader_as_the_table_says(things: Things, role: str) -> None:
    client = client_of(things, role)
    got = {name: client.get(reverse(name, kwargs=things.of(name))).status_code for name in TABLE}
    assert got == {name: expected[0][role] for name, expected in TABLE.items()}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TABLE)
def test_each_empty_write_answers_each_reader_as_the_table_says(things: Things, name: str, role: str) -> None:
    response = client_of(things, role).post(reverse(name, kwargs=things.of(name)))
    assert response.status_code == TABLE[name][1][role]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", WRITES)
def test_each_full_write_is_for_those_who_may(things: Things, name: str, role: str) -> None:
    body, expected = WRITES[name]
    response = client_of(things, role).post(reverse(name, kwargs=things.of(name)), body(things))
    assert response.status_code == expected[role], response.content.decode()[:3000]


def test_open_routes_answer_as_the_table_says(things: Things) -> None:
    stranger, lead = client_of(things, "anonymous"), client_of(things, "lead")
    got = {name: (stranger.get(reverse(name)).status_code, lead.get(reverse(name)).status_code) for name in OPEN}
    assert got == OPEN


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_foreign_id_answers_exactly_like_a_missing_one(things: Things, method: str) -> None:
    other = build_things(build_company("Third"), kpi_name="Theirs alone")
    client = client_of(things, "admin")
    checked = 0
    for name in TABLE:
        args = things.of(name)
        if set(args) == {"workspace"}:
            continue
        foreign = {**other.of(name), "workspace": things.company.slug}
        missing = {**args, "pk": MISSING} if "pk" in args else {**args, "slug": "nothing-here"}
        if name == "kpi_note_delete":  # an own KPI with a foreign note
            foreign["slug"] = args["slug"]
        data = {"do": "out", "person": things.person} if name == "team_members" else {}
        answers = [getattr(client, method)(reverse(name, kwargs=kwargs), data) for kwargs in (foreign, missing)]
        bodies = [_same_but_address(a.content.decode()) for a in answers]
        assert [a.status_code for a in answers] in ([404, 404], [405, 405]), name
        assert bodies[0] == bodies[1], name
        checked += 1
    assert checked == sum(set(things.of(name)) != {"workspace"} for name in TABLE)


def _same_but_address(text: str) -> str:
    text = re.sub(r'name="next" value="[^"]*"|nonce="[^"]*"', "", text)
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"', "", text)


def test_a_removed_member_finds_nothing_any_more(things: Things) -> None:
    """Who has no other workspace is signed out; who has finds nothing here. Both from the next request on."""
    elsewhere = build_company("Elsewhere")
    workspace.add_member(
        by=elsewhere.operator(), email=things.company.users["lead"].email, name="L", role="viewer", password="", now=NOW
    )
    address = reverse("goals", args=[things.company.slug])
    for who, then in (("member", 302), ("lead", 404)):
        client = client_of(things, who)
        assert client.get(address).status_code == 200
        workspace.remove_member(by=things.company.actor(), membership_id=things.company.ids[who], now=NOW)
        assert client.get(address).status_code == then
