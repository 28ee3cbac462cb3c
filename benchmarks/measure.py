"""Measures one installation: `python -m benchmarks.measure SIZE`, figures as one line of JSON.

CPU is that of this process alone (`time.process_time`), for the whole request from WSGI environment to
the last byte; the database server of PostgreSQL is another process and not in it.
"""

import io
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import django

REPEAT = 25


def main(size: int) -> dict[str, Any]:
    """Seed, measure and return the figures by name: milliseconds of CPU, medians."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from benchmarks.seed import seed
    from milepost.okr import actions
    from milepost.site.wsgi import application
    from milepost.workspace.models import User
    from milepost.workspace.queries import operator_place

    call_command("migrate", verbosity=0, interactive=False)
    now = datetime.now(UTC)
    started = time.process_time()
    made = seed(size, now=now)
    seeded = time.process_time() - started
    started = time.process_time()
    actions.rebuild(by=operator_place(slug=made.slug, now=now).actor, now=now)
    rebuilt = time.process_time() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    cookies = {}
    for email in (made.email, "lead@bench.example"):
        client = Client()
        client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["csrftoken"] = "x" * 32
        cookies[email] = "; ".join(f"{k}={v.value}" for k, v in client.cookies.items())

    def request(path: str, *, who: str = made.email, body: dict[str, Any] | None = None) -> Callable[[], int]:
        data = urlencode(body).encode() if body is not None else b""
        environ = {
            "REQUEST_METHOD": "POST" if body is not None else "GET", "PATH_INFO": path.split("?", maxsplit=1)[0],
            "QUERY_STRING": path.partition("?")[2], "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
            "HTTP_HOST": "127.0.0.1", "HTTP_COOKIE": cookies[who], "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(data)),
        }  # fmt: skip

        def send() -> int:
            status: list[int] = []
            sent = application(
                {**environ, "wsgi.input": io.BytesIO(data)}, lambda line, _: status.append(int(line.split()[0]))
            )
            total = sum(len(part) for part in sent)
            if status[0] not in {200, 302}:
                raise RuntimeError(f"{path} answered {status[0]}")
            return total

        return send

    ws = f"/w/{made.slug}/"
    value = iter(range(10**9))

    def check_in() -> int:
        key = str(made.deep_key_result)
        body = {
            f"value-{key}": 61 + next(value) % 30, f"confidence-{key}": 6, "csrfmiddlewaretoken": "x" * 32,
        }  # fmt: skip
        return request(f"{ws}key-results/{key}/check-in/", body=body)()

    pages = {
        "goals page, 50 roots": request(ws + "goals/"),
        "objective": request(f"{ws}goals/{made.deep_objective}/"),
        "KPI board of 100": request(ws + "kpis/"),
        "my week, 5 due": request(ws + "week/", who="lead@bench.example"),
        "check-in, 7 levels deep": check_in,
    }
    figures: dict[str, Any] = {"seed s": round(seeded, 1), "rebuild s": round(rebuilt, 2)}
    for name, send in pages.items():
        send()
        queries: list[str] = []

        def count(execute: Any, sql: str, *given: Any, seen: list[str] = queries) -> Any:
            seen.append(sql)
            return execute(sql, *given)

        with connection.execute_wrapper(count):
            size_bytes = send()
        times = []
        for _ in range(REPEAT):
            begun = time.process_time()
            send()
            times.append(1000 * (time.process_time() - begun))
        told = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
        figures[name] = {
            "cpu_ms": round(statistics.median(times), 1),
            "queries": sum(not sql.startswith(told) for sql in queries),
            "kB": round(size_bytes / 1000),
        }
    figures["memory MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return figures


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1])), sys.stdout)
