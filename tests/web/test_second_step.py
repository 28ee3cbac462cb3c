"""A workspace that demands a second step of everybody: who has none sees, reads and writes nothing of it by page."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milepost.api.auth import limiter
from milepost.workspace import actions
from milepost.workspace.errors import Invalid, StillDemanded
from milepost.workspace.models import Event, User, Workspace
from milepost.workspace.queries import get_place, list_second_steps
from tests.api.conftest import Caller
from tests.okr.test_concurrency import together
from tests.people import NOW, Company, build_company
from tests.web.test_account import add_app, code, confirm, is_in, sign_in
from tests.web.test_matrix import CELLS, client_of
from tests.web.things import Things, build_things, build_worlds, end_access, tokens_of
from tests.workspace.test_every_action import settings as settings_of

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}
# Before and after the demand: what is answered to whom. The rest of the twelve readers hold tokens.
OPEN, CLOSED, NOTHING, SIGN_IN = "as before", "set one up first", "nothing is there", "sign in first"
READERS = {
    "anonymous": SIGN_IN, "admin": OPEN, "manager": OPEN, "lead": OPEN, "member": CLOSED, "viewer": CLOSED,
    "contributor": CLOSED, "outsider": NOTHING, "removed": SIGN_IN, "disabled": SIGN_IN,
}  # fmt: skip
HAVE = {"admin": "totp", "manager": "webauthn", "lead": "webauthn"}
CANARIES = ("Tickets older than 24 h", "First reply time", "Lead Acme", "admin@acme.example", "Q4 2026")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    cache.clear()
    limiter._counts.clear()


def give(user: User, kind: str = "webauthn") -> int:
    data = {"name": "Key", "credential": {}} if kind == "webauthn" else {"secret": "x"}
    return Authenticator.objects.create(user=user, type=kind, data=data).pk


def demand(company: Company, *, is_on: bool = True, who: str = "admin") -> None:
    actions.change_settings(by=company.actor(who), settings=settings_of(demands_second_step=is_on), now=NOW)


def of(company: Company, who: str) -> Client:
    return client_of(company, who)


def where(company: Company) -> str:
    return reverse("second_step", args=[company.slug])


# Each reader at each route.


@pytest.mark.parametrize("who", READERS)
def test_each_route_before_and_after(company: Company, who: str) -> None:
    worlds = build_worlds(company)
    for name, kind in HAVE.items():
        give(company.users[name], kind)
    give(company.users["outsider"])
    give(company.users["removed"])
    client = of(company, who)
    client.get(reverse("goals", args=[company.slug]))  # whoever loses access had been here
    end_access(company)
    before = {cell: ask(client, cell, worlds["open"]) for cell in range(len(CELLS))}
    demand(company)
    after = {cell: ask(client, cell, worlds["open"]) for cell in range(len(CELLS))}
    wrong = []
    for cell, (was, now) in enumerate(zip(before.values(), after.values(), strict=True)):
        name, method = CELLS[cell].name, CELLS[cell].method
        is_gate = name == "second_step"
        if READERS[who] != CLOSED:
            fine = now == was
        elif is_gate:
            fine = now[0] == (200 if method == "get" else 405) and was[0] == (302 if method == "get" else 405)
        elif was[0] == 405:  # a method that is none is refused to everybody alike
            fine = now[0] == 405
        else:
            fine = now == (302, where(company)) and not was[1].endswith("/second-step/")
        if not fine:
            wrong.append((name, method, was, now))
    assert wrong == []
    assert len(after) > 100


def ask(client: Client, cell: int, things: Things) -> tuple[int, str]:
    one = CELLS[cell]
    with transaction.atomic():  # each finds everything as it was
        body = one.body(things) if one.body else {}
        answer = getattr(client, one.method)(reverse(one.name, kwargs=things.of(one.name)), body)
        transaction.set_rollback(True)
    client.cookies.pop("messages", None)
    return answer.status_code, re.sub(r"\d+", "…", answer.headers.get("Location", ""))  # ids of what is new


@pytest.mark.parametrize("who", [who for who, said in READERS.items() if said == CLOSED])
def test_fragments_and_files_are_closed_like_pages_and_nothing_is_written(company: Company, who: str) -> None:
    things = build_worlds(company)["open"]
    give(company.users["admin"])
    demand(company)
    client = of(company, who)
    client.get(reverse("account"))  # that the session is in use is written down once
    told = Event.objects.count()
    seen = 0
    for number, cell in enumerate(CELLS):
        if cell.name == "second_step":
            continue
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(client, cell.method)(
                reverse(cell.name, kwargs=things.of(cell.name)), cell.body(things) if cell.body else {}, headers=HX
            )
        if answer.status_code == 405:
            continue
        seen += 1
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, where(company)), (number, cell.name)
        assert answer.content == b""
        assert not [q["sql"] for q in queries if re.match("INSERT|UPDATE|DELETE", q["sql"])], cell.name
    assert seen == sum(cell.said["member"] != 405 for cell in CELLS if cell.name != "second_step") > 80
    assert Event.objects.count() == told
    for address in ("?palette=1", "?hits=1&q=first", "?q=first"):
        assert client.get(reverse("find", args=[company.slug]) + address).headers["Location"] == where(company)


def test_the_page_that_says_why_shows_nothing_else(company: Company) -> None:
    build_things(company)
    give(company.users["admin"])
    demand(company)
    page = of(company, "member").get(where(company)).content.decode()
    assert "Acme wants everybody to sign in with more than a password" in page
    for way in ("mfa_activate_totp", "mfa_add_webauthn", "account", "account_logout"):
        assert f'"{reverse(way)}"' in page
    assert [one for one in CANARIES if one in page] == []
    other = build_company("Other")
    missing, foreign = (of(company, "member").get(f"/w/{slug}/second-step/") for slug in ("nowhere", other.slug))
    assert missing.status_code == foreign.status_code == 404


def test_another_workspace_is_open_as_before(company: Company) -> None:
    other = build_company("Other")
    member = company.users["member"]
    actions.add_member(by=other.operator(), email=member.email, name="M", role="viewer", password="", now=NOW)
    give(company.users["admin"])
    demand(company)
    client = of(company, "member")
    assert client.get(reverse("week", args=[company.slug])).headers["Location"] == where(company)
    assert client.get(reverse("week", args=[other.slug])).status_code == 200
    assert client.get(reverse("workspaces")).status_code == 200
    assert client.get(f"/w/{other.slug}/second-step/").headers["Location"] == reverse("week", args=[other.slug])


# Setting one up.


def test_who_sets_up_an_app_is_in_and_what_came_in_without_is_out(company: Company) -> None:
    give(company.users["admin"])
    demand(company)
    here, there, token = Client(), Client(), company.actor("member")
    secret_of_token = actions.create_token(by=token, name="t", scopes=["read"], days=9, now=NOW).secret
    week = reverse("week", args=[company.slug])
    for client in (here, there):
        sign_in(company.users["member"].email, client=client)
        assert client.get(week).headers["Location"] == where(company)
    secret = add_app(here)
    assert here.get(week).status_code == 200
    assert here.get(where(company)).headers["Location"] == week
    assert not is_in(there)  # the thief of a session does not come in by its owner's second step
    assert Caller(secret_of_token, Client())("GET", "/me").status_code == 200
    event = Event.objects.order_by("-id")[0]
    assert (event.verb, event.kind, event.object_id, event.actor_id) == (
        "added_step", "person", company.ids["member"], company.ids["member"],
    )  # fmt: skip
    assert event.data["changes"] == {"second_step": [None, "authenticator app"]}
    half = Client()
    assert sign_in(company.users["member"].email, client=half).headers["Location"] == reverse("mfa_authenticate")
    assert half.get(week).headers["Location"].startswith(reverse("account_login"))
    half.post(reverse("mfa_authenticate"), {"code": code(secret, steps=1)})
    assert half.get(week).status_code == 200


def test_a_wrong_code_and_a_second_app_tell_nothing_and_end_nothing(company: Company) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(company.users["member"].email, client=client)
    confirm(here)
    here.get(reverse("mfa_activate_totp"))
    assert here.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert is_in(there)
    give(company.users["member"])
    add_app(here)
    assert is_in(there)  # it came in when there was a second step already, or its owner let it be
    assert [e.verb for e in Event.objects.filter(kind="person").order_by("id")][-1] == "added_step"
    assert Event.objects.filter(verb="added_step").count() == 1


def test_who_joins_sets_one_up_first(company: Company) -> None:
    give(company.users["admin"])
    demand(company)
    link = actions.invite(by=company.actor(), label="Noor", role="admin", team_id=None, now=NOW)
    client = Client()
    form = {"name": "Noor Visser", "email": "noor@acme.example", "password": "entirely new words"}
    assert client.post(reverse("join", args=[link]), form).status_code == 302
    for name in ("week", "settings", "settings_members"):
        assert client.get(reverse(name, args=[company.slug])).headers["Location"] == where(company)


# Who may demand it.


def test_only_an_admin_who_has_one_demands_it(company: Company) -> None:
    form = {
        "name": "Acme", "time_zone": "UTC", "fiscal_month": 1, "rhythm_weeks": 1, "rhythm_weekday": 0, "rhythm_hour": 9,
        "rhythm_skip_days": 0, "reviewers": 0, "demands_second_step": "on",
    }  # fmt: skip
    address = reverse("settings", args=[company.slug])
    admin = of(company, "admin")
    assert "set up your own" in admin.get(address).content.decode()
    refused = admin.post(address, form)
    assert refused.status_code == 422
    assert "Set up a second step of your own first" in refused.content.decode()
    assert not Workspace.objects.get().demands_second_step
    give(company.users["member"])
    assert of(company, "member").post(address, form).status_code == 403
    give(company.users["admin"])
    assert "set up your own" not in admin.get(address).content.decode()
    assert admin.post(address, form).status_code == 302
    assert Workspace.objects.get().demands_second_step
    page = admin.get(address).content.decode()
    assert re.search(r'name="demands_second_step"[^>]* checked', page)
    event = Event.objects.order_by("-id")[0]
    assert (event.verb, event.kind, event.actor_id) == ("changed", "workspace", company.ids["admin"])
    assert event.data["changes"] == {"demands_second_step": [False, True]}
    del form["demands_second_step"]
    assert admin.post(address, form).status_code == 302
    assert not Workspace.objects.get().demands_second_step
    assert Event.objects.order_by("-id")[0].data["changes"] == {"demands_second_step": [True, False]}


def test_an_admin_elsewhere_who_has_one_is_none_of_ours(company: Company) -> None:
    give(build_company("Other").users["admin"])
    asked = settings_of(demands_second_step=True)
    with pytest.raises(Invalid, match="No admin of this workspace has a second step"):
        actions.change_settings(by=company.operator(), settings=asked, now=NOW)
    give(company.users["admin"])
    actions.change_settings(by=company.operator(), settings=asked, now=NOW)
    assert Workspace.objects.get(pk=company.workspace_id).demands_second_step


def test_the_demand_alone_lets_scores_be(company: Company) -> None:
    give(company.users["admin"])
    Workspace.objects.update(scores_on=NOW.date())
    demand(company)
    assert Workspace.objects.get().scores_on == NOW.date()


def test_by_the_rest_interface(company: Company) -> None:
    build_worlds(company)  # who holds the tokens
    tokens = tokens_of(company)
    admin, member, own = (Caller(tokens[who], Client()) for who in ("admin", "member", "write token"))
    answer = admin("PATCH", "/workspace", {"demands_second_step": True})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "demands_second_step"
    give(company.users["admin"])
    assert member("PATCH", "/workspace", {"demands_second_step": True}).status_code == 403
    answer = own("PATCH", "/workspace", {"demands_second_step": True})  # it stands for nobody
    assert answer.status_code == 422
    assert "token of the workspace" in answer.json()["detail"]
    assert admin.ok("PATCH", "/workspace", {"demands_second_step": True})["demands_second_step"] is True
    # A token is its own second step.
    assert member.ok("GET", "/workspace")["demands_second_step"] is True
    assert member.ok("GET", "/me")["name"] == "Member Acme"
    # A new one needs the page, which is closed to its holder, or an admin's token.
    answer = of(company, "member").post(
        reverse("tokens", args=[company.slug]), {"name": "t", "days": "9", "scopes": ["read"]}
    )
    assert answer.headers["Location"] == where(company)
    assert member("POST", "/tokens", {"name": "t", "scopes": ["read"]}).status_code == 403
    assert own.ok("PATCH", "/workspace", {"name": "Acme Ltd"})["demands_second_step"] is True  # it stays as it was
    assert own.ok("PATCH", "/workspace", {"demands_second_step": False})["demands_second_step"] is False


def test_an_admin_who_lost_theirs_may_change_the_rest_and_switch_it_off(company: Company) -> None:
    give(company.users["admin"])
    demand(company)
    actions.forget_second_steps(email=company.users["admin"].email, now=NOW)
    by = company.actor()
    actions.change_settings(by=by, settings=settings_of(demands_second_step=True, fiscal_month=4), now=NOW)
    actions.change_settings(by=by, settings=settings_of(demands_second_step=False, fiscal_month=4), now=NOW)
    with pytest.raises(Invalid, match="of your own first"):
        actions.change_settings(by=by, settings=settings_of(demands_second_step=True), now=NOW)


def test_recovery_codes_alone_are_no_second_step(company: Company) -> None:
    Authenticator.objects.create(user=company.users["admin"], type="recovery_codes", data={})
    with pytest.raises(Invalid, match="of your own first"):
        demand(company)


# Taking one away.


def removals(client: Client, company: Company, who: str = "member") -> list[str]:
    """Return the addresses that remove somebody's second steps."""
    steps = list_second_steps(company.users[who].pk)
    return [reverse("mfa_deactivate_totp")] * (steps.app is not None) + [
        reverse("mfa_remove_webauthn", args=[key.id]) for key in steps.passkeys
    ]


