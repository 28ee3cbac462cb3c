"""Every example of docs/api.md, docs/cli.md and docs/operate.md is run, from top to bottom, and answers as the page says.

`…` on a page stands for what varies or is left out; everything else has to come back as it is shown.
"""

import json
import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import standardwebhooks.webhooks
import typer.completion

from milepost.api.auth import limiter
from milepost.cli import people
from milepost.cli.demo import make_demo
from milepost.cli.tokens import make
from milepost.jobs import deliveries
from milepost.workspace.models import Delivery
from milepost.workspace.permissions import Scope
from tests.docs.pages import Block, as_json, blocks, differences, is_like, text_differences
from tests.docs.shell import Ran, Shell

NOW = datetime.fromisoformat("2026-11-24T09:30:00+00:00")
SLUG = "sunny-desk-sample"
TIMES = r"(?:[\d*,/-]+\s+){5}"


class Reader:
    """Does what a page says, block by block."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.ran: list[Ran] = []
        self.seen: Ran | None = None  # what the page has shown of it
        self.told: list[dict[str, Any]] = []
        self.secret = ""  # of the webhook that the page made
        self.languages: dict[str, Callable[[Block], list[str]]] = {
            "sh": self.sh, "cron": self.cron, "csv": self.csv, "python": self.python,
            "json": self.json, "http": self.http, "text": self.text,
        }  # fmt: skip

    def read(self, block: Block) -> list[str]:
        """Return what is not as the page says."""
        if block.language not in self.languages:
            return [f"no runner for the language {block.language or '(none)'}"]
        try:
            return self.languages[block.language](block)
        except AssertionError as error:
            return [str(error)]

    def unseen(self) -> list[str]:
        """Return the refusals that the page does not show: an example that fails."""
        bad = [one for one in self.ran if one.answer is not None and one.answer.is_error and one is not self.seen]
        return [f"refused, and the page does not say so: {one.answer.url} {one.out}" for one in bad if one.answer]

    def sh(self, block: Block) -> list[str]:
        wrong = self.unseen()
        self.ran, self.seen = self.shell.run(block.text), None
        return wrong

    def cron(self, block: Block) -> list[str]:
        for line in block.text.splitlines():
            found = re.fullmatch(rf"{TIMES}(\S.*)", line)
            if found is None:
                return [f"no line of a crontab: {line}"]
            self.ran = self.shell.run(found[1])
        return []

    def csv(self, block: Block) -> list[str]:
        (self.shell.folder / block.name).write_text(block.text)
        return []

    def json(self, block: Block) -> list[str]:
        shown = as_json(block.text)
        if isinstance(shown, dict) and {"type", "timestamp", "data"} == set(shown):
            return self.event(shown)
        if not self.ran:
            return ["nothing was run that could have answered this"]
        self.seen = self.ran[-1]
        came = json.loads(self.seen.answer.text if self.seen.answer else self.seen.out)
        self.secret = self.secret or (came.get("secret", "") if "url" in came else "")
        return differences(shown, came)

    def http(self, block: Block) -> list[str]:
        answer = self.ran[-1].answer
        if answer is None or not self.ran[-1].out.startswith("HTTP/"):
            return ["no curl -i has answered this"]
        self.seen = self.ran[-1]
        head, _, body = block.text.partition("\n\n")
        status, *lines = head.splitlines()
        wrong = [] if status == f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}" else [f"came {answer}"]
        for line in lines:
            name, _, value = line.partition(": ")
            if line != "…" and not is_like(value, answer.headers.get(name, "(missing)")):
                wrong.append(f"shown {line}, came {answer.headers.get(name)}")
        return wrong + (differences(as_json(body), answer.json()) if body.strip() else [])

    def text(self, block: Block) -> list[str]:
        return text_differences(block.text, "".join(one.out + one.err for one in self.ran))

    def python(self, block: Block) -> list[str]:
        names: dict[str, Any] = {}
        exec(compile(block.text, f"line {block.line}", "exec"), names)
        return proof_of(names["read"], self.secret) if "read" in names else []

    def event(self, shown: dict[str, Any]) -> list[str]:
        self.told = self.told or everything_told(self.shell)
        found = [differences(shown, one) for one in self.told if one["type"] == shown["type"]]
        return min(found, key=len) if found else [f"nobody was told of {shown['type']}"]


def token_of(email: str, *scopes: str) -> str:
    return make(email=email, name="x", scopes=scopes, days=9, workspace=SLUG, for_workspace=False, now=NOW)


def everything_told(shell: Shell) -> list[dict[str, Any]]:
    """Cause each event once, as programs do, and return every message."""
    token = token_of("ana@example.com", *Scope)
    client = httpx.Client(base_url=f"{shell.server}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def send(method: str, path: str, body: Any = None) -> Any:
        answer = client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    from milepost.workspace.permissions import WebhookEvent

    send("POST", "/webhooks", {"url": "https://example.org/everything", "events": list(WebhookEvent)})
    weeks = [{"period": f"2026-W{n}", "value": 28 + n % 2} for n in range(40, 48)]
    send("POST", "/kpis/first-reply-time/readings", weeks)
    send("POST", "/check-ins", {"key_result_id": 6, "value": 36, "confidence": 8, "note": "Two new colleagues"})
    send("POST", "/objectives/3/comments", {"text": "Thank you, @Tom Baker"})
    tickets = [{"title": "Evening tickets", "start": 40, "target": 10}]
    goal = send("POST", "/objectives", {"title": "Answer in the evening", "cycle_id": 2, "key_results": tickets})["id"]
    send("PATCH", f"/objectives/{goal}", {"title": "Answer at night", "reason": "Clearer"})
    send("POST", f"/objectives/{goal}/closure", {"grade": 0.7, "reason": "As agreed"})
    cycle = send("POST", "/cycles", {"name": "November", "first_day": "2026-11-01", "last_day": "2026-11-30"})["id"]
    left = {"title": "Left over", "cycle_id": cycle, "start": False, "key_results": tickets}
    send("POST", "/objectives", left)
    send("POST", f"/cycles/{cycle}/publication")
    send("PATCH", f"/cycles/{cycle}", {"last_day": "2026-11-20"})
    send("POST", f"/cycles/{cycle}/closure")
    return [json.loads(body) for body in Delivery.objects.order_by("id").values_list("body", flat=True)]


def proof_of(read: Callable[[str, Any, bytes], Any], secret: str) -> list[str]:
    """Send what waits, and prove that the page's function takes the message and refuses a forged or an old one."""
    got: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        got.append(request)
        return httpx.Response(200)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "reachable", lambda host, port, inside: "93.184.216.34")
        Delivery.objects.update(next_at=NOW, leased_until=None, attempts=0)
        while deliveries.deliver(now=NOW, transport=httpx.MockTransport(answer)):
            pass
    sent = next(request for request in got if request.url.path == "/hooks/milepost")
    cases = {"true": (sent.content, 0), "forged": (sent.content + b" ", 0), "old": (sent.content, 600)}
    wrong = []
    for name, (body, seconds) in cases.items():
        with pytest.MonkeyPatch.context() as patch:
            _set_clock(patch, NOW + timedelta(seconds=seconds))
            try:
                is_taken = read(secret, dict(sent.headers), body) == json.loads(sent.content)
            except Exception:
                is_taken = False
        if is_taken != (name == "true"):
            wrong.append(f"a {name} message is {'taken' if is_taken else 'refused'}")
    return wrong


