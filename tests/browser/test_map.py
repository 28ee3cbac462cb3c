"""The strategy map by keyboard and on a phone, and the tree that remembers what was folded."""

from playwright.sync_api import Page, expect

from milepost.okr import actions
from milepost.okr.models import Alignment, Objective
from tests.browser.conftest import Opener, violations
from tests.people import NOW, TODAY, Company


def build(company: Company) -> dict[str, int]:
    top = company.objective("Be recommended", owner_team_id=None, who="admin", counts="both")
    support = company.objective("Answer at once", parent_id=top, counts="both")
    late = company.objective("Answer after six", parent_id=support)
    other = company.objective("Ship calmly", owner_team_id=None, who="admin")
    Alignment.objects.filter(child_id=late).update(contributes=False)
    actions.refresh_day(by=company.operator(), now=NOW)
    return {"top": top, "support": support, "late": late, "other": other}


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def lit(page: Page) -> list[str]:
    return [card.inner_text() for card in page.locator(".map .lit > .mc-o .mc-t").all()]


def test_the_map_is_walked_and_followed_by_keyboard(living: Company, open_as: Opener) -> None:
    goals = build(living)
    page = open_as("lead", f"/w/{living.slug}/goals/?as=map")
    assert lit(page) == ["Be recommended", "Answer at once", "Answer after six"]
    expect(page.locator(".mc-k")).to_have_count(2)
    for key, where in (
        ("j", "Be recommended"),
        ("ArrowRight", "Tickets older than 24 h"),
        ("ArrowLeft", "Be recommended"),
        ("j", "Tickets older than 24 h"),
        ("ArrowDown", "Answer at once"),
        ("k", "Tickets older than 24 h"),
        ("ArrowDown", "Answer at once"),
        ("ArrowLeft", "Be recommended"),
    ):
        page.keyboard.press(key)
        assert focused(page) == where, key
    page.locator(f"#m-{goals['other']}").focus()
    assert lit(page) == ["Ship calmly"]  # the lines follow the focus
    expect(page.locator("[data-lit]")).to_have_text("Ship calmly")
    page.keyboard.press("o")
    expect(page.locator(".mc-k")).to_have_count(1)  # now its key results are there
    expect(page.locator(f"#m-{goals['other']}")).to_be_focused()
    assert f"follow={goals['other']}" in page.url
    page.reload()
    expect(page.locator("[data-lit]")).to_have_text("Ship calmly")
    page.go_back()
    expect(page.locator("[data-lit]")).to_have_text("Be recommended")
    page.locator(f"#m-{goals['support']}").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/goals/{goals['support']}/")


def test_the_map_follows_the_pointer(living: Company, open_as: Opener) -> None:
    goals = build(living)
    page = open_as("lead", f"/w/{living.slug}/goals/?as=map")
    page.locator(f"#m-{goals['other']}").hover()
    assert lit(page) == ["Ship calmly"]
    page.locator(f"#f-{goals['support']}").click()
    expect(page.locator(f"#m-{goals['support']}")).to_have_attribute("aria-current", "true")
    assert lit(page)[0] == "Be recommended"


def test_three_hundred_goals_are_usable_on_a_phone_and_by_keyboard(living: Company, open_as: Opener) -> None:
    build(living)
    made = Objective.objects.bulk_create(
        Objective(
            workspace_id=living.workspace_id, cycle_id=living.cycle, title=f"Goal {n} that is told in a longer sentence",
            ambition="committed", state="active", lead_id=living.ids["lead"], created_at=NOW, activated_on=TODAY,
        )
        for n in range(300)
    )  # fmt: skip
    Alignment.objects.bulk_create(
        Alignment(workspace_id=living.workspace_id, parent=made[n // 3], child=child, since=NOW)
        for n, child in enumerate(made[1:])
    )
    actions.rebuild(by=living.operator(), now=NOW)
    page = open_as("lead", f"/w/{living.slug}/goals/?as=map", width=390)
    assert page.locator(".mc-o").count() == 300
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    narrow = page.evaluate("Math.min(...[...document.querySelectorAll('.mc')].map((el) => el.offsetWidth))")
    assert narrow >= 240
    last = page.locator(".mc-o .mc-t a").last
    last.focus()
    page.keyboard.press("o")
    expect(page.locator(".mc:has([aria-current])")).to_have_count(1)
    expect(page.locator(".mc-o .mc-t a").last).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowLeft")
    assert focused(page).startswith("Goal ")
    assert violations(page) == []


def test_without_script_each_card_follows_by_its_link(living: Company, open_as: Opener) -> None:
    goals = build(living)
    page = open_as("lead", f"/w/{living.slug}/goals/?as=map", script=False)
    page.locator(f"#f-{goals['other']}").click()
    assert f"follow={goals['other']}" in page.url
    expect(page.locator(".mc-k")).to_have_count(1)


def test_the_tree_opens_again_what_was_left_open(living: Company, open_as: Opener) -> None:
    for number in range(9):
        living.objective(f"Goal {number}")
    page = open_as("lead", f"/w/{living.slug}/goals/?as=tree")
    rows = page.locator(".tree .row:not(.obj)")
    expect(rows).to_have_count(0)
    page.locator(".tree summary").first.click()
    expect(rows).to_have_count(1)
    page.goto(f"/w/{living.slug}/goals/?as=list")
    page.goto(f"/w/{living.slug}/goals/?as=tree")
    expect(rows).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.locator(".tree details[open]").count() == 0


def test_a_filter_is_chosen_in_the_page_and_kept_under_a_name(living: Company, open_as: Opener) -> None:
    build(living)
    page = open_as("lead", f"/w/{living.slug}/goals/?as=list&view=mine")
    page.get_by_text("Filter and group").click()
    page.get_by_label("Team, with those below").select_option(label="Acme Support")
    page.get_by_label("Group by").select_option("lead")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.url.endswith(f"?as=list&view=mine&team={living.team}&group=lead")
    expect(page.get_by_role("link", name="Without Team: Acme Support")).to_be_visible()
    page.get_by_role("link", name="Save this view").click()
    page.get_by_label("Name").fill("My team")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("navigation", name="Saved views").get_by_role("link")).to_have_text("My team")
    page.get_by_role("navigation", name="View", exact=True).get_by_role("link", name="Map").click()
    assert f"team={living.team}" in page.url
