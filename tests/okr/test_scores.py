"""Scores through the whole tree, from check-ins and KPI values."""

from datetime import date, timedelta

import pytest

from milepost.core.target import Target, TargetRule
from milepost.okr import actions
from milepost.okr.models import KeyResult, KeyResultScore, ObjectiveScore
from milepost.okr.queries.integrity import orphans, score_rows
from tests.people import NOW, START, TODAY, Company

pytestmark = pytest.mark.django_db


def check_in(
    company: Company,
    key_result: KeyResult,
    value: float | None,
    *,
    who: str = "lead",
    confidence: int = 7,
    now=NOW,
    **given,
):
    draft = actions.CheckInDraft(key_result_id=key_result.pk, value=value, confidence=confidence, **given)
    return actions.record_check_in(by=company.actor(who, now), draft=draft, now=now)


def new_day(company: Company) -> None:
    """Bring every row to today, as the nightly job and the first page of a day do."""
    actions.refresh_day(by=company.operator(), now=NOW)


def only(objective_id: int) -> KeyResult:
    return KeyResult.objects.get(objective_id=objective_id)


def test_a_check_in_moves_key_result_and_objective(company: Company) -> None:
    pk = company.objective()
    check_in(company, only(pk), 80)
    row = KeyResultScore.objects.get(objective_id=pk)
    assert (row.value, row.progress, row.score) == (80, 0.5, 0.5)
    assert row.expected == pytest.approx(52 / 91)
    assert row.word == "on_track"
    assert row.confidence == 7
    total = ObjectiveScore.objects.get(objective_id=pk)
    assert total.score == 0.5
    assert (total.reported, total.children, total.is_root) == (1, 1, True)


def test_progress_counts_beyond_the_target_and_the_score_does_not(company: Company) -> None:
    pk = company.objective()
    check_in(company, only(pk), 50)
    row = KeyResultScore.objects.get(objective_id=pk)
    assert (row.progress, row.score, row.word) == (1.25, 1.0, "reached")


def test_scores_roll_up_seven_levels_and_a_rebuild_changes_nothing(company: Company) -> None:
    parent = None
    chain = []
    for level in range(7):
        parent = company.objective(f"Level {level}", parent_id=parent, counts="both" if level < 6 else "key_results")
        chain.append(parent)
    new_day(company)
    check_in(company, only(chain[-1]), 80)
    rows = ObjectiveScore.objects.in_bulk(chain)
    # Key results above have no value, so each parent has its child's score alone.
    assert [rows[pk].score for pk in chain] == [0.5] * 7
    check_in(company, only(chain[0]), 60)
    assert ObjectiveScore.objects.get(pk=chain[0]).score == 0.75
    before = score_rows(company.workspace_id)
    assert actions.rebuild(by=company.operator(), now=NOW) == 0
    assert score_rows(company.workspace_id) == before
    assert orphans(company.workspace_id) == []


def test_fixed_shares_stand_and_the_rest_is_split(company: Company) -> None:
    drafts = [
        actions.KeyResultDraft(title="A", start=0, target=10, share=0.5),
        actions.KeyResultDraft(title="B", start=0, target=10),
        actions.KeyResultDraft(title="C", start=0, target=10),
    ]
    pk = company.objective(key_results=drafts)
    for key_result, value in zip(
        KeyResult.objects.filter(objective_id=pk).order_by("position"), (10, 0, 4), strict=True
    ):
        check_in(company, key_result, value)
    assert ObjectiveScore.objects.get(pk=pk).score == pytest.approx(0.5 * 1 + 0.25 * 0 + 0.25 * 0.4)


def test_a_key_result_without_value_is_left_out_and_then_missing(company: Company) -> None:
    drafts = [actions.KeyResultDraft(title=t, start=0, target=10) for t in "ABC"]
    pk = company.objective(key_results=drafts)
    new_day(company)
    a, _, c = KeyResult.objects.filter(objective_id=pk).order_by("position")
    check_in(company, a, 4)
    check_in(company, c, 8)
    row = ObjectiveScore.objects.get(pk=pk)
    assert row.score == pytest.approx(0.6)
    assert (row.reported, row.children, row.missing) == (2, 3, 1)
    assert row.word == "at_risk"  # a missing key result caps it (S3)


def test_a_level_to_keep_counts_closed_days_only(company: Company) -> None:
    pk = company.objective(key_results=[actions.KeyResultDraft(title="Reopened", kind="keep", high=30, tolerance=10)])
    for days, value in enumerate((28, 30, 35, 45)):
        check_in(company, only(pk), value, now=START + timedelta(days=20 + days))
    row = KeyResultScore.objects.get(objective_id=pk)
    assert row.score == pytest.approx((1 + 1 + 0.5) / 3)  # the last day is not over yet
    assert row.next_change_on == date(2026, 10, 25)
    actions.refresh_day(by=company.operator(NOW), now=NOW)
    assert KeyResultScore.objects.get(objective_id=pk).score == pytest.approx(0.625)


