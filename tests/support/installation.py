"""An installation as an operator runs it: its own processes, port, folder and database; killed without warning."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from psycopg.conninfo import make_conninfo

from tests.support.database import ENGINE

FIRST_START_SECONDS = 90.0  # the tables are made
RESTART_SECONDS = float(os.environ.get("MILEPOST_KILL_SECONDS", "60"))  # `make qa` allows ten
OURS = ("MILEPOST_", "DATABASE_URL", "DJANGO_")


@dataclass(slots=True)
class Installation:
    """Processes by their own groups, so that whatever they start ends with them."""

    home: Path
    database_url: str
    port: int
    settings: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        given = {"MILEPOST_HOME": str(self.home), "MILEPOST_PORT": str(self.port), "MILEPOST_DEBUG": "0"}
        given |= {"DATABASE_URL": self.database_url} if self.database_url else {}
        return {**kept, **given, **self.settings}

    def start(self, *, is_first: bool = False) -> float:
        """Start server and worker and return the seconds until it answers.

        SQLite has its worker in the server; PostgreSQL has one of its own, as the README shows.
        """
        begun = time.monotonic()
        within = FIRST_START_SECONDS if is_first else RESTART_SECONDS
        own_worker = bool(self.database_url)
        self._spawn("serve", *["--no-work"] * own_worker)
        if own_worker and not is_first:
            self._spawn("work")
        while not self._answers():
            assert self.processes[0].poll() is None, (self.home.parent / "serve.log").read_text()
            assert time.monotonic() - begun < within, f"no answer within {within:.0f} seconds of the start"
            time.sleep(0.02)
        if own_worker and is_first:
            self._spawn("work")  # it wants the tables to be there
        return time.monotonic() - begun

    def kill(self, *, groups: bool = True) -> None:
        """End everything at once by SIGKILL; without `groups` only what was started by hand is hit."""
        for process in self.processes:
            if groups:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        for process in self.processes:
            process.wait(20)
        if not groups:
            self._until_the_port_is_free()
            self._end_groups()  # helpers of Python's own that are about to end
        self.processes.clear()

    def milepost(self, *words: str, **environ: str) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [_command(), *words], env=self.environ() | environ, capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, f"milepost {' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database itself, past the product."""
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                return connection.execute(sql.encode()).fetchall()
        connection = sqlite3.connect(self.home / "milepost.sqlite3", isolation_level=None, timeout=20)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def _spawn(self, *words: str) -> None:
        with (self.home.parent / f"{words[0]}.log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    [_command(), *words], env=self.environ(), stdout=log, stderr=log, start_new_session=True
                )
            )

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/healthz", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def _until_the_port_is_free(self) -> None:
        begun = time.monotonic()
        while time.monotonic() - begun < RESTART_SECONDS:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.02)
        raise AssertionError("the server outlived the process that was started, and holds its port")

    def _end_groups(self) -> None:
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def end(self) -> None:
        """End what still runs, in any case."""
        self._end_groups()
        for process in self.processes:
            process.wait(20)


@contextmanager
def installed(folder: Path, **settings: str) -> Iterator[Installation]:
    """Make an installation on the engine of this run and take it away again."""
    port = _port()
    name = f"milepost_{uuid4().hex[:12]}"
    server = os.environ["DATABASE_URL"] if ENGINE == "postgres" else ""
    if server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
    own = make_conninfo(server, dbname=name) if server else ""
    made = Installation(folder / "home", own, port, settings)
    try:
        yield made
    finally:
        made.end()
        if server:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _port() -> int:
    """Return a free port that nobody is given by chance while the server is dead: systems give those from 32768 on."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


def _command() -> str:
    return str(Path(sys.executable).parent / "milepost")
