"""The review of an objective on its page and in the plan: who approved, who may, what was asked for."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milepost.okr import actions
from milepost.okr.models import GoalState, Objective
from milepost.workspace.models import Workspace
from tests.people import NOW, Company
from tests.web.test_planning import MOST, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())


@pytest.fixture
def after(company: Company) -> int:
    Workspace.objects.filter(pk=company.workspace_id).update(reviewers=2)
    return actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31),
        coach_id=company.ids["member"], now=NOW,
    )  # fmt: skip


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_plan_shows_who_approved_and_lets_reviewers_answer(company: Company, after: int) -> None:
    goal = company.objective("Answer weekends", cycle_id=after, activate=False)
    plan = reverse("plan", args=[company.slug, after])
    start, back = (
        reverse(name, args=[company.slug, goal]) + "?from=plan" for name in ("goal_activate", "goal_send_back")
    )
    lead, manager, coach = (client_of(company, who) for who in ("lead", "manager", "member"))
    page = text(lead, plan)
    assert "draft, not in review yet" in page and "Send to review" in page
    assert lead.post(start).headers["Location"] == plan
    assert "0 of 2 approved" in text(lead, plan) and "One waits for an answer." in text(lead, plan)
    assert start not in text(lead, plan) and back not in text(client_of(company, "viewer"), plan)
    assert start in text(manager, plan) and back in text(coach, plan)
    assert manager.post(start).headers["Location"] == plan
    page = text(manager, plan)
    assert "1 of 2 approved" in page and "Manager Acme" in page and start not in page
    assert coach.post(back, {"reason": " "}).status_code == 422
    assert coach.post(back, {"reason": "From which number?"}).headers["Location"] == plan
    page = text(lead, plan)
    assert "Member Acme asked for changes:" in page and "From which number?" in page
    for client in (lead, manager, coach):
        assert client.post(start).status_code == 302
    assert Objective.objects.get(pk=goal).state == GoalState.ACTIVE
    assert "Q1 2027 holds no draft yet." in text(lead, plan)


def test_the_page_of_an_objective_says_the_same(company: Company, after: int) -> None:
    goal = company.objective("Answer weekends")
    address = reverse("goal", args=[company.slug, goal])
    manager = client_of(company, "manager")
    assert "0 of 2 approved" in text(client_of(company, "viewer"), address)
    assert "Ask for changes" not in text(client_of(company, "lead"), address)
    page = text(manager, address)
    assert "Ask for changes" in page and "Approve and start" not in page
    manager.post(reverse("goal_activate", args=[company.slug, goal]))
    assert "1 of 2 approved" in text(manager, address) and "Ask for changes" not in text(manager, address)
    assert "Approve and start" in text(client_of(company, "admin"), address)
    assert "approved this objective" in text(manager, address)
    again = manager.post(reverse("goal_activate", args=[company.slug, goal]))
    assert again.status_code == 400 and "already" in again.content.decode()
    inbox = text(client_of(company, "lead"), reverse("notifications", args=[company.slug]))
    assert "approved" in inbox and "Answer weekends" in inbox
    assert "asks for a review of" in text(manager, reverse("notifications", args=[company.slug]))


def test_a_plan_with_approvals_costs_no_more_for_more_of_them(company: Company, after: int) -> None:
    client, costs = client_of(company, "admin"), []
    for count in (2, 12):
        for n in range(count):
            goal = company.objective(f"Goal {count} {n}", cycle_id=after)
            actions.approve_objective(by=company.actor("manager"), objective_id=goal, now=NOW)
        client.get(reverse("plan", args=[company.slug, after]))  # once in ten minutes the session is written down
        with CaptureQueriesContext(connection) as asked:
            assert "1 of 2 approved" in text(client, reverse("plan", args=[company.slug, after]))
        costs.append(len(asked))
    assert costs[0] == costs[1] <= MOST, costs
