"""Work under goals: it moves no number unless it is one of the tasks of a key result made of tasks (R5, P6)."""

from datetime import timedelta

import pytest

from milepost.okr import actions
from milepost.okr.errors import NeedsReason, WrongState
from milepost.okr.models import Amendment, ChecklistItem, Initiative, KeyResult, KeyResultScore, ObjectiveScore, Step
from milepost.okr.queries import initiative_page, initiatives_of, my_initiatives, task_key_results
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
TASKS = (actions.StepDraft("Rota agreed"), actions.StepDraft("First hire"))


def goal_of_tasks(company: Company, **given: object) -> tuple[int, KeyResult]:
    drafts = [
        actions.KeyResultDraft(title="Weekend rota staffed", kind="tasks", steps=TASKS),
        actions.KeyResultDraft(title="Tickets older than 24 h", start=100, target=60),
    ]
    goal = company.objective(key_results=drafts, **given)
    return goal, KeyResult.objects.get(objective_id=goal, kind="tasks")


def added(company: Company, goal: int, *, who: str = "lead", reason: str = "", **given: object) -> int:
    draft = actions.InitiativeDraft(**{"title": "Hire for weekends", **given})  # type: ignore[arg-type]
    return actions.add_initiative(by=company.actor(who), objective_id=goal, draft=draft, reason=reason, now=NOW)


def to(company: Company, pk: int, state: str, *, who: str = "lead", reason: str = "") -> None:
    actions.set_initiative_state(by=company.actor(who), initiative_id=pk, state=state, reason=reason, now=NOW)


def edited(company: Company, pk: int, *, reason: str = "", **given: object) -> None:
    draft = actions.InitiativeDraft(**{"title": "Hire for weekends", **given})  # type: ignore[arg-type]
    actions.edit_initiative(by=company.actor("lead"), initiative_id=pk, draft=draft, reason=reason, now=NOW)


def test_work_that_is_done_moves_no_number(company: Company) -> None:
    goal, key_result = goal_of_tasks(company)
    before = (ObjectiveScore.objects.get(pk=goal).score, KeyResultScore.objects.get(pk=key_result.pk).score)
    pk = added(company, goal, key_result_id=key_result.pk)
    to(company, pk, "done")
    assert (ObjectiveScore.objects.get(pk=goal).score, KeyResultScore.objects.get(pk=key_result.pk).score) == before
    line = initiatives_of(company.actor(), goal)[0]
    assert (line.state, line.done_on, line.counts, line.share) == ("done", TODAY, False, None)


def test_work_that_counts_is_a_task_that_is_done_with_it(company: Company) -> None:
    goal, key_result = goal_of_tasks(company)
    pk = added(company, goal, key_result_id=key_result.pk, counts=True, due_on=TODAY, reason="The rota needs people")
    assert Amendment.objects.get(field="steps").new == "Rota agreed; First hire; Hire for weekends, 2026-11-22"
    line = initiatives_of(company.actor(), goal)[0]
    assert (line.counts, line.share) == (True, pytest.approx(1 / 3))
    to(company, pk, "done")
    assert KeyResultScore.objects.get(pk=key_result.pk).score == pytest.approx(1 / 3)
    assert Amendment.objects.count() == 1  # what is done is no change of what was agreed
    to(company, pk, "doing")
    assert KeyResultScore.objects.get(pk=key_result.pk).score == 0
    actions.refresh_day(by=company.operator(), now=NOW)
    assert actions.rebuild(by=company.operator(), now=NOW) == 0


def test_cancelled_work_that_counts_is_left_out_and_says_why(company: Company) -> None:
    goal, key_result = goal_of_tasks(company)
    pk = added(company, goal, key_result_id=key_result.pk, counts=True, reason="The rota needs people")
    first = Step.objects.get(key_result=key_result, title="Rota agreed")
    draft = actions.CheckInDraft(key_result_id=key_result.pk, confidence=6, steps={first.pk: 1.0})
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    with pytest.raises(NeedsReason):
        to(company, pk, "cancelled")
    assert Initiative.objects.get(pk=pk).state == "planned"
    to(company, pk, "cancelled", reason="An agency does it")
    assert KeyResultScore.objects.get(pk=key_result.pk).score == 0.5
    assert Amendment.objects.latest("pk").reason == "An agency does it"
    to(company, pk, "planned", reason="It does not")
    assert KeyResultScore.objects.get(pk=key_result.pk).score == pytest.approx(1 / 3)


