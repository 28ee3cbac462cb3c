"""Pillars: what hangs on them, how they stand, and what walls leave of that."""

from datetime import date, timedelta

import pytest

from milepost.metrics import actions as metrics
from milepost.metrics.models import Metric
from milepost.okr import actions
from milepost.okr.errors import NeedsReason
from milepost.okr.models import Amendment, KeyResult
from milepost.okr.queries import PillarLine, list_objectives, objective_page, shown_pillar, strategy_page
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotAllowed, NotFound, Stale
from milepost.workspace.models import Event
from milepost.workspace.queries import list_pillars, show_strategy
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db


def pillar(company: Company, name: str = "Customers who stay") -> int:
    return workspace.create_pillar(by=company.actor(), name=name, now=NOW)


def check_in(company: Company, goal: int, value: float) -> None:
    pk = KeyResult.objects.filter(objective_id=goal).order_by("position")[0].pk
    draft = actions.CheckInDraft(key_result_id=pk, value=value, confidence=6)
    actions.record_check_in(by=company.actor(), draft=draft, now=NOW)


def line_of(company: Company, who: str = "admin", name: str = "Customers who stay", day: date = TODAY) -> PillarLine:
    page = strategy_page(company.actor(who), today=day)
    return next(line for line in (*page.pillars, *page.archived) if line.name == name)


def test_the_texts_are_kept_with_what_stood_there_before(company: Company) -> None:
    by = company.actor()
    workspace.edit_strategy(by=by, mission="No one asks twice", vision="", values="Calm", now=NOW)
    workspace.edit_strategy(by=by, mission="No customer asks twice", vision="", values="Calm", seen=2, now=NOW)
    assert show_strategy(company.actor("viewer"))["mission"] == "No customer asks twice"
    told = Event.objects.filter(kind="strategy").order_by("sequence").last()
    assert told is not None
    assert told.data["changes"] == {"mission": ["No one asks twice", "No customer asks twice"]}
    with pytest.raises(Stale):
        workspace.edit_strategy(by=by, mission="", vision="", values="", seen=2, now=NOW)
    with pytest.raises(NotAllowed):
        workspace.edit_strategy(by=company.actor("lead"), mission="Mine", vision="", values="", now=NOW)


def test_pillars_keep_their_order_and_names_are_taken_once(company: Company) -> None:
    by = company.actor()
    first, second = pillar(company), pillar(company, "Calm work")
    workspace.move_pillar(by=by, pillar_id=second, up=True, now=NOW)
    assert [p["id"] for p in list_pillars(by)] == [second, first]
    with pytest.raises(Invalid, match="called calm work already"):
        pillar(company, "calm work")
    workspace.archive_pillar(by=by, pillar_id=second, archived=True, now=NOW)
    assert [p["id"] for p in list_pillars(by)] == [first]
    assert [p["id"] for p in list_pillars(by, with_archived=True)] == [first, second]
    workspace.move_pillar(by=by, pillar_id=first, up=False, now=NOW)  # the archived one does not count
    assert [p["id"] for p in list_pillars(by)] == [first]


def test_an_objective_stands_on_the_pillar_of_the_nearest_one_above_that_has_one(company: Company) -> None:
    stays, calm = pillar(company), pillar(company, "Calm work")
    top = company.objective("Top", pillar_id=stays)
    middle = company.objective("Middle", parent_id=top)
    low = company.objective("Low", parent_id=middle)
    own = company.objective("Own", parent_id=middle, pillar_id=calm)
    alone = company.objective("Alone")
    by = company.actor("viewer")
    found = {pk: shown_pillar(by, pk) for pk in (top, low, own)}
    assert (found[top] and found[top].id, found[top] and found[top].from_id) == (stays, None)  # type: ignore[union-attr]
    assert (found[low] and found[low].id, found[low] and found[low].from_title) == (stays, "Top")  # type: ignore[union-attr]
    assert found[own] and found[own].id == calm  # type: ignore[union-attr]
    assert shown_pillar(by, alone) is None
    page = objective_page(by, low, today=TODAY)
    assert page.pillar is not None and page.pillar.name == "Customers who stay" and page.pillar_id is None


def test_nothing_is_handed_down_through_an_objective_that_the_reader_does_not_see(company: Company) -> None:
    stays = pillar(company)
    hidden = company.objective("Hidden", pillar_id=stays, visibility="private")
    low = company.objective("Low", parent_id=hidden, lead_id=company.ids["member"])
    check_in(company, low, 80)
    check_in(company, hidden, 60)
    seen = shown_pillar(company.actor(), low)
    assert seen is not None and seen.from_title == "Hidden"
    assert shown_pillar(company.actor("member"), low) is None
    assert line_of(company, "member").health.total == 0
    assert line_of(company).health.total == 1  # the one below contributes to it
    assert "Hidden" not in repr(strategy_page(company.actor("member"), today=TODAY))


def test_a_private_objective_counts_for_its_people_alone(company: Company) -> None:
    stays = pillar(company)
    opened, hidden = (
        company.objective(title, pillar_id=stays, visibility=wall, lead_id=company.ids["lead"])
        for title, wall in (("Open", "everybody"), ("Hidden", "private"))
    )
    check_in(company, opened, 80)
    check_in(company, hidden, 60)
    assert (line_of(company, "member").health.score, line_of(company, "member").health.total) == (0.5, 1)
    assert (line_of(company, "lead").health.score, line_of(company, "lead").health.total) == (0.75, 2)


