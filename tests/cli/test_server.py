"""The server as it is started: a process of its own that shares a database file with the worker."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

# As `milepost serve`, with a job that is in the middle of writing while the web server starts.
SERVE = """
import os, threading, time
os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.site.settings"

if __name__ == "__main__":
    from milepost.cli.main import init
    init()
    from django.db import connection, transaction
    from milepost.cli import server
    from milepost.jobs import loop
    writing = threading.Event()

    def write_slowly(*, stop):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master")  # a statement that is not read to its end
            cursor.fetchone()
            writing.set()
            time.sleep(4)

    class Started(threading.Thread):
        def start(self):
            super().start()
            writing.wait(5)

    loop.work = write_slowly
    server.threading.Thread = Started
    server.run(with_work=True)
"""


def test_a_job_that_writes_while_the_server_starts_does_not_lock_it_out(tmp_path: Path) -> None:
    """A forked server would inherit SQLite's lock state and find the database locked for ever."""
    script = tmp_path / "serve.py"
    script.write_text(SERVE)
    port = _free_port()
    environ = {**os.environ, "MILEPOST_HOME": str(tmp_path / "home"), "MILEPOST_PORT": str(port)}
    environ.pop("DATABASE_URL", None)
    process = subprocess.Popen([sys.executable, str(script)], env=environ, stderr=subprocess.PIPE)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    try:
        page = _until_it_answers(lambda: browser.open(f"http://127.0.0.1:{port}/start/", timeout=5).read().decode())
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        time.sleep(4)  # the job is through
        sent = urlencode(
            {
                "csrfmiddlewaretoken": token.group(1), "name": "Ada", "email": "ada@example.com",
                "password": "correct horse battery", "workspace_name": "Acme", "time_zone": "UTC",
            }
        ).encode()  # fmt: skip
        answer = browser.open(f"http://127.0.0.1:{port}/start/", data=sent, timeout=40)
        assert answer.status == 200
        assert "/w/acme/" in answer.url
    finally:
        process.terminate()
        _, told = process.communicate(timeout=20)
    assert b"locked" not in told


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def _until_it_answers(ask: Callable[[], str]) -> str:
    for _ in range(1200):
        try:
            return ask()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("the server did not answer")


def test_a_port_that_is_taken_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """Two servers on one port would answer in turns, each from its own data."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environ = {**os.environ, "MILEPOST_HOME": str(tmp_path / "home"), "MILEPOST_PORT": str(port)}
        command = [str(Path(sys.executable).parent / "milepost"), "serve"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in done.stderr
    assert "MILEPOST_PORT" in done.stderr


def test_an_installation_without_tables_says_what_to_run(tmp_path: Path) -> None:
    environ = {**os.environ, "MILEPOST_HOME": str(tmp_path / "home")}
    environ.pop("DATABASE_URL", None)
    command = [str(Path(sys.executable).parent / "milepost"), "token", "ada@example.com"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == "The database is new, or older than this version. Run: milepost init"
    environ["DATABASE_URL"] = "postgresql://127.0.0.1:1/none"
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "The database does not answer" in done.stderr
