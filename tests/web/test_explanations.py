"""Explain this number, as a page: of a goal, a key result, a KPI, while it runs and when it is graded."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from milepost.core.ramp import Ramp
from milepost.core.target import Target, TargetRule
from milepost.core.targets import PerPeriod
from milepost.okr import actions
from milepost.okr.models import KeyResult
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost.clock.now", lambda: NOW)


def page(company: Company, name: str, *args: object, who: str = "viewer") -> str:
    client = Client()
    client.force_login(company.users[who])
    answer = client.get(reverse(name, args=[company.slug, *args]))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_goal_and_its_key_result_are_explained_with_links(company: Company) -> None:
    goal = company.objective()
    key_result = KeyResult.objects.get(objective_id=goal)
    draft = actions.CheckInDraft(key_result_id=key_result.pk, value=80, confidence=7)
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    shown = page(company, "goal_explanation", goal)
    assert reverse("key_result_explanation", args=[company.slug, key_result.pk]) in shown
    assert "1 × 50.00 = 50.00 %, 1 of 1 reported" in shown
    shown = page(company, "key_result_explanation", key_result.pk)
    for told in (
        "(80 − 100) / (60 − 100) = 50 %",
        "52 / 91 days = 57.1 %",
        "What would change it",
        "by hand, Lead Acme",
    ):
        assert told in shown, told
    assert "As it is, by 23 Nov 2026: on track" in shown
    for name, args in (("goal", [goal]), ("key_result_plan", [key_result.pk])):
        assert reverse(name, args=[company.slug, *args]) in page(company, "goal_explanation", goal) + shown
    assert reverse("goal_explanation", args=[company.slug, goal]) in page(company, "goal", goal)
    assert reverse("key_result_explanation", args=[company.slug, key_result.pk]) in page(company, "goal", goal)


def test_a_grade_says_what_was_proposed_and_why_it_is_another(company: Company) -> None:
    goal = company.objective()
    key_result = KeyResult.objects.get(objective_id=goal)
    draft = actions.CheckInDraft(key_result_id=key_result.pk, value=80, confidence=7)
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    given = actions.GradeDraft(grade=0.75, reason="The rest is signed")
    actions.close_objective(
        by=company.actor("lead"),
        objective_id=goal,
        grade=actions.GradeDraft(),
        key_results={key_result.pk: given},
        now=NOW,
    )
    shown = page(company, "key_result_explanation", key_result.pk)
    assert "75 %: partly; proposed was 50 %; The rest is signed" in shown
    assert "At 100 % or more: reached" in shown
    whole = "75 %: partly, of the grades of its key results; the score at the end was 50 %"
    assert whole in page(company, "goal_explanation", goal)


def test_the_menu_shows_where_one_is(company: Company) -> None:
    goal = company.objective()
    slug = company.kpi()
    asked = {"goal_explanation": goal, "key_result_explanation": KeyResult.objects.get(objective_id=goal).pk}
    for name, pk in asked.items():
        assert re.search(r'/goals/" aria-current="page"', page(company, name, pk))
    assert re.search(r'/kpis/" aria-current="page"', page(company, "kpi_explanation", slug))


def test_a_grade_without_a_score_says_so(company: Company) -> None:
    goal = company.objective()
    actions.close_objective(
        by=company.actor("lead"), objective_id=goal, grade=actions.GradeDraft(), key_results={}, now=NOW
    )
    assert "no score at the end, so no grade is proposed" in page(company, "goal_explanation", goal)


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (Target(TargetRule.AT_MOST, high=30), "A value for the week of 16 Nov 2026 at most 30 min: on target"),
        (Ramp(48.0, date(2026, 9, 28), ((date(2026, 11, 30), 40.0),)), "A value for the week of 16 Nov 2026 at most 41"),
        (
            PerPeriod({date(2026, 11, 2): Target(TargetRule.AT_MOST, high=35), date(2026, 11, 16): Target(TargetRule.AT_MOST, high=33)}),
            "A value for the week of 16 Nov 2026 at most 33 min: on target",
        ),
        (None, "With a target from the week of 16 Nov 2026 on"),
    ],
)  # fmt: skip
def test_a_kpi_says_what_its_next_value_has_to_be(company: Company, plan: object, told: str) -> None:
    slug = company.kpi(target=plan)
    reading = actions.NewReading(day=date(2026, 11, 9), value=43)
    actions.record_readings(by=company.actor("lead"), kpi=slug, readings=[reading], now=NOW)
    shown = page(company, "kpi_explanation", slug)
    assert told in shown
    assert reverse("kpi_explanation", args=[company.slug, slug]) in page(company, "kpi", slug)


def test_a_range_says_both_ends(company: Company) -> None:
    slug = company.kpi(direction="within", target=Target(TargetRule.WITHIN, low=14, high=24))
    assert "within 14 to 24 min: on target" in page(company, "kpi_explanation", slug)
