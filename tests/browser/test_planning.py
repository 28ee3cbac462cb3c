"""A coach plans a cycle in a real browser: reads, asks, sends back, approves, publishes; also in the dark on a phone."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from milepost.okr import actions
from milepost.workspace import actions as workspace
from milepost.workspace.models import Workspace
from tests.browser.conftest import Opener, violations
from tests.people import NOW, Company

VAGUE = [
    actions.KeyResultDraft(title="Launch the Saturday rota", kind="percent"),
    actions.KeyResultDraft(title="Happier weekend team", kind="judged"),
]


def build(company: Company) -> int:
    """Make a cycle with a coach, two drafts in review, one that is none yet, and a team that plans nothing."""
    Workspace.objects.filter(pk=company.workspace_id).update(reviewers=2)
    cycle = actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31),
        coach_id=company.ids["member"], now=NOW,
    )  # fmt: skip
    workspace.create_team(by=company.actor(), name="Growth", parent_id=None, now=NOW)
    above = company.objective("Customers recommend us", who="admin", cycle_id=cycle, owner_team_id=None)
    actions.approve_objective(by=company.actor("lead"), objective_id=hung(company, cycle, above), now=NOW)
    company.objective("Improve weekends", cycle_id=cycle, parent_id=above, key_results=VAGUE)
    company.objective("Write better articles", cycle_id=cycle, parent_id=above, activate=False)
    return cycle


def hung(company: Company, cycle: int, above: int) -> int:
    """Make an objective of the manager below one that the lead leads, so that both the lead and the coach review it."""
    top = company.objective("Answer at once", cycle_id=cycle, parent_id=above, activate=False)
    return company.objective("Answer after six", who="manager", cycle_id=cycle, parent_id=top)


def sound(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_coach_plans_a_cycle(living: Company, open_as: Opener, width: int, scheme: str) -> None:
    cycle = build(living)
    page = open_as("member", f"/w/{living.slug}/cycles/{cycle}/plan/", width=width, scheme=scheme)
    vague = page.locator(".dr", has_text="Improve weekends")
    expect(vague.get_by_text("reads like work, not a result.")).to_be_visible()
    expect(vague).to_contain_text("0 of 2 approved")
    expect(page.locator(".steps [aria-current]")).to_contain_text("Q1 2027 begins, next")
    expect(page.get_by_role("heading", name="Before you publish")).to_be_visible()
    sound(page)

    page.get_by_role("link", name="Ask teams for drafts").click()
    expect(page.get_by_label("Growth")).to_be_checked()
    sound(page)
    page.get_by_label("Wanted by").fill("2026-12-12")
    page.get_by_role("button", name="Ask for drafts").click()
    expect(page.get_by_text("Asked one team for drafts of Q1 2027.")).to_be_visible()
    expect(page.locator(".steps [aria-current]")).to_contain_text("Drafts of Growth, next")

    vague.get_by_role("link", name="Ask for changes").click()
    sound(page)
    page.get_by_label("Reason").fill("From which number to which?")
    page.get_by_role("button", name="Send back as a draft").click()
    expect(vague).to_contain_text("asked for changes: From which number to which?")

    ready = page.locator(".dr", has_text="Answer after six")
    expect(ready).to_contain_text("1 of 2 approved")
    ready.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("“Answer after six” runs now.")).to_be_visible()
    expect(ready).to_have_count(0)

    page.get_by_role("button", name="Publish Q1 2027").click()
    expect(page.get_by_text("Three objectives of Q1 2027 went to review.")).to_be_visible()
    expect(page.locator(".steps")).to_contain_text("Sent to review, today")
    sound(page)
