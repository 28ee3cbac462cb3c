"""Measures the REST interface with a bearer token, beside what the bare database driver takes for the same list."""

import sqlite3
import statistics
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import orjson
import psycopg
from django.conf import settings
from django.db import connection

from benchmarks.seed import KPIS, Seeded
from benchmarks.timing import REPEAT, Send, cpu_ms, figure, request, statements
from milepost.okr.queries.listing import KEY_RESULTS, OBJECTIVES
from milepost.workspace import actions
from milepost.workspace.models import User
from milepost.workspace.queries import get_place

LIST = "/api/v1/objectives?include=key_results&limit=100"
READINGS_EACH = 100


def figures(application: Any, made: Seeded, *, now: datetime) -> dict[str, Any]:
    """Return what each request costs, and the list in times of the bare driver."""
    settings.API_REQUESTS_A_MINUTE = 10**9
    by = get_place(user=User.objects.get(email=made.email), slug=made.slug, now=now).actor
    scopes = ["read", "checkin:write", "kpi:write"]
    secret = actions.create_token(by=by, name="Bench", scopes=scopes, days=1, now=now).secret

    def call(path: str, body: Any = None) -> Send:
        return request(
            application, path, data=None if body is None else orjson.dumps(body), CONTENT_TYPE="application/json",
            HTTP_AUTHORIZATION=f"Bearer {secret}",
        )  # fmt: skip

    value = count()

    def check_in() -> int:
        body = {"key_result_id": made.deep_key_result, "value": 61 + next(value) % 30, "confidence": 6}
        return call("/api/v1/check-ins", body)()

    listed, limit_ms, times_limit = _list(call(LIST))
    return {
        "REST: 100 objectives with 300 key results": listed,
        "the same by the bare driver and orjson": limit_ms,
        "times the bare driver": times_limit,
        "REST: an objective": figure(call(f"/api/v1/objectives/{made.deep_objective}")),
        "REST: a key result": figure(call(f"/api/v1/key-results/{made.deep_key_result}")),
        "REST: check-in, 7 levels deep": figure(check_in),
        "REST: 10,000 values in 100 requests": _readings(call, now=now),
    }


def _list(send: Send) -> tuple[dict[str, Any], float, float]:
    """Return the figure of the list, the driver's median and the median of their ratios, taken in turns."""
    found: list[tuple[str, Any]] = []
    listed = figure(send)
    with statements(found):
        send()
    tables = ('FROM "okr_objective"', 'FROM "okr_keyresult"')
    two = [one for one in found if any(table in one[0] for table in tables)]
    bare = _bare_list(two[0], two[1])
    bare()
    pairs = [(cpu_ms(send), cpu_ms(bare)) for _ in range(REPEAT)]
    listed["cpu_ms"] = round(statistics.median(whole for whole, _ in pairs), 1)
    limit_ms = statistics.median(least for _, least in pairs)
    return listed, round(limit_ms, 2), round(statistics.median(whole / least for whole, least in pairs), 1)


def _bare_list(objectives: tuple[str, Any], key_results: tuple[str, Any]) -> Callable[[], bytes]:
    """Return a function that asks the list's own two statements of a driver that knows no Django."""
    given = settings.DATABASES["default"]
    driver: Any
    if connection.vendor == "sqlite":
        driver = sqlite3.connect(given["NAME"], isolation_level=None)
        statement = [(sql.replace("%s", "?"), tuple(params)) for sql, params in (objectives, key_results)]
    else:
        driver = psycopg.connect(**connection.get_connection_params() | {"context": None, "cursor_factory": None})
        statement = [objectives, key_results]
    above, below = tuple(OBJECTIVES.fields), tuple(KEY_RESULTS.fields)

    def ask() -> bytes:
        cursor = driver.cursor()
        items = [dict(zip(above, row[-len(above) :], strict=True)) for row in cursor.execute(*statement[0]).fetchall()]
        by_id = {item["id"]: item for item in items}
        for row in cursor.execute(*statement[1]).fetchall():
            item = dict(zip(below, row, strict=True))
            by_id[item["objective_id"]].setdefault("key_results", []).append(item)
        return orjson.dumps({"items": items, "next": None})

    return ask


def _readings(call: Callable[..., Send], *, now: datetime) -> dict[str, Any]:
    """Return the CPU of all requests together, and the queries of the one that took most."""
    weeks = [(now - timedelta(weeks=k)).date().isocalendar() for k in range(READINGS_EACH)]
    batches = []
    for number in range(KPIS):
        values = [
            {"period": f"{year}-W{week:02}", "value": 30.0 + (number + 3 * k) % 17}
            for k, (year, week, _) in enumerate(weeks)
        ]
        batches.append(call(f"/api/v1/kpis/kpi-{number}/readings", values))
    call("/api/v1/kpis/kpi-0/readings", [{"period": "2020-W01", "value": 1.0}, {"period": "2020-W02", "value": 2.0}])()
    queries, total_ms = 0, 0.0
    for send in batches:
        found: list[tuple[str, Any]] = []
        with statements(found):
            total_ms += cpu_ms(send)
        queries = max(queries, len(found))
    return {"cpu_ms": round(total_ms), "queries": queries}
