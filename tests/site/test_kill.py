"""Web and worker are killed under load, again and again: nothing that was promised is lost, nothing is half done.

MILEPOST_KILL_ROUNDS says how often, MILEPOST_KILL_SEED when, MILEPOST_KILL_SECONDS how long a restart may take at
most; the figures are printed (`pytest -s`).
"""

import os
import random
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.support.database import ENGINE
from tests.support.installation import Installation, installed
from tests.support.promises import half_of, lost_of
from tests.support.writers import Goals, Write, client, set_up, write_until_killed

ROUNDS = int(os.environ.get("MILEPOST_KILL_ROUNDS", "2"))
SEED = int(os.environ.get("MILEPOST_KILL_SEED", "1"))
ADA = {"name": "Ada", "email": "ada@example.com", "password": "correct horse battery"}


@dataclass(slots=True)
class Trial:
    """An installation that is killed, what it has promised so far, and how fast it came back."""

    it: Installation
    token: str
    goals: Goals
    promised: list[Write] = field(default_factory=list)
    open_ends: list[Write] = field(default_factory=list)  # nobody answered, and nothing can be asked again
    sent_again: int = 0
    heads: list[str] = field(default_factory=list)  # of the audit trail, after each round
    restarts: list[float] = field(default_factory=list)

    def round(self, rng: random.Random, *, groups: bool) -> None:
        """Write, kill, start again, look."""
        it = self.it
        ledger = write_until_killed(it.address, self.token, self.goals, lambda: it.kill(groups=groups), rng=rng)
        self.restarts.append(it.start())
        assert ledger.refused == []
        assert ledger.acknowledged
        self.promised += ledger.acknowledged
        keyed = [write for write in ledger.unanswered if write.key is not None]
        self.open_ends += [write for write in ledger.unanswered if write.key is None]
        self.look(keyed)
        it.milepost("doctor")  # scores equal a rebuild, no orphans, the trail is whole
        self.promised += again(it.address, self.token, keyed)
        again(it.address, self.token, [one for one in ledger.acknowledged if one.key][-3:], is_replay=True)
        self.sent_again += len(keyed)
        self.look([])
        self.heads += [head for (head,) in it.rows("SELECT hash FROM workspace_eventhead")]

    def look(self, unanswered: list[Write]) -> None:
        lost = lost_of(self.it, self.promised)
        half = half_of(self.it, self.open_ends + unanswered, self.goals)
        self.tell(f"{len(self.promised)} acknowledged writes, {len(lost)} lost, {len(half)} half done")
        assert (lost, half) == ([], [])

    def tell(self, figures: str) -> None:
        restarts = f"restart {self.restarts[-1]:.1f} s, slowest {max(self.restarts):.1f} s"
        sys.stdout.write(f"\nkill -9, {ENGINE}, {len(self.restarts)} kills: {figures}; {restarts}")
        sys.stdout.flush()


def test_killed_under_load_it_keeps_every_promise_and_does_nothing_by_half(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    with (
        receiver() as (hook, heard),
        installed(tmp_path, MILEPOST_API_REQUESTS="1000000", MILEPOST_PRIVATE_WEBHOOKS="1") as it,
    ):
        token = first_start(it)
        trial = Trial(it, token, set_up(it.address, token, hook))
        for number in range(ROUNDS):
            # Every third time the system ends only what was started, as it does when memory runs out.
            trial.round(rng, groups=number % 3 != 2)
        it.milepost("audit", "verify", *(word for head in trial.heads for word in ("--head", head)))
        unheard = deliver_the_rest(it, heard)
        unanswered = f"{len(trial.open_ends)} and {trial.sent_again} were unanswered, the latter sent again"
        trial.tell(f"{unanswered}; {len(heard)} messages heard, {unheard} not")
    assert unheard == 0


def first_start(it: Installation) -> str:
    """Set the installation up in its first form and return a token that may do everything."""
    it.home.mkdir(mode=0o700)
    it.start(is_first=True)
    with httpx.Client(base_url=it.address, timeout=60, trust_env=False) as browser:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/start/").text)
        assert found is not None
        form = {**ADA, "csrfmiddlewaretoken": found[1], "workspace_name": "Acme", "time_zone": "UTC"}
        assert browser.post("/start/", data=form).status_code == 302
    scopes = ("read", "checkin:write", "kpi:write", "goal:write", "admin")
    words = [word for scope in scopes for word in ("--scope", scope)]
    return it.milepost("token", ADA["email"], *words).strip()


def again(address: str, token: str, writes: list[Write], *, is_replay: bool = False) -> list[Write]:
    """Send writes with their keys again and return them; whether the first came through or not, they act once."""
    with client(address, token) as api:
        for write in writes:
            answer = write.send(api)
            assert answer.is_success, answer.text
            assert not is_replay or answer.headers.get("Idempotent-Replayed") == "true"
            if write.what == "check_in":
                assert write.ids in ([], answer.json()["ids"])
                write.ids = answer.json()["ids"]
    return writes


def deliver_the_rest(it: Installation, heard: set[str]) -> int:
    """Let the next worker do what dead ones held, an hour later, and return how many messages nobody heard."""
    it.kill()
    it.milepost("work", "--once", MILEPOST_NOW=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    rows = it.rows("SELECT message_id, delivered_at FROM workspace_delivery")
    return sum(message not in heard or delivered is None for message, delivered in rows)


@contextmanager
def receiver() -> Iterator[tuple[str, set[str]]]:
    """Listen for messages and return the address and the ids of those that came."""
    heard: set[str] = set()

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            heard.add(self.headers["webhook-id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hears) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/", heard
        finally:
            server.shutdown()
            thread.join()