def test_a_task_that_stands_for_work_is_moved_there_alone(company: Company) -> None:
    goal, key_result = goal_of_tasks(company)
    added(company, goal, key_result_id=key_result.pk, counts=True, reason="The rota needs people")
    step = Step.objects.get(initiative__isnull=False)
    draft = actions.CheckInDraft(key_result_id=key_result.pk, confidence=6, steps={step.pk: 1.0})
    with pytest.raises(Invalid, match="“Hire for weekends” is an initiative: say there that it is done"):
        actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    there = {s.title: s.pk for s in Step.objects.filter(key_result=key_result)}
    own = [actions.StepDraft(s.title, id=there[s.title]) for s in TASKS]
    for steps, said in (
        (own, "take it out there"),
        ([*own, actions.StepDraft("Hire for Sundays", id=step.pk)], "change it there"),
    ):
        with pytest.raises(Invalid, match=said):
            actions.edit_key_result(
                by=company.actor("lead"), key_result_id=key_result.pk, reason="Other work", now=NOW,
                draft=actions.KeyResultDraft(title="Weekend rota staffed", kind="tasks", steps=steps),
            )  # fmt: skip
    kept = [*own, actions.StepDraft("Hire for weekends", id=step.pk)]
    actions.edit_key_result(
        by=company.actor("lead"), key_result_id=key_result.pk, reason="A better name", now=NOW,
        draft=actions.KeyResultDraft(title="Weekend rota", kind="tasks", steps=kept),
    )  # fmt: skip
    assert Initiative.objects.get().step_id == step.pk


def test_work_begins_and_ceases_to_count(company: Company) -> None:
    goal, key_result = goal_of_tasks(company)
    pk = added(company, goal)
    to(company, pk, "done")
    edited(company, pk, key_result_id=key_result.pk, counts=True, reason="It was part of it")
    assert KeyResultScore.objects.get(pk=key_result.pk).score == pytest.approx(1 / 3)
    edited(company, pk, key_result_id=key_result.pk, title="Hire two", counts=True, reason="Two are enough")
    assert Step.objects.get(initiative=pk).title == "Hire two"
    with pytest.raises(WrongState, match="counts for a key result"):
        actions.delete_initiative(by=company.actor("lead"), initiative_id=pk, now=NOW)
    edited(company, pk, title="Hire two", reason="It was not")
    assert Step.objects.filter(key_result=key_result).count() == 2
    assert KeyResultScore.objects.get(pk=key_result.pk).score == 0
    actions.delete_initiative(by=company.actor("lead"), initiative_id=pk, now=NOW)
    assert not Initiative.objects.exists()


def test_what_cannot_be_is_refused_by_name(company: Company) -> None:
    goal, key_result = goal_of_tasks(company)
    reach = KeyResult.objects.get(objective_id=goal, kind="reach")
    elsewhere = KeyResult.objects.get(objective_id=company.objective("Other"))
    with pytest.raises(Invalid, match="“Tickets older than 24 h” is not made of tasks"):
        added(company, goal, key_result_id=reach.pk, counts=True)
    with pytest.raises(Invalid, match="Choose the key result that it counts for"):
        added(company, goal, counts=True)
    with pytest.raises(NotFound):
        added(company, goal, key_result_id=elsewhere.pk)
    with pytest.raises(NeedsReason):
        added(company, goal, key_result_id=key_result.pk, counts=True)
    for link in (
        "javascript:alert(1)",
        "//example.org",
        "https://",
        "https://me:secret@example.org",
        "https://a\n.org",
    ):
        with pytest.raises(Invalid, match="Write an address such as"):
            added(company, goal, link=link)
    with pytest.raises(Invalid, match="Keep it to 50"):
        added(company, goal, items=[actions.ItemDraft("One")] * 51)
    with pytest.raises(Invalid, match="Choose one of planned, doing, done, cancelled"):
        to(company, added(company, goal), "nearly")
    assert Initiative.objects.count() == 1
    actions.close_objective(
        by=company.actor("lead"), objective_id=goal, grade=actions.GradeDraft(), key_results={}, now=NOW
    )
    with pytest.raises(WrongState, match="Reopen it first"):
        added(company, goal)


def test_who_helps_may_work_and_only_leads_say_what_counts(company: Company) -> None:
    goal, key_result = goal_of_tasks(company, contributor_ids=[company.ids["member"]])
    pk = added(company, goal, who="member")
    to(company, pk, "doing", who="member")
    with pytest.raises(NotAllowed):
        added(company, goal, who="member", key_result_id=key_result.pk, counts=True, reason="It is part of it")
    with pytest.raises(NotAllowed):
        to(company, pk, "done", who="viewer")
    other = company.objective("Other")
    with pytest.raises(NotAllowed):
        added(company, other, who="member")
    led = added(company, other, lead_id=company.ids["member"])
    to(company, led, "done", who="member")  # who leads the work says how it goes


def test_who_leads_work_on_a_private_goal_is_one_of_its_people(company: Company) -> None:
    goal, _ = goal_of_tasks(company, visibility="private")
    with pytest.raises(Invalid, match="Make them a contributor of the objective first"):
        added(company, goal, lead_id=company.ids["member"])
    pk = added(company, goal, lead_id=company.ids["admin"])
    assert initiatives_of(company.actor("member"), goal) == ()
    with pytest.raises(NotFound):
        initiative_page(company.actor("member"), pk)
    assert task_key_results(company.actor("member"), goal) == ()


