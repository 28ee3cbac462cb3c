"""Serving: the web server in front, due work beside it."""

import logging
import multiprocessing
import threading

from granian import Granian
from granian.constants import Interfaces

from milepost.site.environment import Environment

STOP_SECONDS = 5


def address() -> str:
    """Return the address to open in a browser."""
    environment = Environment()
    return environment.base_url or f"http://{environment.host}:{environment.port}/"


def run(*, with_work: bool) -> None:
    """Serve until a signal ends it; jobs run in a thread of this process."""
    environment = Environment()
    # A forked server would inherit this process's SQLite locks and connections, which SQLite forbids:
    # if a job was writing at that moment, the server found the database locked for ever.
    multiprocessing.set_start_method("spawn", force=True)
    stop = threading.Event()
    worker = None
    if with_work:
        from milepost.jobs.loop import work  # noqa: PLC0415 - Django is set up by now

        worker = threading.Thread(target=work, kwargs={"stop": stop}, name="milepost-work", daemon=True)
        worker.start()
    logging.getLogger("milepost").info("serving on %s", address())
    server = Granian(
        "milepost.site.wsgi:application",
        address=environment.host,
        port=environment.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        log_enabled=False,
        websockets=False,
        workers_kill_timeout=STOP_SECONDS,
    )
    try:
        server.serve()
    finally:
        stop.set()
        if worker is not None:
            worker.join(STOP_SECONDS)
