"""The plan of a key result: its curve and checkpoints, and how amendments bend it from their day on."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.okr import actions
from milepost.okr.models import Amendment, KeyResult, KeyResultScore
from milepost.okr.queries import explained_key_result, plan_page
from milepost.okr.queries.ledger import bends_of
from milepost.workspace.errors import Invalid
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
TAU = 52 / 91  # of Q4 by 22 November


def made(company: Company, **given: object) -> KeyResult:
    drafts = [actions.KeyResultDraft(**{"title": "Measure", "start": 100, "target": 60, **given})]  # type: ignore[arg-type]
    return KeyResult.objects.get(objective_id=company.objective(key_results=drafts))


def expected(company: Company, key_result: KeyResult, at: datetime = NOW) -> float | None:
    actions.rebuild(by=company.operator(at), now=at)
    return KeyResultScore.objects.get(pk=key_result.pk).expected


def amended(company: Company, key_result: KeyResult, at: datetime, **given: object) -> None:
    draft = actions.KeyResultDraft(**{"title": "Measure", "start": 100, "target": 60, **given})  # type: ignore[arg-type]
    actions.edit_key_result(
        by=company.actor("lead", at), key_result_id=key_result.pk, draft=draft, reason="Learnt more", now=at
    )


@pytest.mark.parametrize(
    ("curve", "share"),
    [("linear", TAU), ("front", 1 - (1 - TAU) ** 2), ("back", TAU**2), ("s", 3 * TAU**2 - 2 * TAU**3)],
)
@pytest.mark.parametrize(("ambition", "green"), [("committed", 1.0), ("learning", 1.0), ("aspirational", 0.7)])
def test_each_curve_plans_for_each_ambition(
    company: Company, curve: str, share: float, ambition: str, green: float
) -> None:
    assert expected(company, made(company, curve=curve, ambition=ambition)) == pytest.approx(green * share)


def test_checkpoints_are_joined_by_straight_lines(company: Company) -> None:
    plan = [actions.CheckpointDraft(date(2026, 12, 2), 70), actions.CheckpointDraft(date(2026, 11, 12), 90)]
    key_result = made(company, curve="checkpoints", checkpoints=plan)
    assert expected(company, key_result) == pytest.approx((100 - 80) / 40)  # half-way from 90 to 70
    said = {
        e.of: e
        for e in explained_key_result(
            company.actor(), key_result.pk, rhythms=company.place().rhythms, today=TODAY
        ).explanations
    }
    assert said["expected"].value == pytest.approx(0.5)
    assert said["expected"].formula == "(80 − 100) / (60 − 100) = 50 %"
    assert said["expected"].inputs[0].source == "through the phased targets"


def test_checkpoints_of_what_is_judged_are_shares(company: Company) -> None:
    plan = [actions.CheckpointDraft(TODAY, 0.4)]
    key_result = made(company, kind="judged", curve="checkpoints", checkpoints=plan)
    assert expected(company, key_result) == pytest.approx(0.4)


def test_an_amendment_keeps_the_old_path_up_to_its_day(company: Company) -> None:
    key_result = made(company)
    before = datetime(2026, 11, 1, 9, tzinfo=NOW.tzinfo)
    by_then = 100 - 40 * 31 / 91
    amended(company, key_result, before, target=20)
    plan = dict(plan_page(company.actor("lead"), key_result.pk).planned)
    assert plan[date(2026, 10, 16)] == pytest.approx(100 - 40 * 15 / 91)  # the old one, as it was
    assert plan[date(2026, 11, 1)] == pytest.approx(by_then)
    assert plan[date(2026, 12, 31)] == 20
    value = by_then + (20 - by_then) * 21 / 60
    assert plan[TODAY] == pytest.approx(value)
    assert expected(company, key_result) == pytest.approx((100 - value) / 80)
    assert plan_page(company.actor("lead"), key_result.pk).amended == ((date(2026, 11, 1), 20.0),)
    amended(company, key_result, NOW, target=50)
    assert expected(company, key_result) == pytest.approx((100 - value) / 50)
    # Its plan stands at its close, too.
    end = datetime(2026, 12, 31, 9, tzinfo=NOW.tzinfo)
    assert expected(company, key_result, end) == 1.0


def test_more_time_bends_the_path_to_the_new_end(company: Company) -> None:
    key_result = made(company)
    longer = actions.create_cycle(
        by=company.operator(), name="Half", first_day=date(2026, 10, 1), last_day=date(2027, 3, 31), now=NOW
    )
    at = datetime(2026, 11, 1, 9, tzinfo=NOW.tzinfo)
    draft = actions.ObjectiveDraft(
        title="Goal", cycle_id=longer, lead_id=company.ids["lead"], owner_team_id=company.team
    )
    actions.edit_objective(
        by=company.actor("lead", at), objective_id=key_result.objective_id, draft=draft, reason="More time", now=at
    )
    told = Amendment.objects.get(field="last_day")
    assert (told.old, told.new) == ("2026-12-31", "2027-03-31")
    assert not Amendment.objects.filter(field="first_day").exists()
    by_then = 31 / 91
    assert expected(company, key_result) == pytest.approx(by_then + (1 - by_then) * 21 / 150)


def test_once_it_runs_curve_and_checkpoints_stay(company: Company) -> None:
    key_result = made(company, curve="front")
    with pytest.raises(Invalid, match="its curve and checkpoints stay"):
        amended(company, key_result, NOW, curve="back")
    amended(company, key_result, NOW, curve="front", target=50)
    assert KeyResult.objects.get(pk=key_result.pk).bends


def test_a_plan_costs_as_many_queries_however_often_it_was_amended(company: Company) -> None:
    key_result = made(company, curve="checkpoints", checkpoints=[actions.CheckpointDraft(TODAY, 80)])
    counts = []
    for n in range(4):
        kept = [actions.CheckpointDraft(TODAY, 80)]
        amended(company, key_result, NOW - timedelta(days=9 - n), target=50 - n, curve="checkpoints", checkpoints=kept)
        with CaptureQueriesContext(connection) as queries:
            plan_page(company.actor("lead"), key_result.pk)
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] <= 10


def test_what_a_row_keeps_of_the_ledger_is_what_the_ledger_says(company: Company) -> None:
    key_result = made(company)
    amended(company, key_result, NOW - timedelta(days=9), target=20)
    amended(company, key_result, NOW, start=90, target=0.1)
    row = KeyResult.objects.get(pk=key_result.pk)
    assert row.bends == bends_of([row])[row.pk]
    assert len(row.bends) == 3
