"""What there is in another workspace, and who has gone, changes nothing here."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from milepost.okr import actions as okr
from milepost.okr.models import KeyResult
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Delivery, Membership, Team, TeamMembership, User
from milepost.workspace.queries import find_lead, list_invitations, list_members
from tests.people import NOW, PASSWORD, Company, build_company
from tests.workspace.test_every_action import settings as settings_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def next_door(company: Company) -> Company:
    return build_company("Zebra")


def test_nobody_of_theirs_comes_into_a_team_of_ours(company: Company, next_door: Company) -> None:
    with pytest.raises(NotFound):
        workspace.set_team_member(
            by=company.actor(), team_id=company.team, membership_id=next_door.ids["lead"], is_manager=False, now=NOW
        )
    assert not TeamMembership.objects.filter(team_id=company.team, membership_id=next_door.ids["lead"]).exists()


def test_the_name_of_a_team_of_theirs_is_free_here(company: Company, next_door: Company) -> None:
    pk = workspace.create_team(by=company.actor(), name="Zebra Support", parent_id=None, now=NOW)
    assert Team.objects.get(pk=pk).name == "Zebra Support"


def test_a_team_of_theirs_between_two_of_ours_is_not_named(company: Company, next_door: Company) -> None:
    low = workspace.create_team(by=company.actor(), name="Low", parent_id=None, now=NOW)
    Team.objects.filter(pk=next_door.team).update(parent_id=company.team)
    Team.objects.filter(pk=low).update(parent_id=next_door.team)
    workspace.edit_team(by=company.actor(), team_id=company.team, name="Acme Support", parent_id=low, now=NOW)
    assert Team.objects.get(pk=company.team).parent_id == low


def test_what_happens_here_is_told_to_nobody_there(company: Company, next_door: Company) -> None:
    ours, theirs = (
        workspace.create_webhook(by=at.actor(), url="https://a.example/h", events=["checkin.created"], now=NOW)[0]
        for at in (company, next_door)
    )
    goal = company.objective()
    draft = okr.CheckInDraft(key_result_id=KeyResult.objects.get(objective_id=goal).pk, value=80, confidence=6)
    okr.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    assert set(Delivery.objects.values_list("webhook_id", flat=True)) == {ours}
    assert not Delivery.objects.filter(webhook_id=theirs).exists()


def test_an_admin_who_has_gone_cannot_be_who_keeps_the_door_open(company: Company) -> None:
    gone = workspace.add_member(
        by=company.actor(), email="gone@acme.example", name="Gone", role="admin", password=PASSWORD, now=NOW
    )
    Authenticator.objects.create(user_id=Membership.objects.get(pk=gone).user_id, type="totp", data={})
    workspace.remove_member(by=company.actor(), membership_id=gone, now=NOW)
    with pytest.raises(Invalid):
        workspace.change_settings(by=company.operator(), settings=settings_of(demands_second_step=True), now=NOW)


def test_only_who_runs_the_installation_makes_workspaces(company: Company) -> None:
    with pytest.raises(NotAllowed):
        workspace.create_workspace(user=company.users["lead"], name="Mine", time_zone="UTC", now=NOW)
    assert User.objects.filter(memberships__workspace__name="Mine").count() == 0


def test_who_has_gone_is_nobodys_lead(company: Company) -> None:
    address = company.users["lead"].email
    assert find_lead(company.actor(), address) == company.ids["lead"]
    workspace.remove_member(by=company.actor(), membership_id=company.ids["lead"], now=NOW)
    assert find_lead(company.actor(), address) is None


def test_a_team_of_theirs_is_not_beside_the_name_of_one_of_ours(company: Company, next_door: Company) -> None:
    TeamMembership.objects.create(team_id=next_door.team, membership_id=company.ids["viewer"])
    row = next(row for row in list_members(company.actor()) if row.id == company.ids["viewer"])
    assert row.teams == ""


def test_an_invitation_that_ran_out_is_not_open(company: Company) -> None:
    workspace.invite(by=company.actor(), label="Noor", role="member", team_id=None, now=NOW)
    assert [row.label for row in list_invitations(company.actor(), now=NOW)] == ["Noor"]
    assert list_invitations(company.actor(), now=NOW + timedelta(days=60)) == ()
