"""Nobody gives a right they were not given: each role tries to grant each right, by each way there is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from milepost.api.auth import limiter
from milepost.workspace import actions
from milepost.workspace.actions.tokens import OF_ROLE
from milepost.workspace.errors import LastAdmin, NotAllowed
from milepost.workspace.models import ApiToken, Invitation, Membership, Role, Scope, TeamMembership, User
from tests.api.conftest import EVERYTHING, Caller
from tests.cli.test_commands import run
from tests.people import NOW, PASSWORD, ROLES, Company

pytestmark = pytest.mark.django_db
PEOPLE = ("admin", "manager", "lead", "member", "viewer")
MANAGERS = ("manager", "viewer")  # of the company's team; a viewer may manage in name alone
ADMINS = ("admin", "workspace")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(slots=True)
class Sender:
    """Somebody with a browser and a token of every scope, as one who was an admin may still hold."""

    name: str
    slug: str
    token: Caller
    browser: Client

    def post(self, page: str, *args: object, **form: object) -> HttpResponse:
        return self.browser.post(reverse(page, args=[self.slug, *args]), form)


@pytest.fixture
def company(company: Company, monkeypatch: pytest.MonkeyPatch, settings) -> Company:
    """A company with a second admin, a viewer who manages a team in name, and a team that nobody is in."""
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    settings.API_REQUESTS_A_MINUTE = 10_000
    limiter._counts.clear()
    by = company.actor()
    company.ids["second"] = actions.add_member(
        by=by, email="second@acme.example", name="Second", role="admin", password=PASSWORD, now=NOW
    )
    company.users["second"] = User.objects.get(email="second@acme.example")
    actions.set_team_member(by=by, team_id=company.team, membership_id=company.ids["viewer"], is_manager=True, now=NOW)
    return company


def sender(company: Company, name: str) -> Sender:
    who = company.actor("admin" if name == "workspace" else name)
    made = actions.create_token(by=who, name="t", scopes=["read"], days=9, for_workspace=name == "workspace", now=NOW)
    ApiToken.objects.filter(pk=made.id).update(scopes=list(EVERYTHING))
    browser = Client()
    if name != "workspace":
        browser.force_login(company.users[name], backend=BACKEND)
    return Sender(name, company.slug, Caller(made.secret, Client()), browser)


@contextmanager
def tried() -> Iterator[None]:
    """Let a try find everything as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


Way = Callable[[Sender], HttpResponse]
PAGE, API = "page", "api"


def ways(actor: str, *, api: Way, page: Way) -> dict[str, Way]:
    """Return the ways of an actor; the token of a workspace has no browser."""
    return {API: api} if actor == "workspace" else {API: api, PAGE: page}


def roles_of(company: Company) -> dict[int, str]:
    return dict(Membership.objects.values_list("pk", "role"))


def role_pairs(company: Company, who: Sender) -> Iterator[tuple[object, bool, bool, bool]]:
    before = roles_of(company)
    for target in PEOPLE:
        pk = company.ids[target]
        for role in Role.values:
            if role == ROLES[target]:
                continue
            sends = ways(
                who.name,
                api=lambda s, pk=pk, role=role: s.token("PATCH", f"/people/{pk}", {"role": role}),
                page=lambda s, pk=pk, role=role: s.post("settings_members", do="role", member=pk, role=role),
            )
            for way, send in sends.items():
                with tried():
                    status = send(who).status_code
                    after = roles_of(company)
                may = who.name in ADMINS
                yield ("role", way, target, role), may, after == before | {pk: role}, status < 400
                assert after in (before, before | {pk: role})


def invitation_pairs(company: Company, who: Sender) -> Iterator[tuple[object, bool, bool, bool]]:
    for role in Role.values:
        sends = ways(
            who.name,
            api=lambda s, role=role: s.token("POST", "/invitations", {"label": "me again", "role": role}),
            page=lambda s, role=role: s.post("settings_members", do="invite", label="me again", role=role),
        )
        for way, send in sends.items():
            with tried():
                status = send(who).status_code
                made = list(Invitation.objects.values_list("role", flat=True))
            may = who.name == "admin"  # an invitation comes from a person
            yield ("invitation", way, role), may, made == [role], status < 400


def place_in(team: int, membership: int) -> str:
    row = TeamMembership.objects.filter(team_id=team, membership_id=membership).first()
    return "out" if row is None else "manager" if row.is_manager else "member"


def place_pairs(company: Company, who: Sender) -> Iterator[tuple[object, bool, bool, bool]]:
    elsewhere = actions.create_team(by=company.actor(), name=f"Beside {who.name}", parent_id=None, now=NOW)
    for team, target, place in (
        (team, target, place)
        for team in (company.team, elsewhere)
        for target in PEOPLE
        for place in ("member", "manager")
    ):
        pk = company.ids[target]
        if place_in(team, pk) == place:
            continue
        sends = ways(
            who.name,
            api=lambda s, t=team, pk=pk, p=place: s.token(
                "PUT", f"/teams/{t}/members/{pk}", {"is_manager": p == "manager"}
            ),
            page=lambda s, t=team, pk=pk, p=place: s.post("team_members", t, person=pk, do=p),
        )
        for way, send in sends.items():
            with tried():
                status = send(who).status_code
                after = place_in(team, pk)
            adds = who.name == "manager" and team == company.team and place == "member" and target not in MANAGERS
            may = who.name in ADMINS or adds
            yield ("place", way, team == company.team, target, place), may, after == place, status < 400


