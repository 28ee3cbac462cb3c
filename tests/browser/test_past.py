"""A person chooses a day, sees the goals as they stood, compares with today, and finds the way back."""

from datetime import timedelta

from playwright.sync_api import expect

from milepost.okr import actions
from milepost.okr.models import KeyResult
from tests.browser.conftest import Opener
from tests.people import START, Company


def test_the_date_control_shows_a_day_and_the_banner_leads_back(living: Company, open_as: Opener) -> None:
    goal = living.objective("Answer faster")
    key_result = KeyResult.objects.get(objective_id=goal).pk
    for value, days in ((90, 7), (60, 40)):
        at = START + timedelta(days=days)
        draft = actions.CheckInDraft(key_result_id=key_result, value=value, confidence=6)
        actions.record_check_in(by=living.actor("lead", at), draft=draft, now=at)
    page = open_as("lead", f"/w/{living.slug}/goals/")
    page.get_by_text("As of a day").click()
    page.get_by_label("As of", exact=True).fill("2026-10-20")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status")).to_contain_text("As it stood on 20 Oct")
    expect(page.get_by_text("now 90")).to_be_visible()
    expect(page.get_by_role("link", name="Add objective")).to_have_count(0)
    page.get_by_role("link", name="today", exact=True).click()
    expect(page.get_by_role("heading", name="what changed from 20 Oct to 22 Nov")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Back to today").click()
    expect(page.get_by_text("now 60")).to_be_visible()
