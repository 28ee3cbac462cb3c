"""Take each guard out in turn and see whether a test notices; see `qa.guards`."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from qa.guards.plugin import NOTED, OUT
from qa.guards.sites import ROOT, Site, find_sites

TESTS = ("tests/web", "tests/api", "tests/workspace", "tests/okr", "tests/metrics", "tests/exchange", "tests/jobs")
# Those that are about walls come first: they notice most.
FIRST = ("test_walls", "test_guards", "test_matrix", "test_escalation", "test_revoked", "test_people", "test_audit")
LEAST_GUARDS = 60
LEAST_NOTICED = 0.95
MOST_SECONDS = 900  # a run that hangs has noticed nothing


@dataclass(slots=True)
class Seen:
    """What one run of the tests with every guard in place has shown: who passes which, and how long each takes."""

    passed: dict[int, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def in_order(self, tests: Iterable[str]) -> list[str]:
        """Return tests so that those likely to notice, and of them the quick ones, come first."""
        return sorted(tests, key=lambda t: (not any(f"{f}.py" in t for f in FIRST), self.seconds.get(t, 0.0), t))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one guard that was taken out: the test that noticed, None if none did."""

    site: Site
    noticed_by: str | None
    tests: int
    seconds: float


def pytest(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the tests in a process of their own."""
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "pytest", "-q", "-p", "qa.guards.plugin", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )


def survey(jobs: int) -> Seen:
    """Run the tests once with every guard noting who passes it.

    Raises:
        SystemExit: they fail with nothing taken out.
    """
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder:
        run = pytest("-n", str(jobs), "--dist", "loadfile", *TESTS, **{NOTED: folder})
        if run.returncode:
            sys.exit(f"The tests fail with every guard in its place:\n{run.stdout[-4000:]}{run.stderr[-2000:]}")
        for file in Path(folder).glob("*.json"):
            found = json.loads(file.read_text())
            seen.seconds |= found["seconds"]
            for number, tests in found["passed"].items():
                seen.passed.setdefault(int(number), []).extend(tests)
    return seen


def without(site: Site, tests: list[str]) -> tuple[str | None, int]:
    """Run tests with one guard taken out; return the one that noticed (None: none did) and how many were asked.

    Raises:
        SystemExit: the run broke before any test could say something.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(tests))
        file.flush()
        try:
            run = pytest("-x", f"@{file.name}", **{OUT: site.key})
        except subprocess.TimeoutExpired:
            return None, len(tests)
    if run.returncode not in {0, 1}:
        sys.exit(f"Without {site.key} nothing runs:\n{run.stdout[-4000:]}{run.stderr[-2000:]}")
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return (failed[0].split(" ", 1)[1] if run.returncode else None), len(tests)


def judge(site: Site, number: int, seen: Seen) -> Verdict:
    """Take one guard out, first for the tests that pass it; if none notices, for all of them."""
    start = time.monotonic()
    near = seen.in_order(seen.passed.get(number, []))
    noticed, asked = without(site, near) if near else (None, 0)
    if noticed is None:  # a statement that was composed before is not noted again, so ask the others too
        rest = seen.in_order(t for t in seen.seconds if t not in set(near) and any(f"{f}.py" in t for f in FIRST))
        noticed, more = without(site, rest)
        asked += more
    verdict = Verdict(site, noticed, asked, time.monotonic() - start)
    said = f"noticed by {noticed[:120]}" if noticed else "NOT NOTICED"
    print(
        f"{site.kind:8} {site.path}:{site.line} {site.text[:80]}\n         {said} ({verdict.seconds:.0f} s)", flush=True
    )
    return verdict


def main() -> int:
    """Print what was noticed and what not; return 0 if at least 95 % of at least 60 guards were."""
    asked = argparse.ArgumentParser(prog="python -m qa.guards", description=__doc__)
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many runs side by side")
    asked.add_argument("--match", default="", help="only guards whose place (path:line:column:kind) holds this text")
    asked.add_argument("--list", action="store_true", help="print the guards and stop")
    asked.add_argument(
        "--seen", type=Path, help="keep what the first run shows in this file, and use it if it is there"
    )
    options = asked.parse_args()
    sites = find_sites()
    chosen = [(number, site) for number, site in enumerate(sites) if options.match in site.key]
    if options.list:
        print("\n".join(f"{site.key}  {site.text}" for _, site in chosen))
        return 0
    if options.seen and options.seen.exists():
        seen = Seen(**json.loads(options.seen.read_text(), object_hook=_with_numbers))
    else:
        seen = survey(options.jobs)
        if options.seen:
            options.seen.write_text(json.dumps({"passed": seen.passed, "seconds": seen.seconds}))
    with ThreadPoolExecutor(options.jobs) as pool:
        verdicts = list(pool.map(lambda pair: judge(pair[1], pair[0], seen), chosen))
    missed = [v for v in verdicts if v.noticed_by is None]
    share = 1 - len(missed) / len(verdicts) if verdicts else 0.0
    print("\nNot noticed:" if missed else "\nEach was noticed.")
    for v in missed:
        print(f"  {v.site.key}  {v.site.text}")
    tried = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(v.site.kind for v in verdicts).items()))
    print(f"guards taken out {len(verdicts)} ({tried}), noticed {len(verdicts) - len(missed)}, {share:.1%}")
    if options.match:
        return 1 if missed else 0
    return 0 if share >= LEAST_NOTICED and len(verdicts) >= LEAST_GUARDS else 1


def _with_numbers(found: dict[str, object]) -> dict[object, object]:
    return {int(key) if key.isdigit() else key: value for key, value in found.items()}


if __name__ == "__main__":
    sys.exit(main())
