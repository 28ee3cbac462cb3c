"""Every route against every kind of reader: a route that is not in the table fails the run."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from milepost.workspace import actions as workspace
from tests.people import NOW, Company, build_company
from tests.web.things import ACTORS, PK, SEES, WORLDS, Things, build_things, build_worlds, end_access, tokens_of

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "admin", "manager", "lead", "member", "viewer", "outsider")


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
    "second_step": (everybody(302), NO),  # where it is demanded: tests/web/test_second_step.py
    "week": (READ, everybody(302)),
    "more": (READ, NO),
    "find": (READ, everybody(302)),
    "goals": (READ, NO),
    "goal": (READ, NO),
    "goal_branch": (READ, NO),
    "goal_guidance": (READ, NO),
    "goal_template": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "guidance": (READ, NO),
    "guidance_hints": (NO, everybody(200)),  # what is worth a thought in a form, before it is saved
    "examples": (READ, NO),
    "template_change": (NO, only("admin", "lead", status=400)),
    "goal_changes": (READ, NO),
    "goal_new": (only(*WRITERS, status=200), only(*WRITERS, status=422)),
    "goal_edit": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "goal_alignment": (READ, everybody(422)),  # an empty one says nothing that could be done
    "goal_clone": (only(*WRITERS, status=200), only(*WRITERS, status=422)),
    "goal_activate": (NO, only(*OWNERS, status=302)),
    "goal_send_back": (READ, only(*OWNERS, status=422)),
    "goal_pause": (NO, only(*OWNERS, status=400)),
    "goal_cancel": (READ, everybody(422)),
    "goal_close": (only(*OWNERS, status=200), only(*OWNERS, status=302)),
    "goal_reopen": (READ, only(*OWNERS, status=422)),
    "review": (READ, everybody(302)),  # saves what is theirs to say
    "review_close": (NO, only(*WRITERS, status=302)),  # closes what is theirs to close
    "review_carry": (NO, everybody(400)),
    "plan": (READ, NO),
    "plan_remarks": (READ, NO),
    "plan_publish": (NO, only("admin", status=302)),
    "plan_lock": (NO, only("admin", status=302)),
    "plan_ask": (only("admin", status=200), only("admin", status=422)),
    "plan_copy": (READ, only(*WRITERS, status=422)),
    "retrospective": (READ, only("admin", "lead", status=302)),
    "key_result_new": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "key_result_edit": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "initiative": (READ, NO),
    "initiative_new": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "initiative_edit": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "initiative_move": (NO, only(*OWNERS, status=302)),
    "initiative_delete": (NO, only(*OWNERS, status=302)),
    "goals_choose": (READ, NO),
    "goal_views": (READ, everybody(422)),
    "goal_view": (READ, everybody(422)),
    "key_result_plan": (READ, NO),
    "key_result_explanation": (READ, NO),
    "goal_explanation": (READ, NO),
    "kpi_explanation": (READ, NO),
    "key_result_override": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "key_result_cancel": (NO, only(*OWNERS, status=400)),
    "key_result_initiative": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "key_result_transfer": (READ, everybody(422)),
    "key_result_move": (NO, only(*OWNERS, status=302)),
    "check_in": (NO, everybody(422)),
    "check_in_edit": (only("admin", "lead", status=200, others=404), only("admin", "lead", status=422, others=404)),
    "check_in_delete": (NO, only("admin", "lead", status=302, others=404)),
    "goal_comment": (NO, only(*WRITERS, status=422)),
    "goal_follow": (NO, everybody(302)),
    "goal_people": (READ, NO),
    "kpi_comment": (NO, only(*WRITERS, status=422)),
    "kpi_follow": (NO, everybody(302)),
    "kpi_people": (READ, NO),
    "comment_edit": (only("lead", status=200), only("lead", status=422)),
    "comment_delete": (NO, only("admin", "lead", status=302)),
    "comment_settle": (NO, only("admin", "lead", status=302)),
    "comment_react": (NO, only(*WRITERS, status=400)),
    "feed": (READ, NO),
    "notifications": (READ, everybody(302)),
    "kpis": (READ, NO),
    "kpi_new": (only(*WRITERS, status=200), only(*WRITERS, status=422)),
    "kpi_formula": (NO, everybody(200)),  # what a formula would read, before it is saved
    "kpi": (READ, NO),
    "kpi_edit": (READ, everybody(422)),
    "kpi_template": (READ, everybody(422)),
    "kpi_archive": (NO, only(*OWNERS, status=302)),
    "kpi_objective": (READ, everybody(422)),
    "kpi_values": (NO, everybody(422)),
    "kpi_notes": (NO, everybody(422)),
    "kpi_note_delete": (NO, only("admin", "lead", status=302, others=404)),
    "kpi_import": (only(*OWNERS, status=200), only(*OWNERS, status=422)),
    "strategy": (READ, NO),
    "strategy_edit": (only("admin", status=200), only("admin", status=422)),
    "pillar_new": (only("admin", status=200), only("admin", status=422)),
    "pillar_edit": (only("admin", status=200), only("admin", status=422)),
    "pillar_move": (NO, only("admin", status=302)),
    "pillar_archive": (NO, only("admin", status=302)),
    "people": (READ, NO),
    "person": (READ, NO),
    "person_away": (NO, only("admin", status=422)),  # who is away is none of them
    "team": (READ, NO),
    "team_new": (only("admin", status=200), only("admin", status=422)),
    "team_edit": (only("admin", "manager", status=200), only("admin", "manager", status=422)),
    "team_rhythm": (READ, only("admin", "manager", status=422)),
    "team_delete": (NO, only("admin", status=302)),
    "team_members": (NO, everybody(400)),
    "settings": (only("admin", status=200), only("admin", status=422)),
    "settings_cycles": (only("admin", status=200), only("admin", status=422)),
    "settings_status": (only("admin", status=200), only("admin", status=422)),
    "settings_members": (only("admin", status=200), only("admin", status=400)),
    "tokens": (READ, everybody(422)),
    "webhooks": (only("admin", status=200), only("admin", status=422)),
    "audit": (only("admin", status=200), NO),
    "audit_csv": (NO, only("admin", status=200)),
    "audit_xlsx": (NO, only("admin", status=200)),
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


def import_form() -> dict[str, object]:
    file = SimpleUploadedFile("weekly.csv", b"Week,Value\n2026-11-09,41\n")
    return {"file": file, "date": "Week", "value": "Value", "step": "import"}


def objective_form(t: Things) -> dict[str, object]:
    return {
        "title": "Lower it", "lead": t.company.ids["lead"], "owner": "", "cycle": t.company.cycle, "parent": "",
        "start": "48", "target": "30", "ambition": "committed",
    }  # fmt: skip


def settings_form() -> dict[str, object]:
    return {
        "name": "Acme", "time_zone": "UTC", "fiscal_month": 1, "rhythm_weeks": 1, "rhythm_weekday": 0, "rhythm_hour": 9,
        "rhythm_skip_days": 0, "reviewers": 0, "demands_second_step": "",
    }  # fmt: skip


def rules_form() -> dict[str, object]:
    return {
        "kind": "strict", "ahead": "", "on_track": "0", "at_risk": "-25", "early_until": "15", "objective": "own",
        "week": "01234", "holidays": "2026-12-25", "reason": "Agreed",
    }  # fmt: skip


# Writes with a body that would be saved, so that a form's own check cannot hide a missing permission.
WRITES: dict[str, tuple[Callable[[Things], dict[str, object]], dict[str, int]]] = {
    "goal_new": (goal_form, only(*WRITERS, status=302)),
    "goal_edit": (lambda t: goal_form(t) | {"reason": "Said so"}, only(*OWNERS, status=302)),
    "goal_template": (lambda _: {"name": "To begin with"}, only(*OWNERS, status=302)),
    "kpi_template": (lambda _: {"name": "To begin with"}, only(*OWNERS, status=302)),
    "template_change": (lambda _: {"name": "Other"}, only("admin", "lead", status=302)),
    "goal_pause": (lambda _: {"paused": "1"}, only(*OWNERS, status=302)),
    "goal_cancel": (lambda _: {"reason": "No longer"}, only(*OWNERS, status=302)),
    "goal_send_back": (lambda _: {"reason": "From where?"}, only(*OWNERS, status=302)),
    "goal_views": (lambda _: {"name": "Mine", "query": "as=list&view=mine"}, only(*WRITERS, status=302)),
    "goal_view": (lambda _: {"name": "Other", "seen_by": "all"}, only("admin", "lead", status=302)),
    "key_result_new": (key_result_form, only(*OWNERS, status=302)),
    "key_result_edit": (key_result_form, only(*OWNERS, status=302)),
    "key_result_override": (lambda _: {"score": "80", "why": "Signed"}, only(*OWNERS, status=302)),
    "initiative_new": (lambda _: {"title": "Call them", "items": ""}, only(*OWNERS, status=302)),
    "initiative_edit": (lambda _: {"title": "Call them", "items": ""}, only(*OWNERS, status=302)),
    "initiative_move": (lambda _: {"state": "done"}, only(*OWNERS, status=302)),
    "goal_reopen": (lambda _: {"reason": "Again"}, only(*OWNERS, status=302)),
    "key_result_cancel": (lambda _: {"reason": "No longer"}, only(*OWNERS, status=302)),
    "review": (lambda t: {"row": t.key_result, f"lesson-{t.key_result}": "Ask earlier"}, everybody(302)),
    "review_carry": (lambda t: {"carry": t.key_result}, only(*OWNERS, status=302)),
    "plan_ask": (lambda t: {"team": t.team, "wanted_by": "2026-12-12"}, only("admin", status=302)),
    "plan_copy": (lambda t: {"copy": t.goal}, only(*WRITERS, status=302)),
    "retrospective": (lambda _: {"kept": "Mondays"}, only("admin", "lead", status=302)),
    "check_in": (check_in_form, only(*OWNERS, status=302)),
    "check_in_edit": (check_in_form, only("admin", "lead", status=302, others=404)),
    "goal_comment": (lambda _: {"text": "Was it the queue?"}, only(*WRITERS, status=302)),
    "kpi_comment": (lambda _: {"text": "Odd week", "flag": "risk"}, only(*WRITERS, status=302)),
    "comment_edit": (lambda _: {"text": "It will slip"}, only("lead", status=302)),
    "comment_react": (lambda _: {"kind": "thanks"}, only(*WRITERS, status=302)),
    "goal_follow": (lambda _: {"on": "1"}, everybody(302)),
    "kpi_follow": (lambda _: {"on": "1"}, everybody(302)),
    "kpi_new": (kpi_form, only(*WRITERS, status=302)),
    "kpi_edit": (kpi_form, only(*OWNERS, status=302)),
    "kpi_objective": (objective_form, only(*WRITERS, status=302)),
    "kpi_values": (lambda _: {"period": "2026-W46", "value": "41"}, only(*OWNERS, status=302)),
    "kpi_notes": (lambda _: {"period": "2026-W46", "text": "Holiday"}, only(*WRITERS, status=302)),
    "kpi_import": (lambda _: import_form(), only(*OWNERS, status=302)),
    "find": (lambda t: {"kind": "kpi", "reference": t.kpi, "value": "41"}, only(*OWNERS, status=302)),
    "team_new": (lambda t: {"name": "New", "parent": ""}, only("admin", status=302)),
    "team_edit": (lambda t: {"name": "Renamed", "parent": ""}, only("admin", "manager", status=302)),
    "team_rhythm": (
        lambda t: {"whose": "own", "weeks": "2", "weekday": "1", "hour": "8", "skip_days": "0"},
        only("admin", "manager", status=302),
    ),
    "team_members": (lambda t: {"person": t.person, "do": "member"}, only("admin", "manager", status=302)),
    "settings": (lambda _: settings_form(), only("admin", status=302)),
    "settings_cycles": (
        lambda _: {"name": "Q1 2027", "first_day": "2027-01-01", "last_day": "2027-03-31"},
        only("admin", status=302),
    ),
    "webhooks": (lambda _: {"url": "https://example.org/h", "events": ["checkin.created"]}, only("admin", status=200)),
    "person_away": (lambda _: {"first_day": "2026-12-01", "last_day": "2026-12-02"}, only("admin", status=302)),
    "goal_alignment": (
        lambda t: {"do": "add", "parent": t.other, "how": "supports", "reason": "It helps"},
        only(*OWNERS, status=302),
    ),
    "goal_clone": (lambda t: {"title": "Copy", "cycle": t.cycle}, only(*WRITERS, status=302)),
    "key_result_initiative": (lambda _: {"reason": "It is work"}, only(*OWNERS, status=302)),
    "key_result_transfer": (lambda t: {"objective": t.other, "reason": "Fits there"}, only(*OWNERS, status=302)),
    "strategy_edit": (lambda _: {"mission": "No one asks twice"}, only("admin", status=302)),
    "pillar_new": (lambda _: {"name": "Calm work"}, only("admin", status=302)),
    "pillar_edit": (lambda _: {"name": "Loyal customers"}, only("admin", status=302)),
    "tokens": (lambda _: {"name": "Export", "days": "90", "scopes": ["read"]}, everybody(200)),
    "settings_status": (lambda _: rules_form(), only("admin", status=302)),
    "settings_members": (lambda t: {"do": "role", "member": t.person, "role": "viewer"}, only("admin", status=302)),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """What a page does beside its first form."""

    route: str
    said: dict[str, int]
    body: Callable[[Things], dict[str, object]]
    asked: Callable[[Things], dict[str, object]] = lambda _: {}  # behind the ?
    names: bool = True  # one of the things, in its body or behind the ?


def hook_form(t: Things) -> dict[str, object]:
    return {"webhook": t.webhook, "delivery": t.delivery}


BY_ADMIN = only("admin", status=302)
DEEDS: dict[str, Deed] = {
    "check_in_found": Deed(
        "find", only(*OWNERS, status=302), lambda t: {"kind": "key_result", "reference": t.key_result, "value": "70"}
    ),
    "template_delete": Deed("template_change", only("admin", "lead", status=302), lambda _: {"do": "delete"}),
    "cycle_edit": Deed(
        "settings_cycles", BY_ADMIN, lambda _: {"name": "Autumn", "first_day": "2026-10-01", "last_day": "2026-12-24"},
        asked=lambda t: {"edit": t.cycle},
    ),
    "cycle_delete": Deed(
        "settings_cycles", BY_ADMIN, lambda _: {"do": "delete"}, asked=lambda t: {"edit": t.empty_cycle}
    ),
    "view_delete": Deed("goal_view", only("admin", "lead", status=302), lambda _: {"do": "delete"}),
    "team_below": Deed(
        "team_new", only("admin", "manager", status=302), lambda t: {"name": "New", "parent": t.team}, names=False
    ),
    "away_end": Deed(
        "person_away", only("admin", status=302), lambda t: {"do": "end", "away": t.away}
    ),
    "team_move": Deed("team_edit", BY_ADMIN, lambda t: {"name": "Support", "parent": t.empty_team}),
    "team_manager": Deed("team_members", BY_ADMIN, lambda t: {"person": t.person, "do": "manager"}),
    "team_out": Deed(
        "team_members", only("admin", "manager", status=302), lambda t: {"person": t.lead, "do": "out"}
    ),
    "notification_read": Deed(
        "notifications", only("lead", status=302, others=404), lambda t: {"notification": t.notification}
    ),
    "notification_choices": Deed("notifications", everybody(302), lambda _: {"do": "choices"}, names=False),
    "member_invite": Deed(
        "settings_members", only("admin", status=200), lambda _: {"do": "invite", "label": "Noor", "role": "member"},
        names=False,
    ),
    "member_remove": Deed("settings_members", BY_ADMIN, lambda t: {"do": "remove", "member": t.person}),
    "invitation_revoke": Deed("settings_members", BY_ADMIN, lambda t: {"do": "revoke", "invitation": t.invitation}),
    "token_revoke": Deed("tokens", only("admin", status=302, others=404), lambda t: {"revoke": t.token}),
    "webhook_edit": Deed(
        "webhooks", BY_ADMIN,
        lambda t: hook_form(t) | {"do": "change", "url": "https://example.org/i", "events": ["cycle.closed"]},
    ),
    "webhook_off": Deed("webhooks", BY_ADMIN, lambda t: hook_form(t) | {"do": "off"}),
    "webhook_on": Deed("webhooks", BY_ADMIN, lambda t: hook_form(t) | {"do": "on"}),
    "webhook_delete": Deed("webhooks", BY_ADMIN, lambda t: hook_form(t) | {"do": "delete"}),
    "webhook_secret": Deed("webhooks", only("admin", status=200), lambda t: hook_form(t) | {"do": "secret"}),
    "webhook_test": Deed("webhooks", BY_ADMIN, lambda t: hook_form(t) | {"do": "test"}),
    "webhook_replay": Deed("webhooks", BY_ADMIN, lambda t: hook_form(t) | {"do": "replay"}),
}  # fmt: skip

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


@pytest.fixture
def things(company: Company, monkeypatch: pytest.MonkeyPatch) -> Things:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    made = build_things(company)
    company.users["outsider"] = build_company("Other").users["lead"]
    return made


@pytest.fixture
def worlds(company: Company, monkeypatch: pytest.MonkeyPatch) -> dict[str, Things]:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    return build_worlds(company)


def client_of(company: Company, who: str, tokens: dict[str, str] | None = None) -> Client:
    """Return a signed-in client; a token opens no page, so its holder is a stranger."""
    if tokens and who in {"read token", "write token"}:
        return Client(headers={"Authorization": f"Bearer {tokens[who]}"})
    client = Client()
    if who != "anonymous":
        client.force_login(company.users[who], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def workspace_routes() -> list[str]:
    return [p.name for p in pages() if "<slug:workspace>" in str(p.pattern)]


def pages() -> list[URLPattern]:
    """Every page; the REST interface has a matrix of its own."""
    return [p for p in get_resolver().url_patterns if isinstance(p, URLPattern)]


def test_every_route_stands_in_a_table() -> None:
    named = {p.name for p in pages()}
    assert (
        named
        == set(TABLE) | set(OPEN) | {"join", "due_form", "stop_mails", "account_reset_password_from_key"} | OF_A_PASSKEY
    )
    assert set(workspace_routes()) == set(TABLE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One request: a route, a method, a body, and the name of what is done if a page does many things."""

    name: str
    method: str
    body: Callable[[Things], dict[str, object]] | None
    said: dict[str, int]
    deed: str = ""

    def address(self, args: dict[str, object], things: Things) -> str:
        asked = DEEDS[self.deed].asked(things) if self.deed else {}
        return reverse(self.name, kwargs=args) + (f"?{urlencode(asked)}" if asked else "")

    def worlds(self, things: Things) -> tuple[str, ...]:
        """Return where its thing can be: everywhere if it is named; what stands in settings is behind no wall."""
        if set(things.of(self.name)) > {"workspace"} or (self.body and self.name == "find"):
            return WORLDS
        is_named = DEEDS[self.deed].names if self.deed else self.body and self.name == "settings_members"
        return ("open", "foreign", "missing") if is_named else ("open",)

    def expected(self, who: str, world: str) -> int:
        """Return the status for a reader in a world, from the table of those who see everything."""
        helps = (
            self.name == "kpi_import"
            or self.name.startswith("initiative")
            or (self.body and self.name in {"check_in", "kpi_values", "find"})
        )
        contributor = "lead" if helps else "member"  # may check in and add values, not change the plan
        role = {"contributor": contributor, "removed": "anonymous", "disabled": "anonymous"}.get(who, who)
        role = "anonymous" if role.endswith("token") else role
        status = self.said[role]
        if status == 405 or role in {"anonymous", "outsider"}:
            return status
        if (self.name, status) in SAID_FIRST:
            return status
        if world in {"foreign", "missing"} or (world == "private" and self.is_guarded and who not in SEES):
            return 404
        return status

    @property
    def is_guarded(self) -> bool:
        """Whether it is about a goal or a KPI, which can stand behind a wall."""
        is_named_in_body = self.name in {"review_carry", "plan_copy"} and self.body is not None
        open_ = {"person", "absent", "team", "pillar", "template", "view", "cycle", "past_cycle"}
        return is_named_in_body or PK.get(self.name) not in open_


