"""Measures one installation: `python -m benchmarks.measure SIZE`, figures as one line of JSON.

CPU is that of this process alone (`time.process_time`), for the whole request from WSGI environment to
the last byte; the database server of PostgreSQL is another process, whose CPU stands beside it.
"""

import json
import resource
import sys
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import django

from benchmarks.timing import Send, figure, request


def main(size: int) -> dict[str, Any]:
    """Seed, measure and return the figures by name: milliseconds of CPU, medians."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import rest
    from benchmarks.seed import seed
    from milepost.okr import actions
    from milepost.site.wsgi import application
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

    figures: dict[str, Any] = {"seed s": round(seeded, 1), "rebuild s": round(rebuilt, 2)}
    figures |= {name: figure(send) for name, send in pages(application, made).items()}
    figures |= rest.figures(application, made, now=now)
    figures["memory MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return figures


def pages(application: Any, made: Any) -> dict[str, Send]:
    """Return the pages that are measured, as requests of signed-in people."""
    from django.test import Client

    from milepost.workspace.models import User

    def cookie(email: str) -> str:
        client = Client()
        client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["csrftoken"] = "x" * 32
        return "; ".join(f"{k}={v.value}" for k, v in client.cookies.items())

    admin, lead = cookie(made.email), cookie("lead@bench.example")
    ws = f"/w/{made.slug}/"
    value = iter(range(10**9))

    def check_in() -> int:
        key = made.deep_key_result
        body = {f"value-{key}": 61 + next(value) % 30, f"confidence-{key}": 6, "csrfmiddlewaretoken": "x" * 32}
        return request(
            application, f"{ws}key-results/{key}/check-in/", data=urlencode(body).encode(), HTTP_COOKIE=admin,
            CONTENT_TYPE="application/x-www-form-urlencoded",
        )()  # fmt: skip

    return {
        "goals page, 50 roots": request(application, ws + "goals/", HTTP_COOKIE=admin),
        **{
            f"goals as {name}": request(application, f"{ws}goals/?as={asked}", HTTP_COOKIE=admin)
            for name, asked in (
                ("list", "list"),
                ("list by team, behind first", "list&group=team&sort=behind"),
                ("map", "map"),
                ("map of what needs attention", "map&view=attention"),
                ("tree of what needs attention", "tree&view=attention"),
                ("alignment chart", "chart"),
                ("timeline", "timeline"),
            )
        },
        "objective": request(application, f"{ws}goals/{made.deep_objective}/", HTTP_COOKIE=admin),
        "KPI board of 100": request(application, ws + "kpis/", HTTP_COOKIE=admin),
        "my week, 5 due": request(application, ws + "week/", HTTP_COOKIE=lead),
        "check-in, 7 levels deep": check_in,
    }


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1])), sys.stdout)
