"""The page of a team's rhythm says what holds and who set it, and takes one of its own (rule C4)."""

import pytest
from django.test import Client
from django.urls import reverse

from milepost.workspace import actions
from milepost.workspace.models import Team
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db
SENT = {"whose": "own", "weeks": "2", "weekday": "1", "hour": "8", "skip_days": "3"}


@pytest.fixture
def page(company: Company) -> str:
    return reverse("team_rhythm", args=[company.slug, company.team])


def signed_in(company: Company, who: str = "manager") -> Client:
    client = Client()
    client.force_login(company.users[who])
    return client


def test_a_manager_gives_the_team_one_of_its_own_and_takes_it_back(company: Company, page: str) -> None:
    client = signed_in(company)
    shown = client.get(page).content.decode()
    assert "every week on Monday" in shown
    assert "inherited from Acme" in shown
    assert client.post(page, SENT).status_code == 302
    shown = client.get(page).content.decode()
    assert "every 2 weeks on Tuesday, asked for by mail from 8:00, not of who updated in the last 3 days" in shown
    assert "the team itself" in shown
    team = client.get(reverse("team", args=[company.slug, company.team])).content.decode()
    assert "every 2 weeks on Tuesday" in team
    assert client.post(page, {**SENT, "whose": "follow", "is_locked": "on"}).status_code == 302
    row = Team.objects.get(pk=company.team)
    assert (row.rhythm_weeks, row.rhythm_is_locked) == (None, True)


def test_under_a_lock_it_says_who_locked_and_only_forgets(company: Company, page: str) -> None:
    client = signed_in(company)
    client.post(page, SENT)
    top = actions.create_team(by=company.actor(), name="Care", parent_id=None, now=NOW)
    actions.edit_team(by=company.actor(), team_id=company.team, name="Acme Support", parent_id=top, now=NOW)
    actions.set_team_rhythm(by=company.actor(), team_id=top, rhythm=None, is_locked=True, now=NOW)
    shown = client.get(page).content.decode()
    assert "Care has locked its rhythm" in shown
    assert "waits until it is unlocked" in shown
    refused = client.post(page, {**SENT, "weeks": "3"})
    assert refused.status_code == 422
    assert "Care has locked its rhythm" in refused.content.decode()
    assert client.post(page, {**SENT, "whose": "follow"}).status_code == 302
    assert "Forget its own" not in client.get(page).content.decode()


def test_who_may_not_sees_the_words_and_no_form(company: Company, page: str) -> None:
    shown = signed_in(company, "member").get(page).content.decode()
    assert "every week on Monday" in shown
    assert "Save rhythm" not in shown


def test_two_at_one_form_see_both_versions(company: Company, page: str) -> None:
    client = signed_in(company)
    version = Team.objects.get(pk=company.team).version
    assert client.post(page, {**SENT, "version": version}).status_code == 302
    late = client.post(page, {**SENT, "weeks": "3", "version": version})
    assert late.status_code == 409
