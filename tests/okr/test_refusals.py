"""What cannot be saved is refused in a sentence, and nothing is left half saved."""

import math
from datetime import date
from typing import Any

import pytest

from milepost.core.numbers import NotANumber
from milepost.metrics.errors import ReadsKpi
from milepost.metrics.models import Reading
from milepost.okr import actions
from milepost.okr.errors import GoalCircle, NeedsReason, NothingToRepeat, WrongState
from milepost.okr.models import Alignment, Amendment, CheckIn, KeyResult, Objective
from milepost.workspace.errors import Invalid, NotAllowed
from milepost.workspace.models import Event
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db


def draft(company: Company, **given: object) -> actions.ObjectiveDraft:
    fields: dict[str, object] = {"title": "A goal", "cycle_id": company.cycle, "lead_id": company.ids["lead"]}
    return actions.ObjectiveDraft(**{**fields, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key_result", "words"),
    [
        ({"start": 45, "target": 45}, "both 45"),
        ({"start": 1}, "value to reach"),
        ({"target": 1}, "value at the start"),
        ({"start": math.nan, "target": 1}, "finite"),
        ({"start": 0, "target": math.inf}, "finite"),
        ({"kind": "keep"}, "level to keep"),
        ({"kind": "keep", "low": 5, "high": 5}, "nothing between"),
        ({"kind": "milestone"}, "at least one step"),
        ({"kind": "keep", "low": 1, "high": 5, "tolerance": -1}, "tolerance is -1|tolerance is −1"),
        ({"kind": "keep", "high": 5, "at_close": True}, "both ends"),
        ({"kind": "keep", "high": 5, "at_close": True, "low": 5}, "nothing between"),
        ({"kind": "levels", "start": 0, "target": 100, "ambition": "aspirational"}, "Write the stretch"),
        (
            {"kind": "levels", "start": 0, "target": 100, "stretch": 140},
            "for aspirational goals, this one is committed",
        ),
        (
            {"kind": "levels", "start": 0, "floor": 120, "target": 100, "stretch": 140, "ambition": "aspirational"},
            "start 0, floor 120, target 100, stretch 140",
        ),
        ({"kind": "tasks"}, "at least one task"),
        ({"kind": "tasks", "steps": [actions.StepDraft("A", weight=2)]}, "all count the same"),
        ({"kind": "milestone", "steps": [actions.StepDraft("A", is_cancelled=True)]}, "take it out instead"),
        ({"kind": "percent", "kpi": "any"}, "reads no KPI"),
        ({"start": 0, "target": 1, "priority": 5}, "0 to 4, not 5"),
        ({"start": 0, "target": 1, "curve": "zigzag"}, "Choose one of"),
        ({"start": 0, "target": 1, "curve": "checkpoints"}, "at least one checkpoint"),
        (
            {
                "start": 0,
                "target": 1,
                "curve": "checkpoints",
                "checkpoints": [actions.CheckpointDraft(date(2027, 1, 4), 0.5)],
            },
            "between 2026-10-01 and 2026-12-31",
        ),
        ({"kind": "wish", "start": 0, "target": 1}, "Choose one of"),
        ({"start": 0, "target": 1, "share": 1.2}, "between 0 and 100"),
        ({"start": 0, "target": 1, "weight": -1}, "0 or more"),
        ({"title": "x" * 1_000_000, "start": 0, "target": 1}, "1,000,000 characters"),
        ({"title": "NUL\0", "start": 0, "target": 1}, "control characters"),
        ({"title": "  ", "start": 0, "target": 1}, "Write a name"),
    ],
)
def test_a_bad_key_result_saves_no_objective(company: Company, key_result: dict, words: str) -> None:
    given = {"title": "Measure", **key_result}
    with pytest.raises((Invalid, NotANumber), match=words):
        actions.create_objective(
            by=company.actor("lead"), draft=draft(company), key_results=[actions.KeyResultDraft(**given)], now=NOW
        )
    assert (Objective.objects.count(), KeyResult.objects.count()) == (0, 0)


def test_fixed_shares_above_the_whole_are_refused_with_their_sum(company: Company) -> None:
    rows = [actions.KeyResultDraft(title=t, start=0, target=1, share=0.7) for t in "AB"]
    with pytest.raises(Invalid, match="140 %"):
        company.objective(key_results=rows)


def test_a_circle_is_refused_with_its_path(company: Company) -> None:
    top = company.objective("Top")
    middle = company.objective("Middle", parent_id=top)
    leaf = company.objective("Leaf", parent_id=middle)
    with pytest.raises(GoalCircle, match="“Top” → “Leaf” → “Middle” → “Top”"):
        actions.edit_objective(
            by=company.actor("admin"),
            objective_id=top,
            draft=draft(company, title="Top", parent_id=leaf),
            reason="x",
            now=NOW,
        )
    assert Alignment.objects.filter(until=None).count() == 2


def test_an_objective_without_key_results_stays_a_draft(company: Company) -> None:
    with pytest.raises(Invalid, match="at least one key result"):
        company.objective(key_results=[])
    assert company.objective(key_results=[], activate=False)


def test_with_reviewers_a_new_objective_waits_for_an_admin(company: Company) -> None:
    from milepost.workspace.actions import WorkspaceSettings, change_settings

    change_settings(
        by=company.actor(), settings=WorkspaceSettings("Acme", "UTC", 1, 1, 0, 1, demands_second_step=False), now=NOW
    )
    pk = company.objective()
    assert Objective.objects.get(pk=pk).state == "in_review"
    with pytest.raises(NotAllowed):
        actions.activate_objective(by=company.actor("lead"), objective_id=pk, now=NOW)
    actions.activate_objective(by=company.actor("admin"), objective_id=pk, now=NOW)
    assert KeyResult.objects.get(objective_id=pk).state == "active"


def test_a_running_plan_is_amended_with_a_reason(company: Company) -> None:
    pk = company.objective()
    key_result = KeyResult.objects.get(objective_id=pk)
    harder = actions.KeyResultDraft(title=key_result.title, start=100, target=50)
    with pytest.raises(NeedsReason):
        actions.edit_key_result(by=company.actor("lead"), key_result_id=key_result.pk, draft=harder, now=NOW)
    actions.edit_key_result(
        by=company.actor("lead"), key_result_id=key_result.pk, draft=harder, reason="Good start", now=NOW
    )
    row = Amendment.objects.get()
    assert (row.field, row.old, row.new, row.reason) == ("target", "60", "50", "Good start")
    other = actions.KeyResultDraft(title=key_result.title, kpi=company.kpi(), start=100, target=50)
    with pytest.raises(Invalid, match="what it reads stays"):
        actions.edit_key_result(by=company.actor("lead"), key_result_id=key_result.pk, draft=other, reason="x", now=NOW)
    in_euros = actions.KeyResultDraft(title=key_result.title, unit="€", start=100, target=50)
    with pytest.raises(Invalid, match="its unit stays"):
        actions.edit_key_result(
            by=company.actor("lead"), key_result_id=key_result.pk, draft=in_euros, reason="x", now=NOW
        )


def test_check_ins_refuse_what_they_cannot_keep(company: Company) -> None:
    slug = company.kpi()
    pk = company.objective(key_results=[
        actions.KeyResultDraft(title="Hand", start=0, target=1), actions.KeyResultDraft(title="Kpi", kpi=slug, start=48, target=30),
    ])  # fmt: skip
    hand, kpi = KeyResult.objects.filter(objective_id=pk).order_by("position")
    by = company.actor("lead")

    def send(key_result: KeyResult, **given: object) -> None:
        fields: dict[str, object] = {"key_result_id": key_result.pk, "confidence": 5, **given}
        actions.record_check_ins(by=by, drafts=[
            actions.CheckInDraft(key_result_id=hand.pk, confidence=5, value=0.5), actions.CheckInDraft(**fields),  # type: ignore[arg-type]
        ], now=NOW)  # fmt: skip

    for refusal, given in (
        (ReadsKpi, {"value": 3.0}), (Invalid, {"confidence": 11}), (Invalid, {"confidence": None}),
        (Invalid, {"note": "x" * 1001}), (Invalid, {"own_word": "splendid", "note": "x"}), (Invalid, {"own_word": "at_risk"}),
    ):  # fmt: skip
        with pytest.raises(refusal):
            send(kpi, **given)
    with pytest.raises(NothingToRepeat):
        actions.record_check_in(
            by=by, draft=actions.CheckInDraft(key_result_id=hand.pk, confidence=5, nothing_changed=True), now=NOW
        )
    assert (CheckIn.objects.count(), Reading.objects.count()) == (0, 0)
    actions.close_objective(by=by, objective_id=pk, grade=actions.GradeDraft(), key_results={}, now=NOW)
    with pytest.raises(WrongState, match="closed"):
        send(hand, value=1.0)


def test_an_edited_check_in_keeps_the_earlier_one_and_a_deleted_one_takes_its_value_back(company: Company) -> None:
    key_result = KeyResult.objects.get(objective_id=company.objective())
    by = company.actor("lead")

    def say(value: float) -> actions.CheckInDraft:
        return actions.CheckInDraft(key_result_id=key_result.pk, value=value, confidence=5)

    first = actions.record_check_in(by=by, draft=say(90), now=NOW)
    second = actions.edit_check_in(by=by, check_in_id=first, draft=say(80), now=NOW)
    assert _value(key_result) == 80
    actions.delete_check_in(by=by, check_in_id=second, now=NOW)
    assert _value(key_result) in {None, 90}
    assert CheckIn.objects.count() == 3
    assert CheckIn.objects.filter(replaced_by=None, withdrawn=False).count() == 0


def _value(key_result: KeyResult) -> float | None:
    from milepost.okr.models import KeyResultScore

    return KeyResultScore.objects.get(key_result=key_result).value


def test_what_has_no_score_is_not_graded_by_itself(company: Company) -> None:
    pk, other = company.objective(), company.objective("Other")
    close_as_it_is(company, pk)
    goal = Objective.objects.get(pk=pk)
    assert (goal.state, goal.grade, goal.final_score) == ("closed", None, None)
    assert KeyResult.objects.get(objective_id=pk).grade is None
    assert "grade" not in Event.objects.filter(verb="closed").latest("id").data["changes"]
    with pytest.raises(Invalid, match="has no score, so no grade is proposed"):
        close_as_it_is(company, other, grade=0.0)
    close_as_it_is(company, other, grade=0.0, reason="Nobody counted")
    assert Objective.objects.get(pk=other).grade == 0


def close_as_it_is(company: Company, pk: int, **grade: Any) -> None:
    actions.close_objective(
        by=company.actor("lead"), objective_id=pk, grade=actions.GradeDraft(**grade), key_results={}, now=NOW
    )


def test_another_grade_needs_its_reason(company: Company) -> None:
    pk = company.objective()
    with pytest.raises(Invalid, match="Say in one line why"):
        actions.close_objective(
            by=company.actor("lead"), objective_id=pk, grade=actions.GradeDraft(grade=0.9), key_results={}, now=NOW
        )
    with pytest.raises(Invalid, match="between 0.0 and 1.0"):
        actions.close_objective(
            by=company.actor("lead"), objective_id=pk, grade=actions.GradeDraft(grade=7), key_results={}, now=NOW
        )
    assert Objective.objects.get(pk=pk).state == "active"


def test_a_value_of_tomorrow_is_refused(company: Company) -> None:
    from datetime import timedelta

    slug = company.kpi(frequency="day")
    with pytest.raises(Invalid, match="has not come yet"):
        actions.record_readings(
            by=company.actor("lead"),
            kpi=slug,
            readings=[actions.NewReading(day=TODAY + timedelta(days=1), value=1)],
            now=NOW,
        )
