"""Programs that write by REST all at once until nobody answers, and keep what they were promised."""

import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

BATCH_DAYS = 40
LONGEST_LOAD = 5.0
numbers = itertools.count(1)


@dataclass(slots=True)
class Write:
    """One request. Its `tag` stands in every row that it makes, `values` are what the rows say."""

    what: str  # check_in, reading or title
    method: str
    path: str
    body: Any
    tag: str
    values: list[float]
    key: str | None
    ids: list[int] = field(default_factory=list)

    def send(self, client: httpx.Client) -> httpx.Response:
        headers = {} if self.key is None else {"Idempotency-Key": self.key}
        return client.request(self.method, self.path, json=self.body, headers=headers)


@dataclass(slots=True)
class Ledger:
    """What was answered with 2xx, what nobody answered, and what was refused."""

    acknowledged: list[Write] = field(default_factory=list)
    unanswered: list[Write] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def note(self, write: Write, answer: httpx.Response) -> None:
        if not answer.is_success:
            self.refused.append(f"{write.method} {write.path}: {answer.status_code} {answer.text[:300]}")
            return
        if write.what == "check_in":
            write.ids = answer.json()["ids"]
        self.acknowledged.append(write)


@dataclass(frozen=True, slots=True)
class Goals:
    """What is written to: two key results by hand, an objective whose title changes, two KPIs."""

    objective: int
    key_results: tuple[int, int]
    kpis: tuple[str, str]


def set_up(address: str, token: str, hook: str) -> Goals:
    """Make what is written to, and a webhook that is told of it."""
    today = datetime.now(UTC).date()
    with client(address, token) as api:

        def make(path: str, body: dict[str, Any]) -> Any:
            answer = api.post(path, json=body)
            assert answer.status_code == 201, answer.text
            return answer.json()

        days = {"first_day": str(today - timedelta(days=30)), "last_day": str(today + timedelta(days=60))}
        cycle = make("/cycles", {"name": "Crash", **days})["id"]
        slugs = [make("/kpis", {"name": name, "frequency": "day"})["slug"] for name in ("Single", "Batch")]
        by_hand = [{"title": f"By hand {n}", "start": 0, "target": 5000} for n in range(2)]
        reading = [{"title": f"Reads {slug}", "kpi": slug, "start": 0, "target": 5000} for slug in slugs]
        above = make(
            "/objectives", {"title": "Above", "cycle_id": cycle, "counts": "both", "key_results": by_hand[:1]}
        )["id"]
        body = {"title": "Under load", "cycle_id": cycle, "parent_id": above, "key_results": [*by_hand, *reading]}
        objective = make("/objectives", body)["id"]
        found = api.get("/key-results", params={"objective_id": objective}).json()["items"]
        own = [one["id"] for one in found if one["kpi"] is None]
        make("/webhooks", {"url": hook, "events": ["checkin.created", "kpi.value_recorded"]})
    return Goals(objective, (own[0], own[1]), (slugs[0], slugs[1]))


def client(address: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=30, trust_env=False)


def makers(goals: Goals) -> list[Callable[[], Write]]:
    """Return one function a program; each call is a write that nobody made before."""

    def write(what: str, method: str, path: str, rows: int, body: Callable[[str, list[float]], Any]) -> Write:
        number = next(numbers)
        tag, values = f"{what} w{number}w", [number + k / 128 for k in range(rows)]
        # Every second one without a key: it is a transaction of its own, not a part of the key's.
        return Write(what, method, path, body(tag, values), tag, values, f"key-{number}" if number % 2 else None)

    def check_in(*key_results: int) -> Callable[[], Write]:
        def body(tag: str, values: list[float]) -> Any:
            told = zip(key_results, values, strict=True)
            return [{"key_result_id": pk, "value": value, "confidence": 6, "note": tag} for pk, value in told]

        return lambda: write("check_in", "POST", "/check-ins", len(key_results), body)

    def readings(kpi: str, days: int) -> Callable[[], Write]:
        today = datetime.now(UTC).date()

        def body(tag: str, values: list[float]) -> Any:
            dated = ((str(today - timedelta(days=k)), value) for k, value in enumerate(values))
            return [{"period": period, "value": value, "reason": tag} for period, value in dated]

        return lambda: write("reading", "POST", f"/kpis/{kpi}/readings", days, body)

    def title() -> Write:
        path = f"/objectives/{goals.objective}"
        return write("title", "PATCH", path, 1, lambda tag, _: {"title": tag, "reason": "load"})

    first, second = goals.key_results
    return [
        check_in(first), check_in(second), check_in(first, second), readings(goals.kpis[0], 1),
        readings(goals.kpis[1], BATCH_DAYS), title,
    ]  # fmt: skip


def write_until_killed(
    address: str, token: str, goals: Goals, kill: Callable[[], None], *, rng: random.Random
) -> Ledger:
    """Let every program write at the same time, kill at a random moment, and return what was promised."""
    ledgers: list[Ledger] = []
    threads: list[threading.Thread] = []
    for make in makers(goals):
        ledgers.append(Ledger())
        threads.append(threading.Thread(target=_write_on, args=(address, token, make, ledgers[-1])))
    wanted = rng.randint(10, 80)
    begun = time.monotonic()
    try:
        for thread in threads:
            thread.start()
        while sum(len(part.acknowledged) for part in ledgers) < wanted and time.monotonic() - begun < LONGEST_LOAD:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.1))
    finally:
        kill()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    whole = Ledger()
    for part in ledgers:
        whole.acknowledged += part.acknowledged
        whole.unanswered += part.unanswered
        whole.refused += part.refused
    return whole


def _write_on(address: str, token: str, make: Callable[[], Write], ledger: Ledger) -> None:
    with client(address, token) as api:
        while not ledger.refused:
            write = make()
            try:
                answer = write.send(api)
            except httpx.TransportError:
                ledger.unanswered.append(write)
                return
            ledger.note(write, answer)
