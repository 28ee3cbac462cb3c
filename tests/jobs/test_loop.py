"""Work that is due: claimed once, tried again, done once."""

from datetime import date, timedelta

import pytest

from milepost.jobs import loop
from milepost.jobs.new_day import KIND
from milepost.workspace.actions import claim_next, schedule
from milepost.workspace.models import DueWork, Workspace
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())


def test_a_new_day_is_refreshed_once_and_due_again_at_midnight(company: Company) -> None:
    assert loop.work(once=True) == len(loop.JOBS)
    assert Workspace.objects.get(slug=company.slug).scores_on == date(2026, 11, 22)
    row = DueWork.objects.get(kind=KIND)
    assert (row.kind, row.leased_until, row.due_at.isoformat()) == (KIND, None, "2026-11-23T00:00:30+00:00")
    assert loop.work(once=True) == 0


def test_a_dead_workers_lease_runs_out_and_another_takes_the_row(company: Company) -> None:
    schedule(workspace_id=company.workspace_id, kind=KIND, due_at=NOW)
    assert claim_next(now=NOW) is not None
    assert claim_next(now=NOW) is None
    again = claim_next(now=NOW + timedelta(minutes=11))
    assert again is not None
    assert again.attempts == 2


def test_a_failing_job_is_written_down_and_tried_again_later(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of paper")

    monkeypatch.setattr(loop, "JOBS", {KIND: broken})
    assert loop.run_due() == 1
    row = DueWork.objects.get()
    assert (row.last_error, row.leased_until) == ("RuntimeError: out of paper", None)
    assert row.due_at > NOW
