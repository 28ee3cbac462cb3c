"""milepost lint, as people and pipelines type it."""

import json

import pytest

from milepost.cli import people
from milepost.okr.actions import KeyResultDraft
from tests.cli.test_people import _in_process, log_in, run  # noqa: F401 - a fixture and two helpers
from tests.people import Company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people.out, "_width", 200)


def test_remarks_stand_below_their_objective_and_never_fail_a_run(company: Company) -> None:
    company.objective("Improve [support]", key_results=[KeyResultDraft("Launch it", start=0, target=1)])
    log_in(company)
    said = run("lint")
    assert said.startswith("Improve [support]\n")
    assert "“Improve” is true of any change. What will customers or colleagues notice?  vague" in said
    assert "Launch it: “Launch” reads like work, not a result." in said
    assert said.splitlines()[-1].endswith("on Q4 2026, nothing blocks.")
    assert run("lint", "--cycle", "q4 2026") == said
    assert run("lint", "--cycle", str(company.cycle)) == said


def test_strict_ends_with_1_where_there_are_remarks(company: Company) -> None:
    log_in(company)
    assert run("lint", "--strict").strip() == "No remarks on Q4 2026."
    company.objective("Improve support")
    assert "vague" in run("lint", "--strict", code=1)
    found = json.loads(run("lint", "--json"))
    assert "vague" in {item["key"] for item in found["items"]}


def test_kpis_are_looked_at_on_their_own_and_an_unknown_cycle_is_named(company: Company) -> None:
    company.kpi(target=None)
    log_in(company)
    said = run("lint", "--kpis")
    assert said.startswith("First reply time  KPI\n")
    assert "It has no target: it is only watched." in said
    assert "No cycle is called Q9. There are: Q4 2026." in run("lint", "--cycle", "Q9", code=1)
