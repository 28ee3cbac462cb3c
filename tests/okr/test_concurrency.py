"""Eight writers at once: nothing lost, nothing wrong, nobody stuck."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from milepost.okr import actions
from milepost.okr.errors import GoalCircle
from milepost.okr.models import CheckIn, KeyResult
from milepost.okr.queries.integrity import score_rows
from tests.people import NOW, build_company

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 8, 10


def together(jobs: list) -> list[Exception]:
    """Run every job in a thread of its own at the same moment and return what they raised."""
    errors: list[Exception] = []
    gate = threading.Barrier(len(jobs))

    def run(job) -> None:
        try:
            gate.wait()
            job()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_check_ins_of_eight_people_at_once_are_all_kept_and_the_scores_are_right() -> None:
    company = build_company()
    top = company.objective("Top", counts="both")
    middle = company.objective("Middle", parent_id=top, counts="both")
    leaves = [company.objective(f"Leaf {i}", parent_id=middle) for i in range(4)]
    actions.refresh_day(by=company.operator(), now=NOW)
    key_results = list(KeyResult.objects.filter(objective_id__in=leaves).order_by("id"))

    def writer(number: int):
        by = company.actor("admin")

        def write() -> None:
            for i in range(EACH):
                key_result = key_results[(number + i) % len(key_results)]
                draft = actions.CheckInDraft(key_result_id=key_result.pk, value=100 - number - i, confidence=5)
                actions.record_check_in(by=by, draft=draft, now=NOW + timedelta(seconds=i))

        return write

    assert together([writer(n) for n in range(WRITERS)]) == []
    assert CheckIn.objects.count() == WRITERS * EACH
    before = score_rows(company.workspace_id)
    assert actions.rebuild(by=company.operator(), now=NOW) == 0
    assert score_rows(company.workspace_id) == before


def test_two_edges_that_would_close_a_circle_are_not_both_saved() -> None:
    company = build_company()
    a, b = company.objective("A"), company.objective("B")

    def hang(child: int, title: str, parent: int):
        by = company.actor("admin")
        draft = actions.ObjectiveDraft(
            title=title,
            cycle_id=company.cycle,
            lead_id=company.ids["lead"],
            owner_team_id=company.team,
            parent_id=parent,
        )
        return lambda: actions.edit_objective(by=by, objective_id=child, draft=draft, reason="Aligned", now=NOW)

    errors = together([hang(a, "A", b), hang(b, "B", a)])
    assert [type(e) for e in errors] == [GoalCircle]
    assert "A” → “B” → “A" in str(errors[0]) or "B” → “A” → “B" in str(errors[0])


def test_a_form_sent_twice_is_saved_once() -> None:
    company = build_company()
    key_result = KeyResult.objects.get(objective_id=company.objective())
    draft = actions.CheckInDraft(key_result_id=key_result.pk, value=80, confidence=5, request_key="once")

    def send() -> None:
        actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)

    assert together([send] * 6) == []
    assert CheckIn.objects.count() == 1
