"""Teams that end, teams that share a goal, and the words things are found by."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.metrics.queries import board, list_all_kpis
from milepost.okr import actions
from milepost.okr.models import Amendment, KeyResult, Objective, ObjectiveScore
from milepost.okr.queries import (
    GoalFilter,
    ask,
    goals_page,
    list_objectives,
    objective_page,
    people_page,
    team_page,
)
from milepost.workspace import actions as workspace
from milepost.workspace.actions import clean_tags
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Event
from milepost.workspace.permissions import Actor
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db


def tagged(actor: Actor, company: Company, tag: str) -> list[int]:
    asked = ask(actor, GoalFilter(form="list", tag=tag))
    page = goals_page(actor, asked, cycle_id=company.cycle, today=TODAY)
    return [branch.objective.id for _, branches in page.groups for branch in branches]


def project(company: Company, name: str = "New website", *, days: int = 3) -> int:
    ends_on = TODAY + timedelta(days=days)
    return workspace.create_team(by=company.actor(), name=name, parent_id=None, ends_on=ends_on, now=NOW)


def draft(company: Company, **given: object) -> actions.ObjectiveDraft:
    fields = {
        "title": "Be the tool support teams recommend", "cycle_id": company.cycle, "lead_id": company.ids["lead"],
        "owner_team_id": company.team,
    } | given  # fmt: skip
    return actions.ObjectiveDraft(**fields)  # type: ignore[arg-type]


def amend(company: Company, goal: int, reason: str = "Agreed", **given: object) -> None:
    actions.edit_objective(
        by=company.actor("lead"), objective_id=goal, draft=draft(company, **given), reason=reason, now=NOW
    )


def test_a_team_that_ended_keeps_its_goals_and_takes_no_new_ones(company: Company) -> None:
    team = project(company)
    goal = company.objective("Site is live", owner_team_id=team, who="admin", at=NOW)
    after = NOW + timedelta(days=5)
    with pytest.raises(Invalid, match="ended on 2026-11-25"):
        company.objective("Another", owner_team_id=team, who="admin", at=after)
    with pytest.raises(Invalid, match="ended on"):
        company.kpi("Visits", owner_team_id=team, at=after)
    actions.edit_objective(
        by=company.actor("admin", after), objective_id=goal, reason="Clearer", now=after,
        draft=draft(company, title="The site is live", owner_team_id=team),
    )  # fmt: skip
    page = team_page(company.actor(), team, today=after.date())
    assert page.has_ended and [o.id for o in page.objectives] == [goal]
    assert [t.has_ended for t in people_page(company.actor(), today=after.date())[1] if t.id == team] == [True]
    assert not team_page(company.actor(), team, today=TODAY + timedelta(days=3)).has_ended  # its last day is its own


def test_a_team_may_go_on_after_all(company: Company) -> None:
    team = project(company, days=-3)
    with pytest.raises(Invalid, match="ended"):
        company.objective("Late", owner_team_id=team, who="admin", at=NOW)
    workspace.edit_team(by=company.actor(), team_id=team, name="New website", parent_id=None, ends_on=None, now=NOW)
    assert company.objective("In time", owner_team_id=team, who="admin", at=NOW)
    told = Event.objects.filter(kind="team").order_by("-sequence")[0]
    assert told.data["changes"] == {"ends_on": ["2026-11-19", None]}


def test_who_is_in_a_sharing_team_sees_a_team_only_goal_and_checks_in_and_changes_nothing(company: Company) -> None:
    team = project(company, "Sales", days=90)
    workspace.set_team_member(
        by=company.actor(), team_id=team, membership_id=company.ids["member"], is_manager=False, now=NOW
    )
    goal = company.objective(visibility="team")
    key_result = KeyResult.objects.get(objective_id=goal).pk
    check_in = actions.CheckInDraft(key_result_id=key_result, value=80, confidence=6)
    member = company.actor("member")
    with pytest.raises(NotFound):
        actions.record_check_in(by=member, draft=check_in, now=NOW)
    amend(company, goal, visibility="team", sharing_team_ids=[team])
    assert Objective.objects.visible_to(company.actor("member")).filter(pk=goal).exists()
    assert not Objective.objects.visible_to(company.actor("viewer")).filter(pk=goal).exists()
    actions.record_check_in(by=company.actor("member"), draft=check_in, now=NOW)
    page = objective_page(company.actor("member"), goal, today=TODAY)
    assert page.can_check_in and not page.can_edit and page.sharing_teams == ((team, "Sales"),)
    assert [o.id for o in team_page(company.actor("member"), team, today=TODAY).shared] == [goal]
    assert team_page(company.actor("viewer"), team, today=TODAY).shared == ()
    with pytest.raises(NotAllowed):
        actions.edit_objective(
            by=company.actor("member"), objective_id=goal, draft=draft(company), reason="Mine", now=NOW
        )
    told = Amendment.objects.get(goal_id=goal, field="sharing_teams")
    assert (told.old, told.new) == ("", "Sales")
    amend(company, goal, visibility="team", sharing_team_ids=[])
    assert not Objective.objects.visible_to(company.actor("member")).filter(pk=goal).exists()


def test_sharing_does_not_open_what_is_for_its_people_alone(company: Company) -> None:
    team = project(company, "Sales", days=90)
    workspace.set_team_member(
        by=company.actor(), team_id=team, membership_id=company.ids["member"], is_manager=False, now=NOW
    )
    goal = company.objective(visibility="private", sharing_team_ids=[team])
    assert not Objective.objects.visible_to(company.actor("member")).filter(pk=goal).exists()


def test_a_child_moves_a_parent_only_where_the_sharing_team_may_see_it_too(company: Company) -> None:
    team = project(company, "Sales", days=90)
    workspace.set_team_member(
        by=company.actor(), team_id=team, membership_id=company.ids["member"], is_manager=False, now=NOW
    )
    parent = company.objective("Parent", visibility="team", counts="objectives")
    child = company.objective("Child", visibility="team", parent_id=parent)
    score = lambda: ObjectiveScore.objects.get(pk=parent).children  # noqa: E731 - asked four times
    assert score() == 1
    amend(company, parent, title="Parent", visibility="team", counts="objectives", sharing_team_ids=[team])
    assert score() == 0  # the member sees the parent and not the child
    amend(company, child, title="Child", visibility="team", parent_id=parent, sharing_team_ids=[team])
    assert score() == 1
    assert actions.rebuild(by=company.operator(), now=NOW) == 0


def test_a_kpi_is_not_shown_through_a_goal_that_another_team_shares(company: Company) -> None:
    team = project(company, "Sales", days=90)
    workspace.set_team_member(
        by=company.actor(), team_id=team, membership_id=company.ids["member"], is_manager=False, now=NOW
    )
    kpi = company.kpi("Churn", visibility="team")
    reads = [actions.KeyResultDraft(title="Churn", kpi=kpi, start=48, target=30)]
    goal = company.objective(visibility="team", key_results=reads)
    with pytest.raises(Invalid, match="seen by fewer people"):
        amend(company, goal, visibility="team", sharing_team_ids=[team])


def test_sharing_teams_are_of_this_workspace_go_on_and_are_not_the_owner(company: Company) -> None:
    theirs = build_company("Other").team
    with pytest.raises(NotFound):
        company.objective("One", sharing_team_ids=[theirs])
    with pytest.raises(Invalid, match="belongs to this team already"):
        company.objective("Two", sharing_team_ids=[company.team])
    with pytest.raises(Invalid, match="ended"):
        company.objective("Three", sharing_team_ids=[project(company, days=-3)], at=NOW)


def test_tags_are_cleaned_and_found_in_any_capitals(company: Company) -> None:
    goal = company.objective(tags=[" #Onboarding ", "ONBOARDING", "Self  service", ""])
    assert objective_page(company.actor(), goal, today=TODAY).tags == ("Onboarding", "Self service")
    found = list_objectives(company.actor(), filters={"tag": "self SERVICE"})
    assert [(item["id"], item["tags"]) for item in found.items] == [(goal, ["Onboarding", "Self service"])]
    assert tagged(company.actor(), company, "onboarding") == [goal]
    assert tagged(company.actor(), company, "none") == []
    slug = company.kpi(tags=["Onboarding"])
    shown = board(company.actor(), view="all", today=TODAY, tag="ONBOARDING")
    assert [tile.slug for _, tiles in shown.groups for tile in tiles] == [slug] and shown.tags == ("Onboarding",)
    assert list_all_kpis(company.actor(), today=TODAY, filters={"tag": "elsewhere"}).items == []


def test_tags_of_what_is_behind_a_wall_are_told_to_nobody_else(company: Company) -> None:
    company.objective("Hidden", visibility="private", tags=["Layoffs"])
    company.kpi("Hidden too", visibility="private", tags=["Layoffs"])
    goal = company.objective("Open", tags=["layoffs"])  # the same word, spelled by who does not know of the other
    member = company.actor("member")
    assert tagged(member, company, "Layoffs") == [goal]
    assert board(member, view="all", today=TODAY).tags == ()
    assert [item["id"] for item in list_objectives(member, filters={"tag": "layoffs"}).items] == [goal]


def test_other_tags_are_no_amendment(company: Company) -> None:
    goal = company.objective()
    amend(company, goal, reason="", tags=["Calm"])
    assert not Amendment.objects.exists()
    told = Event.objects.filter(kind="objective").order_by("-sequence")[0]
    assert (told.verb, told.data["changes"]) == ("changed", {"tags": [[], ["Calm"]]})
    amend(company, goal, reason="")  # left out, they stay
    assert objective_page(company.actor(), goal, today=TODAY).tags == ("Calm",)


def test_tags_that_are_too_many_or_too_long_are_refused(company: Company) -> None:
    with pytest.raises(Invalid, match="Keep it to 10"):
        company.objective(tags=[f"tag {n}" for n in range(11)])
    with pytest.raises(Invalid, match="at most 30"):
        company.objective(tags=["x" * 31])
    with pytest.raises(Invalid, match="comma"):
        company.objective(tags=["a,b"])


@given(st.lists(st.text(max_size=12), max_size=8))
def test_to_clean_tags_twice_changes_nothing(words: list[str]) -> None:
    try:
        once = clean_tags(words)
    except Invalid:
        return
    assert clean_tags(once.values()) == once
    assert all(word.strip() == word and word for word in once.values())
