"""Alignment and views from a terminal, against a real server."""

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from milepost.cli.main import app
from milepost.okr.models import Alignment, AlignmentRequest, SavedView, Served
from milepost.workspace import actions as workspace
from milepost.workspace.permissions import Scope
from tests.people import NOW, Company, build_company

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def place(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    return build_company()


@pytest.fixture
def run(place: Company, live_server: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as the lead, or as somebody else."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "300")
    for who in ("lead", "member"):
        scopes = [Scope.READ.value, Scope.GOAL.value]
        token = workspace.create_token(by=place.actor(who), name=who, scopes=scopes, days=9, now=NOW).secret
        made = CliRunner().invoke(app, ["login", live_server.url, "--token", token, "--profile", who])
        assert made.exit_code == 0, made.output

    def command(*args: str, who: str = "lead") -> tuple[int, str]:
        result = CliRunner().invoke(app, [*args, "--profile", who])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return command


def test_a_goal_is_hung_below_others_and_taken_away_again(place: Company, run: Run) -> None:
    top, goal = place.objective("Top of all"), place.objective("Answer at once")
    place.kpi("Open tickets")
    assert run("align", "show", "Answer") == (0, "Answer at once\n  hangs on nothing\n" + MADE)
    assert run("align", "to", "Answer", "Top") == (1, run("align", "to", "Answer", "Top")[1])
    assert Alignment.objects.count() == 0  # a plan that runs needs a reason
    assert run("align", "to", "Answer", "Top", "-m", "It helps") == (0, "It counts towards Top of all.\n")
    assert run("align", "serve", "Answer", "--kpi", "open", "-m", "It is for that") == (0, "It serves Open tickets.\n")
    code, said = run("align", "serve", "Answer")
    assert code == 2 and "Name one of the two" in said
    key_result = "Tickets older"
    code, said = run("align", "serve", "Answer", "--key-result", key_result, "-m", "So")
    assert code == 1 and "Several do" in said
    assert run("align", "show", str(goal)) == (
        0, "Answer at once\n  counts towards Top of all\n  serves the KPI Open tickets\n" + MADE
    )  # fmt: skip
    assert run("align", "undo", "Answer", "nothing like it")[1].startswith("None of them begins with nothing like it.")
    assert run("align", "undo", "Answer", "Open", "-m", "No more") == (0, "No more: Open tickets.\n")
    assert run("align", "undo", "Answer", "Top", "-m", "No more") == (0, "No more: Top of all.\n")
    assert Served.objects.get().until == Alignment.objects.get(parent=top).until == NOW


def test_another_lead_is_asked_and_answers(place: Company, run: Run) -> None:
    place.objective("Ours")
    beside = workspace.create_team(by=place.actor(), name="Sales", parent_id=None, now=NOW)
    place.objective("Theirs", who="member", owner_team_id=beside)
    code, said = run("align", "to", "Ours", "Theirs", "--word", "We feed it", "-m", "It helps")
    assert (code, said) == (0, "It supports Theirs. Member Acme was asked whether it may count.\n")
    assert run("align", "requests")[1] == "Nobody waits for an answer of yours.\n"
    number = AlignmentRequest.objects.get().pk
    asked = f"{number}  Lead Acme asks whether Ours may count towards Theirs: We feed it\n"
    assert run("align", "requests", who="member") == (0, asked)
    assert run("align", "answer", str(number), "--yes", who="member") == (0, "It may count from now on.\n")
    assert Alignment.objects.get(until=None).contributes


def test_views_are_kept_listed_opened_and_deleted(place: Company, run: Run, live_server: Any) -> None:
    assert run("view", "list")[1].startswith("No views.")
    kept = run("view", "keep", "Behind", "as=list&view=attention", "--shared")
    assert kept == (0, "Kept: Behind  as=list&view=attention\n")
    assert run("view", "list", who="member") == (0, "Behind  (Lead Acme, shared)  as=list&view=attention\n")
    url = f"{live_server.url}/w/acme/goals/?as=list&view=attention\n"
    assert run("view", "open", "beh", "--print") == (0, url)
    code, said = run("view", "delete", "Behind", who="member")
    assert code == 1 and SavedView.objects.count() == 1, said
    assert run("view", "delete", "Behind") == (0, "Deleted: Behind\n")
    assert run("view", "open", "beh", "--print")[1] == "No view begins with beh.\n"
    assert SavedView.objects.count() == 0


MADE = "  made of Tickets older than 24 h (key result): 100 %\n"