@pytest.mark.parametrize("kinds", [("webauthn",), ("totp",), ("webauthn", "webauthn"), ("totp", "webauthn")])
def test_the_last_one_stays_while_it_is_demanded(company: Company, kinds: tuple[str, ...]) -> None:
    give(company.users["admin"])
    client = Client()
    sign_in(company.users["member"].email, client=client)
    confirm(client)
    for kind in kinds:
        give(company.users["member"], kind)
    Authenticator.objects.create(
        user=company.users["member"], type="recovery_codes", data={"migrated_codes": [], "used_mask": 0}
    )
    demand(company)
    *first, last = removals(client, company)
    for address in first:
        assert "Your other second steps stay" in client.get(address).content.decode()
        assert client.post(address).status_code == 302
    page = client.get(last)
    assert page.status_code == 200
    assert "Acme demands one of everybody" in page.content.decode()
    refused = client.post(last)
    assert refused.status_code == 400
    assert (
        "Acme demands a second step of everybody. Add another one before you remove this." in refused.content.decode()
    )
    assert list_second_steps(company.users["member"].pk).count == 1
    assert client.get(reverse("week", args=[company.slug])).status_code == 200
    demand(company, is_on=False)
    assert "Your password alone then opens your account" in client.get(last).content.decode()
    assert client.post(last).status_code == 302
    assert not Authenticator.objects.filter(user=company.users["member"]).exists()  # the codes went with it
    assert list_second_steps(company.users["admin"].pk).count == 1  # and nobody else's
    told = [e for e in Event.objects.order_by("id") if e.verb == "removed_step"]
    assert [e.object_id for e in told] == [company.ids["member"]] * len(kinds)
    assert all(new is None for e in told for _, new in e.data["changes"].values())


