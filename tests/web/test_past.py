"""Pages of a day of the past: what stood then, and nothing that writes."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from milepost.okr import actions
from milepost.okr.models import KeyResult
from tests.people import NOW, START, TODAY, Company

pytestmark = pytest.mark.django_db
THEN = date(2026, 10, 20)


@pytest.fixture
def goal(company: Company, monkeypatch: pytest.MonkeyPatch) -> int:
    """An objective that was amended, checked in on and renamed after the day that is looked at."""
    monkeypatch.setattr("milepost.clock.now", lambda: NOW)
    pk = company.objective("Answer faster")
    key_result = KeyResult.objects.get(objective_id=pk).pk
    say(company, key_result, 90, START + timedelta(days=7))
    say(company, key_result, 70, START + timedelta(days=30))
    draft = actions.ObjectiveDraft(
        title="Answer at once", cycle_id=company.cycle, lead_id=company.ids["lead"], owner_team_id=company.team
    )
    actions.edit_objective(by=company.actor("lead"), objective_id=pk, draft=draft, reason="Clearer", now=NOW)
    amended = actions.KeyResultDraft(title="Tickets older than 24 h", start=100, target=50)
    actions.edit_key_result(
        by=company.actor("lead"), key_result_id=key_result, draft=amended, reason="Ambition", now=NOW
    )
    return pk


def say(company: Company, key_result: int, value: float, at: datetime) -> None:
    draft = actions.CheckInDraft(key_result_id=key_result, value=value, confidence=6)
    actions.record_check_in(by=company.actor("lead", at), draft=draft, now=at)


def seen(company: Company, name: str, *args: object, who: str = "viewer", **asked: object) -> str:
    client = Client()
    client.force_login(company.users[who])
    answer = client.get(reverse(name, args=[company.slug, *args]), asked)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_the_goals_page_shows_a_day_with_its_titles_values_and_no_writing(company: Company, goal: int) -> None:
    page = seen(company, "goals", on=THEN.isoformat(), who="lead")
    assert "As it stood on 20 Oct" in page
    assert "Answer faster" in page
    assert "Answer at once" not in page
    assert "25" in page
    assert "75" not in page.split("<main")[1].split("</main")[0]
    assert "Back to today" in page
    assert "Add objective" not in page
    assert '<form method="post"' not in page.split("<main")[1].split("</main")[0]


def test_the_page_of_an_objective_shows_the_target_of_then(company: Company, goal: int) -> None:
    page = seen(company, "goal", goal, on=THEN.isoformat())
    assert "Answer faster" in page
    assert "60" in page
    assert "Amend" not in page.split("<main")[1]


def test_the_board_shows_a_day(company: Company, goal: int) -> None:
    slug = company.kpi()
    day = START.date() + timedelta(days=5)
    reading = actions.NewReading(day=START.date() - timedelta(days=10), value=41)
    actions.record_readings(by=company.actor("lead"), kpi=slug, readings=[reading], now=START + timedelta(days=2))
    page = seen(company, "kpis", on=day.isoformat())
    assert "41" in page
    assert "As it stood on 6 Oct" in page


def test_two_days_beside_each_other_say_what_moved_and_what_was_amended(company: Company, goal: int) -> None:
    page = seen(company, "goals", on=THEN.isoformat(), against=TODAY.isoformat())
    assert "moved up and none down" in page
    assert "<del>" in page
    assert "was amended" in page


@pytest.mark.parametrize(
    ("on", "says"),
    [("2027-01-01", "has not come yet"), ("2020-01-01", "This workspace began on"), ("soon", "is no day")],
)
def test_a_day_that_cannot_be_told_is_refused_with_a_sentence(company: Company, goal: int, on: str, says: str) -> None:
    client = Client()
    client.force_login(company.users["viewer"])
    for name, args in (("goals", ()), ("goal", (goal,)), ("kpis", ())):
        answer = client.get(reverse(name, args=[company.slug, *args]), {"on": on})
        assert answer.status_code == 400
        assert says in answer.content.decode()


def test_the_changes_of_an_objective_are_told_with_old_new_who_and_why(company: Company, goal: int) -> None:
    actions.set_paused(by=company.actor("lead"), objective_id=goal, paused=True, now=NOW + timedelta(hours=1))
    page = seen(company, "goal_changes", goal)
    for said in ("Answer faster", "Answer at once", "Clearer", "Ambition", "Lead Acme", "paused", "60", "50"):
        assert said in page, said
    plan = seen(company, "goal_changes", goal, view="plan")
    assert "Ambition" in plan
    assert "Clearer" not in plan
    life = seen(company, "goal_changes", goal, view="life")
    assert "paused" in life
    assert "started" in life
    assert "Ambition" not in life


def test_a_goal_behind_a_wall_then_or_now_is_not_told(company: Company, goal: int) -> None:
    """It was for everybody on the day and is private now; the other one was private then and is open now."""
    other = company.objective("Quiet", visibility="private")
    for pk, title, sees in ((goal, "Answer at once", "private"), (other, "Quiet", "everybody")):
        draft = actions.ObjectiveDraft(
            title=title,
            cycle_id=company.cycle,
            lead_id=company.ids["lead"],
            owner_team_id=company.team,
            visibility=sees,
        )
        actions.edit_objective(by=company.actor("lead"), objective_id=pk, draft=draft, reason="So", now=NOW)
    page = seen(company, "goals", on=THEN.isoformat())
    assert "Answer faster" not in page
    assert "Quiet" not in page
    client = Client()
    client.force_login(company.users["viewer"])
    for pk in (goal, other):
        asked = client.get(reverse("goal", args=[company.slug, pk]), {"on": THEN.isoformat()})
        assert asked.status_code == 404
    assert client.get(reverse("goal_changes", args=[company.slug, goal])).status_code == 404
    theirs = seen(company, "goals", on=THEN.isoformat(), who="lead")
    assert "Answer faster" in theirs
    assert "Quiet" in theirs
    beside = seen(company, "goals", on=THEN.isoformat(), against=TODAY.isoformat())
    assert "Answer" not in beside
