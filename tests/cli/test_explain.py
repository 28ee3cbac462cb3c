"""Explain this number, as people type it."""

import json
from datetime import date

import pytest

from milepost.cli import people
from milepost.okr import actions
from milepost.okr.models import KeyResult
from tests.cli.test_people import _in_process, log_in, run  # noqa: F401 - a fixture and two helpers
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people.out, "_width", 200)


def build(company: Company) -> int:
    slug = company.kpi()
    drafts = [
        actions.KeyResultDraft(title="Reply in time", kpi=slug, start=48, target=30, share=0.34),
        actions.KeyResultDraft(title="Net promoter score", start=36, target=50),
        actions.KeyResultDraft(title="Help articles", start=20, target=45),
    ]
    goal = company.objective("Be the tool support teams recommend", key_results=drafts)
    lead = company.actor("lead")
    actions.record_readings(by=lead, kpi=slug, readings=[actions.NewReading(day=date(2026, 11, 9), value=43)], now=NOW)
    nps = KeyResult.objects.get(title="Net promoter score").pk
    draft = actions.CheckInDraft(key_result_id=nps, value=46, confidence=8, own_word="at_risk", note="Small [panel]")
    actions.record_check_in(by=lead, draft=draft, now=NOW)
    return goal


def test_a_goal_is_explained_part_by_part(company: Company) -> None:
    goal = build(company)
    log_in(company)
    said = run("explain", "be the tool")
    assert "Be the tool support teams recommend  goal" in said
    assert "34/67 × 27.78 + 33/67 × 71.43 = 49.28 %, 2 of 3 reported" in said
    assert "(43 − 48) / (30 − 48) = 27.8 %" in said
    assert "has no value, though its first check-in was due (R4)" in said
    assert "held at at risk" in said
    assert "Net promoter score at 47" in said
    by_number = json.loads(run("explain", str(goal), "--kind", "goal", "--json"))
    assert by_number["about"] == {"kind": "objective", "reference": str(goal)}
    assert [one["of"] for one in by_number["explanations"]] == ["score", "expected", "status"]


def test_a_key_result_is_explained_with_its_border_values(company: Company) -> None:
    build(company)
    log_in(company)
    said = run("explain", "net promoter")
    assert "(46 − 36) / (50 − 36) = 71.4 %" in said
    assert "46" in said
    assert "by hand, Lead Acme, 2026-11-22" in said
    assert "set by Lead Acme on 22 Nov 2026, shown through 30 Nov 2026; the plan says ahead" in said
    assert "“Small [panel]”" in said
    assert "at 50 or more: reached" in said
    linked = run("explain", "reply in")
    assert "the last closed week: 43 min" in linked
    assert "at 42.2 min or less: at risk" in linked


def test_a_kpi_is_explained_by_value_and_target(company: Company) -> None:
    build(company)
    log_in(company)
    said = run("explain", "first reply")
    assert "43 − 30 = 13 min: off target" in said
    assert "at most 30 min: on target" in said
    assert json.loads(run("explain", "first-reply-time", "--json"))["explanations"][0]["word"] == "off_target"


def test_what_is_not_clear_is_asked_back(company: Company) -> None:
    build(company)
    company.objective("First reply time")
    log_in(company)
    said = run("explain", "first reply time", code=1)
    assert "Several do: First reply time (kpi first-reply-time); First reply time (goal " in said
    assert "Say which with --kind." in said
    assert "off target" in run("explain", "first reply time", "-k", "kpi")
    assert "No goal, key result or KPI begins with zebra." in run("explain", "zebra", code=1)
    assert "Choose goal, key-result or kpi." in run("explain", "first", "-k", "team", code=1)
    assert "There is nothing" in run("explain", "99999", code=1)
    assert "There is nothing" in run("explain", "no-such-kpi", code=1)