def test_a_checklist_keeps_what_is_ticked(company: Company) -> None:
    goal, _ = goal_of_tasks(company)
    pk = added(company, goal, items=[actions.ItemDraft("Advert"), actions.ItemDraft("Interviews")])
    advert = ChecklistItem.objects.get(title="Advert")
    actions.tick_item(by=company.actor("lead"), initiative_id=pk, item_id=advert.pk, is_done=True, now=NOW)
    shown = initiative_page(company.actor("lead"), pk)
    assert (shown.line.state, shown.line.items_done, shown.line.items) == ("doing", 1, 2)
    edited(
        company, pk,
        items=[actions.ItemDraft("Contract"), actions.ItemDraft("Advert", is_done=True, id=advert.pk)],
    )  # fmt: skip
    shown = initiative_page(company.actor("lead"), pk)
    assert [(item.title, item.is_done) for item in shown.checklist] == [("Contract", False), ("Advert", True)]
    other = added(company, goal)
    with pytest.raises(NotFound):
        actions.tick_item(by=company.actor("lead"), initiative_id=other, item_id=advert.pk, is_done=True, now=NOW)


def test_my_week_names_my_open_work_that_is_due_soon(company: Company) -> None:
    goal, _ = goal_of_tasks(company)
    mine = {"lead_id": company.ids["lead"]}
    late = added(company, goal, title="Late", due_on=TODAY - timedelta(days=1), **mine)
    today = added(company, goal, title="Today", due_on=TODAY, **mine)
    added(company, goal, title="Later", due_on=TODAY + timedelta(days=15), **mine)
    to(company, added(company, goal, title="Done", due_on=TODAY, **mine), "done")
    added(company, goal, title="Of another", due_on=TODAY, lead_id=company.ids["manager"])
    found = my_initiatives(company.actor("lead"), today=TODAY)
    assert [(line.id, line.is_late(TODAY)) for line in found] == [(late, True), (today, False)]


@pytest.mark.parametrize("n", [1, 20])
def test_a_list_of_work_costs_one_query_at_any_size(company: Company, n: int, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    goal, key_result = goal_of_tasks(company)
    for i in range(n):
        added(company, goal, title=f"Work {i}", items=[actions.ItemDraft("One")], key_result_id=key_result.pk)
    actor = company.actor("member")
    with django_assert_num_queries(1):
        assert len(initiatives_of(actor, goal)) == n


def test_a_key_result_that_is_work_becomes_an_initiative_and_counts_no_more(company: Company) -> None:
    drafts = [actions.KeyResultDraft(title=t, start=100, target=60) for t in ("Launch the rota", "Tickets")]
    goal = company.objective(key_results=drafts)
    work, measured = KeyResult.objects.filter(objective_id=goal).order_by("position")
    for row, value in ((work, 100), (measured, 60)):
        actions.record_check_in(
            by=company.actor("lead"), draft=actions.CheckInDraft(row.pk, value=value, confidence=5), now=NOW
        )
    assert ObjectiveScore.objects.get(pk=goal).score == 0.5
    about = {"by": company.actor("lead"), "key_result_id": work.pk, "now": NOW}
    with pytest.raises(NeedsReason):
        actions.make_initiative(**about)  # type: ignore[arg-type]
    assert not Initiative.objects.exists()
    with pytest.raises(NotAllowed):
        actions.make_initiative(by=company.actor("member"), key_result_id=work.pk, reason="So", now=NOW)
    pk = actions.make_initiative(**about, reason="It is work")  # type: ignore[arg-type]
    (line,) = initiatives_of(company.actor(), goal)
    assert (line.id, line.title, line.lead_id, line.counts) == (pk, "Launch the rota", company.ids["lead"], False)
    assert KeyResult.objects.get(pk=work.pk).state == "cancelled"
    assert ObjectiveScore.objects.get(pk=goal).score == 1.0


def test_an_objective_is_made_with_the_work_for_it_or_not_at_all(company: Company) -> None:
    work = [actions.InitiativeDraft("Hire for weekends", lead_id=company.ids["member"])]
    draft = actions.ObjectiveDraft(
        title="Weekends", cycle_id=company.cycle, lead_id=company.ids["lead"], owner_team_id=company.team
    )
    by = company.actor("lead")
    goal = actions.create_objective(by=by, draft=draft, initiatives=work, activate=False, now=NOW)
    assert [(i.title, i.lead_id) for i in initiatives_of(by, goal)] == [("Hire for weekends", company.ids["member"])]
    with pytest.raises(Invalid):
        nameless = [actions.InitiativeDraft(" ")]
        actions.create_objective(by=by, draft=draft, initiatives=nameless, activate=False, now=NOW)
    assert Initiative.objects.count() == 1