def test_a_milestone_moves_by_its_steps(company: Company) -> None:
    steps = [actions.StepDraft("One"), actions.StepDraft("Two"), actions.StepDraft("Three", weight=2)]
    pk = company.objective(key_results=[actions.KeyResultDraft(title="Launch", kind="milestone", steps=steps)])
    key_result = only(pk)
    first = key_result.steps.get(title="One")
    check_in(company, key_result, None, steps={first.pk: 1.0})
    row = KeyResultScore.objects.get(objective_id=pk)
    assert row.score == 0.25
    assert row.expected == pytest.approx(0.25)  # at 52 of 91 days the first of three steps is due


def test_a_kpi_value_moves_the_key_result_that_reads_it(company: Company) -> None:
    slug = company.kpi()
    pk = company.objective(
        key_results=[actions.KeyResultDraft(title="First reply time", kpi=slug, start=48, target=30)]
    )
    assert KeyResultScore.objects.get(objective_id=pk).value is None
    actions.record_readings(
        by=company.actor("lead"),
        kpi=slug,
        readings=[actions.NewReading(day=date(2026, 11, 9), value=43)],
        now=NOW,
    )
    row = KeyResultScore.objects.get(objective_id=pk)
    assert (row.value, row.value_on) == (43, date(2026, 11, 9))
    assert row.progress == pytest.approx(5 / 18)
    assert row.word == "off_track"
    # The running week takes no part until it is closed.
    actions.record_readings(
        by=company.actor("lead"), kpi=slug, readings=[actions.NewReading(day=TODAY, value=30)], now=NOW
    )
    assert KeyResultScore.objects.get(objective_id=pk).value == 43
    tomorrow = NOW + timedelta(days=1)
    actions.refresh_day(by=company.operator(tomorrow), now=tomorrow)
    assert KeyResultScore.objects.get(objective_id=pk).value == 30


def test_a_ratio_is_a_sum_over_a_sum_of_the_last_four_weeks(company: Company) -> None:
    slug = company.kpi(
        "Seen in time",
        unit="%",
        direction="higher",
        aggregation="ratio",
        target=Target(TargetRule.AT_LEAST, low=95),
    )
    weeks = [
        (date(2026, 10, 19), 1, 2),
        (date(2026, 10, 26), 10, 10),
        (date(2026, 11, 2), 0, 10),
        (date(2026, 11, 9), 5, 20),
    ]
    readings = [actions.NewReading(day=d, value=100 * n / m, numerator=n, denominator=m) for d, n, m in weeks]
    actions.record_readings(by=company.actor("lead"), kpi=slug, readings=readings, now=NOW)
    pk = company.objective(key_results=[actions.KeyResultDraft(title="Seen", kpi=slug, start=0, target=95)])
    new_day(company)
    assert KeyResultScore.objects.get(objective_id=pk).value == pytest.approx(100 * 16 / 42)


def test_a_closed_objective_keeps_its_score_and_its_parent_counts_it(company: Company) -> None:
    top = company.objective("Top", counts="objectives", key_results=[], activate=False)
    pk = company.objective("Child", parent_id=top)
    actions.activate_objective(by=company.actor("lead"), objective_id=top, now=NOW)
    check_in(company, only(pk), 80)
    actions.close_objective(
        by=company.actor("lead"), objective_id=pk, grade=actions.GradeDraft(), key_results={}, now=NOW
    )
    assert ObjectiveScore.objects.get(pk=pk).word == "done"
    assert ObjectiveScore.objects.get(pk=top).score == 0.5
    later = NOW + timedelta(days=20)
    actions.refresh_day(by=company.operator(later), now=later)
    assert ObjectiveScore.objects.get(pk=pk).expected == pytest.approx(52 / 91)
    assert KeyResult.objects.get(objective_id=pk).grade == 0.5
    actions.reopen_objective(by=company.actor("lead"), objective_id=pk, reason="Too early", now=later)
    assert ObjectiveScore.objects.get(pk=pk).word != "done"


def test_the_leads_word_stands_until_the_next_check_in_is_due(company: Company) -> None:
    pk = company.objective()
    check_in(company, only(pk), 80, own_word="at_risk", note="The rota may slip")
    row = KeyResultScore.objects.get(objective_id=pk)
    assert (row.word, row.shown_word, row.own_until) == ("on_track", "at_risk", date(2026, 11, 30))
    later = NOW + timedelta(days=9)
    actions.refresh_day(by=company.operator(later), now=later)
    row = KeyResultScore.objects.get(objective_id=pk)
    assert row.own_word == ""
    assert row.shown_word == row.word


