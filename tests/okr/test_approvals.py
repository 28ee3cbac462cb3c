"""The review before an objective starts: who approves, how many, and what ends an approval (rule A2)."""

from datetime import date, timedelta

import pytest

from milepost.okr import actions, queries
from milepost.okr.errors import CycleLocked, WrongState
from milepost.okr.models import GoalState, KeyResult, Objective, ReviewAnswer
from milepost.okr.queries.approvals import approvals_of, reviewers_of
from milepost.rhythm.models import Notification
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Event, Former, Workspace
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def ask_for(company: Company, reviewers: int) -> None:
    Workspace.objects.filter(pk=company.workspace_id).update(reviewers=reviewers)


def state(pk: int) -> str:
    return Objective.objects.get(pk=pk).state


def approve(company: Company, pk: int, who: str) -> bool:
    return actions.approve_objective(by=company.actor(who), objective_id=pk, now=LATER)


def approved(pk: int) -> list[str]:
    found = approvals_of([pk], wanted=2).get(pk)
    return [] if found is None else [one.name for one in found.approved]


def test_with_two_reviewers_the_second_yes_starts_it(company: Company) -> None:
    ask_for(company, 2)
    goal = company.objective()
    assert state(goal) == GoalState.IN_REVIEW
    assert not approve(company, goal, "manager")
    assert state(goal) == GoalState.IN_REVIEW
    with pytest.raises(WrongState, match="You have approved “Be the tool support teams recommend” already"):
        approve(company, goal, "manager")
    shown = queries.show_approvals(company.actor(), goal, wanted=2)
    assert [one.name for one in shown.approvals.approved] == ["Manager Acme"]
    assert (shown.approvals.are_enough, shown.can_approve) == (False, True)
    assert not queries.show_approvals(company.actor("manager"), goal, wanted=2).can_approve
    assert approve(company, goal, "admin")
    assert state(goal) == GoalState.ACTIVE
    assert KeyResult.objects.get(objective_id=goal).state == GoalState.ACTIVE
    verbs = list(Event.objects.filter(kind="objective", object_id=goal).order_by("id").values_list("verb", flat=True))
    assert verbs == ["created", "sent_to_review", "approved", "approved", "activated"]
    assert approved(goal) == ["Manager Acme", "Ada Admin"]  # kept
    with pytest.raises(WrongState, match="is active, not in review"):
        approve(company, goal, "admin")


def test_without_reviewers_it_runs_at_once(company: Company) -> None:
    assert state(company.objective()) == GoalState.ACTIVE


def test_who_answers_for_the_level_above_reviews_and_nobody_approves_their_own(company: Company) -> None:
    ask_for(company, 2)
    coached = actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31),
        coach_id=company.ids["member"], now=NOW,
    )  # fmt: skip
    ask_for(company, 0)
    above = company.objective("Above", who="admin", cycle_id=coached, lead_id=company.ids["lead"], owner_team_id=None)
    ask_for(company, 2)

    def may(pk: int) -> set[str]:
        return {
            who for who in ("admin", "lead", "member", "manager", "viewer")
            if queries.show_approvals(company.actor(who), pk, wanted=2).can_approve
        }  # fmt: skip

    assert may(company.objective()) == {"admin", "manager"}
    assert may(company.objective("M", who="manager")) == {"admin"}
    below = company.objective("B", who="manager", cycle_id=coached, parent_id=above, owner_team_id=None)
    assert may(below) == {"admin", "lead", "member"}
    own = company.objective(
        "P", who="admin", owner_team_id=None, owner_person_id=company.ids["admin"], lead_id=company.ids["lead"]
    )
    assert may(own) == set()  # its owner is as near to it as its lead
    with pytest.raises(NotAllowed):
        approve(company, own, "admin")
    with pytest.raises(NotAllowed):
        actions.approve_objective(by=company.operator(), objective_id=below, now=LATER)  # nobody in person
    with pytest.raises(NotFound):
        actions.approve_objective(by=build_company("Other").actor(), objective_id=below, now=LATER)


def test_a_changed_plan_is_approved_anew(company: Company) -> None:
    ask_for(company, 2)
    goal = company.objective()
    row = KeyResult.objects.get(objective_id=goal)
    by = company.actor("lead")
    new = actions.KeyResultDraft(title="Replies", start=48, target=30)
    draft = actions.ObjectiveDraft(
        title="Other", cycle_id=company.cycle, lead_id=company.ids["lead"], owner_team_id=company.team
    )
    for change in (
        lambda: actions.edit_objective(by=by, objective_id=goal, draft=draft, now=LATER),
        lambda: actions.add_key_result(by=by, objective_id=goal, draft=new, now=LATER),
        lambda: actions.edit_key_result(by=by, key_result_id=row.pk, draft=new, now=LATER),
        lambda: actions.cancel_key_result(by=by, key_result_id=row.pk, now=LATER),
    ):
        approve(company, goal, "manager")
        assert approved(goal) == ["Manager Acme"]
        change()
        assert approved(goal) == []
    assert ReviewAnswer.objects.filter(objective_id=goal).count() == 4  # what was said stays


