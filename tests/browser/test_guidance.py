"""A hint appears beside the field while somebody writes, a button of it fills the form, an example becomes a goal."""

import re

import pytest
from playwright.sync_api import expect

from milepost.okr.models import KeyResult, Objective
from tests.browser.conftest import Opener, violations
from tests.people import Company


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_hint_appears_beside_the_field_and_goes_when_it_is_mended(
    living: Company, open_as: Opener, width: int, scheme: str
) -> None:
    living.kpi("First reply time")
    page = open_as("lead", f"/w/{living.slug}/goals/new/", width=width, scheme=scheme)
    page.fill("#id_title", "Improve support")
    page.fill("#id_kr-0-title", "First reply time, weekends 71 -> 30 min")
    page.fill("#id_kr-1-title", "Launch the Saturday rota")
    page.locator("#id_kr-1-title").blur()
    expect(page.locator("#hints-title .tip")).to_contain_text("“Improve” is true of any change.")
    expect(page.locator("#hints-title .chip")).to_have_text("vague")
    expect(page.locator("#hints-kr-0")).to_contain_text("Read as: from 71 to 30 min")
    expect(page.locator("#hints-kr-1")).to_contain_text("What is different once it is done?")
    assert violations(page) == []
    page.locator("#hints-kr-1").get_by_role("button", name="Make it an initiative").click()
    expect(page.locator("#hints-kr-1")).to_contain_text("Read as: an initiative")
    page.get_by_role("button", name="Read the KPI “First reply time”").click()
    expect(page.locator("#id_kr-0-kpi")).to_have_value("first-reply-time")
    expect(page.locator("#hints-kr-0 .tip")).to_have_count(0)
    page.fill("#id_title", "Nobody waits for an answer")
    page.locator("#id_title").blur()
    expect(page.locator("#hints-title .tip")).to_have_count(0)
    page.get_by_role("button", name="Save objective").click()
    expect(page.locator("#initiatives")).to_contain_text("Launch the Saturday rota")
    assert KeyResult.objects.get().title == "First reply time, weekends"


def test_hints_never_keep_anybody_from_saving(living: Company, open_as: Opener) -> None:
    page = open_as("lead", f"/w/{living.slug}/goals/new/")
    page.fill("#id_title", "Improve support")
    page.fill("#id_kr-0-title", "Replies 48 -> 30 min")
    page.get_by_role("button", name="Save objective").click()
    expect(page.locator("h1")).to_have_text("Improve support")
    expect(page.get_by_role("heading", name="Hints")).to_be_visible()
    assert violations(page) == []
    page.goto(f"/w/{living.slug}/guidance/")
    expect(page.locator("h1")).to_have_text("Remarks on Q4 2026")
    assert violations(page) == []
    page.get_by_role("link", name=re.compile("Change it ?: Improve support, a wish without a measure")).click()
    page.wait_for_url("**/edit/#id_title")


@pytest.mark.parametrize("script", [True, False])
def test_an_example_becomes_an_objective(living: Company, open_as: Opener, script: bool) -> None:
    page = open_as("lead", f"/w/{living.slug}/goals/", script=script)
    page.get_by_role("link", name="Examples").click()
    page.get_by_label("Words").fill("waiting answer")
    page.get_by_role("button", name="Find").click()
    if script:
        assert violations(page) == []
    page.get_by_role("link", name=re.compile("Use it ?: Nobody goes home waiting for an answer from us")).click()
    page.get_by_role("button", name="Save objective").click()
    expect(page.locator("h1")).to_have_text("Nobody goes home waiting for an answer from us")
    assert Objective.objects.get().state == "active"
    assert KeyResult.objects.count() == 3
