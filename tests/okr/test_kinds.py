"""Each kind of key result from its draft to its score row, its amendment and its refusals."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from milepost.core.team_rhythms import Rhythms
from milepost.metrics.models import Reading
from milepost.okr import actions
from milepost.okr.models import Amendment, CheckIn, KeyResult, KeyResultScore, ObjectiveScore, Step
from milepost.okr.queries import explained_key_result, key_result_line
from milepost.workspace.errors import Invalid, NotAllowed
from tests.people import NOW, START, TODAY, Company

pytestmark = pytest.mark.django_db
LEVELS = {"kind": "levels", "start": 0, "floor": 40, "target": 100, "stretch": 140, "ambition": "aspirational"}
TASKS = tuple(actions.StepDraft(title) for title in ("Rota agreed", "First hire", "Second hire", "Party"))


def made(company: Company, **given: object) -> KeyResult:
    """Make a running objective with this one key result, its metric under the name given."""
    pk = company.objective(key_results=[actions.KeyResultDraft(**{"title": "Measure", **given})])  # type: ignore[arg-type]
    return KeyResult.objects.get(objective_id=pk)


def said(company: Company, key_result: KeyResult, *, at=NOW, who: str = "lead", **given: object) -> KeyResultScore:
    draft = actions.CheckInDraft(key_result_id=key_result.pk, confidence=6, **given)  # type: ignore[arg-type]
    actions.record_check_in(by=company.actor(who, at), draft=draft, now=at)
    return KeyResultScore.objects.get(pk=key_result.pk)


def amended(company: Company, key_result: KeyResult, *, at=NOW, **given: object) -> None:
    draft = actions.KeyResultDraft(**{"title": "Measure", **given})  # type: ignore[arg-type]
    actions.edit_key_result(
        by=company.actor("lead", at), key_result_id=key_result.pk, draft=draft, reason="Learnt more", now=at
    )


def rebuilt(company: Company, key_result: KeyResult) -> int:
    actions.refresh_day(by=company.operator(), now=NOW)
    return actions.rebuild(by=company.operator(), now=NOW)


@pytest.mark.parametrize(("value", "score"), [(40, 0.3), (70, 0.5), (100, 0.7), (120, 0.85), (140, 1.0)])
def test_levels_score_by_floor_target_and_stretch(company: Company, value: float, score: float) -> None:
    row = said(company, made(company, **LEVELS), value=value)
    assert row.score == pytest.approx(score)
    # E3: the plan in the value, day 52 of 91 of the way to 100, on the curve of the levels
    assert row.expected == pytest.approx(0.3 + 0.4 * (100 * 52 / 91 - 40) / 60)


def test_levels_may_do_without_a_floor_but_not_without_a_stretch(company: Company) -> None:
    assert said(company, made(company, **(LEVELS | {"floor": None})), value=50).score == pytest.approx(0.35)
    with pytest.raises(Invalid, match="Write the stretch"):
        made(company, **(LEVELS | {"stretch": None}))


def test_tasks_count_what_is_done_of_those_not_cancelled(company: Company) -> None:
    key_result = made(company, kind="tasks", steps=TASKS)
    ids = dict(Step.objects.filter(key_result=key_result).values_list("title", "id"))
    row = said(company, key_result, steps={ids["Rota agreed"]: 1.0})
    assert (row.score, row.progress, row.value) == (0.25, 0.25, None)
    steps = [actions.StepDraft(t.title, is_cancelled=t.title == "Party", id=ids[t.title]) for t in TASKS]
    amended(company, key_result, kind="tasks", steps=steps)
    assert KeyResultScore.objects.get(pk=key_result.pk).score == pytest.approx(1 / 3)
    assert Amendment.objects.get(field="steps").new.endswith("Party, cancelled")
    with pytest.raises(Invalid, match="was cancelled"):
        said(company, key_result, steps={ids["Party"]: 1.0})
    with pytest.raises(Invalid, match="done or it is not"):
        said(company, key_result, steps={ids["First hire"]: 0.5})


def test_without_a_task_left_there_is_no_score_and_nobody_owes_one(company: Company) -> None:
    key_result = made(company, kind="tasks", steps=[actions.StepDraft("Party", is_cancelled=True)])
    actions.refresh_day(by=company.operator(), now=NOW)
    row = KeyResultScore.objects.get(pk=key_result.pk)
    assert (row.score, row.is_missing) == (None, False)
    assert ObjectiveScore.objects.get(pk=key_result.objective_id).score is None


def test_percent_done_is_typed(company: Company) -> None:
    key_result = made(company, kind="percent", unit="min")
    row = said(company, key_result, value=68.9)
    assert (row.value, row.score) == (68.9, pytest.approx(0.689))
    assert key_result.metric.unit_code == "%"


def test_the_lead_judges_with_a_reason(company: Company) -> None:
    key_result = made(company, kind="judged")
    row = said(company, key_result, judged=0.6, note="Two of three teams said yes")
    assert (row.score, row.value, row.value_on) == (0.6, None, NOW.date())
    assert CheckIn.objects.get().judged == 0.6
    later = NOW + timedelta(days=1)
    assert said(company, key_result, at=later, nothing_changed=True).score == 0.6
    for given, words in (
        ({"judged": 0.7}, "Say why"),
        ({"note": "x"}, "0 to 100 %"),
        ({"judged": 1.2, "note": "x"}, "from 0 to 1"),
        ({"value": 3, "note": "x"}, "takes no value"),
    ):
        with pytest.raises(Invalid, match=words):
            said(company, key_result, **given)


def test_who_only_helps_judges_nothing(company: Company) -> None:
    pk = company.objective(
        key_results=[actions.KeyResultDraft(title="Mood", kind="judged")], contributor_ids=[company.ids["member"]]
    )
    key_result = KeyResult.objects.get(objective_id=pk)
    with pytest.raises(NotAllowed):
        said(company, key_result, who="member", judged=1.0, note="Great")
    said(company, key_result, judged=0.5, note="Half of it")
    assert said(company, key_result, who="member", nothing_changed=True).score == 0.5


def test_a_deleted_judgement_gives_way_to_the_one_before(company: Company) -> None:
    key_result = made(company, kind="judged")
    said(company, key_result, judged=0.4, note="So so", at=NOW - timedelta(days=7))
    said(company, key_result, judged=0.9, note="Great")
    actions.delete_check_in(by=company.actor("lead"), check_in_id=CheckIn.objects.latest("id").pk, now=NOW)
    assert KeyResultScore.objects.get(pk=key_result.pk).score == 0.4


def test_a_baseline_waits_without_a_score_and_becomes_a_way_by_amendment(company: Company) -> None:
    key_result = made(company, kind="baseline", unit="min")
    week_ago = NOW - timedelta(days=7)
    row = said(company, key_result, value=48, at=week_ago)
    assert (row.value, row.score, row.expected, row.word, row.is_missing) == (48, None, None, "no_value", False)
    amended(company, key_result, kind="reach", unit="min", start=48, target=30, at=week_ago)
    row = said(company, key_result, value=39)
    assert row.progress == pytest.approx(0.5)
    # The plan begins on the day of the amendment: 7 of 46 days.
    assert row.expected == pytest.approx(7 / 46)
    assert Reading.objects.filter(metric=key_result.metric).count() == 2
    told = Amendment.objects.filter(field="kind").get()
    assert (told.old, told.new, told.reason) == ("baseline", "reach", "Learnt more")
    assert rebuilt(company, key_result) == 0


def test_a_running_kind_changes_by_amendment_and_its_readings_stay(company: Company) -> None:
    key_result = made(company, start=100, target=60)
    said(company, key_result, value=80)
    amended(
        company, key_result, kind="milestone", steps=[actions.StepDraft("Done", weight=2), actions.StepDraft("More")]
    )
    row = KeyResultScore.objects.get(pk=key_result.pk)
    assert (row.value, row.score) == (None, 0.0)
    assert Reading.objects.get().value == 80
    amended(company, key_result, start=100, target=60)
    row = KeyResultScore.objects.get(pk=key_result.pk)
    assert (row.value, row.score) == (80, 0.5)
    assert rebuilt(company, key_result) == 0


def test_of_a_range_the_last_period_alone_may_count(company: Company) -> None:
    key_result = made(company, kind="keep", low=10, high=20, tolerance=0, at_close=True)
    for days, value in enumerate((5, 30, 15)):
        said(company, key_result, value=value, at=START + timedelta(days=20 + days))
    actions.refresh_day(by=company.operator(), now=NOW)
    assert KeyResultScore.objects.get(pk=key_result.pk).score == 1.0


def test_a_kpi_that_wants_less_is_not_read_by_a_way_up(company: Company) -> None:
    with pytest.raises(Invalid, match="From 30 to 48 goes up, but “lower” is said to be good"):
        made(company, kpi=company.kpi(), start=30, target=48)


def test_levels_read_a_kpi(company: Company) -> None:
    slug = company.kpi()
    key_result = made(company, kind="levels", kpi=slug, start=48, target=30, stretch=24, ambition="aspirational")
    readings = [actions.NewReading(day=date(2026, 11, 9), value=39)]
    actions.record_readings(by=company.actor("lead"), kpi=slug, readings=readings, now=NOW)
    row = KeyResultScore.objects.get(pk=key_result.pk)
    assert (row.value, row.score) == (39, pytest.approx(0.35))


def test_the_database_holds_what_each_kind_needs(company: Company) -> None:
    for given, without in (
        (LEVELS, {"stretch": None}), (LEVELS, {"ambition": "committed"}), ({"kind": "percent"}, {"metric": None}),
        ({"kind": "keep", "low": 1, "high": 2, "at_close": True}, {"low": None}), ({"kind": "judged"}, {"priority": 5}),
        ({"kind": "judged"}, {"override_score": 0.4}), ({"kind": "baseline"}, {"target": 4}),
    ):  # fmt: skip
        key_result = made(company, **given)
        with pytest.raises(IntegrityError), transaction.atomic():
            KeyResult.objects.filter(pk=key_result.pk).update(**without)


def test_an_override_gives_way_to_the_next_value(company: Company) -> None:
    key_result = made(company, start=100, target=60)
    said(company, key_result, value=90, at=NOW - timedelta(days=7))
    by = company.actor("lead")
    actions.set_override(by=by, key_result_id=key_result.pk, score=0.8, why="Signed, paid in January", now=NOW)
    row = KeyResultScore.objects.get(pk=key_result.pk)
    assert (row.score, row.computed, row.progress, row.is_overridden, row.word) == (0.8, 0.25, 0.25, True, "ahead")
    assert ObjectiveScore.objects.get(pk=key_result.objective_id).score == 0.8
    line = key_result_line(by, key_result.pk)
    assert line.override is not None
    assert (line.override.by, line.override.why, line.counted) == ("Lead Acme", "Signed, paid in January", 0.8)
    assert Amendment.objects.get(field="override").new == "80 %, until the next value"
    told = explained_key_result(by, key_result.pk, rhythms=Rhythms(), today=TODAY).explanations
    score = next(e for e in told if e.of == "score")
    assert [(i.label, i.value, i.on, i.by) for i in score.inputs] == [
        ("set", 0.8, TODAY, "Lead Acme"), ("computed", 0.25, None, ""),
    ]  # fmt: skip
    assert rebuilt(company, key_result) == 0
    later = NOW + timedelta(hours=1)
    assert said(company, key_result, at=later, nothing_changed=True).score == 0.8  # that is no value
    row = said(company, key_result, value=80, at=later)
    assert (row.score, row.is_overridden) == (0.5, False)


def test_an_override_that_is_kept_stands_until_it_is_taken_back(company: Company) -> None:
    key_result = made(company, kind="tasks", steps=TASKS)
    by = company.actor("lead")
    actions.set_override(by=by, key_result_id=key_result.pk, score=0.9, why="All that matters", is_kept=True, now=NOW)
    later = NOW + timedelta(hours=1)
    step = Step.objects.filter(key_result=key_result)[0]
    row = said(company, key_result, steps={step.pk: 1.0}, at=later)
    assert (row.score, row.computed) == (0.9, 0.25)
    actions.clear_override(by=by, key_result_id=key_result.pk, reason="Fair again", now=later)
    assert KeyResultScore.objects.get(pk=key_result.pk).score == 0.25
    assert [a.new for a in Amendment.objects.filter(field="override").order_by("id")] == ["90 %, kept", "computed"]


def test_an_override_of_tasks_gives_way_to_the_next_check_in(company: Company) -> None:
    key_result = made(company, kind="tasks", steps=TASKS)
    actions.set_override(by=company.actor("lead"), key_result_id=key_result.pk, score=0.9, why="Nearly", now=NOW)
    step = Step.objects.filter(key_result=key_result)[0]
    row = said(company, key_result, steps={step.pk: 1.0}, at=NOW + timedelta(hours=1))
    assert (row.score, row.is_overridden) == (0.25, False)


def test_an_override_needs_a_share_and_a_reason(company: Company) -> None:
    key_result = made(company, start=0, target=1)
    for score, why, words in ((0.5, " ", "Say why"), (1.5, "x", "from 0 to 1")):
        with pytest.raises(Invalid, match=words):
            actions.set_override(by=company.actor("lead"), key_result_id=key_result.pk, score=score, why=why, now=NOW)
