"""Changes modules on their way into the interpreter, and notes which test passes which guard.

Loaded into a test run by `-p qa.guards.plugin`. MILEPOST_GUARD_OUT names the guard that is taken out;
MILEPOST_GUARDS_NOTED a folder where each process writes what it saw.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from qa.guards.sites import Change, Site, find_sites

OUT = "MILEPOST_GUARD_OUT"
NOTED = "MILEPOST_GUARDS_NOTED"
_running = ""
_passed: dict[int, set[str]] = {}
_seconds: dict[str, float] = {}


def note(number: int) -> None:
    """Note that the running test passes a guard."""
    if _running:
        _passed.setdefault(number, set()).add(_running)


class _Loader(SourceFileLoader):
    """Compiles the changed source, and keeps nothing of it."""

    def __init__(self, name: str, path: str, change: Change) -> None:
        super().__init__(name, path)
        self._change = change

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = compile(self._change.applied_to(Path(path).read_text(), path), path, "exec")
        return code


class _Finder(MetaPathFinder):
    def __init__(self, changes: dict[str, Change]) -> None:
        self._changes = changes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        change = self._changes.get(fullname)
        spec = PathFinder.find_spec(fullname, path, target) if change else None
        if spec is not None and change is not None:
            spec.loader = _Loader(fullname, str(spec.origin), change)
        return spec


def _changes(sites: list[Site]) -> dict[str, Change]:
    out = os.environ.get(OUT)
    changes: dict[str, Change] = {}
    for number, site in enumerate(sites):
        if out is None:
            change = changes.setdefault(site.module, Change(out=None, noted={}))
            change.noted[site.line, site.column, site.kind] = number
        elif site.key == out:
            changes[site.module] = Change(out=site, noted={})
    if out and not changes:
        sys.exit(f"There is no guard {out}.")
    return changes


if os.environ.get(OUT) or os.environ.get(NOTED):
    early = sorted(name for name in sys.modules if name.startswith("milepost."))
    if early:
        sys.exit(f"{early[0]} is loaded already, so it cannot be changed.")
    sys.meta_path.insert(0, _Finder(_changes(find_sites())))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Know which test runs, its set-up included."""
    global _running  # noqa: PLW0603 - one test runs at a time
    _running = item.nodeid
    try:
        return (yield)
    finally:
        _running = ""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up how long each test takes."""
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish() -> None:
    """Write down what this process saw."""
    folder = os.environ.get(NOTED)
    if folder and _passed:
        seen = {"passed": {n: sorted(tests) for n, tests in _passed.items()}, "seconds": _seconds}
        Path(folder, f"{os.getpid()}.json").write_text(json.dumps(seen))
