"""What an objective serves besides its parents: a key result of another one, or a KPI (M3, rule R3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.metrics import actions as metrics
from milepost.okr import actions
from milepost.okr.errors import NeedsReason, WrongState
from milepost.okr.models import Amendment, KeyResult, ObjectiveScore, Served
from milepost.okr.queries import (
    Asked,
    GoalFilter,
    goals_page,
    objective_page,
    servable,
    served_by_objective,
    serving_key_results,
    serving_kpi,
)
from milepost.okr.queries.as_of.goals import cycle_on
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from tests.people import NOW, TODAY, Company


def serve(company: Company, objective: int, who: str = "lead", **what: Any) -> int:
    given: dict[str, Any] = {"reason": "It helps"} | what
    return actions.serve(by=company.actor(who), objective_id=objective, now=NOW, **given)


def key_result(objective: int) -> int:
    return KeyResult.objects.get(objective_id=objective).pk


def test_it_is_told_on_both_sides_and_moves_no_number(company: Company) -> None:
    above, goal, kpi = company.objective("Above"), company.objective("Goal"), company.kpi("Open tickets")
    actions.refresh_day(by=company.operator(), now=NOW)
    draft = actions.CheckInDraft(key_result_id=key_result(goal), value=80, confidence=6)
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    before = ObjectiveScore.objects.get(pk=above).score
    first = serve(company, goal, key_result_id=key_result(above))
    serve(company, goal, kpi=kpi)
    reader = company.actor("viewer")
    one, other = served_by_objective(reader, goal)
    assert (one.id, one.objective_title, one.kpi) == (first, "Above", None)
    assert (other.title, other.kpi, other.key_result_id) == ("Open tickets", kpi, None)
    shown = objective_page(reader, above, today=TODAY).served[key_result(above)]
    assert [(s.id, s.title, s.owner_name) for s in shown] == [(goal, "Goal", "Acme Support")]
    metric = Served.objects.get(metric__slug=kpi).metric_id
    assert metric is not None
    assert [s.id for s in serving_kpi(reader, metric)] == [goal]
    assert ObjectiveScore.objects.get(pk=above).score == before
    assert actions.rebuild(by=company.operator(), now=NOW) == 0
    told = Amendment.objects.filter(goal_id=goal, field="serves").order_by("id").values_list("old", "new")
    title = KeyResult.objects.get(pk=key_result(above)).title
    assert list(told) == [("", f"the key result {title}"), ("", "the KPI Open tickets")]
    about = {"by": company.actor("lead"), "objective_id": goal, "served_id": first, "now": NOW}
    with pytest.raises(NeedsReason):
        actions.stop_serving(**about)  # type: ignore[arg-type]
    actions.stop_serving(**about, reason="No more")  # type: ignore[arg-type]
    assert [s.title for s in served_by_objective(reader, goal)] == ["Open tickets"]
    assert Served.objects.get(pk=first).until == NOW
    with pytest.raises(NotFound):
        actions.stop_serving(**about, reason="Again")  # type: ignore[arg-type]


def test_what_makes_no_sense_is_refused_with_a_sentence(company: Company) -> None:
    above, goal, kpi = company.objective("Above"), company.objective("Goal"), company.kpi("Open tickets")
    closed = company.objective("Closed")
    actions.close_objective(
        by=company.actor("lead"), objective_id=closed, grade=actions.GradeDraft(), key_results={}, now=NOW
    )
    old = company.kpi("Old")
    metrics.archive_kpi(by=company.actor(), slug=old, now=NOW)
    serve(company, goal, kpi=kpi)
    for what, said in (
        ({}, "Name one thing it serves"),
        ({"kpi": kpi, "key_result_id": key_result(above)}, "Name one thing it serves"),
        ({"kpi": kpi}, "It serves “Open tickets” already"),
        ({"key_result_id": key_result(goal)}, "is a key result of this objective already"),
        ({"key_result_id": key_result(closed)}, "is closed. Choose one that runs"),
        ({"kpi": old}, "“Old” is archived"),
    ):
        with pytest.raises(Invalid, match=said):
            serve(company, goal, **what)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        serve(company, goal, kpi="none")
    with pytest.raises(NotAllowed):
        serve(company, goal, who="member", kpi=kpi)
    with pytest.raises(WrongState):
        serve(company, closed, kpi=kpi)
    for n in range(9):
        serve(company, goal, kpi=company.kpi(f"KPI {n}"))
    with pytest.raises(Invalid, match="It serves 10 things. Keep it to 10"):
        serve(company, goal, key_result_id=key_result(above))
    assert Served.objects.count() == 10


def test_nobody_learns_of_what_is_behind_a_wall(company: Company) -> None:
    hidden = company.objective("Hidden", visibility="private")
    goal = company.objective("Goal")
    secret = company.kpi("Secret", visibility="private")
    serve(company, goal, key_result_id=key_result(hidden))
    serve(company, hidden, key_result_id=key_result(goal))
    viewer = company.actor("viewer")
    assert served_by_objective(viewer, goal) == []
    assert serving_key_results(viewer, [key_result(goal)]) == {}
    assert len(served_by_objective(company.actor("lead"), goal)) == 1
    told = Amendment.objects.filter(goal_id=goal, field="serves").values_list("new", flat=True)
    assert list(told) == ["the key result that not everybody sees"]
    below = company.objective("Below", parent_id=hidden)
    assert [line.kpi for line in servable(viewer, below)] == []
    assert {line.objective_title for line in servable(company.actor("lead"), below)} == {"Hidden", None}
    assert secret in {line.kpi for line in servable(company.actor("lead"), below)}


def test_what_serves_something_is_aligned_for_whoever_sees_it(company: Company) -> None:
    goal, other = company.objective("Goal"), company.objective("Other")
    hidden = company.objective("Hidden", visibility="private")
    asked = Asked(GoalFilter(form="list", tab="unaligned"))

    def loose(who: str) -> set[int]:
        seen = goals_page(company.actor(who), asked, cycle_id=company.cycle, today=TODAY)
        return {branch.objective.id for _, branches in seen.groups for branch in branches}

    assert {goal, other} <= loose("viewer")
    serve(company, goal, kpi=company.kpi("Open tickets"))
    serve(company, other, key_result_id=key_result(hidden))
    assert goal not in loose("viewer") and other in loose("viewer") and other not in loose("lead")


def test_the_page_takes_the_same_queries_whatever_serves(company: Company) -> None:
    goal = company.objective("Goal")
    asked = []
    for size in (2, 8):
        for n in range(size):
            serve(company, company.objective(f"{size} {n}"), key_result_id=key_result(goal))
            if len(served_by_objective(company.actor(), goal)) < 10:
                serve(company, goal, kpi=company.kpi(f"KPI {size} {n}"))
        with CaptureQueriesContext(connection) as queries:
            objective_page(company.actor(), goal, today=TODAY)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_day_of_the_past_knows_what_served_something_then(company: Company) -> None:
    goal = company.objective("Goal", at=NOW - timedelta(days=9))
    made = serve(company, goal, kpi=company.kpi("Open tickets"))
    later = NOW + timedelta(days=2)
    about = {"by": company.actor("lead"), "objective_id": goal, "served_id": made, "reason": "No more"}
    actions.stop_serving(**about, now=later)  # type: ignore[arg-type]
    for day, loose in ((TODAY - timedelta(days=1), (goal,)), (TODAY, ()), (later.date(), (goal,))):
        past = cycle_on(company.actor("viewer"), company.cycle, day, today=later.date())
        assert past.unaligned == loose, day
