"""What there is in another workspace, and who has gone, changes nothing here."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator

from milepost.metrics import actions as metrics
from milepost.metrics.models import Metric
from milepost.okr import actions as okr
from milepost.okr.errors import GoalCircle
from milepost.okr.models import Alignment, CheckIn, KeyResult, KeyResultScore, Objective, ObjectiveScore
from milepost.okr.queries import find, people_page, team_page, week_page
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
    people, _ = people_page(company.actor(), today=NOW.date())
    assert next(row for row in people if row.id == company.ids["viewer"]).teams == ()


def test_an_invitation_that_ran_out_is_not_open(company: Company) -> None:
    workspace.invite(by=company.actor(), label="Noor", role="member", team_id=None, now=NOW)
    assert [row.label for row in list_invitations(company.actor(), now=NOW)] == ["Noor"]
    assert list_invitations(company.actor(), now=NOW + timedelta(days=60)) == ()


def test_a_form_sent_here_is_not_taken_for_one_sent_there(company: Company, next_door: Company) -> None:
    saved = []
    for at in (company, next_door):
        key_result = KeyResult.objects.get(objective_id=at.objective())
        draft = okr.CheckInDraft(key_result_id=key_result.pk, value=80, confidence=6, request_key="same")
        saved.append(okr.record_check_in(by=at.actor("lead"), draft=draft, now=NOW))
    assert CheckIn.objects.filter(pk__in=saved).count() == len(saved) == 2


def test_closing_a_cycle_leaves_what_is_theirs_and_says_nothing_of_what_is_hidden(
    company: Company, next_door: Company
) -> None:
    after = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)
    mine = company.objective("Mine", who="member")
    hidden = company.objective("Hidden", who="lead", visibility="private")
    theirs = next_door.objective("Theirs")
    Objective.objects.filter(pk=theirs).update(cycle_id=company.cycle)
    graded = {KeyResult.objects.get(objective_id=mine).pk: okr.GradeDraft()}
    okr.save_grades(by=company.actor("member", after), drafts=graded, now=after)
    assert okr.close_cycle(by=company.actor("member", after), cycle_id=company.cycle, now=after) == ([mine], [])
    assert okr.close_cycle(by=company.actor("admin", after), cycle_id=company.cycle, now=after) == ([hidden], [])
    assert Objective.objects.get(pk=theirs).closed_on is None


def test_who_only_reads_does_not_close_a_cycle_in_which_nothing_runs(company: Company) -> None:
    after = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)
    with pytest.raises(NotAllowed):
        okr.close_cycle(by=company.actor("viewer", after), cycle_id=company.cycle, now=after)


def test_a_goal_of_theirs_in_a_circle_of_ours_is_not_named(company: Company, next_door: Company) -> None:
    top = company.objective("Top")
    middle = company.objective("Canary", parent_id=top)
    low = company.objective("Low", parent_id=middle)
    Objective.objects.filter(pk=middle).update(workspace_id=next_door.workspace_id)
    with pytest.raises(GoalCircle) as refused:
        okr.edit_objective(
            by=company.actor(), objective_id=top, draft=draft_of(company, "Top", low), reason="So", now=NOW
        )
    assert "Low" in str(refused.value)
    assert "Canary" not in str(refused.value)


def test_a_parent_of_theirs_is_not_one_that_somebody_here_can_have_meant_to_leave(
    company: Company, next_door: Company
) -> None:
    ours, theirs = company.objective("Ours"), next_door.objective("Theirs")
    Alignment.objects.create(
        workspace_id=company.workspace_id, parent_id=theirs, child_id=ours, is_primary=True, since=NOW
    )
    draft = draft_of(company, "Ours, and better", None)
    okr.edit_objective(by=company.actor(), objective_id=ours, draft=draft, reason="So", now=NOW)
    assert Alignment.objects.get(child_id=ours).until is None


def draft_of(company: Company, title: str, parent_id: int | None) -> okr.ObjectiveDraft:
    return okr.ObjectiveDraft(
        title=title, cycle_id=company.cycle, lead_id=company.ids["lead"], owner_team_id=company.team,
        parent_id=parent_id,
    )  # fmt: skip


def test_a_kpi_that_a_hidden_goal_reads_does_not_name_it(company: Company) -> None:
    slug = company.kpi(lead_id=company.ids["member"])
    company.objective("Canary", key_results=[okr.KeyResultDraft(title="Replies", start=48, target=30, kpi=slug)],
                      visibility="team")  # fmt: skip
    draft = metrics.KpiDraft(
        name="First reply time", unit="min", direction="lower", frequency="week", aggregation="stock", target=None,
        lead_id=company.ids["member"], visibility="private",
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        okr.edit_kpi(by=company.actor("member"), slug=slug, draft=draft, today=NOW.date(), now=NOW)
    assert "seen by more people" in str(refused.value)
    assert "Canary" not in str(refused.value)


def test_who_helps_with_a_goal_and_only_reads_now_checks_in_no_more(company: Company) -> None:
    goal = company.objective(contributor_ids=[company.ids["member"]])
    draft = okr.CheckInDraft(key_result_id=KeyResult.objects.get(objective_id=goal).pk, value=80, confidence=6)
    assert okr.record_check_in(by=company.actor("member"), draft=draft, now=NOW)
    workspace.change_role(by=company.actor(), membership_id=company.ids["member"], role="viewer", now=NOW)
    with pytest.raises(NotAllowed):
        okr.record_check_in(by=company.actor("member"), draft=draft, now=NOW)


def test_words_of_theirs_do_not_push_ours_out_of_what_is_found(
    company: Company, next_door: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_door.objective("Quagga counted")
    goal = company.objective("Quagga saved")
    monkeypatch.setattr(import_module("milepost.okr.queries.find"), "CANDIDATES", 1)
    assert [found.reference for found in find(company.actor(), "quagga")] == [str(goal)]


def test_a_goal_of_theirs_that_names_a_team_of_ours_is_not_on_its_page(company: Company, next_door: Company) -> None:
    theirs = next_door.objective("Theirs")
    Objective.objects.filter(pk=theirs).update(owner_team_id=company.team)
    assert team_page(company.actor(), company.team, today=NOW.date()).objectives == ()
    _, teams = people_page(company.actor(), today=NOW.date())
    assert [team.objectives for team in teams] == [0]


def test_a_key_result_of_theirs_that_names_one_of_our_people_is_not_in_their_week(
    company: Company, next_door: Company
) -> None:
    theirs = KeyResult.objects.get(objective_id=next_door.objective("Theirs"))
    moved = {"lead_id": company.ids["member"], "next_check_in_on": NOW.date()}
    assert KeyResultScore.objects.filter(pk=theirs.pk).update(**moved)
    ObjectiveScore.objects.filter(pk=theirs.objective_id).update(lead_id=company.ids["member"], needs_attention=True)
    week = week_page(company.actor("member"), today=NOW.date())
    assert week.due == ()
    people, _ = people_page(company.actor(), today=NOW.date())
    assert next(row for row in people if row.id == company.ids["member"]).leads == 0
    assert [look for look in week.looks if look.kind == "objective"] == []


def test_what_is_late_next_door_does_not_push_out_what_is_late_here(company: Company, next_door: Company) -> None:
    ours = KeyResult.objects.get(objective_id=company.objective("Ours"))
    for number in range(3):
        drafts = [okr.KeyResultDraft(title=f"Late {at}", start=100, target=60) for at in range(4)]
        next_door.objective(f"Theirs {number}", key_results=drafts)
    KeyResultScore.objects.update(next_check_in_on=date(2026, 10, 5))
    KeyResultScore.objects.filter(pk=ours.pk).update(next_check_in_on=date(2026, 10, 12))
    looks = week_page(company.actor("viewer"), today=NOW.date()).looks
    assert [look.title for look in looks if look.kind == "key_result"] == [ours.title]


def test_a_goal_of_theirs_that_reads_a_kpi_of_ours_is_no_objective_behind_it(
    company: Company, next_door: Company
) -> None:
    slug = company.kpi()
    values = [okr.NewReading(day=NOW.date() - timedelta(weeks=k), value=90.0) for k in range(6, 0, -1)]
    okr.record_readings(by=company.actor(), kpi=slug, readings=values, now=NOW)
    theirs = next_door.objective("Theirs")
    KeyResult.objects.filter(objective_id=theirs).update(metric=Metric.objects.get(slug=slug))
    looks = week_page(company.actor("member"), today=NOW.date()).looks
    assert [look.title for look in looks if look.kind == "kpi"] == ["First reply time"]


def test_news_of_ours_about_a_kpi_of_theirs_is_not_told(company: Company, next_door: Company) -> None:
    company.objective("Ours", visibility="private")  # walls stand
    ours, theirs = company.kpi("Ours in KPIs"), next_door.kpi("Zebra KPI")
    for at, slug in ((company, ours), (next_door, theirs)):
        kpi = Metric.objects.get(workspace_id=at.workspace_id, slug=slug)
        workspace.record_event(
            by=company.actor("lead"), verb="recorded", kind="kpi", object_id=kpi.pk, now=NOW, about={"title": kpi.name}
        )
    told = [news.title for news in week_page(company.actor("member"), today=NOW.date()).news if news.kind == "kpi"]
    assert set(told) == {"Ours in KPIs"}
