"""Take each guard out in turn and see whether a test notices; see `qa.guards`."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from qa.guards.sites import ROOT, find_sites

TESTS = ("tests/web", "tests/api", "tests/workspace", "tests/okr", "tests/metrics", "tests/exchange", "tests/jobs")
# Those that are about walls come first, for they notice most; the matrices stand with the slow ones behind.
FIRST = (
    "test_every_query", "test_every_refusal", "test_people", "test_revoked", "test_walls", "test_escalation",
    "test_audit", "test_audit_chain", "test_second_step",
)  # fmt: skip
MOST_SECONDS = 120
LEAST_GUARDS = 60
LEAST_NOTICED = 0.95
NOTED, TRIED, JOBS = "MILEPOST_GUARDS_NOTED", "MILEPOST_GUARDS_TRIED", "MILEPOST_GUARDS_JOBS"  # of the plugin


@dataclass(slots=True)
class Seen:
    """What one run of the tests with every guard in place has shown: who passes which, and how long each takes."""

    passed: dict[int, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def near(self, number: int, most_seconds: float) -> list[str]:
        """Return the tests that pass a guard: those about walls first, then the others, the quick ones first."""
        tests = self.passed.get(number, [])
        order = sorted(tests, key=lambda t: (_place(t), self.seconds.get(t, 0.0), t))
        spent = accumulate(self.seconds.get(t, 0.0) for t in order)
        return [test for test, seconds in zip(order, spent, strict=True) if seconds <= most_seconds]


def _place(test: str) -> int:
    """Return how soon a test is asked, by its file."""
    return next((place for place, name in enumerate(FIRST) if f"/{name}.py" in test), len(FIRST))


def pytest(*arguments: str, **environment: str) -> None:
    """Run the tests in a process of their own.

    Raises:
        SystemExit: they fail with every guard in its place.
    """
    run = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "pytest", "-q", "-p", "qa.guards.plugin", "-p", "no:cacheprovider", *arguments, *TESTS],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        sys.exit(f"The tests fail with every guard in its place:\n{run.stdout[-4000:]}{run.stderr[-2000:]}")


def survey(jobs: int) -> Seen:
    """Run the tests once with every guard noting who passes it."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder:
        pytest("-n", str(jobs), "--dist", "loadfile", **{NOTED: folder})
        for file in Path(folder).glob("*.json"):
            found = json.loads(file.read_text())
            seen.seconds |= found["seconds"]
            for number, tests in found["passed"].items():
                seen.passed.setdefault(int(number), []).extend(tests)
    return seen


def noticed(chosen: list[int], seen: Seen, *, jobs: int, most_seconds: float) -> dict[int, str]:
    """Take each of these guards out in turn; return the test that noticed, by guard.

    Those tests run that pass the guard, for so many seconds as they took with every guard in its place.
    """
    found: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        file, said = Path(folder, "tried.json"), Path(folder, "tried.json.said")
        file.write_text(json.dumps([(n, tests) for n in chosen if (tests := seen.near(n, most_seconds))]))
        pytest(**{TRIED: str(file), JOBS: str(jobs)})
        for line in said.read_text().splitlines() if said.exists() else ():
            number, test, ran = json.loads(line)
            if ran == "broke":
                sys.exit(f"Without guard {number} nothing runs.")
            if test is not None:
                found[number] = test
    return found


def main() -> int:
    """Print what was noticed and what not; return 0 if at least 95 % of at least 60 guards were."""
    asked = argparse.ArgumentParser(prog="python -m qa.guards", description=__doc__)
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many runs side by side")
    asked.add_argument("--match", default="", help="only guards whose place (path:line:column:kind) holds this text")
    asked.add_argument("--every", type=int, default=1, help="only every so manieth of them, for a quick look")
    asked.add_argument("--seconds", type=float, default=MOST_SECONDS, help="of tests that one guard may take")
    asked.add_argument("--list", action="store_true", help="print the guards and stop")
    asked.add_argument(
        "--seen", type=Path, help="keep what the first run shows in this file, and use it if it is there"
    )
    options = asked.parse_args()
    sites = find_sites()
    chosen = [(number, site) for number, site in enumerate(sites) if options.match in site.key][:: options.every]
    if options.list:
        print("\n".join(f"{site.key}  {site.text}" for _, site in chosen))
        return 0
    if options.seen and options.seen.exists():
        seen = Seen(**json.loads(options.seen.read_text(), object_hook=_with_numbers))
    else:
        seen = survey(options.jobs)
        if options.seen:
            options.seen.write_text(json.dumps({"passed": seen.passed, "seconds": seen.seconds}))
    found = noticed([n for n, _ in chosen], seen, jobs=options.jobs, most_seconds=options.seconds)
    for number, site in chosen:
        print(f"{site.kind:8} {site.path}:{site.line} {site.text}\n         {found.get(number, 'NOT NOTICED')}")
    missed = [site for number, site in chosen if number not in found]
    share = len(found) / len(chosen) if chosen else 0.0
    print("\nNot noticed:" if missed else "\nEach was noticed.")
    for site in missed:
        print(f"  {site.key}  {site.text}")
    tried = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(site.kind for _, site in chosen).items()))
    print(f"guards taken out {len(chosen)} ({tried}), noticed {len(found)}, {share:.1%}")
    if options.match:
        return 1 if missed else 0
    return 0 if share >= LEAST_NOTICED and len(chosen) >= LEAST_GUARDS else 1


def _with_numbers(found: dict[str, object]) -> dict[object, object]:
    return {int(key) if key.isdigit() else key: value for key, value in found.items()}


if __name__ == "__main__":
    sys.exit(main())
