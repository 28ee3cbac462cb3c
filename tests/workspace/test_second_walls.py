"""Walls behind a wall: rows that no action writes are planted, and still nobody is shown what is not theirs."""

from datetime import timedelta

import pytest

from milepost.metrics import actions as metrics
from milepost.metrics.models import KpiScore, Metric
from milepost.okr import actions as okr
from milepost.okr import queries as goals
from milepost.okr.errors import GoalCircle
from milepost.okr.models import Alignment, KeyResult, KeyResultScore, Objective, ObjectiveScore
from milepost.okr.queries.audience import audiences
from milepost.okr.queries.lines import children_of, objective_lines, with_narrow_children
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid
from milepost.workspace.models import SearchWord, Team, TeamMembership
from milepost.workspace.queries import show_team
from tests.people import NOW, TODAY, Company, build_company
from tests.workspace.test_every_query import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign(company: Company) -> World:
    return build_world(build_company("Zebra"), "Zebra")


def test_a_word_of_ours_that_names_a_thing_of_theirs_finds_nothing(company: Company, foreign: World) -> None:
    things = {
        "objective": foreign.goal, "key_result": foreign.key_result, "kpi": foreign.metric.pk,
        "team": foreign.company.team, "person": foreign.company.ids["lead"],
    }  # fmt: skip
    for kind, pk in things.items():
        SearchWord.objects.create(workspace_id=foreign.company.workspace_id, word="quagga", kind=kind, object_id=pk)
        SearchWord.objects.create(workspace_id=company.workspace_id, word="quagga", kind=kind, object_id=pk)
    assert len(goals.find(foreign.company.actor(), "quagga")) == len(things)
    assert goals.find(company.actor(), "quagga") == ()
    assert goals.find(company.actor(), "quagga 43") == ()


def test_a_word_that_was_left_of_somebody_removed_finds_nothing(company: Company) -> None:
    pk = company.ids["lead"]
    SearchWord.objects.create(workspace_id=company.workspace_id, word="quagga", kind="person", object_id=pk)
    assert goals.find(company.actor(), "quagga")
    workspace.remove_member(by=company.actor(), membership_id=pk, now=NOW)
    SearchWord.objects.create(workspace_id=company.workspace_id, word="quagga", kind="person", object_id=pk)
    assert goals.find(company.actor(), "quagga") == ()


def test_an_edge_of_theirs_below_a_goal_of_ours_is_no_child(company: Company, foreign: World) -> None:
    ours = company.objective("Ours")
    hidden = company.objective("Hidden", parent_id=ours, visibility="private")
    Objective.objects.filter(pk=foreign.goal).update(visibility=0)
    Alignment.objects.filter(child_id=foreign.goal).delete()
    Alignment.objects.create(
        workspace_id=foreign.company.workspace_id, parent_id=ours, child_id=foreign.goal, since=NOW
    )
    shown = children_of(company.actor(), [ours])[ours]
    assert [line.id for line in shown] == [hidden]
    (line,) = with_narrow_children(company.actor(), objective_lines(ObjectiveScore.objects.filter(pk=ours)))
    assert line.child_objectives == 1
    lines = objective_lines(ObjectiveScore.objects.filter(pk=ours))
    assert with_narrow_children(company.actor("member"), lines)[0].child_objectives == 0


def test_a_team_of_theirs_below_one_of_ours_is_nobodys_to_manage(company: Company, foreign: World) -> None:
    Team.objects.filter(pk=foreign.company.team).update(parent_id=company.team)
    assert foreign.company.team not in company.actor("manager").managed_teams
    assert company.team in company.actor("manager").managed_teams


def test_a_place_that_was_left_of_somebody_removed_is_not_shown(company: Company) -> None:
    pk = company.ids["lead"]
    workspace.remove_member(by=company.actor(), membership_id=pk, now=NOW)
    TeamMembership.objects.create(team_id=company.team, membership_id=pk)
    assert pk not in {m["person_id"] for m in show_team(company.actor(), company.team)["members"]}
    assert pk not in {m[0] for m in goals.team_page(company.actor(), company.team, today=TODAY).members}


def test_who_was_removed_or_switched_off_is_in_no_audience(company: Company) -> None:
    goal = company.objective("Hidden", visibility="private", contributor_ids=[company.ids["member"]])
    assert audiences([goal])[goal] == {company.ids["lead"], company.ids["member"]}
    workspace.remove_member(by=company.actor(), membership_id=company.ids["member"], now=NOW)
    assert audiences([goal])[goal] == {company.ids["lead"]}
    user = company.users["lead"]
    user.is_active = False
    user.save()
    assert audiences([goal])[goal] == frozenset()