def test_removing_asks_for_the_password_first(company: Company) -> None:
    pk = give(company.users["member"])
    give(company.users["member"], "totp")
    client = of(company, "member")
    for address in (reverse("mfa_deactivate_totp"), reverse("mfa_remove_webauthn", args=[pk])):
        for answer in (client.get(address), client.post(address)):
            assert answer.headers["Location"].startswith(("/account/reauthenticate/", "/account/second-step/confirm/"))
    assert Authenticator.objects.count() == 2


def test_a_workspace_that_one_has_left_demands_nothing_any_more(company: Company) -> None:
    other = build_company("Other")
    member = company.users["member"]
    actions.add_member(by=other.operator(), email=member.email, name="M", role="viewer", password="", now=NOW)
    give(company.users["admin"])
    demand(company)
    pk = give(member)
    with pytest.raises(StillDemanded):
        actions.remove_second_step(user=member, step_id=pk, now=NOW)
    actions.remove_member(by=company.actor(), membership_id=company.ids["member"], now=NOW)
    actions.remove_second_step(user=member, step_id=pk, now=NOW)
    told = Event.objects.filter(verb="removed_step").values_list("workspace_id", flat=True)
    assert list(told) == [other.workspace_id]  # the one they left hears nothing of them


@pytest.mark.django_db(transaction=True)
def test_of_two_that_are_removed_at_the_same_moment_one_stays() -> None:
    company = build_company()
    give(company.users["admin"])
    demand(company)
    for _ in range(5):
        Authenticator.objects.filter(user=company.users["member"]).delete()
        pks = [give(company.users["member"]) for _ in range(2)]
        refused = together(
            [lambda pk=pk: actions.remove_second_step(user=company.users["member"], step_id=pk, now=NOW) for pk in pks]
        )
        assert [type(error) for error in refused] == [StillDemanded]
        assert list_second_steps(company.users["member"].pk).count == 1