def test_a_paused_child_is_left_out_of_its_parent(company: Company) -> None:
    top = company.objective("Top", counts="objectives", key_results=[], activate=False)
    first, second = company.objective("One", parent_id=top), company.objective("Two", parent_id=top)
    actions.activate_objective(by=company.actor("lead"), objective_id=top, now=NOW)
    check_in(company, only(first), 80)
    check_in(company, only(second), 60)
    assert ObjectiveScore.objects.get(pk=top).score == 0.75
    actions.set_paused(by=company.actor("lead"), objective_id=second, paused=True, now=NOW)
    assert ObjectiveScore.objects.get(pk=top).score == 0.5
    assert ObjectiveScore.objects.get(pk=second).score == 1.0


EVERY_KIND: dict[str, tuple[dict, dict]] = {  # how it is made, and a check-in on it
    "reach": ({"start": 100, "target": 60}, {"value": 80}),
    "keep": ({"kind": "keep", "high": 30, "tolerance": 10}, {"value": 35}),
    "range at close": ({"kind": "keep", "low": 10, "high": 30, "at_close": True}, {"value": 35}),
    "levels": (
        {"kind": "levels", "start": 0, "floor": 40, "target": 100, "stretch": 140, "ambition": "aspirational"},
        {"value": 70},
    ),
    "milestone": ({"kind": "milestone", "steps": [actions.StepDraft("A", weight=2), actions.StepDraft("B")]}, {}),
    "tasks": ({"kind": "tasks", "steps": [actions.StepDraft("A"), actions.StepDraft("B")]}, {}),
    "percent": ({"kind": "percent"}, {"value": 40}),
    "judged": ({"kind": "judged"}, {"judged": 0.4, "note": "Said so"}),
    "baseline": ({"kind": "baseline"}, {"value": 40}),
    "front-loaded": ({"start": 100, "target": 60, "curve": "front"}, {"value": 80}),
    "through checkpoints": (
        {
            "start": 100, "target": 60, "curve": "checkpoints",
            "checkpoints": [actions.CheckpointDraft(date(2026, 11, 1), 95), actions.CheckpointDraft(date(2026, 12, 1), 70)],
        },
        {"value": 80},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY_KIND)
@pytest.mark.parametrize("more", ["", "override", "amended", "moved"])
def test_each_kind_comes_out_the_same_by_check_in_by_night_and_by_rebuild(
    company: Company, name: str, more: str
) -> None:
    given, sent = EVERY_KIND[name]
    pk = company.objective(key_results=[actions.KeyResultDraft(title="Measure", **given)])
    key_result = only(pk)
    steps = {step.pk: 1.0 for step in key_result.steps.order_by("id")[:1]}
    before = NOW - timedelta(days=2)
    check_in(
        company,
        key_result,
        sent.get("value"),
        now=before,
        steps=steps,
        **{k: v for k, v in sent.items() if k != "value"},
    )
    by = company.actor("lead")
    if more == "override":
        actions.set_override(
            by=by, key_result_id=key_result.pk, score=0.9, why="Signed", now=before + timedelta(hours=1)
        )
    if more == "amended":
        kept = {name: value for name, value in given.items() if name in {"curve", "checkpoints"}}
        kept |= {"unit": "%"} if name == "percent" else {}
        actions.edit_key_result(
            by=by, key_result_id=key_result.pk, reason="Harder", now=before,
            draft=actions.KeyResultDraft(title="Measure", kind="reach", start=90, target=20, **kept),
        )  # fmt: skip
    if more == "moved":
        longer = actions.create_cycle(
            by=company.operator(), name="Long", first_day=START.date(), last_day=date(2027, 3, 31), now=before
        )
        draft = actions.ObjectiveDraft(
            title="Goal", cycle_id=longer, lead_id=company.ids["lead"], owner_team_id=company.team
        )
        actions.edit_objective(by=by, objective_id=pk, draft=draft, reason="More time", now=before)
    actions.rebuild(by=company.operator(before), now=before)
    assert actions.rebuild(by=company.operator(before), now=before) == 0
    actions.refresh_day(by=company.operator(), now=NOW)
    by_night = score_rows(company.workspace_id)
    KeyResultScore.objects.all().delete()
    ObjectiveScore.objects.all().delete()
    actions.rebuild(by=company.operator(), now=NOW)
    assert score_rows(company.workspace_id) == by_night
    if more != "amended":  # a milestone that became a way has no value to repeat
        check_in(company, KeyResult.objects.get(pk=key_result.pk), None, nothing_changed=True)
        by_check_in = score_rows(company.workspace_id)
        assert actions.rebuild(by=company.operator(), now=NOW) == 0
        assert score_rows(company.workspace_id) == by_check_in
