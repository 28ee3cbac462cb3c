"""Serving: the web server in front, due work beside it."""

import logging
import multiprocessing
import signal
import socket
import threading
from collections.abc import Callable

from granian import Granian
from granian.constants import Interfaces

from milepost.site.environment import read_environment

STOP_SECONDS = 5


def address() -> str:
    """Return the address to open in a browser."""
    environment = read_environment()
    return environment.base_url or f"http://{environment.host}:{environment.port}/"


class PortTaken(RuntimeError):
    """Another program listens there; the server would share its port and answer every other request."""


def check_port() -> None:
    """Prove that nobody listens where this installation will be served.

    Raises:
        PortTaken: somebody does, or this user may not.
        Misconfigured: the settings cannot be used.
    """
    environment = read_environment()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((environment.host, environment.port))
        except OSError as error:
            raise PortTaken(
                f"Port {environment.port} of {environment.host} cannot be used: {(error.strerror or '').lower()}. "
                "Stop what runs there, or choose another with MILEPOST_PORT."
            ) from None


def remember_stop() -> threading.Event:
    """Note from now on that Ctrl-C or a stop was asked for, until the server listens to signals itself.

    Raised while modules load, a KeyboardInterrupt can be lost, and the server would then run on for ever.
    """
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    return asked


def run(*, with_work: bool, asked: threading.Event | None = None) -> None:
    """Serve until a signal ends it; jobs run in a thread of this process.

    `asked` is what `remember_stop` returned; None lets it begin here.
    """
    environment = read_environment()
    asked = asked or remember_stop()
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
    heard: Callable[[], None] = server.signal_handler_interrupt
    server.on_startup(lambda: heard() if asked.is_set() else None)  # called once it listens to signals
    try:
        server.serve()
    finally:
        stop.set()
        if worker is not None:
            worker.join(STOP_SECONDS)
