"""Asking teams for drafts on a page, and the days of a plan."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milepost.okr import actions
from milepost.workspace import actions as workspace
from tests.people import NOW, Company
from tests.web.test_planning import MOST, client_of, draft, seen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())


@pytest.fixture
def after(company: Company) -> int:
    return actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31),
        coach_id=company.ids["member"], now=NOW,
    )  # fmt: skip


def test_a_coach_asks_and_the_plan_says_so(company: Company, after: int) -> None:
    growth = workspace.create_team(by=company.actor(), name="Growth", parent_id=None, now=NOW)
    draft(company, after)
    coach, address = client_of(company, "member"), reverse("plan_ask", args=[company.slug, after])
    assert "Ask teams for drafts" in seen(company, after, "member")
    assert "Ask teams for drafts" not in seen(company, after, "lead")
    page = coach.get(address).content.decode()
    assert f'value="{growth}" checked' in page and f'value="{company.team}" checked' not in page
    refused = coach.post(address, {"team": growth, "wanted_by": "soon"})
    assert refused.status_code == 422 and "Choose the day by which" in refused.content.decode()
    assert coach.post(address, {"wanted_by": "2026-12-12"}).status_code == 422
    assert coach.post(address, {"team": growth, "wanted_by": "2026-12-12"}).status_code == 302
    plan = seen(company, after, "viewer")
    assert "(asked, wanted by 12 Dec)" in plan and "Drafts of Growth, next" in plan
    page = coach.get(address).content.decode()
    assert "asked today, wanted by 12 Dec" in page and f'value="{growth}" checked' not in page
    again = coach.post(address, {"team": growth, "wanted_by": "2026-12-13"})
    assert again.status_code == 422 and "Growth: asked today already" in again.content.decode()


def test_who_is_asked_is_told_and_led_to_the_plan(company: Company, after: int) -> None:
    actions.ask_for_drafts(by=company.actor("member"), cycle_id=after, wanted_by=date(2026, 12, 12), now=NOW)
    manager, inbox = client_of(company, "manager"), reverse("notifications", args=[company.slug])
    page = manager.get(inbox).content.decode()
    assert "asks Acme Support for drafts of" in page and "wanted by 12 Dec" in page
    pk = page.split('name="notification" value="')[1].split('"')[0]
    opened = manager.post(inbox, {"notification": pk, "do": "open"})
    assert opened.headers["Location"] == reverse("plan", args=[company.slug, after])
    assert "Asked by Member Acme on 22 Nov, wanted by 12 Dec" in seen(company, after, "manager")


def test_the_days_of_a_plan_are_those_that_are_kept(company: Company, after: int) -> None:
    page = seen(company, after)
    for text in ("Q1 2027 begins, next", "Review opens", "Q1 2027 ends"):
        assert text in page, text
    assert "Published" not in page and "Plan locked" not in page
    draft(company, after)
    actions.publish_cycle(by=company.actor(), cycle_id=after, now=NOW)
    actions.lock_cycle(by=company.actor(), cycle_id=after, now=NOW)
    page = seen(company, after)
    assert "Published, today" in page and "Plan locked, today" in page
    assert page.index("Plan locked") < page.index("Q1 2027 begins") < page.index("Review opens")


def test_asking_costs_the_same_at_two_sizes(company: Company, after: int) -> None:
    client, costs = client_of(company, "admin"), []
    for count in (2, 20):
        for n in range(count):
            workspace.create_team(by=company.actor(), name=f"Team {count} {n}", parent_id=None, now=NOW)
        actions.ask_for_drafts(by=company.actor(), cycle_id=after, wanted_by=date(2026, 12, 12), now=NOW)
        for name in ("plan_ask", "plan"):
            address = reverse(name, args=[company.slug, after])
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            costs.append(len(asked))
    assert costs[:2] == costs[2:]
    assert max(costs) <= MOST, costs
