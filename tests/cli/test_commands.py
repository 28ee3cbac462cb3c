"""The command line, as people type it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from milepost.cli.main import app
from milepost.metrics.models import KpiScore, Metric, Reading
from milepost.workspace.actions.erase import lift_append_only
from milepost.workspace.models import Event, Workspace
from tests.people import NOW, PASSWORD, Company, build_company

pytestmark = pytest.mark.django_db
FILE = "Week,Site,Within,All\n20150503,A,195,221\n20150503,A,555,643\n20150510,A,76,100\n"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    monkeypatch.setenv("COLUMNS", "200")


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, args)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def readings(path: Path, *more: str) -> tuple[int, str]:
    return run(
        "import", "readings", str(path), "--kpi", "Seen within 4 hours", "--date", "Week", "--numerator", "Within",
        "--denominator", "All", "--at-least", "95", *more,
    )  # fmt: skip


def test_import_makes_the_kpi_adds_rows_up_and_a_second_run_changes_nothing(company: Company, tmp_path: Path) -> None:
    path = tmp_path / "weekly.csv"
    path.write_text(FILE)
    code, said = readings(path, "--dry-run")
    assert (code, Metric.objects.filter(is_kpi=True).count()) == (0, 0)
    assert "Nothing written" in said
    code, said = readings(path)
    assert code == 0
    assert said.startswith("3 rows: 2 periods. 2 periods written, 0 stood there already.")  # no empty line for cron
    assert "The week to 2015-05-10: 76 / 100 = 76 %, off target." in said
    assert readings(path)[1].count("0 periods written, 2 stood there already") == 1
    assert Reading.objects.count() == 2
    assert KpiScore.objects.get().value_word == "off_target"


def test_import_of_a_bad_file_names_the_cell_and_writes_nothing(company: Company, tmp_path: Path) -> None:
    path = tmp_path / "weekly.csv"
    path.write_text(FILE + "20150517,A,many,100\n")
    code, said = readings(path)
    assert code == 1
    for word in ("5", "Within", "many", "number", "nothing was written"):
        assert word in said
    assert not Metric.objects.filter(is_kpi=True).exists()
    assert readings(tmp_path / "gone.csv")[0] == 1
    path.write_text(FILE + "20150517,A,[/x],100\n")
    assert "[/x]" in readings(path)[1]


def test_doctor_finds_a_sound_installation_sound_and_a_wrong_score(company: Company, settings) -> None:
    settings.DEBUG = False
    company.objective()
    company.kpi()
    code, said = run("doctor")
    assert code == 0, said
    from milepost.okr.models import ObjectiveScore

    ObjectiveScore.objects.update(score=0.9)
    code, said = run("doctor")
    assert code == 1
    assert "1 of 3 score rows differ" in said


def test_people_are_added_and_get_a_password(company: Company) -> None:
    code, said = run(
        "user", "add", "new@acme.example", "--name", "New", "--workspace", company.slug, "--password", PASSWORD
    )
    assert code == 0, said
    assert "can sign in" in said
    assert (
        run("user", "add", "new@acme.example", "--name", "New", "--workspace", company.slug, "--password", PASSWORD)[0]
        == 1
    )
    assert run("user", "password", "new@acme.example", "--password", "short")[0] == 1
    code, said = run("user", "add", "more@acme.example", "--name", "More", "--password", PASSWORD)
    assert "more@acme.example can sign in to acme." in said  # there is only one workspace
    build_company("Other")
    code, said = run("user", "add", "third@acme.example", "--name", "Third", "--password", PASSWORD)
    assert (code, "There are: acme, other" in said) == (1, True)


def test_the_sample_company_is_made_once_and_is_sound(db: None, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = False
    monkeypatch.delenv("MILEPOST_NOW")
    code, said = run("demo")
    assert code == 0, said
    assert "tom@example.com" in said
    assert run("demo")[0] == 0
    assert Workspace.objects.filter(is_sample=True).count() == 1
    words = set(KpiScore.objects.values_list("word", flat=True))
    assert {"off_target", "on_target", "watching"} <= words
    code, said = run("doctor")
    assert code == 0, said
    assert run("work", "--once")[0] == 0


def test_the_trail_is_verified_and_its_head_is_kept(company: Company, settings) -> None:
    settings.DEBUG = False
    code, said = run("audit", "head", "--workspace", "acme")
    slug, rows, head = said.split()
    assert (code, slug, len(head)) == (0, "acme", 64)
    assert run("audit", "verify", "--head", said.strip()) == (
        0,
        f"acme: {rows} rows, each in its place and as it was written\n",
    )
    with lift_append_only("tampering"):
        Event.objects.filter(sequence=3).update(verb="forged")
    code, said = run("audit", "verify", "--workspace", "acme", "--head", head)
    assert code == 1
    assert "acme: row 3 (id " in said and "its content was changed" in said
    assert run("doctor")[0] == 1
    assert "No trail here holds the head" in run("audit", "verify", "--head", "0" * 63 + "1")[1]
    assert "is no head" in run("audit", "verify", "--head", "abc")[1]
    assert "There is no workspace nowhere" in run("audit", "head", "--workspace", "nowhere")[1]
