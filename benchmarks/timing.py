"""Requests through the whole WSGI application, and what they cost in CPU and queries."""

import io
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

REPEAT = 25
TOLD = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")  # they ask the database nothing

Send = Callable[[], int]


def request(application: Any, path: str, *, data: bytes | None = None, **environ: str) -> Send:
    """Return a function that sends one request and returns the bytes of its answer.

    Args:
        data: body of a POST; None for a GET.
        environ: what else the WSGI environment says, such as HTTP_COOKIE.
    """
    given = {
        "REQUEST_METHOD": "GET" if data is None else "POST", "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": path.partition("?")[2], "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
        "CONTENT_LENGTH": str(len(data or b"")), **environ,
    }  # fmt: skip

    def send() -> int:
        status: list[int] = []
        parts = application(
            {**given, "wsgi.input": io.BytesIO(data or b"")}, lambda line, _: status.append(int(line.split()[0]))
        )
        body = b"".join(parts)
        parts.close()
        if status[0] not in {200, 201, 302}:
            raise RuntimeError(f"{path} answered {status[0]}: {body[:300]!r}")
        return len(body)

    return send


def statements(found: list[tuple[str, Any]]) -> AbstractContextManager[None]:
    """Return a context that adds each SQL statement with its parameters to `found`."""
    from django.db import connection

    def note(execute: Any, sql: str, params: Any, *given: Any) -> Any:
        if not sql.startswith(TOLD):
            found.append((sql, params))
        return execute(sql, params, *given)

    return connection.execute_wrapper(note)


def cpu_ms(send: Callable[[], object]) -> float:
    """Return the CPU of one call, in milliseconds."""
    begun = time.process_time()
    send()
    return 1000 * (time.process_time() - begun)


def figure(send: Send) -> dict[str, Any]:
    """Return what a request costs once it is warm: median CPU, queries, size of the answer."""
    send()
    found: list[tuple[str, Any]] = []
    with statements(found):
        size_bytes = send()
    times = [cpu_ms(send) for _ in range(REPEAT)]
    return {"cpu_ms": round(statistics.median(times), 1), "queries": len(found), "kB": round(size_bytes / 1000)}
