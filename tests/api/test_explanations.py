"""An explanation says what the product shows, of what is the asker's to see, at the same cost whatever the size."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.core.target import Target, TargetRule
from milepost.metrics import queries as metrics
from milepost.okr import actions, queries
from milepost.okr.models import KeyResult, KeyResultScore, Objective, ObjectiveScore
from tests.api.conftest import Calling
from tests.people import NOW, START, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
MOST = 8


def check_in(company: Company, title: str, value: float | None, *, at=NOW, who: str = "lead", **given: Any) -> None:
    pk = KeyResult.objects.get(title=title).pk
    draft = actions.CheckInDraft(key_result_id=pk, value=value, confidence=7, **given)
    actions.record_check_in(by=company.actor(who, at), draft=draft, now=at)


def write(company: Company, kpi: str, *weeks: tuple[date, float]) -> None:
    readings = [actions.NewReading(day=day, value=value) for day, value in weeks]
    actions.record_readings(by=company.actor("lead"), kpi=kpi, readings=readings, now=NOW)


def build(company: Company) -> int:
    """Make one key result of every kind below one objective, with values."""
    slug = company.kpi()
    deals = company.kpi("Deals", unit="", direction="higher", aggregation="flow", target=None)
    steps = [
        actions.StepDraft("Plan"),
        actions.StepDraft("Build", due_on=date(2026, 11, 1)),
        actions.StepDraft("Ship", 2),
    ]
    drafts = [
        actions.KeyResultDraft(title="Reply", kpi=slug, start=48, target=30, share=0.34),
        actions.KeyResultDraft(title="Sell", kpi=deals, start=0, target=40),
        actions.KeyResultDraft(title="Score", start=36, target=50, ambition="aspirational"),
        actions.KeyResultDraft(title="Level", kind="keep", high=30, tolerance=10),
        actions.KeyResultDraft(title="Launch", kind="milestone", steps=steps),
        actions.KeyResultDraft(title="Later", start=0, target=1),
    ]
    goal = company.objective(key_results=drafts, counts="both")
    child = company.objective("Child", parent_id=goal)
    company.objective("Draft child", parent_id=goal, activate=False)
    write(company, slug, (date(2026, 11, 9), 43.0), (TODAY, 20.0))
    write(company, deals, *[(date(2026, 9, 28) + timedelta(weeks=k), 2.0 + k) for k in range(7)])
    check_in(company, "Score", 46)
    for days, value in enumerate((28, 30, 35, 45)):
        check_in(company, "Level", value, at=START + timedelta(days=20 + days))
    step = KeyResult.objects.get(title="Launch").steps.get(title="Plan")
    check_in(company, "Launch", None, steps={step.pk: 1.0})
    key = KeyResult.objects.get(objective_id=child)
    draft = actions.CheckInDraft(key_result_id=key.pk, value=80, confidence=5)
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    actions.refresh_day(by=company.operator(), now=NOW)
    return goal


def of(explained: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in explained["explanations"] if one["of"] == name)


def same(row: Any, explained: dict[str, Any], *, word: str) -> None:
    assert of(explained, "score")["value"] == pytest.approx(row.score, abs=1e-12)
    assert of(explained, "expected")["value"] == pytest.approx(row.expected, abs=1e-12)
    assert of(explained, "status")["word"] == word


def test_every_explanation_says_its_score_row(company: Company, calling: Calling) -> None:
    goal = build(company)
    viewer = calling("viewer", "read")
    for row in KeyResultScore.objects.select_related("key_result"):
        said = viewer.ok("GET", f"/key-results/{row.key_result_id}/explanation")
        same(row, said, word=row.shown_word)
        assert of(said, "progress")["value"] == pytest.approx(row.progress, abs=1e-12)
        assert (said["title"], said["on"]) == (row.key_result.title, "2026-11-22")
        if row.key_result.metric is not None and row.key_result.metric.is_kpi:
            assert of(said, "value")["value"] == row.value
    for total in ObjectiveScore.objects.all():
        said = viewer.ok("GET", f"/objectives/{total.objective_id}/explanation")
        same(total, said, word=total.word)
        score = of(said, "score")
        assert (score["reported"], score["contributing"]) == (total.reported, total.children)
        assert sum(float(p["adds_text"]) for p in score["parts"]) == pytest.approx(float(score["total_text"] or 0))
    out = {o["label"]: o for o in of(viewer.ok("GET", f"/objectives/{goal}/explanation"), "score")["left_out"]}
    assert (out["Later"]["rule"], out["Draft child"]["why"]) == ("R4", "is a draft")


def test_values_come_with_their_day_and_source(company: Company, calling: Calling) -> None:
    goal = build(company)
    admin = calling("admin", "read")
    inputs = {i["label"]: i for i in of(admin.ok("GET", f"/objectives/{goal}/explanation"), "score")["inputs"]}
    assert (inputs["Reply"]["source"], inputs["Reply"]["on"], inputs["Reply"]["value"]) == ("KPI", "2026-11-09", 43)
    assert inputs["Reply"]["link"] == {"kind": "kpi", "reference": "first-reply-time"}
    assert (inputs["Score"]["source"], inputs["Score"]["by"]) == ("by hand", "Lead Acme")
    sell = admin.ok("GET", f"/key-results/{KeyResult.objects.get(title='Sell').pk}/explanation")
    assert of(sell, "value")["formula"] == "the closed weeks of the cycle: 2 + 3 + 4 + 5 + 6 + 7 + 8 = 35"
    level = admin.ok("GET", f"/key-results/{KeyResult.objects.get(title='Level').pk}/explanation")
    assert of(level, "progress")["formula"] == "(2 × 1 + 0.5 + 0) / 4 = 62.5 %"
    launch = admin.ok("GET", f"/key-results/{KeyResult.objects.get(title='Launch').pk}/explanation")
    assert of(launch, "progress")["formula"] == "(1 × 1 + 1 × 0 + 2 × 0) / (1 + 1 + 2) = 25 %"
    assert "“Build” done: 25 % → 50 %" in [c["text"] for c in of(launch, "progress")["changes"]]


def test_a_step_told_is_the_step_the_product_makes(company: Company, calling: Calling) -> None:
    goal = build(company)
    admin = calling("admin", "read")
    told = {
        c["text"].split(":")[0]: c for c in of(admin.ok("GET", f"/objectives/{goal}/explanation"), "score")["changes"]
    }
    check_in(company, "Score", 47, at=NOW + timedelta(minutes=1))
    assert ObjectiveScore.objects.get(pk=goal).score == pytest.approx(told["Score at 47"]["becomes"])


def test_the_border_value_told_is_where_the_word_turns(company: Company, calling: Calling) -> None:
    pk = KeyResult.objects.get(objective_id=company.objective()).pk
    admin = calling("admin", "read")
    check_in(company, "Tickets older than 24 h", 90)
    better = of(admin.ok("GET", f"/key-results/{pk}/explanation"), "status")["changes"][0]
    assert (better["compare"], better["word"], better["text"]) == ("at_most", "at_risk", "at 87.1 or less: at risk")
    words = []
    for minute, value in enumerate((better["at"] + 0.001, better["at"]), start=1):
        check_in(company, "Tickets older than 24 h", value, at=NOW + timedelta(minutes=minute))
        words.append(KeyResultScore.objects.get(pk=pk).word)
    assert words == ["off_track", "at_risk"]


def test_what_is_closed_paused_or_supporting_is_explained(company: Company, calling: Calling) -> None:
    top = company.objective("Top", counts="objectives", key_results=[], activate=False)
    one, two = company.objective("One", parent_id=top), company.objective("Two", parent_id=top)
    lead = company.actor("lead")
    actions.activate_objective(by=lead, objective_id=top, now=NOW)
    for goal in (one, two):
        pk = KeyResult.objects.get(objective_id=goal).pk
        actions.record_check_in(by=lead, draft=actions.CheckInDraft(key_result_id=pk, value=80, confidence=6), now=NOW)
    actions.close_objective(by=lead, objective_id=one, grade=actions.GradeDraft(), key_results={}, now=NOW)
    actions.set_paused(by=lead, objective_id=two, paused=True, now=NOW)
    admin = calling("admin", "read")
    said = of(admin.ok("GET", f"/objectives/{top}/explanation"), "score")
    assert [(p["label"], p["adds_text"]) for p in said["parts"]] == [("One", "50.00")]
    assert [(o["label"], o["why"]) for o in said["left_out"]] == [("Two", "is paused")]
    closed = admin.ok("GET", f"/objectives/{one}/explanation")
    assert of(closed, "score")["formula"] == "frozen at close: 1 × 50.00 = 50.00 %, 1 of 1 reported"
    assert of(closed, "status")["word"] == "done"
    key = KeyResult.objects.get(objective_id=one)
    frozen = admin.ok("GET", f"/key-results/{key.pk}/explanation")
    assert of(frozen, "progress")["formula"] == "frozen at close: 50 %"
    assert of(frozen, "progress")["inputs"][0]["value"] == 80


def test_a_kpi_says_its_value_target_and_borders(company: Company, calling: Calling) -> None:
    slug = company.kpi(target=Target(TargetRule.AT_MOST, high=30, tolerance=5))
    caller = calling("viewer", "read")
    empty = caller.ok("GET", f"/kpis/{slug}/explanation")["explanations"][0]
    assert (empty["word"], empty["value"]) == ("no_value", None)
    write(company, slug, (date(2026, 11, 9), 33.0))
    said = caller.ok("GET", f"/kpis/{slug}/explanation")
    assert (said["title"], said["unit"]) == ("First reply time", "min")
    (one,) = said["explanations"]
    assert (one["word"], one["value"]) == (caller.ok("GET", f"/kpis/{slug}")["status"], 33)
    assert [(i["label"], i["value"], i["source"]) for i in one["inputs"]] == [
        ("value", 33, "by hand"), ("at most", 30, "target"), ("tolerance", 5, "target"), ("lag", 3, "definition"),
    ]  # fmt: skip
    assert one["inputs"][1]["on"] is None  # the first target always was in force
    assert one["changes"][-1]["on"] == "2026-11-26"


def test_a_foreign_id_is_answered_like_a_missing_one(company: Company, calling: Calling) -> None:
    other = build_company("Other")
    goal = other.objective("Theirs")
    theirs = {
        "objectives": goal,
        "key-results": KeyResult.objects.get(objective_id=goal).pk,
        "kpis": other.kpi("Theirs alone"),
    }
    admin = calling("admin")
    for noun, pk in theirs.items():
        foreign = admin("GET", f"/{noun}/{pk}/explanation")
        missing = admin("GET", f"/{noun}/{'none' if noun == 'kpis' else 999999}/explanation")
        assert (foreign.status_code, foreign.content) == (404, missing.content), noun


def cost(company: Company, goal: int) -> dict[str, int]:
    """Return how many queries each explanation takes."""
    actor, found = company.actor("admin"), {}
    rhythms = company.place("admin").rhythms
    asked = {f"objective {goal}": lambda: queries.explained_objective(actor, goal, today=TODAY)}
    for pk, title in KeyResult.objects.filter(objective_id=goal).values_list("id", "title"):
        asked[title] = lambda pk=pk: queries.explained_key_result(actor, pk, rhythms=rhythms, today=TODAY)
    asked["kpi"] = lambda: metrics.explained_kpi(actor, "first-reply-time", today=TODAY)
    for name, ask in asked.items():
        with CaptureQueriesContext(connection) as captured:
            ask()
        found[name] = len(captured)
    return found


def test_an_explanation_costs_the_same_whatever_hangs_below(company: Company) -> None:
    goal = build(company)
    few = cost(company, goal)
    drafts = [actions.KeyResultDraft(title=f"More {k}", start=0, target=10) for k in range(12)]
    for k in range(3):
        company.objective(f"Below {k}", parent_id=goal, key_results=drafts[:4])
    for draft in drafts:
        actions.add_key_result(by=company.actor("lead"), objective_id=goal, draft=draft, reason="more", now=NOW)
    for k in range(12):
        check_in_in(company, goal, f"More {k}", k)
    write(company, "first-reply-time", *[(date(2026, 1, 5) + timedelta(weeks=k), 40.0 + k) for k in range(44)])
    many = cost(company, goal)
    assert Objective.objects.filter(parent_edges__parent_id=goal).count() == 5
    assert {name: (few[name], many[name]) for name in few if many[name] != few[name]} == {}
    assert max(many.values()) <= MOST


def check_in_in(company: Company, goal: int, title: str, value: float) -> None:
    pk = KeyResult.objects.get(objective_id=goal, title=title).pk
    draft = actions.CheckInDraft(key_result_id=pk, value=value, confidence=7)
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
