"""Two scores at the close: by the plan it started with, and by the plan as amended (G2)."""

from datetime import date, timedelta

import pytest

from milepost.okr import actions
from milepost.okr.models import KeyResult, Objective
from milepost.okr.queries import planned_score
from tests.people import NOW, START, TODAY, Company

pytestmark = pytest.mark.django_db


def check_in(company: Company, key_result: int, value: float) -> None:
    draft = actions.CheckInDraft(key_result_id=key_result, value=value, confidence=6)
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)


def edit(company: Company, row: KeyResult, **given: object) -> None:
    fields = {"title": row.title, "kind": row.kind, "start": row.start, "target": row.target, "weight": row.weight}
    draft = actions.KeyResultDraft(**{**fields, **given})  # type: ignore[arg-type]
    actions.edit_key_result(by=company.actor("lead"), key_result_id=row.pk, draft=draft, reason="So", now=NOW)


def close(company: Company, goal: int) -> Objective:
    now = NOW + timedelta(hours=1)
    actions.close_objective(
        by=company.actor("lead", now), objective_id=goal, grade=actions.GradeDraft(), key_results={}, now=now
    )
    return Objective.objects.get(pk=goal)


def test_targets_weights_and_what_was_added_or_cancelled_do_not_move_the_first_plan(company: Company) -> None:
    drafts = [
        actions.KeyResultDraft(title="One", start=0, target=100),
        actions.KeyResultDraft(title="Two", start=0, target=10),
    ]
    goal = company.objective(key_results=drafts)
    one, two = KeyResult.objects.filter(objective_id=goal).order_by("position")
    check_in(company, one.pk, 40)
    check_in(company, two.pk, 10)
    edit(company, one, target=50.0, weight=3.0)
    actions.cancel_key_result(by=company.actor("lead"), key_result_id=two.pk, reason="Done with", now=NOW)
    added = actions.add_key_result(
        by=company.actor("lead"), objective_id=goal, reason="New", now=NOW,
        draft=actions.KeyResultDraft(title="Three", start=0, target=10),
    )  # fmt: skip
    check_in(company, added, 0)
    closed = close(company, goal)
    assert closed.planned_score == pytest.approx((0.4 + 1.0) / 2)
    assert closed.final_score == pytest.approx((3 * 0.8 + 0.0) / 4)


def test_without_amendments_both_scores_are_the_same(company: Company) -> None:
    goal = company.objective()
    check_in(company, KeyResult.objects.get(objective_id=goal).pk, 80)
    closed = close(company, goal)
    assert closed.planned_score == closed.final_score == pytest.approx(0.5)


def test_the_days_of_the_first_plan_end_what_counts_for_it(company: Company) -> None:
    """The cycle was shortened at first; a value after its first end counts only for the plan as amended."""
    goal = company.objective()
    short = actions.create_cycle(
        by=company.operator(), name="October", first_day=date(2026, 10, 1), last_day=date(2026, 10, 31), now=START
    )
    early = company.objective("Early", cycle_id=short)
    row = KeyResult.objects.get(objective_id=early)
    draft = actions.ObjectiveDraft(
        title="Early", cycle_id=company.cycle, lead_id=company.ids["lead"], owner_team_id=company.team
    )
    actions.edit_objective(by=company.actor("lead"), objective_id=early, draft=draft, reason="Later", now=NOW)
    check_in(company, row.pk, 60)
    closed = close(company, early)
    assert closed.final_score == 1.0
    assert closed.planned_score is None
    assert planned_score(Objective.objects.get(pk=goal), today=TODAY) is None


def test_a_reopened_objective_has_no_second_score_until_it_is_closed_again(company: Company) -> None:
    goal = company.objective()
    check_in(company, KeyResult.objects.get(objective_id=goal).pk, 80)
    close(company, goal)
    later = NOW + timedelta(days=1)
    actions.reopen_objective(by=company.actor("lead", later), objective_id=goal, reason="Too soon", now=later)
    assert Objective.objects.get(pk=goal).planned_score is None


def test_steps_count_by_their_first_weights_with_what_is_done_by_now(company: Company) -> None:
    steps = [actions.StepDraft("A"), actions.StepDraft("B")]
    goal = company.objective(key_results=[actions.KeyResultDraft(title="Ship", kind="milestone", steps=steps)])
    row = KeyResult.objects.get(objective_id=goal)
    a, b = row.steps.order_by("position")
    draft = actions.CheckInDraft(key_result_id=row.pk, confidence=6, steps={a.pk: 1.0, b.pk: 0.0})
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    heavier = [actions.StepDraft("A", weight=3, id=a.pk), actions.StepDraft("B", id=b.pk)]
    edit(company, row, steps=heavier, start=None, target=None)
    closed = close(company, goal)
    assert closed.final_score == pytest.approx(0.75)
    assert closed.planned_score == pytest.approx(0.5)
