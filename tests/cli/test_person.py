"""One person's data from the command line: a file for them, and no byte of their name left on the disk."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_commands import run
from tests.people import NOW, Company

SCRIPT = """
import sys
from tests.people import build_company
from milepost.cli.main import app, init
init()
if sys.argv[1] == "fill":
    company = build_company()
    for number in range(200):  # so that the name stands on pages that are given up later
        from milepost.workspace import actions
        from milepost.workspace.models import Invitation
        actions.invite(by=company.actor(), label=f"Lead Acme no {number}", role="member", team_id=None, now=__import__("tests.people").people.NOW)
else:
    app(sys.argv[1:])
"""


def command(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "MILEPOST_HOME": str(home), "DJANGO_SETTINGS_MODULE": "milepost.site.settings"}
    environ |= {"MILEPOST_NOW": NOW.isoformat(), "PYTHONPATH": str(Path(__file__).parents[2])}
    environ.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{SCRIPT}", *args],
        env=environ, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_no_byte_of_name_or_address_is_left_in_the_files(tmp_path: Path) -> None:
    assert command(tmp_path, "fill").returncode == 0
    assert holding(tmp_path)
    done = command(tmp_path, "person", "erase", "lead@acme.example", "--yes")
    assert "Erased." in done.stdout, done.stderr
    assert holding(tmp_path) == []
    assert "each in its place" in command(tmp_path, "audit", "verify").stdout


def holding(home: Path) -> list[str]:
    words = [word.lower() for word in (b"Lead Acme", b"lead@acme.example")]
    return [p.name for p in home.rglob("*") if p.is_file() and any(word in p.read_bytes().lower() for word in words)]


@pytest.mark.django_db
def test_the_file_is_for_its_owner_and_nothing_is_overwritten(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    path = tmp_path / "lead.json"
    code, said = run("person", "export", "lead@acme.example", "--file", str(path))
    assert code == 0 and "hand it over" in said
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["tables"]["workspace_user"][0]["email"] == "lead@acme.example"
    assert "is there already" in run("person", "export", "lead@acme.example", "--file", str(path))[1]
    assert "Nobody here has the address" in run("person", "export", "x@acme.example", "--file", str(tmp_path / "x"))[1]
    assert not (tmp_path / "x").exists()
    assert "last admin" in run("person", "erase", "admin@acme.example", "--yes")[1]