def _set_clock(patch: pytest.MonkeyPatch, now: datetime) -> None:
    class Pinned(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Pinned":
            return cls.fromtimestamp(now.timestamp(), tz)

    patch.setattr(standardwebhooks.webhooks, "datetime", Pinned)
    patch.setattr("time.time", now.timestamp)


@pytest.fixture
def shell(django_db_reset_sequences: None, live_server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell beside a served sample company, as `make demo` makes it, on Tuesday 24 November 2026."""
    for name in ("URL", "TOKEN", "PROFILE", "PASSWORD"):
        monkeypatch.delenv(f"MILEPOST_{name}", raising=False)
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    monkeypatch.setenv("MILEPOST_PROFILES", str(tmp_path / "profiles.toml"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(people.out, "_width", None)  # it was made with the width of whatever ran before
    monkeypatch.setattr(people.webbrowser, "open", lambda url: True)
    monkeypatch.setattr("typer._completion_shared._get_shell_name", lambda: "bash")
    monkeypatch.setattr(typer.completion, "_get_shell_name", lambda: "bash")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("milepost.cli.main.setup", lambda: None)  # it would log to a file that each command closes
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # the server's thread, beside an answer
    limiter._counts.clear()
    make_demo()
    return Shell(
        live_server.url,
        tmp_path,
        lambda: token_of("tom@example.com", "read", "checkin:write", "kpi:write", "goal:write"),
    )


@pytest.mark.parametrize("page", ["api.md", "cli.md", "operate.md"])
def test_every_example_answers_as_the_page_shows(shell: Shell, page: str) -> None:
    reader = Reader(shell)
    wrong = []
    for block in blocks(page):
        wrong += [f"{page}:{block.line} {one}" for one in reader.read(block)]
    wrong += [f"{page} {one}" for one in reader.unseen()]
    assert not wrong, "\n".join(wrong)