@pytest.mark.django_db(transaction=True)
def test_a_demand_and_the_removal_of_its_own_admins_last_one_do_not_pass_each_other() -> None:
    company = build_company()
    by = company.users["admin"]
    for _ in range(5):
        demand(company, is_on=False)
        Authenticator.objects.filter(user=by).delete()
        pk = give(by)
        together([lambda pk=pk: actions.remove_second_step(user=by, step_id=pk, now=NOW), lambda: demand(company)])
        assert Workspace.objects.get().demands_second_step == (list_second_steps(by.pk).count == 1)


# The operator.


def test_when_the_operator_takes_steps_away_one_is_set_up_anew(company: Company) -> None:
    give(company.users["admin"])
    give(company.users["member"])
    demand(company)
    client = of(company, "member")
    week = reverse("week", args=[company.slug])
    assert client.get(week).status_code == 200
    actions.forget_second_steps(email=company.users["member"].email, now=NOW)
    assert client.get(week).headers["Location"] in {where(company), f"/account/login/?next={week}"}
    assert of(company, "member").get(week).headers["Location"] == where(company)


def test_the_operator_shows_it_and_switches_it_off_when_everybody_is_locked_out(company: Company) -> None:
    from tests.cli.test_commands import run

    code, said = run("workspace", "set", "--second-step")
    assert code == 1
    assert "No admin of this workspace has a second step." in said
    give(company.users["admin"])
    assert run("workspace", "set", "--second-step", "--name", "Acme [x]") == (0, "The settings of acme are saved.\n")
    event = Event.objects.order_by("-id")[0]
    assert (event.actor_kind, event.data["changes"]["demands_second_step"]) == ("operator", [False, True])
    Authenticator.objects.all().delete()
    clients = [of(company, who) for who in ("admin", "member")]
    assert {c.get(reverse("week", args=[company.slug])).headers["Location"] for c in clients} == {where(company)}
    code, said = run("workspace", "show")
    assert code == 0
    assert re.search(r"Everybody needs a second step +yes", said)
    assert "Acme [x]" in said
    assert run("workspace", "set", "--no-second-step")[0] == 0
    assert {c.get(reverse("week", args=[company.slug])).status_code for c in clients} == {200}
    assert re.search(r"Everybody needs a second step +no", run("workspace", "show")[1])
    assert run("workspace", "set")[0] == 1
    assert "no time zone" in run("workspace", "set", "--time-zone", "Mars/Olympus")[1]
    assert run("workspace", "show", "--workspace", "nowhere")[0] == 1


# What it costs.


@pytest.mark.parametrize("is_on", [False, True])
def test_it_costs_no_query(company: Company, is_on: bool) -> None:
    user = company.users["lead"]
    give(user)
    give(company.users["admin"])
    if is_on:
        demand(company)
    get_place(user=user, slug=company.slug, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        place = get_place(user=user, slug=company.slug, now=NOW + timedelta(minutes=1))
    assert len(queries) == 1
    assert (place.demands_second_step, place.has_second_step, place.lacks_second_step) == (is_on, True, False)
