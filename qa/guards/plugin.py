"""Puts the switches into modules on their way into the interpreter, notes who passes, and takes guards out.

Loaded into a test run by `-p qa.guards.plugin`. MILEPOST_GUARDS_NOTED is a folder where each process writes
which tests passed which guard. MILEPOST_GUARDS_TRIED is a file with the guards to take out, each with the
tests that then run; MILEPOST_GUARDS_JOBS how many side by side.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NoReturn

import pytest
from django.db import connection

from qa.guards import switch
from qa.guards.sites import Switched, find_sites

NOTED = "MILEPOST_GUARDS_NOTED"
TRIED = "MILEPOST_GUARDS_TRIED"
JOBS = "MILEPOST_GUARDS_JOBS"
MOST_SECONDS = 900  # a guard whose tests hang was not noticed
_seconds: dict[str, float] = {}


class _Loader(SourceFileLoader):
    """Compiles the changed source, and keeps nothing of it."""

    def __init__(self, name: str, path: str, switched: Switched) -> None:
        super().__init__(name, path)
        self._switched = switched

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = compile(self._switched.applied_to(Path(path).read_text(), path), path, "exec")
        return code


class _Finder(MetaPathFinder):
    def __init__(self, numbers: dict[str, dict[tuple[int, int, str], int]]) -> None:
        self._numbers = numbers

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        numbers = self._numbers.get(fullname)
        spec = PathFinder.find_spec(fullname, path, target) if numbers else None
        if spec is not None and numbers:
            spec.loader = _Loader(fullname, str(spec.origin), Switched(numbers))
        return spec


def _install() -> None:
    early = sorted(name for name in sys.modules if name.startswith("milepost."))
    if early:
        sys.exit(f"{early[0]} is loaded already, so it cannot be changed.")
    numbers: dict[str, dict[tuple[int, int, str], int]] = {}
    for number, site in enumerate(find_sites()):
        numbers.setdefault(site.module, {})[site.line, site.column, site.kind] = number
    sys.meta_path.insert(0, _Finder(numbers))


_install()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Know which test runs, its set-up included."""
    if NOTED in os.environ:
        _forget_composed()  # what an earlier test composed, this one would pass unseen
    switch.running = item.nodeid
    try:
        return (yield)
    finally:
        switch.running = ""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up how long each test takes."""
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish() -> None:
    """Write down what this process saw."""
    folder = os.environ.get(NOTED)
    if folder and switch.passed:
        seen = {"passed": {n: sorted(tests) for n, tests in switch.passed.items()}, "seconds": _seconds}
        Path(folder, f"{os.getpid()}.json").write_text(json.dumps(seen))


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests of each guard that is to be tried, in a process split off with the database ready."""
    tried = os.environ.get(TRIED)
    if tried is None or session.config.option.collectonly:
        return None
    items = {item.nodeid: item for item in session.items}
    ready = next(item for item in session.items if "company" in getattr(item, "fixturenames", ()))
    ready.config.hook.pytest_runtest_protocol(item=ready, nextitem=session.items[-1])
    connection.close()  # and with it, what waits in the log goes into the file
    todo = [(number, [items[t] for t in tests]) for number, tests in json.loads(Path(tried).read_text())]
    running: dict[int, float] = {}
    while todo or running:
        while todo and len(running) < int(os.environ[JOBS]):
            number, tests = todo.pop(0)
            pid = os.fork()
            if pid == 0:
                _split_off(number, tests, session)
            running[pid] = time.monotonic()
        time.sleep(0.05)
        for pid, start in list(running.items()):
            if time.monotonic() - start > MOST_SECONDS:
                os.kill(pid, signal.SIGKILL)
            if os.waitpid(pid, os.WNOHANG)[0]:
                del running[pid]
    return True


def _split_off(number: int, tests: list[pytest.Item], session: pytest.Session) -> NoReturn:
    """Try a guard and end this process, which is a copy of the one that runs the session, come what may."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    line = json.dumps([number, None, "broke"])
    try:
        line = json.dumps([number, *_try(number, tests, session)])
    finally:
        with Path(f"{os.environ[TRIED]}.said").open("a") as said:
            said.write(line + "\n")
        os._exit(0)


def _try(number: int, tests: list[pytest.Item], session: pytest.Session) -> tuple[str | None, int]:
    """Run tests with one guard out until one notices; return it, None if none did, and how many ran."""
    _own_database()
    _forget_composed()
    switch.off = number
    for ran, (item, following) in enumerate(zip(tests, [*tests[1:], None], strict=True), start=1):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return item.nodeid, ran
    return None, len(tests)


def _own_database() -> None:
    """Give this process a copy of the database to itself."""
    own = Path(f"{connection.settings_dict['NAME']}.{os.getpid()}")
    shutil.copyfile(connection.settings_dict["NAME"], own)
    connection.settings_dict["NAME"] = str(own)


def _forget_composed() -> None:
    """Have every statement composed anew: the guard that is out may stand in one."""
    for name, module in list(sys.modules.items()):
        if not name.startswith("milepost."):
            continue
        for value in vars(module).values():
            if callable(getattr(value, "cache_clear", None)):
                value.cache_clear()
            for function in _layers(value):
                for cell in getattr(function, "__closure__", None) or ():
                    if isinstance(cell.cell_contents, dict):
                        cell.cell_contents.clear()


def _layers(function: Any) -> Iterator[Any]:
    """Yield what is around a function, from outside in."""
    while hasattr(function, "__wrapped__"):
        yield function
        function = function.__wrapped__
