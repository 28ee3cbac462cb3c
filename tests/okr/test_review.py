"""What is said of a cycle at its end: grades before the close, what becomes of key results, who closes the rest."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from milepost.core.target import Target, TargetRule
from milepost.metrics.models import Metric, Reading, TargetVersion
from milepost.okr import actions
from milepost.okr.errors import WrongState
from milepost.okr.models import KeyResult, KeyResultScore, Objective, Review, Step
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Event
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db
ENDED = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
DRAFT = actions.GradeDraft


@pytest.fixture
def next_cycle(company: Company) -> int:
    return actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), now=NOW
    )


def at(company: Company, value: float, goal: int | None = None, **given: Any) -> KeyResult:
    """Make an objective with one key result, check in on it and return the key result."""
    if goal is None:
        goal = company.objective(key_results=[actions.KeyResultDraft(title="Tickets", start=100, target=60, **given)])
    row = KeyResult.objects.get(objective_id=goal)
    draft = actions.CheckInDraft(key_result_id=row.pk, value=value, confidence=6)
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    return row


def close(company: Company, row: KeyResult, who: str = "lead", **said: Any) -> Objective:
    actions.close_objective(
        by=company.actor(who), objective_id=row.objective_id, grade=DRAFT(), key_results={row.pk: DRAFT(**said)}, now=ENDED
    )  # fmt: skip
    return Objective.objects.get(pk=row.objective_id)


def save(company: Company, row: KeyResult, who: str = "lead", **said: Any) -> int:
    return actions.save_grades(by=company.actor(who), drafts={row.pk: DRAFT(**said)}, now=ENDED)


def test_a_grade_before_the_close_leaves_the_running_goal_as_it_is(company: Company) -> None:
    row = at(company, 80)
    assert save(company, row, grade=0.7, reason="A quiet quarter", lesson="Ask  earlier", outcome="keep") == 1
    row.refresh_from_db()
    assert (row.state, row.grade, row.lesson) == ("active", None, "")
    assert KeyResultScore.objects.get(key_result=row).score == 0.5
    event = Event.objects.latest("sequence")
    assert (event.verb, event.data["reason"]) == ("graded", "A quiet quarter")
    assert event.data["changes"]["grade"] == [None, 0.7]
    # Saying the same again changes nothing and tells nothing.
    assert save(company, row, grade=0.7, reason="A quiet quarter", lesson="Ask earlier", outcome="keep") == 0
    goal = _close_as_saved(company, row)
    row.refresh_from_db()
    assert (row.grade, row.grade_reason, row.lesson, row.outcome) == (0.7, "A quiet quarter", "Ask earlier", "keep")
    assert (goal.grade, goal.final_score, goal.is_reviewed) == (0.7, 0.5, True)
    assert not Review.objects.exists()


def _close_as_saved(company: Company, row: KeyResult) -> Objective:
    actions.close_objective(
        by=company.actor("lead"), objective_id=row.objective_id, grade=DRAFT(), key_results={}, now=ENDED
    )
    return Objective.objects.get(pk=row.objective_id)


def test_an_accepted_grade_is_the_score_at_the_close_whatever_comes_until_then(company: Company) -> None:
    row = at(company, 80)
    save(company, row)
    actions.record_check_in(
        by=company.actor("lead"), draft=actions.CheckInDraft(key_result_id=row.pk, value=70, confidence=6), now=ENDED
    )
    _close_as_saved(company, row)
    row.refresh_from_db()
    assert row.grade == 0.75


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"grade": 0.9}, "Say in one line why it becomes 0.90"),
        ({"grade": 1.5, "reason": "x"}, "between 0.0 and 1.0"),
        ({"outcome": "raise"}, "cannot become that. What fits it: Keep, Drop, Carry over, Turn into KPI"),
        ({"outcome": "kept"}, "cannot become that"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_fix(company: Company, said: dict[str, Any], words: str) -> None:
    row = at(company, 80)
    with pytest.raises(Invalid, match=words):
        save(company, row, **said)
    with pytest.raises(Invalid, match=words):
        close(company, row, **said)
    assert not Review.objects.exists()


def test_only_its_lead_an_admin_and_the_coach_grade_a_key_result(company: Company) -> None:
    row = at(company, 80)
    for who in ("member", "viewer"):
        with pytest.raises(NotAllowed):
            save(company, row, who)
    actions.edit_cycle(
        by=company.actor(), cycle_id=company.cycle, name="Q4 2026", first_day=date(2026, 10, 1),
        last_day=date(2026, 12, 31), coach_id=company.ids["member"], now=NOW,
    )  # fmt: skip
    assert save(company, row, "member", lesson="Seen by the coach") == 1
    assert Review.objects.get().by_id == company.ids["member"]


def test_what_is_closed_or_hidden_is_not_graded(company: Company) -> None:
    hidden = at(company, 80, company.objective("Hidden", visibility="private"))
    with pytest.raises(NotFound):
        save(company, hidden, "manager")
    with pytest.raises(WrongState, match="closed"):
        close(company, hidden)
        save(company, hidden)


def test_the_grade_of_an_objective_is_made_with_the_grades_of_its_key_results(company: Company) -> None:
    drafts = [actions.KeyResultDraft(title=f"K{i}", start=100, target=60) for i in range(2)]
    goal = company.objective(key_results=drafts)
    one, two = KeyResult.objects.filter(objective_id=goal).order_by("position")
    for row in (one, two):
        draft = actions.CheckInDraft(key_result_id=row.pk, value=80, confidence=6)
        actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    save(company, one, grade=0.9, reason="Counted late")
    actions.close_objective(by=company.actor("lead"), objective_id=goal, grade=DRAFT(), key_results={}, now=ENDED)
    closed = Objective.objects.get(pk=goal)
    assert (closed.grade, closed.final_score) == (pytest.approx(0.7), 0.5)


def test_the_rest_is_closed_by_an_admin_or_the_coach_and_counts_as_not_reviewed(company: Company) -> None:
    seen, unseen = at(company, 80), at(company, 70)
    save(company, seen, lesson="Looked at")
    closed, left = actions.close_cycle(by=company.actor("lead"), cycle_id=company.cycle, now=ENDED)
    assert (closed, left) == ([seen.objective_id], [unseen.objective_id])
    with pytest.raises(WrongState, match="One key result has no grade yet"):
        actions.close_cycle(by=company.actor("lead"), cycle_id=company.cycle, now=ENDED)
    actions.close_cycle(by=company.actor(), cycle_id=company.cycle, now=ENDED)
    assert [Objective.objects.get(pk=row.objective_id).is_reviewed for row in (seen, unseen)] == [True, False]
    assert [KeyResult.objects.get(pk=row.pk).is_reviewed for row in (seen, unseen)] == [True, False]
    assert KeyResult.objects.get(pk=unseen.pk).grade == 0.75


def test_carried_over_it_starts_from_todays_value_in_a_draft_that_is_linked(company: Company, next_cycle: int) -> None:
    row = at(company, 80, unit="tickets")
    old = close(company, row, outcome="carry")
    new = Objective.objects.get(carried_from=old)
    assert (new.state, new.title, new.lead_id, new.owner_team_id, new.cycle_id) == (
        "draft", old.title, old.lead_id, old.owner_team_id, next_cycle,
    )  # fmt: skip
    carried = KeyResult.objects.get(objective=new)
    assert (carried.start, carried.target, carried.carried_from_id) == (80, 60, row.pk)
    assert (old.state, list(old.carried_to.all())) == ("closed", [new])
    # The measure goes on, so progress is 0 and the value is there.
    assert carried.metric_id == row.metric_id
    score = KeyResultScore.objects.get(key_result=carried)
    assert (score.value, score.progress) == (80, 0)


def test_carried_over_with_its_progress_it_keeps_start_and_value(company: Company, next_cycle: int) -> None:
    row = at(company, 80)
    old = close(company, row, outcome="carry", keeps_progress=True)
    carried = KeyResult.objects.get(objective__carried_from=old)
    assert (carried.start, KeyResultScore.objects.get(key_result=carried).progress) == (100, 0.5)


def test_a_sum_over_the_cycle_begins_anew(company: Company, next_cycle: int) -> None:
    kpi = company.kpi("Deals", unit="", direction="higher", aggregation="flow", target=None)
    actions.record_readings(by=company.actor(), kpi=kpi, readings=[actions.NewReading(date(2026, 11, 9), 4.0)], now=NOW)
    goal = company.objective(key_results=[actions.KeyResultDraft(title="Deals", kpi=kpi, start=0, target=20)])
    row = KeyResult.objects.get(objective_id=goal)
    close(company, row, outcome="carry")
    carried = KeyResult.objects.get(carried_from=row)
    assert (carried.start, carried.target, carried.metric_id) == (0, 20, row.metric_id)


def test_of_a_milestone_the_open_steps_go_on(company: Company, next_cycle: int) -> None:
    steps = [actions.StepDraft(title) for title in ("Plan", "Build")]
    goal = company.objective(key_results=[actions.KeyResultDraft(title="Ship", kind="milestone", steps=steps)])
    row = KeyResult.objects.get(objective_id=goal)
    Step.objects.filter(key_result=row, title="Plan").update(done=1.0)
    for keeps, expected in ((False, [("Build", 0.0)]), (True, [("Plan", 1.0), ("Build", 0.0)])):
        close(company, row, outcome="carry", keeps_progress=keeps)
        carried = KeyResult.objects.filter(carried_from=row).latest("pk")
        found = Step.objects.filter(key_result=carried).order_by("position").values_list("title", "done")
        assert list(found) == expected
        actions.cancel_key_result(by=company.actor(), key_result_id=carried.pk, now=ENDED)
        actions.reopen_objective(by=company.actor(), objective_id=goal, reason="Again", now=ENDED)


@pytest.mark.parametrize("given", [
    {"kind": "keep", "high": 90, "start": None, "target": None}, {"kind": "percent", "start": None, "target": None},
    {"kind": "judged", "start": None, "target": None}, {"kind": "baseline", "start": None, "target": None},
    {"kind": "levels", "floor": 90, "stretch": 50, "ambition": "aspirational"}, {"curve": "back"},
])  # fmt: skip
@pytest.mark.parametrize("keeps", [False, True])
def test_every_kind_can_be_carried_over(company: Company, next_cycle: int, given: dict[str, Any], keeps: bool) -> None:
    fields: dict[str, Any] = {"title": "It", "start": 100, "target": 60, **given}
    goal = company.objective(key_results=[actions.KeyResultDraft(**fields)])
    row = KeyResult.objects.get(objective_id=goal)
    if row.kind not in {"judged"}:
        at(company, 85, goal)
    close(company, row, outcome="carry", keeps_progress=keeps)
    carried = KeyResult.objects.get(carried_from=row)
    assert (carried.kind, carried.state, carried.target) == (row.kind, "draft", row.target)
    actions.activate_objective(by=company.actor("lead"), objective_id=carried.objective_id, now=ENDED)


def test_what_has_nothing_left_to_do_is_not_carried_over(company: Company, next_cycle: int) -> None:
    row = at(company, 60)
    with pytest.raises(Invalid, match="at its target, so nothing is left"):
        close(company, row, outcome="carry")
    assert Objective.objects.get(pk=row.objective_id).state == "active"


def test_without_a_later_cycle_nothing_is_carried_and_nothing_closed(company: Company) -> None:
    row = at(company, 80)
    with pytest.raises(Invalid, match="no cycle after Q4 2026"):
        close(company, row, outcome="carry")
    assert Objective.objects.get(pk=row.objective_id).state == "active"


def test_a_private_goal_goes_on_private_below_a_parent_that_went_on_too(company: Company, next_cycle: int) -> None:
    parent = at(company, 80)
    child = company.objective(
        "Below", parent_id=parent.objective_id, visibility="private", contributor_ids=[company.ids["member"]]
    )
    row = at(company, 80, child)
    close(company, parent, outcome="carry")
    close(company, row, outcome="carry")
    new = Objective.objects.get(carried_from_id=child)
    assert (new.visibility, new.contributions.get().membership_id) == (2, company.ids["member"])
    assert new.parent_edges.get().parent.carried_from_id == parent.objective_id


def test_all_unfinished_ones_are_carried_over_at_once_or_none(company: Company, next_cycle: int) -> None:
    one, two, done = at(company, 80), at(company, 90), at(company, 60)
    save(company, one, lesson="Ask earlier", grade=0.6, reason="Late")
    with pytest.raises(Invalid):
        actions.carry_over(
            by=company.actor("lead"), cycle_id=company.cycle, key_result_ids=[one.pk, done.pk], now=ENDED
        )
    assert not Objective.objects.filter(state="closed").exists()
    drafts = actions.carry_over(
        by=company.actor("lead"), cycle_id=company.cycle, key_result_ids=[one.pk, two.pk], now=ENDED
    )
    assert set(drafts) == {one.objective_id, two.objective_id}
    one.refresh_from_db()
    assert (one.state, one.grade, one.lesson, one.outcome) == ("closed", 0.6, "Ask earlier", "carry")
    with pytest.raises(NotFound):
        actions.carry_over(by=company.actor("lead"), cycle_id=next_cycle, key_result_ids=[done.pk], now=ENDED)
    with pytest.raises(NotAllowed):
        actions.carry_over(by=company.actor("member"), cycle_id=company.cycle, key_result_ids=[done.pk], now=ENDED)


def test_its_own_measure_becomes_a_kpi_with_direction_and_target(company: Company) -> None:
    row = at(company, 60, unit="tickets")
    close(company, row, outcome="kpi")
    metric = Metric.objects.get(pk=row.metric_id)
    assert (metric.is_kpi, metric.slug, metric.direction, metric.lead_id) == (
        True, "tickets", "lower", company.ids["lead"],
    )  # fmt: skip
    version = TargetVersion.objects.get(metric=metric)
    assert (version.rule, version.high) == ("at_most", 60)
    assert Reading.objects.get(metric=metric).value == 60
    actions.record_readings(
        by=company.actor("lead"), kpi="tickets", readings=[actions.NewReading(ENDED.date(), 58.0)], now=ENDED
    )
    row.refresh_from_db()
    assert (row.final_value, KeyResultScore.objects.get(key_result=row).value) == (60, 60)


def test_a_kpi_made_of_a_private_goal_is_seen_by_the_same_people(company: Company) -> None:
    goal = company.objective("Hidden", visibility="private", contributor_ids=[company.ids["member"]])
    row = at(company, 60, goal)
    close(company, row, outcome="kpi")
    metric = Metric.objects.get(pk=row.metric_id)
    assert Metric.objects.visible_to(company.actor("member")).filter(pk=metric.pk).exists()
    assert not Metric.objects.visible_to(company.actor("manager")).filter(pk=metric.pk).exists()


def test_the_target_of_the_kpi_rises_from_today_and_the_old_one_stays(company: Company) -> None:
    kpi = company.kpi(target=Target(TargetRule.AT_MOST, high=40))
    drafts = [actions.KeyResultDraft(title="Replies", kpi=kpi, start=48, target=30)]
    row = KeyResult.objects.get(objective_id=company.objective(key_results=drafts))
    close(company, row, outcome="raise")
    versions = TargetVersion.objects.filter(metric_id=row.metric_id).order_by("since")
    assert [version.high for version in versions] == [40, 30]
    assert versions[1].since == ENDED.date()
    again = KeyResult.objects.get(objective_id=company.objective("Again", key_results=drafts))
    with pytest.raises(Invalid, match="at most 30 already"):
        close(company, again, outcome="raise")


def test_the_target_of_somebody_elses_kpi_is_not_raised(company: Company) -> None:
    kpi = company.kpi(lead_id=company.ids["admin"], owner_team_id=None)
    drafts = [actions.KeyResultDraft(title="Replies", kpi=kpi, start=48, target=20)]
    row = KeyResult.objects.get(objective_id=company.objective(key_results=drafts))
    with pytest.raises(NotAllowed, match="change the target"):
        save(company, row, outcome="raise")


def test_a_reopened_goal_has_no_outcome_and_may_be_closed_again(company: Company, next_cycle: int) -> None:
    row = at(company, 80)
    close(company, row, outcome="carry")
    actions.reopen_objective(by=company.actor(), objective_id=row.objective_id, reason="Too early", now=ENDED)
    row.refresh_from_db()
    assert (row.state, row.outcome, row.grade) == ("active", "", None)
    close(company, row, outcome="carry")  # the draft that is there already is filled up, not made twice
    assert Objective.objects.filter(carried_from_id=row.objective_id).count() == 1
    assert KeyResult.objects.filter(carried_from=row).count() == 1


def test_a_retrospective_is_written_by_those_who_took_part_and_the_trail_keeps_what_was(company: Company) -> None:
    at(company, 80)
    for who, team in (("lead", None), ("lead", company.team), ("manager", company.team), ("admin", None)):
        actions.write_retrospective(
            by=company.actor(who), cycle_id=company.cycle, team_id=team, now=ENDED,
            draft=actions.RetrospectiveDraft(kept=f"Mondays, says {who}"),
        )  # fmt: skip
    event = Event.objects.latest("sequence")
    assert (event.verb, event.data["changes"]) == (
        "looked_back",
        {"kept": ["Mondays, says lead", "Mondays, says admin"]},
    )
    for who, team in (("member", None), ("viewer", None), ("manager", None)):
        with pytest.raises(NotAllowed):
            actions.write_retrospective(
                by=company.actor(who), cycle_id=company.cycle, team_id=team, draft=actions.RetrospectiveDraft(), now=ENDED
            )  # fmt: skip


def test_a_week_after_the_end_the_review_is_still_open(company: Company) -> None:
    row = at(company, 80)
    assert actions.save_grades(
        by=company.actor("lead"), drafts={row.pk: DRAFT(lesson="Late")}, now=ENDED + timedelta(days=7)
    )
