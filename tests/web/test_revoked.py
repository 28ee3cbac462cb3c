"""What a person holds ends with the next request once they are removed, switched off, made a viewer or signed out.

Kept by decision: webhooks and the tokens of a workspace belong to the workspace, whoever made them, and its
admins see and end them in Settings. A sign-in belongs to the person: who is removed from one workspace goes on
signing in, resetting a password and entering a second step, and finds there what else is theirs.
"""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from milepost.api.auth import limiter
from milepost.okr.models import Objective
from milepost.workspace import actions
from milepost.workspace.models import Invitation, Membership, User, Webhook
from tests.api.conftest import EVERYTHING, Caller
from tests.people import NOW, PASSWORD, Company, build_company
from tests.web.test_account import add_app, code, is_in, sign_in

pytestmark = pytest.mark.django_db
REMOVED, OFF, VIEWER = "removed", "switched off", "made a viewer"
WAYS = (REMOVED, OFF, VIEWER)
FRESH = "entirely new words"


@pytest.fixture
def leaver(company: Company, monkeypatch: pytest.MonkeyPatch) -> User:
    """Return an admin beside the first one, who leads a goal."""
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    cache.clear()
    limiter._counts.clear()
    company.objective("Led by who leaves", who="lead")
    actions.change_role(by=company.actor(), membership_id=company.ids["lead"], role="admin", now=NOW)
    return company.users["lead"]


def end(company: Company, way: str) -> None:
    pk = company.ids["lead"]
    if way == REMOVED:
        actions.remove_member(by=company.actor(), membership_id=pk, now=NOW)
    elif way == OFF:
        User.objects.filter(pk=company.users["lead"].pk).update(is_active=False)
    else:
        actions.change_role(by=company.actor(), membership_id=pk, role="viewer", now=NOW)


def browser_of(user: User) -> Client:
    client = Client()
    assert sign_in(user.email, client=client).status_code == 302
    return client


@pytest.mark.parametrize("way", WAYS)
def test_every_browser(company: Company, leaver: User, way: str) -> None:
    browsers = [browser_of(leaver) for _ in range(3)]
    reads = reverse("goals", args=[company.slug])
    writes = reverse("goal_cancel", args=[company.slug, Objective.objects.get().pk])
    settings = reverse("settings", args=[company.slug])
    assert [b.get(settings).status_code for b in browsers] == [200] * 3
    end(company, way)
    for browser in browsers:
        got = [
            browser.get(reads).status_code,
            browser.get(settings).status_code,
            browser.post(writes, {"reason": "Mine"}).status_code,
        ]
        assert got == ([200, 403, 403] if way == VIEWER else [302, 302, 302])
        assert is_in(browser) == (way == VIEWER)


@pytest.mark.parametrize("way", WAYS)
def test_a_token_of_every_scope(company: Company, leaver: User, way: str) -> None:
    made = actions.create_token(by=company.actor("lead"), name="t", scopes=EVERYTHING, days=None, now=NOW)
    call = Caller(made.secret, Client())
    goal = call.ok("GET", "/objectives")["items"][0]["id"]
    tries = (
        ("GET", "/objectives", None), ("PATCH", f"/objectives/{goal}", {"title": "Mine", "reason": "x"}),
        ("POST", "/kpis", {"name": "Mine"}), ("PATCH", f"/people/{company.ids['lead']}", {"role": "admin"}),
        ("GET", "/events", None),
    )  # fmt: skip
    end(company, way)
    got = [call(*one).status_code for one in tries]
    assert got == ([200, 403, 403, 403, 403] if way == VIEWER else [401] * 5)


def test_a_token_stays_ended_when_its_holder_comes_back(company: Company, leaver: User) -> None:
    made = actions.create_token(by=company.actor("lead"), name="t", scopes=["read"], days=None, now=NOW)
    end(company, REMOVED)
    actions.add_member(by=company.operator(), email=leaver.email, name="L", role="viewer", password="", now=NOW)
    assert Caller(made.secret, Client())("GET", "/me").status_code == 401


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
@pytest.mark.parametrize("way", WAYS)
def test_invitations_that_they_sent(company: Company, leaver: User, way: str, role: str) -> None:
    """Else an admin would leave a door open for themselves, to come back through as an admin."""
    link = actions.invite(by=company.actor("lead"), label="me", role=role, team_id=None, now=NOW)
    other = actions.invite(by=company.actor(), label="you", role=role, team_id=None, now=NOW)
    end(company, way)
    form = {"name": "Noor Visser", "email": "noor@acme.example", "password": FRESH}
    for token, works in ((link, False), (other, True)):
        answer = Client().post(reverse("join", args=[token]), form)
        assert (answer.status_code == 302) == works
    assert Membership.objects.filter(user__email="noor@acme.example").count() == 1
    admin = browser_of(company.users["admin"])
    assert "me" not in [
        i.label for i in admin.get(reverse("settings_members", args=[company.slug])).context["invitations"]
    ]
    assert Invitation.objects.standing().count() == 0


