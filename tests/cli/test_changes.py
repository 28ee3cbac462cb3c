"""milepost changes: what became different between two days."""

import json
from datetime import timedelta

import pytest

from milepost.cli import people
from milepost.okr import actions
from milepost.okr.models import KeyResult
from tests.cli.test_people import _in_process, log_in, run  # noqa: F401 - a fixture and two helpers
from tests.people import NOW, START, TODAY, Company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people.out, "_width", 200)


def test_goals_that_moved_were_amended_or_are_new_are_told(company: Company) -> None:
    goal = company.objective("Answer [faster]")
    row = KeyResult.objects.get(objective_id=goal)
    log_in(company)
    assert "Every goal stands as it did." in run("changes", "2026-10-20")
    draft = actions.CheckInDraft(key_result_id=row.pk, value=70, confidence=6)
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=START + timedelta(days=30))
    amended = actions.KeyResultDraft(title=row.title, start=100, target=50)
    actions.edit_key_result(by=company.actor("lead"), key_result_id=row.pk, draft=amended, reason="Ambition", now=NOW)
    company.objective("Late", at=NOW)
    said = run("changes", "2026-10-20")
    assert said.startswith(f"Q4 2026, 2026-10-20 to {TODAY}\n")
    assert "target 60 → 50" in said
    assert "Answer [faster]" in said
    assert " new" in said
    assert run("changes", "2026-10-20", str(TODAY), "--cycle", "q4") == said
    told = json.loads(run("changes", "2026-10-20", "--json"))
    assert {goal["what"] for goal in told["goals"]} == {"changed", "new"}


def test_a_cycle_or_a_day_that_is_none_is_refused_with_what_there_is(company: Company) -> None:
    log_in(company)
    assert "No cycle begins with Q9. There are: Q4 2026" in run("changes", "2026-10-20", "-c", "Q9", code=1)
    assert "does not lie before" in run("changes", str(TODAY), code=1)