def test_tops_are_those_without_a_contributing_parent_on_the_same_pillar(company: Company) -> None:
    stays, calm = pillar(company), pillar(company, "Calm work")
    top = company.objective("Top", pillar_id=stays, counts="both")
    below = company.objective("Below", parent_id=top)
    other = company.objective("Other", parent_id=top, pillar_id=calm)
    draft = company.objective("Draft", pillar_id=stays, activate=False)
    for goal, value in ((top, 80), (below, 60), (other, 100)):
        check_in(company, goal, value)
    assert [o.id for o in line_of(company).objectives] == [top]
    assert [o.id for o in line_of(company, name="Calm work").objectives] == [other]
    assert draft not in [o.id for o in line_of(company).objectives]


def test_over_time_a_pillar_is_told_by_the_final_scores_of_cycles_that_are_over(company: Company) -> None:
    stays = pillar(company)
    goal = company.objective("Quarter", pillar_id=stays)
    check_in(company, goal, 80)
    actions.close_objective(
        by=company.actor("lead"), objective_id=goal, grade=actions.GradeDraft(), key_results={}, now=NOW
    )
    assert [o.id for o in line_of(company).objectives] == [goal]  # its cycle runs: it counts with its score (R8)
    later = date(2027, 1, 4)
    then = line_of(company, day=later)
    assert then.health.total == 0
    ((cycle, score),) = [(t.cycle, t.health.score) for t in then.past]
    assert (cycle, score) == ("Q4 2026", 0.5)


def test_kpis_of_a_pillar_are_counted_by_status_as_far_as_they_are_seen(company: Company) -> None:
    stays = pillar(company)
    company.kpi(pillar_id=stays)
    hidden = company.kpi("Hidden pulse", pillar_id=stays, visibility="private")
    values = [actions.NewReading(day=TODAY - timedelta(weeks=k), value=50.0) for k in range(6, 0, -1)]
    actions.record_readings(by=company.actor(), kpi=hidden, readings=values, now=NOW)
    assert sum(n for _, n in line_of(company).kpi_words) == 2
    assert dict(line_of(company).kpi_words)["off_target"] == 1
    member = line_of(company, "member")
    assert sum(n for _, n in member.kpi_words) == 1 and "Hidden" not in repr(member)
    told = Event.objects.filter(kind="kpi", verb="created").order_by("sequence")[0]
    assert told.data["changes"]["pillar"] == [None, "Customers who stay"]
    assert Metric.objects.get(slug=hidden).pillar_id == stays


def test_another_pillar_of_a_running_objective_is_an_amendment(company: Company) -> None:
    stays = pillar(company)
    goal = company.objective()
    by = company.actor("lead")
    draft = actions.ObjectiveDraft(
        title="Be the tool support teams recommend", cycle_id=company.cycle, lead_id=company.ids["lead"],
        owner_team_id=company.team, pillar_id=stays,
    )  # fmt: skip
    with pytest.raises(NeedsReason):
        actions.edit_objective(by=by, objective_id=goal, draft=draft, now=NOW)
    actions.edit_objective(by=by, objective_id=goal, draft=draft, reason="It belongs there", now=NOW)
    told = Amendment.objects.get(goal_id=goal)
    assert (told.field, told.old, told.new, told.reason) == ("pillar", "", "Customers who stay", "It belongs there")
    shown = list_objectives(by, filters={"pillar_id": stays})
    assert [item["id"] for item in shown.items] == [goal]


def test_only_a_pillar_in_use_of_this_workspace_can_be_chosen(company: Company) -> None:
    stays = pillar(company)
    goal = company.objective(pillar_id=stays)
    workspace.archive_pillar(by=company.actor(), pillar_id=stays, archived=True, now=NOW)
    with pytest.raises(Invalid, match="is archived"):
        company.objective("Another", pillar_id=stays)
    with pytest.raises(Invalid, match="is archived"):
        company.kpi(pillar_id=stays)
    assert line_of(company).is_archived and [o.id for o in line_of(company).objectives] == [goal]
    theirs = pillar(build_company("Other"))
    with pytest.raises(NotFound):
        company.objective("Third", pillar_id=theirs)
    with pytest.raises(NotFound):
        metrics.create_kpi(
            by=company.actor(), today=TODAY, now=NOW,
            draft=metrics.KpiDraft("Up", "%", "higher", "week", "stock", None, company.ids["lead"], pillar_id=theirs),
        )  # fmt: skip


def test_what_runs_for_a_cycle_that_has_not_begun_says_nothing_of_a_pillar_yet(company: Company) -> None:
    stay = pillar(company)
    check_in(company, company.objective("Now", pillar_id=stay), 60)
    first, last = date(2027, 1, 1), date(2027, 3, 31)
    later = actions.create_cycle(by=company.actor(), name="Q1 2027", first_day=first, last_day=last, now=NOW)
    company.objective("Next year", pillar_id=stay, cycle_id=later)
    line = line_of(company)
    assert (line.health.score, line.past) == (1.0, ())