def test_who_is_removed_does_not_come_back_by_their_own_invitation(company: Company, leaver: User) -> None:
    elsewhere = build_company("Elsewhere")
    actions.add_member(by=elsewhere.operator(), email=leaver.email, name="L", role="viewer", password="", now=NOW)
    link = actions.invite(by=company.actor("lead"), label="me", role="admin", team_id=None, now=NOW)
    browser = browser_of(leaver)
    end(company, REMOVED)
    assert browser.post(reverse("join", args=[link])).status_code == 400
    assert is_in(browser)  # they have another workspace
    assert browser.get(reverse("week", args=[company.slug])).status_code == 404


@pytest.mark.parametrize("way", WAYS)
def test_a_reset_link(company: Company, leaver: User, way: str) -> None:
    Client().post(reverse("account_reset_password"), {"email": leaver.email})
    link = re.search(r"https?://\S+", mail.outbox[0].body)[0]  # type: ignore[index]
    end(company, way)
    client = Client()
    page = client.get(link, follow=True)
    if page.redirect_chain:
        client.post(page.redirect_chain[-1][0], {"password1": FRESH, "password2": FRESH})
    sign_in(leaver.email, FRESH, client=client)
    assert is_in(client) == (way != OFF)
    got = client.get(reverse("goals", args=[company.slug])).status_code
    assert got == {REMOVED: 404, OFF: 302, VIEWER: 200}[way]
    assert client.get(reverse("settings", args=[company.slug])).status_code in {302, 403, 404}


@pytest.mark.parametrize("way", WAYS)
def test_a_sign_in_that_waits_for_its_second_step(company: Company, leaver: User, way: str) -> None:
    secret = add_app(browser_of(leaver))
    half = Client()
    assert sign_in(leaver.email, client=half).headers["Location"] == reverse("mfa_authenticate")
    end(company, way)
    half.post(reverse("mfa_authenticate"), {"code": code(secret, steps=1)})
    assert is_in(half) == (way != OFF)
    got = half.get(reverse("goals", args=[company.slug])).status_code
    assert got == {REMOVED: 404, OFF: 302, VIEWER: 200}[way]
    assert half.get(reverse("settings", args=[company.slug])).status_code in {302, 403, 404}
    assert Authenticator.objects.filter(user=leaver).exists()


@pytest.mark.parametrize("way", WAYS)
def test_what_belongs_to_the_workspace_is_kept(company: Company, leaver: User, way: str) -> None:
    by = company.actor("lead")
    hook, _ = actions.create_webhook(by=by, url="https://example.org/h", events=["checkin.created"], now=NOW)
    robot = actions.create_token(by=by, name="r", scopes=["read"], days=None, for_workspace=True, now=NOW)
    end(company, way)
    assert Webhook.objects.get(pk=hook).is_on
    assert Caller(robot.secret, Client())("GET", "/me").status_code == 200
    admin = browser_of(company.users["admin"])
    assert "https://example.org/h" in admin.get(reverse("webhooks", args=[company.slug])).content.decode()
    admin.post(reverse("tokens", args=[company.slug]), {"revoke": robot.id})
    assert Caller(robot.secret, Client())("GET", "/me").status_code == 401


def test_the_end_of_a_session_ends_that_one_alone(company: Company, leaver: User) -> None:
    here, there = browser_of(leaver), browser_of(leaver)
    token = actions.create_token(by=company.actor("lead"), name="t", scopes=["read"], days=9, now=NOW)
    kept = there.cookies["sessionid"].value
    there.post(reverse("account_logout"))
    thief = Client()
    thief.cookies["sessionid"] = kept
    assert [is_in(client) for client in (here, there, thief)] == [True, False, False]
    assert Caller(token.secret, Client())("GET", "/me").status_code == 200  # a token is no session; it ends in Settings
    half = Client()
    secret = add_app(here)
    sign_in(leaver.email, PASSWORD, client=half)
    half.post(reverse("account_logout"))
    half.cookies.clear()
    half.post(reverse("mfa_authenticate"), {"code": code(secret, steps=1)})
    assert not is_in(half)
