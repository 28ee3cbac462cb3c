"""A passkey is made, renamed, opens the account without a password, and is taken away."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from milepost.workspace import actions
from tests.browser.conftest import Opener, violations
from tests.people import NOW, PASSWORD, Company
from tests.workspace.test_every_action import settings

KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def plug_in(page: Page) -> None:
    """Give the browser a key that always says yes."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def loaded(page: Page, heading: str) -> None:
    """Wait until the page with this heading has run its scripts: a click before that would send an empty form."""
    expect(page.locator("h1")).to_have_text(heading)
    page.wait_for_load_state()


def test_a_passkey_signs_in_without_a_password(living: Company, open_as: Opener) -> None:
    page = open_as("lead", "/account/")
    plug_in(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    loaded(page, "Add a passkey")
    page.get_by_label("It signs me in without a password").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    page.goto("/account/")
    page.get_by_role("link", name="Rename").click()
    page.fill("#id_name", "Laptop")
    page.get_by_role("button", name="Save name").click()
    expect(page.locator("h1")).to_have_text("Your account")
    expect(page.get_by_text("Laptop").first).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"**/w/{living.slug}/week/")
    # With a password the passkey is asked for as the second step.
    page.goto("/account/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto("/account/login/")
    page.fill("#id_login", living.users["lead"].email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    loaded(page, "Second step")
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url(f"**/w/{living.slug}/week/")
    page.goto("/account/")
    page.get_by_role("link", name="Remove Laptop").click()
    page.wait_for_load_state()
    if page.locator("h1").inner_text() == "Confirm it is you":
        page.goto(
            page.get_by_role("link", name="passkey")
            .or_(page.get_by_role("link", name="security key"))
            .get_attribute("href")
        )
        page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator("h1")).to_have_text("Your account")
    assert not Authenticator.objects.filter(type="webauthn").exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_needs_a_second_step_is_led_to_it_and_then_comes_in(living: Company, open_as: Opener, scheme: str) -> None:
    page = open_as("lead", f"/w/{living.slug}/week/", scheme=scheme)
    Authenticator.objects.create(user=living.users["admin"], type="webauthn", data={"name": "K", "credential": {}})
    actions.change_settings(by=living.actor(), settings=settings(demands_second_step=True), now=NOW)
    page.keyboard.press("Control+k")  # the palette of a page that stood open: the whole page goes, no fragment is shown
    page.wait_for_url(f"**/w/{living.slug}/second-step/")
    expect(page.locator("h1")).to_have_text("A second step first")
    assert violations(page) == []
    page.goto(f"/w/{living.slug}/goals/")
    page.wait_for_url(f"**/w/{living.slug}/second-step/")
    plug_in(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    loaded(page, "Add a passkey")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    page.get_by_role("link", name="Go on to my week").click()
    page.wait_for_url(f"**/w/{living.slug}/week/")
    page.goto("/account/")
    page.get_by_role("link", name="Remove").last.click()
    page.wait_for_load_state()
    if page.locator("h1").inner_text() == "Confirm it is you":
        page.goto(
            page.locator("a[href*='second-step/confirm'], a[href*='passkeys/confirm']").first.get_attribute("href")
        )
        page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("h1")).to_have_text("This one has to stay")
    assert violations(page) == []


def test_without_a_key_the_page_says_so(living: Company, open_as: Opener) -> None:
    page = open_as(None, "/account/login/")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("Nothing was done: the browser gave no passkey.")