# What is said before the thing is looked up.
SAID_FIRST = {(name, 403) for name in (
    "team_delete", "settings_members", "settings_cycles", "webhooks", "pillar_edit", "pillar_move", "pillar_archive"
)}  # fmt: skip
SAID_FIRST |= {("team_members", 400)}
CELLS = [Cell(name, "get", None, said[0]) for name, said in TABLE.items()]
CELLS += [Cell(name, "post", None, said[1]) for name, said in TABLE.items()]
CELLS += [Cell(name, "post", body, said) for name, (body, said) in WRITES.items()]
CELLS += [Cell(deed.route, "post", deed.body, deed.said, name) for name, deed in DEEDS.items()]


@pytest.mark.parametrize("who", ACTORS)
def test_each_page_answers_each_reader_in_each_world_as_the_table_says(
    worlds: dict[str, Things], who: str, record_property: Callable[[str, object], None]
) -> None:
    company = worlds["open"].company
    client = client_of(company, who, tokens_of(company))
    client.get(reverse("goals", args=[company.slug]))  # whoever loses access had been here
    end_access(company)
    wrong, cells = [], 0
    for cell in CELLS:
        answers = {}
        for world in cell.worlds(worlds["open"]):
            things = worlds[world]
            args = things.of(cell.name)
            if cell.name == "kpi_note_delete" and world in {"foreign", "missing"}:
                args["slug"] = worlds["open"].kpi  # an own KPI with a foreign note
            with transaction.atomic():  # each finds everything as it was
                sent = cell.body(things) if cell.body else {}
                answer = getattr(client, cell.method)(cell.address(args, things), sent)
                transaction.set_rollback(True)
            client.cookies.pop("messages", None)  # what the one before was told
            cells += 1
            answers[world] = (answer.status_code, _text_of(answer))
            if answer.status_code != cell.expected(who, world):
                wrong.append(
                    (cell.name, cell.method, bool(cell.body), world, answer.status_code, cell.expected(who, world))
                )
        seen_alike = {answers[w] for w in ("foreign", "missing", "private") if w in answers and answers[w][0] == 404}
        if answers.get("foreign") != answers.get("missing"):
            wrong.append((cell.name, cell.method, bool(cell.body), "foreign is not missing"))
        if len(seen_alike) > 1:
            wrong.append((cell.name, cell.method, bool(cell.body), "tells them apart"))
    record_property("cells", cells)
    assert wrong == [], "\n".join(map(str, wrong))
    assert cells == sum(len(cell.worlds(worlds["open"])) for cell in CELLS)


def test_open_routes_answer_as_the_table_says(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    stranger, lead = client_of(company, "anonymous"), client_of(company, "lead")
    got = {name: (stranger.get(reverse(name)).status_code, lead.get(reverse(name)).status_code) for name in OPEN}
    assert got == OPEN


def _text_of(answer: HttpResponse) -> str:
    """Return what is read, without what differs between any two answers."""
    text = "a file" if answer.streaming else answer.content.decode()
    text = re.sub(r'<div class="notices".*?</div>', "", text)  # of the request before
    text = re.sub(r'name="next" value="[^"]*"|nonce="[^"]*"', "", text)
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"', "", text)


def test_a_removed_member_finds_nothing_any_more(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has no other workspace is signed out; who has finds nothing here. Both from the next request on."""
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    elsewhere = build_company("Elsewhere")
    workspace.add_member(
        by=elsewhere.operator(), email=company.users["lead"].email, name="L", role="viewer", password="", now=NOW
    )
    address = reverse("goals", args=[company.slug])
    for who, then in (("member", 302), ("lead", 404)):
        client = client_of(company, who)
        assert client.get(address).status_code == 200
        workspace.remove_member(by=company.actor(), membership_id=company.ids[who], now=NOW)
        assert client.get(address).status_code == then