def test_a_rebuild_leaves_the_scores_of_others(company: Company, foreign: World) -> None:
    company.objective()
    ObjectiveScore.objects.filter(pk=foreign.goal).update(score=0.42)
    KeyResultScore.objects.filter(pk=foreign.key_result).update(score=0.99)
    KpiScore.objects.filter(pk=foreign.metric.pk).update(severity=7)
    okr.rebuild(by=company.operator(), now=NOW)
    assert ObjectiveScore.objects.get(pk=foreign.goal).score == 0.42
    assert KeyResultScore.objects.get(pk=foreign.key_result).score == 0.99
    assert KpiScore.objects.get(pk=foreign.metric.pk).severity == 7


def test_a_circle_is_refused_without_the_names_of_goals_behind_walls(company: Company) -> None:
    top = company.objective("Top")
    middle = company.objective("Canary", parent_id=top, visibility="private")
    low = company.objective("Low", parent_id=middle)
    draft = okr.ObjectiveDraft(
        title="Top", cycle_id=company.cycle, lead_id=company.ids["lead"], owner_team_id=company.team, parent_id=low
    )
    for who, knows in (("admin", True), ("manager", False)):
        with pytest.raises(GoalCircle) as refused:
            okr.edit_objective(by=company.actor(who), objective_id=top, draft=draft, reason="Said so", now=NOW)
        assert ("Canary" in str(refused.value)) is knows


def test_a_goal_of_theirs_that_names_one_of_our_people_is_not_on_their_page(company: Company, foreign: World) -> None:
    pk = company.ids["lead"]
    ObjectiveScore.objects.filter(pk=foreign.goal).update(lead_id=pk)
    shown = goals.person_page(company.actor(), pk, today=TODAY).objectives
    assert foreign.goal not in {line.id for line in shown}


def test_a_hidden_objective_does_not_tell_that_a_kpi_has_one(company: Company) -> None:
    slug = company.kpi()
    values = [okr.NewReading(day=TODAY - timedelta(weeks=k), value=90.0) for k in range(6, 0, -1)]
    okr.record_readings(by=company.actor(), kpi=slug, readings=values, now=NOW)
    offered = [look.title for look in goals.week_page(company.actor("member"), today=TODAY).looks]
    assert "First reply time" in offered
    drafts = [okr.KeyResultDraft(title="Replies", start=48, target=30, kpi=slug)]
    company.objective("Hidden", key_results=drafts, visibility="private")
    assert [look.title for look in goals.week_page(company.actor("member"), today=TODAY).looks] == offered
    assert "First reply time" not in [look.title for look in goals.week_page(company.actor(), today=TODAY).looks]


def test_a_parent_of_theirs_has_no_children_here(company: Company, foreign: World) -> None:
    ours = company.objective("Ours")
    Alignment.objects.create(workspace_id=company.workspace_id, parent_id=foreign.goal, child_id=ours, since=NOW)
    assert goals.list_objectives(company.actor(), filters={"parent_id": foreign.goal}).items == []


def test_news_of_ours_about_a_goal_of_theirs_is_not_told(company: Company, foreign: World) -> None:
    ours = company.objective("Ours", visibility="private")
    for goal, title in ((foreign.goal, "Zebra goal"), (ours, "Ours")):
        workspace.record_event(
            by=company.actor("lead"), verb="closed", kind="objective", object_id=goal, now=NOW,
            about={"title": title, "objective": goal},
        )  # fmt: skip
    told = {news.title for news in goals.week_page(company.actor(), today=TODAY).news}
    assert "Ours" in told
    assert "Zebra goal" not in told


def test_a_goal_of_theirs_that_reads_a_kpi_of_ours_is_not_named(company: Company, foreign: World) -> None:
    slug = company.kpi()
    kpi = Metric.objects.get(workspace_id=company.workspace_id, slug=slug)
    KeyResult.objects.filter(pk=foreign.key_result).update(metric=kpi)
    draft = metrics.KpiDraft(
        name=kpi.name, unit="min", direction="lower", frequency="week", aggregation="stock", target=None,
        lead_id=company.ids["lead"], visibility="private",
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        okr.edit_kpi(by=company.actor(), slug=slug, draft=draft, today=TODAY, now=NOW)
    assert "Zebra" not in str(refused.value)