def test_whoever_asks_for_changes_says_which_and_approvals_end(company: Company) -> None:
    ask_for(company, 2)
    goal = company.objective()
    approve(company, goal, "manager")
    with pytest.raises(NotAllowed):
        actions.send_back(by=company.actor("member"), objective_id=goal, reason="No", now=LATER)
    with pytest.raises(Invalid, match="Say in one line what should change"):
        actions.send_back(by=company.actor(), objective_id=goal, reason=" \n ", now=LATER)
    actions.send_back(by=company.actor(), objective_id=goal, reason="From  which\nnumber?", now=LATER)
    assert state(goal) == GoalState.DRAFT
    said = queries.show_approvals(company.actor("lead"), goal, wanted=2).approvals
    assert said.approved == () and said.changes is not None
    assert (said.changes.name, said.changes.reason) == ("Ada Admin", "From which number?")
    assert Event.objects.get(verb="sent_back").data["reason"] == "From which number?"
    assert Former.objects.filter(kind="objective", object_id=goal, said__state="in_review").exists()
    with pytest.raises(WrongState, match="is draft, not in review"):
        actions.send_back(by=company.actor(), objective_id=goal, reason="Again", now=LATER)
    actions.activate_objective(by=company.actor("lead"), objective_id=goal, now=LATER)
    assert state(goal) == GoalState.IN_REVIEW
    assert queries.show_approvals(company.actor("lead"), goal, wanted=2).approvals.changes is None
    approve(company, goal, "manager")  # once more, of the new plan
    assert approved(goal) == ["Manager Acme"]


def test_where_fewer_are_asked_for_by_now_its_lead_starts_it(company: Company) -> None:
    ask_for(company, 2)
    goal = company.objective()
    approve(company, goal, "manager")
    with pytest.raises(NotAllowed):
        actions.activate_objective(by=company.actor("lead"), objective_id=goal, now=LATER)
    ask_for(company, 1)
    page = queries.objective_page(company.actor("lead"), goal, today=TODAY, reviewers=1)
    assert (page.can_start, page.can_approve) == (True, False)
    actions.activate_objective(by=company.actor("lead"), objective_id=goal, now=LATER)
    assert state(goal) == GoalState.ACTIVE


def test_a_locked_plan_takes_in_nothing_new(company: Company) -> None:
    ask_for(company, 1)
    goal = company.objective()
    actions.lock_cycle(by=company.actor(), cycle_id=company.cycle, now=NOW)
    with pytest.raises(CycleLocked):
        approve(company, goal, "manager")
    assert approve(company, goal, "admin")


def told(company: Company, who: str) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(to_id=company.ids[who]).order_by("id")
    return [(kind, data.get("verb", "")) for kind, data in rows.values_list("kind", "data")]


def test_reviewers_hear_that_it_waits_and_the_lead_what_they_say(company: Company) -> None:
    ask_for(company, 2)
    goal = company.objective()
    assert told(company, "manager") == [("review", "sent_to_review")]
    assert told(company, "admin") == []  # there is somebody nearer
    approve(company, goal, "manager")
    actions.send_back(by=company.actor(), objective_id=goal, reason="From where?", now=LATER)
    assert told(company, "lead")[-2:] == [("answered", "approved"), ("answered", "sent_back")]
    mine = company.objective("M", who="manager")
    assert told(company, "admin") == [("review", "sent_to_review")]
    assert reviewers_of(Objective.objects.get(pk=mine)) == {company.ids["admin"]}


def test_a_hidden_goal_is_told_to_nobody_who_does_not_see_it(company: Company) -> None:
    ask_for(company, 1)
    goal = company.objective(visibility="private")
    assert told(company, "manager") == []
    with pytest.raises(NotFound):
        approve(company, goal, "manager")
    with pytest.raises(NotFound):
        queries.show_approvals(company.actor("manager"), goal, wanted=1)


def test_settings_say_how_many(company: Company) -> None:
    with pytest.raises(Invalid, match=r"0.*2"):
        workspace.change_settings(
            by=company.actor(),
            settings=workspace.WorkspaceSettings("Acme", "UTC", 1, 1, 0, 3, demands_second_step=False),
            now=NOW,
        )


def test_who_leads_it_takes_it_back_where_nobody_may_approve_it(company: Company) -> None:
    ask_for(company, 1)
    goal = company.objective()
    assert state(goal) == GoalState.IN_REVIEW
    actions.send_back(by=company.actor("lead"), objective_id=goal, reason="It asks too much", now=LATER)
    assert state(goal) == GoalState.DRAFT
    assert not ReviewAnswer.objects.filter(objective_id=goal).exists()
    assert Event.objects.get(verb="sent_back").data["reason"] == "It asks too much"
