"""The command line on the REST interface, as people and cron type it."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from typer.testing import CliRunner

from milepost.api.auth import limiter
from milepost.cli import people, profiles
from milepost.cli.main import app
from milepost.cli.profiles import NoProfile, Profile
from milepost.cli.remote import Remote, RemoteProblem
from milepost.metrics.models import Reading
from milepost.okr import actions as okr
from milepost.okr.models import CheckIn, KeyResult
from milepost.site.wsgi import application
from milepost.workspace import actions
from tests.metrics.formulas import calculated, measured, write
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db
URL = "http://testserver"


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Let the command line speak to the application of this process, on the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    limiter._counts.clear()
    monkeypatch.setattr(
        people, "Remote", lambda profile: Remote(profile, transport=httpx.WSGITransport(app=application))
    )
    for name in ("MILEPOST_URL", "MILEPOST_TOKEN", "MILEPOST_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    monkeypatch.setenv("MILEPOST_PROFILES", str(tmp_path / "profiles.toml"))
    monkeypatch.setenv("COLUMNS", "200")
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def run(*args: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, args)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def log_in(company: Company, who: str = "lead", *scopes: str) -> str:
    wanted = scopes or ("read", "checkin:write", "kpi:write")
    made = actions.create_token(by=company.actor(who), name="Terminal", scopes=wanted, days=9, now=NOW)
    return run("login", URL, "--token", made.secret)


def test_a_profile_is_kept_for_its_owner_alone(company: Company, tmp_path: Path) -> None:
    said = log_in(company)
    assert "Lead Acme at Acme, checkin:write, kpi:write, read" in said
    path = tmp_path / "profiles.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    profiles.save(Profile('odd "name"', "http://other", 'a\\b"c'))
    assert profiles.load('odd "name"').token == 'a\\b"c'
    assert profiles.load().url == URL


def test_without_a_profile_the_sentence_says_what_to_type(company: Company) -> None:
    assert "milepost login ADDRESS" in run("week", code=1)
    with pytest.raises(NoProfile, match="known: none yet"):
        profiles.load("work")
    assert "Send a token that is in force" in run("login", URL, "--token", "mp_wrong", code=1)


def test_a_value_is_pushed_from_cron_and_twice_is_once(company: Company) -> None:
    kpi = company.kpi()
    log_in(company)
    said = run("kpi", "push", "reply", "43", "--period", "2026-W46")
    assert "First reply time: 43 min written; off target." in said
    assert "stood there already" in run("kpi", "push", kpi, "43", "--period", "2026-W46")
    assert Reading.objects.count() == 1
    shown = json.loads(run("kpi", "show", "first", "--json"))
    assert (shown["slug"], shown["value"], len(shown["readings"])) == (kpi, 43, 1)
    listed = run("kpi", "list")
    assert "≤ 30" in listed
    assert "off target" in listed
    assert "Nothing here" not in run("kpi", "show", kpi)
    assert "No KPI begins with nothing-here" in run("kpi", "push", "nothing-here", "1", code=1)


def test_the_week_and_a_check_in(company: Company) -> None:
    goal = company.objective()
    key = KeyResult.objects.get(objective_id=goal).pk
    log_in(company)
    assert "Tickets" in run("week")
    said = run("checkin", "tickets older", "80", "-c", "7", "-m", "Two new people")
    assert "Checked in on Tickets older than 24 h: 80, 50 %" in said
    row = CheckIn.objects.get()
    assert (row.value, row.confidence, row.note) == (80, 7, "Two new people")
    assert json.loads(run("week", "--json"))["due"] == []
    again = json.loads(run("checkin", str(key), "--same", "--json"))
    assert (again["key_result"]["confidence"], CheckIn.objects.count()) == (7, 2)  # confidence as before
    assert "No key result begins with zebra" in run("checkin", "zebra", "1", code=1)


def test_goals_as_a_table_and_as_json(company: Company) -> None:
    company.objective("Be quick")
    company.objective("Theirs", who="member")
    log_in(company)
    table = run("goals")
    assert "Be quick" in table
    assert "Theirs" in table
    mine = json.loads(run("goals", "--mine", "--json"))
    assert [(o["title"], len(o["key_results"])) for o in mine] == [("Be quick", 1)]
    assert run("goals", "--state", "closed").strip() == "No objectives."


def test_a_page_is_found_by_its_words(company: Company) -> None:
    goal = company.objective("Be quick")
    company.kpi()
    log_in(company)
    assert run("open", "reply", "--print").strip() == f"{URL}/w/acme/kpis/first-reply-time/"
    assert run("open", "quick", "--print").strip() == f"{URL}/w/acme/goals/{goal}/"
    assert run("open", "--print").strip() == f"{URL}/w/acme/week/"
    assert "Nothing begins with zebra" in run("open", "zebra", "--print", code=1)


def test_what_a_token_may_not_is_said(company: Company) -> None:
    company.kpi()
    log_in(company, "lead", "read")
    assert "lacks the scope kpi:write" in run("kpi", "push", "reply", "1", code=1)


def test_a_broken_line_is_tried_again_with_the_same_key() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Idempotency-Key"])
        if len(seen) < 3:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, json={"written": 1})

    remote = Remote(Profile("x", URL, "t"), transport=httpx.MockTransport(answer))
    assert remote.post("kpis/a/readings", {"value": 1}) == {"written": 1}
    assert len(seen) == 3
    assert len(set(seen)) == 1
    dead = Remote(Profile("x", URL, "t"), transport=httpx.MockTransport(lambda _: httpx.Response(502, text="<html>")))
    with pytest.raises(RemoteProblem, match="502, which is no answer of Milepost"):
        dead.get("me")


def test_a_token_is_made_without_a_browser(company: Company) -> None:
    secret = run("token", "lead@acme.example", "--scope", "read").strip()
    assert run("login", URL, "--token", secret).startswith("Lead Acme")
    robot = run("token", "--for-workspace", "--scope", "kpi:write", "--scope", "read", "--days", "0").strip()
    assert "at Acme" in run("login", URL, "--token", robot, "--profile", "robot")
    assert "Nobody in acme" in run("token", "nobody@acme.example", code=1)
    assert "Say whom it stands for" in run("token", code=1)  # never silently the first admin
    assert "cannot give admin" in run("token", "viewer@acme.example", "--scope", "admin", code=1)


def test_a_value_below_zero_is_a_value_and_a_slip_stays_one(company: Company) -> None:
    company.kpi("Profit", unit="EUR", direction="higher", target=None)
    key = KeyResult.objects.get(objective_id=company.objective()).pk
    log_in(company)
    assert "Profit: -5 EUR written" in run("kpi", "push", "profit", "-5")
    assert "-2.5," in run("checkin", str(key), "-2.5", "-c", "7")
    assert "Invalid value" in run("kpi", "push", "profit", "--perido", code=2)
    assert CheckIn.objects.get().value == -2.5


def test_a_name_in_brackets_is_shown_as_it_is(company: Company) -> None:
    company.kpi("Reply [eu] [/x]", unit="[min]")
    company.objective("Quick [eu] [/x]", key_results=[okr.KeyResultDraft(title="Tickets [/x]", start=9, target=1)])
    log_in(company)
    assert "Reply [eu] [/x]: 43 [min] written" in run("kpi", "push", "reply", "43")
    assert "Reply [eu] [/x]" in run("kpi", "list")
    assert "Reply [eu] [/x]" in run("kpi", "show", "reply")
    for said in (run("week"), run("goals")):
        assert "Quick [eu] [/x]" in said
        assert "Tickets [/x]" in said
    assert "Checked in on Tickets [/x]" in run("checkin", "tickets", "5", "-c", "7")
    assert "begins with [/y]" in run("checkin", "[/y]", "5", code=1)


def test_a_program_reads_a_line_a_row_and_whole_slugs(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    slug = company.kpi("How long somebody who asks at the weekend waits for a first reply, in the median")
    log_in(company)
    monkeypatch.delenv("COLUMNS")
    rows = run("kpi", "list").splitlines()
    assert len(rows) == 2
    assert rows[1].endswith(f"{slug} ") or rows[1].endswith(slug)
    monkeypatch.setenv("COLUMNS", "100")
    assert slug in run("kpi", "list")  # the name gives way


def test_a_kpi_that_is_not_there_is_named(company: Company) -> None:
    secret = run("token", "lead@acme.example", "--scope", "read", "--scope", "kpi:write").strip()
    run("login", URL, "--token", secret)
    assert "No KPI begins with zebra" in run("kpi", "push", "zebra", "1", code=1)
    assert "No KPI begins with no/thing" in run("kpi", "show", "no/thing", code=1)


def test_rules_of_status_are_shown_and_set(company: Company) -> None:
    log_in(company, "admin", "read", "admin")
    assert run("rules", "show").startswith("always: gap: ahead from 10, on track from -10, at risk from -25 points")
    said = run(
        "rules", "set", "--kind", "strict", "--at-risk", "-20", "--objective", "weakest_child",
        "--days", "mon,tue,wed,thu,fri", "--country", "ES", "-m", "Plans are promises",
    )  # fmt: skip
    assert "strict: on track from 0, at risk from -20 points; early until 15 %; mon tue wed thu fri without" in said
    assert "objectives: the weakest child.  Plans are promises" in said
    there = json.loads(run("rules", "show", "--json"))
    assert (there["at_risk"], there["working_days"]) == (-0.2, [0, 1, 2, 3, 4])
    assert "2026-12-25" in there["holidays"]
    assert "every day;" in run("rules", "set", "--days", "all", "-m", "Again") or "every day" in run("rules", "show")
    assert "is no day" in run("rules", "set", "--days", "mon,someday", "-m", "x", code=2)
    assert "no list of holidays" in run("rules", "set", "--country", "QQ", "-m", "x", code=1)


def test_a_target_is_set_in_each_form(company: Company) -> None:
    company.kpi()
    log_in(company)
    assert "since the beginning: ≤ 30" in run("kpi", "target", "first")
    said = run("kpi", "target", "first", "--from", "2026-10-01=48", "--to", "2026-12-31=30", "--words", "By New Year")
    assert "since 2026-11-22: from 48 on 2026-10-01 to 30 by 2026-12-31  “By New Year”" in said
    said = run("kpi", "target", "first", "--period", "2026-W48=36", "--since", "2026-12-01")
    assert "since 2026-12-01: 2026-11-23 ≤ 36" in said
    assert "only watched" in run("kpi", "target", "first", "--none")
    assert "no day or period" in run("kpi", "target", "first", "--from", "soon", code=2)
    assert "one of these" in run("kpi", "target", "first", "--at-most", "30", "--period", "2026-W48=36", code=1)


def test_a_kpi_is_calculated_from_a_terminal(company: Company) -> None:
    measured(company, "Won")
    calculated(company, "Win rate", "2 × won", unit="%")
    write(company, "won", m10_01=10)
    log_in(company)
    assert run("kpi", "formula", "win") == "Win rate = 2 × Won\n20 % (2026-10-01)\n"
    assert "Win rate = Won − 1" in run("kpi", "formula", "win-rate", "won − 1".replace("won", "Won"))
    assert json.loads(run("kpi", "formula", "win", "--json"))["value"] == 9.0
    assert "there is no KPI “lost”" in run("kpi", "formula", "win", "2 × lost", code=1)
    assert "Won is measured." in run("kpi", "formula", "won")
    assert "takes no values" in run("kpi", "push", "win", "3", code=1)
    assert "not both" in run("kpi", "formula", "win", "won", "--none", code=2)
    assert "is measured" in run("kpi", "formula", "win", "--none")


def test_a_team_gets_a_rhythm_follows_again_and_is_locked(company: Company) -> None:
    log_in(company, "admin", "read", "admin")
    assert run("rhythm", "acme s").startswith(
        "Every week on Monday, asked for by mail from 9:00 (inherited from Acme)."
    )
    assert run("rhythm", "acme s", "--weeks", "2").startswith("Every 2 weeks on Monday")
    said = run("rhythm", "acme s", "--on", "tue", "--hour", "8", "--lock")
    assert said.startswith("Every 2 weeks on Tuesday, asked for by mail from 8:00 (its own).")
    assert "Teams below follow it" in said
    assert json.loads(run("rhythm", "acme s", "--json"))["is_locked"] is True
    actions.create_team(by=company.actor(), name="Nights", parent_id=company.team, now=NOW)
    assert "Acme Support has locked its rhythm" in run("rhythm", "nights")
    assert "Acme Support has locked its rhythm" in run("rhythm", "nights", "--weeks", "1", code=1)
    said = run("rhythm", "acme s", "--follow", "--unlock")
    assert said.startswith("Every week on Monday")
    assert "Teams below" not in said
    assert "is locked" not in run("rhythm", "nights", "--lock")
    assert "No team begins with zzz" in run("rhythm", "zzz", code=1)
    assert "is no day" in run("rhythm", "nights", "--on", "someday", code=2)
