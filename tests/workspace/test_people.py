"""People come by invitation, work in teams, and somebody always holds the keys."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from milepost.workspace import actions
from milepost.workspace.errors import (
    AlreadySetUp,
    Invalid,
    InvitationClosed,
    LastAdmin,
    NotAllowed,
    NotFound,
    TeamCircle,
)
from milepost.workspace.models import Event, Membership, Team, User, Workspace
from milepost.workspace.queries import get_place, list_sessions, list_tokens, list_workspaces, place_of, whom_to_tell
from tests.people import NOW, PASSWORD, Company, build_company

pytestmark = pytest.mark.django_db


def test_the_first_start_makes_one_admin_and_closes_itself(db: None) -> None:
    made = actions.set_up_installation(
        email="ada@example.com",
        name="Ada",
        password=PASSWORD,
        workspace_name="Acme",
        time_zone="Europe/Madrid",
        now=NOW,
    )
    assert Membership.objects.get().role == "admin"
    assert made.workspace.time_zone == "Europe/Madrid"
    with pytest.raises(AlreadySetUp):
        actions.set_up_installation(
            email="eve@example.com", name="Eve", password=PASSWORD, workspace_name="Mine", time_zone="UTC", now=NOW
        )
    assert User.objects.count() == 1


def test_an_invitation_lets_one_person_in_once(company: Company) -> None:
    token = actions.invite(by=company.actor(), label="Noor", role="viewer", team_id=company.team, now=NOW)
    joined = actions.accept_invitation(
        token=token, user=None, email="noor@example.com", name="Noor", password=PASSWORD, now=NOW
    )
    assert (joined.role, joined.user.email) == ("viewer", "noor@example.com")
    place = get_place(user=joined.user, slug=company.slug, now=NOW)
    assert [team for team, _ in place.teams] == [company.team]
    with pytest.raises(InvitationClosed):
        actions.accept_invitation(token=token, user=None, email="b@example.com", name="B", password=PASSWORD, now=NOW)


def test_an_invitation_runs_out_and_can_be_taken_back(company: Company) -> None:
    late = actions.invite(by=company.actor(), label="Late", role="member", team_id=None, now=NOW)
    with pytest.raises(InvitationClosed):
        actions.find_invitation(late, now=NOW + timedelta(days=60))
    back = actions.invite(by=company.actor(), label="Back", role="member", team_id=None, now=NOW)
    actions.revoke_invitation(by=company.actor(), invitation_id=actions.find_invitation(back, now=NOW).pk, now=NOW)
    for token in (back, "x" * 43, ""):
        with pytest.raises(InvitationClosed):
            actions.find_invitation(token, now=NOW)


def test_an_address_that_has_an_account_signs_in_first(company: Company) -> None:
    token = actions.invite(by=company.actor(), label="Again", role="member", team_id=None, now=NOW)
    with pytest.raises(Invalid, match="Sign in, then open the link again"):
        actions.accept_invitation(
            token=token, user=None, email="LEAD@acme.example", name="Lead", password=PASSWORD, now=NOW
        )


def test_only_admins_invite_and_a_foreign_team_is_not_there(company: Company) -> None:
    with pytest.raises(NotAllowed):
        actions.invite(by=company.actor("lead"), label="x", role="member", team_id=None, now=NOW)
    other = build_company("Other")
    with pytest.raises(NotFound):
        actions.invite(by=company.actor(), label="x", role="member", team_id=other.team, now=NOW)


def test_the_last_admin_stays(company: Company) -> None:
    with pytest.raises(LastAdmin):
        actions.change_role(by=company.actor(), membership_id=company.ids["admin"], role="member", now=NOW)
    with pytest.raises(LastAdmin):
        actions.remove_member(by=company.actor(), membership_id=company.ids["admin"], now=NOW)
    actions.change_role(by=company.actor(), membership_id=company.ids["lead"], role="admin", now=NOW)
    actions.change_role(by=company.actor(), membership_id=company.ids["admin"], role="member", now=NOW)
    assert company.actor("admin").role == "member"
    told = Event.objects.filter(kind="person", object_id__in=[company.ids["lead"], company.ids["admin"]])
    assert [event.data["changes"]["role"] for event in told.order_by("id") if event.verb == "changed"] == [
        ["member", "admin"],
        ["admin", "member"],
    ]


def test_a_team_does_not_stand_below_itself(company: Company) -> None:
    by = company.actor()
    below = actions.create_team(by=by, name="Help centre", parent_id=company.team, now=NOW)
    lowest = actions.create_team(by=by, name="Night shift", parent_id=below, now=NOW)
    with pytest.raises(TeamCircle, match="Night shift"):
        actions.edit_team(by=by, team_id=company.team, name="Acme Support", parent_id=lowest, now=NOW)
    assert Team.objects.get(pk=company.team).parent_id is None


def test_a_manager_manages_the_teams_below_too(company: Company) -> None:
    below = actions.create_team(by=company.actor(), name="Help centre", parent_id=company.team, now=NOW)
    assert company.actor("manager").managed_teams == {company.team, below}
    assert company.actor("lead").managed_teams == frozenset()


def test_team_names_are_there_once_whatever_their_case(company: Company) -> None:
    with pytest.raises(Invalid, match="already"):
        actions.create_team(by=company.actor(), name="acme support", parent_id=None, now=NOW)


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "Write a name"), ("x" * 1_000_000, "1,000,000 characters"), ("a\0b", "control"), ("a\nb", "line breaks")],
)
def test_a_name_that_cannot_be_one_is_refused(company: Company, name: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        actions.create_team(by=company.actor(), name=name, parent_id=None, now=NOW)
    assert Team.objects.filter(workspace_id=company.workspace_id).count() == 1


def test_settings_refuse_what_has_no_meaning(company: Company) -> None:
    def settings(**given: object) -> actions.WorkspaceSettings:
        fields: dict[str, object] = {
            "name": "Acme", "time_zone": "UTC", "fiscal_month": 1, "rhythm_weeks": 1, "rhythm_weekday": 0,
            "reviewers": 0, "demands_second_step": False,
        }  # fmt: skip
        return actions.WorkspaceSettings(**{**fields, **given})  # type: ignore[arg-type]

    for given, words in (({"time_zone": "Mars/Olympus"}, "no time zone"), ({"fiscal_month": 13}, "from 1 to 12")):
        with pytest.raises(Invalid, match=words):
            actions.change_settings(by=company.actor(), settings=settings(**given), now=NOW)
    actions.change_settings(by=company.actor(), settings=settings(time_zone="Pacific/Kiritimati"), now=NOW)
    assert Workspace.objects.get().time_zone == "Pacific/Kiritimati"
    assert company.place().today.day == NOW.day  # 23:30 there


def test_nothing_crosses_from_one_workspace_to_another(company: Company) -> None:
    other = build_company("Other")
    theirs = other.objective()
    from milepost.okr import queries

    with pytest.raises(NotFound):
        queries.get_objective(company.actor(), theirs)
    with pytest.raises(NotFound):
        get_place(user=company.users["admin"], slug=other.slug, now=NOW)
    with pytest.raises(NotFound):
        actions.change_role(by=company.actor(), membership_id=other.ids["lead"], role="admin", now=NOW)


def test_who_was_removed_is_not_there_any_more(company: Company) -> None:
    gone = company.ids["member"]
    actions.remove_member(by=company.actor(), membership_id=gone, now=NOW)
    for again in (
        lambda: actions.remove_member(by=company.actor(), membership_id=gone, now=NOW),
        lambda: actions.change_role(by=company.actor(), membership_id=gone, role="admin", now=NOW),
        lambda: actions.set_team_member(
            by=company.actor(), team_id=company.team, membership_id=gone, is_manager=True, now=NOW
        ),
    ):
        with pytest.raises(NotFound):
            again()


def test_who_is_switched_off_has_no_place(company: Company) -> None:
    user = company.users["lead"]
    get_place(user=user, slug=company.slug, now=NOW)
    User.objects.filter(pk=user.pk).update(is_active=False)
    for place in (
        lambda: get_place(user=user, slug=company.slug, now=NOW),
        lambda: place_of(membership_id=company.ids["lead"], now=NOW),
    ):
        with pytest.raises(NotFound):
            place()


def test_people_are_shown_the_workspaces_they_are_in(company: Company) -> None:
    other = build_company("Other")
    user = company.users["lead"]
    assert list_workspaces(user) == ((company.slug, "Acme"),)
    there = actions.add_member(by=other.operator(), email=user.email, name="L", role="viewer", password="", now=NOW)
    assert list_workspaces(user) == ((company.slug, "Acme"), (other.slug, "Other"))
    actions.remove_member(by=other.actor(), membership_id=there, now=NOW)
    assert list_workspaces(user) == ((company.slug, "Acme"),)


def test_nobody_sees_or_ends_the_session_of_somebody_else(company: Company) -> None:
    client = Client()
    client.force_login(company.users["lead"], backend="allauth.account.auth_backends.AuthenticationBackend")
    session = UserSession.objects.create(
        user=company.users["lead"], ip="127.0.0.1", session_key=client.session.session_key, user_agent="x"
    )
    asked = {"session_key": "", "now": NOW}
    assert [row.id for row in list_sessions(company.users["lead"].pk, **asked)] == [session.pk]
    assert list_sessions(company.users["member"].pk, **asked) == ()
    with pytest.raises(NotFound):
        actions.end_session(user_id=company.users["member"].pk, session_id=session.pk, but="")
    actions.end_session(user_id=company.users["lead"].pk, session_id=session.pk, but="")
    assert not UserSession.objects.filter(pk=session.pk).exists()


def test_a_token_ends_once(company: Company) -> None:
    by = company.actor()
    made = actions.create_token(by=by, name="t", scopes=["read"], days=9, now=NOW)
    actions.revoke_token(by=by, token_id=made.id, now=NOW)
    with pytest.raises(NotFound):
        actions.revoke_token(by=by, token_id=made.id, now=NOW + timedelta(days=1))


def test_a_token_that_ran_out_is_not_in_force(company: Company) -> None:
    made = actions.create_token(by=company.actor(), name="t", scopes=["read"], days=9, now=NOW)
    assert [row.id for row in list_tokens(company.actor(), now=NOW)] == [made.id]
    assert list_tokens(company.actor(), now=NOW + timedelta(days=9)) == ()
    actions.revoke_token(by=company.actor(), token_id=made.id, now=NOW)
    assert list_tokens(company.actor(), now=NOW) == ()


def test_mail_about_a_webhook_goes_to_the_admins_there_are(company: Company) -> None:
    hook, _ = actions.create_webhook(by=company.actor(), url="https://a.example/h", events=["checkin.created"], now=NOW)
    for who in ("lead", "manager"):
        actions.change_role(by=company.actor(), membership_id=company.ids[who], role="admin", now=NOW)
    build_company("Other")
    everybody = {company.users[who].email for who in ("admin", "lead", "manager")}
    assert set(whom_to_tell(hook)[1]) == everybody
    actions.remove_member(by=company.actor(), membership_id=company.ids["lead"], now=NOW)
    User.objects.filter(pk=company.users["manager"].pk).update(is_active=False)
    assert set(whom_to_tell(hook)[1]) == {company.users["admin"].email}