def token_pairs(company: Company, who: Sender) -> Iterator[tuple[object, bool, bool, bool]]:
    role = Role.ADMIN if who.name == "workspace" else Role(ROLES[who.name])
    count = ApiToken.objects.count()
    for scope in Scope:
        for holder in ("me", "workspace"):
            body = {"name": "x", "scopes": [scope.value], "for_workspace": holder == "workspace"}
            sends = ways(
                who.name,
                api=lambda s, body=body: s.token("POST", "/tokens", body),
                page=lambda s, scope=scope, holder=holder: s.post(
                    "tokens", name="x", days="90", holder=holder, scopes=[scope.value]
                ),
            )
            for way, send in sends.items():
                with tried():
                    status = send(who).status_code
                    made = ApiToken.objects.count() > count
                may = scope in OF_ROLE[role]
                may &= who.name in ADMINS if holder == "workspace" else who.name != "workspace"
                yield ("token", way, scope.value, holder), may, made, status < 400


GRANTS = (role_pairs, invitation_pairs, place_pairs, token_pairs)
PAIRS = {"admin": 84, "manager": 84, "lead": 84, "member": 84, "viewer": 84, "workspace": 42}


@pytest.mark.parametrize("actor", PAIRS)
def test_nobody_grants_what_they_were_not_given(company: Company, actor: str) -> None:
    who = sender(company, actor)
    tries = [row for grants in GRANTS for row in grants(company, who)]
    assert [row for row in tries if not row[1] == row[2] == row[3]] == []
    assert len(tries) == PAIRS[actor]


def test_the_tries_are_counted() -> None:
    assert sum(PAIRS.values()) == 462
    assert set(PAIRS) == {*PEOPLE, "workspace"}


@pytest.mark.parametrize("holder", ["me", "workspace"])
@pytest.mark.parametrize("wanted", [s for s in EVERYTHING if s != "admin"])
def test_a_token_gives_no_more_than_it_has(company: Company, wanted: str, holder: str) -> None:
    made = actions.create_token(
        by=company.actor(), name="t", scopes=["admin"], days=9, for_workspace=holder == "workspace", now=NOW
    )
    call, count = Caller(made.secret, Client()), ApiToken.objects.count()
    body = {"name": "x", "scopes": ["admin", wanted], "for_workspace": True}
    answer = call("POST", "/tokens", body)
    assert (answer.status_code, ApiToken.objects.count()) == (422, count)
    assert f"Your token cannot give {wanted}" in answer.content.decode()
    assert call("POST", "/tokens", body | {"scopes": ["admin"]}).status_code == 201


# The last admin.


@pytest.fixture
def alone(company: Company) -> Company:
    """Return the company with one admin who can sign in: the second one is switched off."""
    User.objects.filter(pk=company.users["second"].pk).update(is_active=False)
    return company


LEAVES: dict[str, Callable[[Sender, int], object]] = {
    "demoted by API": lambda s, pk: s.token("PATCH", f"/people/{pk}", {"role": "member"}),
    "made a viewer by API": lambda s, pk: s.token("PATCH", f"/people/{pk}", {"role": "viewer"}),
    "removed by API": lambda s, pk: s.token("DELETE", f"/people/{pk}"),
    "demoted on the page": lambda s, pk: s.post("settings_members", do="role", member=pk, role="member"),
    "made a viewer on the page": lambda s, pk: s.post("settings_members", do="role", member=pk, role="viewer"),
    "removed on the page": lambda s, pk: s.post("settings_members", do="remove", member=pk),
}


@pytest.mark.parametrize("way", LEAVES)
@pytest.mark.parametrize("actor", ADMINS)
def test_the_last_admin_stays_whoever_asks(alone: Company, actor: str, way: str) -> None:
    pk = alone.ids["admin"]
    who = sender(alone, actor)
    answer = LEAVES[way](who, pk)
    assert isinstance(answer, HttpResponse)
    no_browser = actor == "workspace" and "page" in way
    assert answer.status_code == (302 if no_browser else 422 if "API" in way else 400)
    assert no_browser or "last admin" in answer.content.decode()
    assert Membership.objects.filter(pk=pk, role="admin", removed_at=None).exists()


@pytest.mark.parametrize("args", [("person", "erase", "admin@acme.example", "--yes"),
                                  ("user", "add", "admin@acme.example", "--name", "A", "--password", PASSWORD, "--role", "viewer")])  # fmt: skip
def test_the_last_admin_stays_at_the_command_line(alone: Company, args: tuple[str, ...]) -> None:
    code, said = run(*args)
    assert code != 0
    assert "last admin" in said or "already" in said
    assert alone.actor("admin").is_admin


@pytest.mark.parametrize("way", LEAVES)
def test_of_two_admins_who_put_each_other_out_one_stays(company: Company, way: str) -> None:
    first, second = sender(company, "admin"), sender(company, "second")
    LEAVES[way](first, company.ids["second"])
    LEAVES[way](second, company.ids["admin"])
    LEAVES[way](first, company.ids["admin"])
    left = Membership.objects.filter(role="admin", removed_at=None)
    assert list(left.values_list("pk", flat=True)) == [company.ids["admin"]]


@pytest.mark.parametrize("deed", ["demote", "remove"])
def test_of_two_at_the_same_moment_one_stays_too(company: Company, deed: str) -> None:
    """Both were admins when they were let in; the lock lets them act one after another."""
    first, second = company.actor("admin"), company.actor("second")

    def act(by, other: str) -> None:
        if deed == "demote":
            actions.change_role(by=by, membership_id=company.ids[other], role="member", now=NOW)
        else:
            actions.remove_member(by=by, membership_id=company.ids[other], now=NOW)

    act(first, "second")
    with pytest.raises((LastAdmin, NotAllowed)):
        act(second, "admin")
    assert company.actor("admin").is_admin
