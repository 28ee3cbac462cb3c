"""A real browser for the pages."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.people import NOW, Company, build_company
from tests.support.browser import ADVICE, find, flags

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread; the ORM is used beside it


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find()
    if path is None:
        pytest.exit(ADVICE, returncode=2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags())
        yield browser
        browser.close()


@pytest.fixture
def living(transactional_db: None, live_server, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company whose pages are served, on Sunday 22 November 2026."""
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    return build_company()


@dataclass(slots=True)
class Steps:
    """Counts what a person does: clicks and committed key chords; typing is not counted."""

    page: Page
    count: int = 0

    def click(self, where: Locator) -> None:
        self.count += 1
        where.click()
        self.page.wait_for_load_state()

    def press(self, keys: str) -> None:
        self.count += 1
        self.page.keyboard.press(keys)
        self.page.wait_for_load_state()


Opener = Callable[..., Page]
# A refusal in a sentence (422) or a page that is not there (404) is meant; the browser reports each.
MEANT = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
LISTEN = """document.addEventListener("securitypolicyviolation", (e) =>
    console.error(`policy ${e.effectiveDirective} broken by ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`));"""


def listen(page: Page, heard: list[str]) -> Page:
    """Write down what a page complains of: errors of scripts and breaches of the content policy."""
    page.add_init_script(LISTEN)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: (
            heard.append(f"{page.url}: {said.text}")
            if said.type in {"error", "warning"} and not MEANT.search(said.text)
            else None
        ),
    )
    return page


@pytest.fixture
def open_as(chromium: Browser, living: Company, live_server) -> Iterator[Opener]:
    """Open a page signed in as somebody; `script=False` switches JavaScript off.

    A test whose pages complain of anything fails.
    """
    contexts = []
    heard: list[str] = []

    def opened(who: str | None, path: str, *, width: int = 1440, scheme: str = "light", script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
            base_url=live_server.url,
        )
        contexts.append(context)
        if who is not None:
            client = Client()
            client.force_login(living.users[who], backend="allauth.account.auth_backends.AuthenticationBackend")
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
            )
        page = listen(context.new_page(), heard)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert heard == []


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page, in words."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']} ({v['nodes'][0]['target']}: {v['nodes'][0]['html'][:160]})" for v in found]
