"""Finds Chromium, installs it where that can be done, and says what to do where it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "browser"
ADVICE = (
    "No Chromium was found, and it could not be installed. Install it (Debian: apt-get install chromium) "
    "or set MILEPOST_CHROMIUM to its path, then run `make test` again."
)


def find() -> str | None:
    """Return the path of a Chromium, None if there is none."""
    wanted = os.environ.get("MILEPOST_CHROMIUM")
    if wanted:
        return wanted if Path(wanted).exists() else None
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if on_path:
        return on_path
    held = CACHE / "chromium"
    return str(held) if held.exists() else None


def flags() -> list[str]:
    """Return the flags to start it with; root has no sandbox."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)


def install() -> None:
    """Install Chromium by the system's packages, or else from npm."""
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if not sudo or (shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], check=False).returncode == 0):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False, env=environment)
            subprocess.run([*sudo, "apt-get", "install", "-y", "-qq", "chromium"], check=False, env=environment)
    if find() is None and shutil.which("npm"):
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [
                "npm",
                "install",
                "--no-save",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "@sparticuz/chromium",
            ],
            cwd=CACHE,
            check=False,
        )
        script = "import c from '@sparticuz/chromium'; console.log(await c.executablePath())"
        done = subprocess.run(
            ["node", "--input-type=module", "-e", script],
            cwd=CACHE,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode == 0:
            shutil.copy(done.stdout.strip(), CACHE / "chromium")


if __name__ == "__main__":
    if find() is None:
        install()
    if find() is None:
        sys.exit(ADVICE)
