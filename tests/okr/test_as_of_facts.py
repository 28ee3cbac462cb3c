"""What a day of the past shows of values corrected since, of goals that moved, and what it costs."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.core.target import Target, TargetRule
from milepost.metrics.actions import KpiDraft
from milepost.metrics.queries import board_on, kpis_on
from milepost.okr import actions
from milepost.okr.models import KeyResult, Objective
from milepost.okr.queries import cycle_differences, cycle_on, objective_on
from milepost.okr.queries.as_of.lines import IS_ROOT
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotFound
from tests.people import NOW, START, TODAY, Company

pytestmark = pytest.mark.django_db
THEN = date(2026, 10, 20)


def check_in(company: Company, key_result: int, value: float, days: int) -> int:
    at = START + timedelta(days=days)
    draft = actions.CheckInDraft(key_result_id=key_result, value=value, confidence=6)
    return actions.record_check_in(by=company.actor("lead", at), draft=draft, now=at)


def edit(company: Company, pk: int, **given: object) -> None:
    o = Objective.objects.get(pk=pk)
    fields = {"title": o.title, "cycle_id": o.cycle_id, "lead_id": o.lead_id, "owner_team_id": o.owner_team_id}
    draft = actions.ObjectiveDraft(**{**fields, **given})  # type: ignore[arg-type]
    actions.edit_objective(by=company.actor(), objective_id=pk, draft=draft, reason="So", now=NOW)


def test_a_value_corrected_later_shows_what_was_known_and_what_is_known_now(company: Company) -> None:
    goal = company.objective()
    key_result = KeyResult.objects.get(objective_id=goal).pk
    first = check_in(company, key_result, 80, 7)
    draft = actions.CheckInDraft(key_result_id=key_result, value=72, confidence=6)
    actions.edit_check_in(by=company.actor("lead"), check_in_id=first, draft=draft, now=START + timedelta(days=30))
    (was,) = cycle_on(company.actor(), company.cycle, THEN, today=TODAY).key_results[goal]
    assert (was.value, was.is_revised) == (80, True)
    (now,) = cycle_on(company.actor(), company.cycle, TODAY, today=TODAY).key_results[goal]
    assert (now.value, now.is_revised) == (72, False)


def test_a_kpi_value_corrected_later_is_marked_on_the_board_of_then(company: Company) -> None:
    slug = company.kpi()
    week = date(2026, 10, 5)
    for value, days in ((41, 12), (43, 40)):
        at = START + timedelta(days=days)
        reading = actions.NewReading(day=week, value=value)
        actions.record_readings(by=company.actor("lead", at), kpi=slug, readings=[reading], now=at)
    (one,) = kpis_on(company.actor(), THEN, today=TODAY)
    assert (one.tile.value, one.tile.is_revised, one.tile.revised_to) == (41, True, 43)
    assert board_on(company.actor(), START.date(), view="all", today=TODAY).counts["all"] == 1


def test_a_goal_that_moved_to_another_cycle_stands_where_it_stood(company: Company) -> None:
    goal = company.objective("Moves")
    later = actions.create_cycle(
        by=company.operator(), name="Q1", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), now=START
    )
    edit(company, goal, cycle_id=later)
    by = company.actor()
    assert goal in cycle_on(by, company.cycle, THEN, today=TODAY).inside
    assert goal not in cycle_on(by, later, THEN, today=TODAY).inside
    assert goal in cycle_on(by, later, TODAY, today=TODAY).inside
    assert objective_on(by, goal, THEN, today=TODAY).cycle_id == company.cycle
    found = cycle_differences(by, company.cycle, since=THEN, until=TODAY, today=TODAY)
    assert {one.what for one in found.goals} == {"left"}


def test_a_goal_that_left_a_cycle_hung_where_it_hung(company: Company) -> None:
    top = company.objective("Top", counts="objectives")
    goal = company.objective("Moves", parent_id=top)
    later = actions.create_cycle(
        by=company.operator(), name="Long", first_day=START.date(), last_day=date(2027, 3, 31), now=START
    )
    edit(company, goal, cycle_id=later, parent_id=top)
    for cycle in (company.cycle, later):  # of its new cycle, its parent is not looked at otherwise
        assert cycle_on(company.actor(), cycle, THEN, today=TODAY).objective_rows[goal][IS_ROOT] is False
    assert cycle_on(company.actor(), later, TODAY, today=TODAY).roots == (goal,)


def test_a_key_result_that_moved_stands_where_it_stood(company: Company) -> None:
    source, target = company.objective("Source"), company.objective("Target")
    key_result = KeyResult.objects.get(objective_id=source).pk
    check_in(company, key_result, 80, 7)
    before = cycle_on(company.actor(), company.cycle, THEN, today=TODAY)
    actions.transfer_key_result(
        by=company.actor(), key_result_id=key_result, objective_id=target, reason="Fits there", now=NOW
    )
    past = cycle_on(company.actor(), company.cycle, THEN, today=TODAY)
    assert past == before
    assert [line.id for line in past.key_results[source]] == [key_result]
    assert objective_on(company.actor(), source, THEN, today=TODAY).key_results[source] == past.key_results[source]
    assert [line.id for line in objective_on(company.actor(), target, THEN, today=TODAY).key_results[target]] != [
        key_result
    ]
    now = cycle_on(company.actor(), company.cycle, TODAY, today=TODAY)
    assert key_result in [line.id for line in now.key_results[target]]
    assert source not in now.key_results


def test_days_away_are_those_that_were_known(company: Company) -> None:
    goal = company.objective()
    before = cycle_on(company.actor(), company.cycle, THEN, today=TODAY)
    actions.add_away(
        by=company.actor(), membership_id=company.ids["lead"], first_day=TODAY, last_day=TODAY + timedelta(days=20),
        now=NOW,
    )  # fmt: skip
    assert cycle_on(company.actor(), company.cycle, THEN, today=TODAY) == before
    (line,) = cycle_on(company.actor(), company.cycle, TODAY, today=TODAY).key_results[goal]
    assert line.lead_away == ((TODAY, TODAY + timedelta(days=20)),)


def test_a_team_that_shared_a_goal_might_have_seen_it_and_one_that_shares_it_now_might_not(company: Company) -> None:
    team = workspace.create_team(by=company.operator(), name="Elsewhere", parent_id=None, now=START)
    workspace.set_team_member(
        by=company.actor(), team_id=team, membership_id=company.ids["viewer"], is_manager=False, now=START
    )
    shared = company.objective("Shared", visibility="team", sharing_team_ids=[team])
    opened = company.objective("Opened", visibility="team")
    edit(company, shared, visibility="everybody", sharing_team_ids=[])
    edit(company, opened, visibility="everybody", sharing_team_ids=[team])
    seen = cycle_on(company.actor("viewer"), company.cycle, THEN, today=TODAY).inside
    assert seen == (shared,)


def test_a_task_done_by_work_was_open_before(company: Company) -> None:
    tasks = actions.KeyResultDraft("Prepare", kind="tasks", steps=[actions.StepDraft("Write it down")])
    goal = company.objective(key_results=[tasks])
    key_result = KeyResult.objects.get(objective_id=goal).pk
    draft = actions.InitiativeDraft("Train them", key_result_id=key_result, counts=True)
    work = actions.add_initiative(by=company.actor("lead"), objective_id=goal, draft=draft, reason="More", now=START)
    before = cycle_on(company.actor(), company.cycle, THEN, today=TODAY)
    actions.set_initiative_state(by=company.actor("lead"), initiative_id=work, state="done", now=NOW)
    assert cycle_on(company.actor(), company.cycle, THEN, today=TODAY) == before
    (line,) = cycle_on(company.actor(), company.cycle, TODAY, today=TODAY).key_results[goal]
    assert line.score == 0.5


def test_what_hung_on_nothing_is_told_as_today(company: Company) -> None:
    loose, held = company.objective("Loose"), company.objective("Held")
    pillar = workspace.create_pillar(by=company.actor(), name="Calm", now=START)
    top = company.objective("Top", owner_team_id=None)
    edit(company, held, pillar_id=pillar)
    edit(company, loose, parent_id=top)
    assert cycle_on(company.actor(), company.cycle, THEN, today=TODAY).unaligned == (loose, held)
    assert cycle_on(company.actor(), company.cycle, TODAY, today=TODAY).unaligned == ()


def test_tags_and_pillars_are_those_of_the_day(company: Company) -> None:
    calm, loud = (workspace.create_pillar(by=company.actor(), name=name, now=START) for name in ("Calm", "Loud"))
    goal = company.objective("Goal", tags=["quick"], pillar_id=calm)
    slug = company.kpi("Reply", tags=["quick"], pillar_id=calm)
    edit(company, goal, tags=["slow", "sure"], pillar_id=loud)
    draft = KpiDraft(
        "Reply", unit="min", direction="lower", frequency="week", aggregation="stock",
        target=Target(TargetRule.AT_MOST, high=30), lead_id=company.ids["lead"], owner_team_id=company.team,
        tags=["slow"], pillar_id=loud,
    )  # fmt: skip
    actions.edit_kpi(by=company.actor(), slug=slug, draft=draft, today=TODAY, now=NOW)
    for day, tags, kpi_tags, pillar in ((THEN, ("quick",), ["quick"], calm), (TODAY, ("slow", "sure"), ["slow"], loud)):
        past = cycle_on(company.actor(), company.cycle, day, today=TODAY)
        assert past.tags[goal] == tags
        line = past.objectives[goal]
        assert (line.pillar_id, line.pillar_name) == (pillar, "Calm" if pillar == calm else "Loud")
        (one,) = kpis_on(company.actor(), day, today=TODAY)
        assert (one.kpi.tags, one.kpi.pillar_id) == (kpi_tags, pillar)
        board = board_on(company.actor(), day, view="all", today=TODAY, tag=kpi_tags[0].upper())
        assert (board.tags, board.counts["all"]) == (tuple(kpi_tags), 1)
        assert board_on(company.actor(), day, view="all", today=TODAY, tag="other").counts["all"] == 0


def test_a_goal_made_later_is_absent_and_one_closed_since_is_open(company: Company) -> None:
    goal = company.objective("Closes")
    actions.close_objective(
        by=company.actor(), objective_id=goal, grade=actions.GradeDraft(0.5, "So"), key_results={}, now=NOW
    )
    late = company.objective("Late", at=NOW)
    past = cycle_on(company.actor(), company.cycle, THEN, today=TODAY)
    assert late not in past.objectives
    assert past.objectives[goal].state == "active"
    assert past.objectives[goal].grade is None
    with pytest.raises(NotFound):
        objective_on(company.actor(), late, THEN, today=TODAY)
    found = cycle_differences(company.actor(), company.cycle, since=THEN, until=TODAY, today=TODAY)
    told = {(one.kind, one.title): one.what for one in found.goals}
    assert told["objective", "Closes"] == "closed"
    assert told["objective", "Late"] == "new"


def test_differences_are_told_from_the_earlier_day_to_the_later_one_alone(company: Company) -> None:
    for since, until in ((TODAY, THEN), (THEN, THEN)):
        with pytest.raises(Invalid, match="does not lie before"):
            cycle_differences(company.actor(), company.cycle, since=since, until=until, today=TODAY)


def test_a_day_costs_the_same_queries_at_any_size(company: Company) -> None:
    counts = []
    for more in (2, 20):
        for number in range(more):
            goal = company.objective(f"Goal {more} {number}")
            check_in(company, KeyResult.objects.get(objective_id=goal).pk, 80, 7)
            edit(company, goal, title=f"Renamed {more} {number}")
        with CaptureQueriesContext(connection) as queries:
            past = cycle_on(company.actor(), company.cycle, THEN, today=TODAY)
        assert all(line.title.startswith("Goal") for line in past.objectives.values())
        counts.append(len(queries) - 3)  # the actor's own
    assert counts[0] == counts[1] <= 8
