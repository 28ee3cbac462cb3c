"""What each change did to scores: as computed just before it and just after, by what was known then (A1, A2)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from milepost.okr import actions
from milepost.okr.models import Amendment, KeyResult, KeyResultScore, Objective, ObjectiveScore
from milepost.okr.queries import changes_page, list_amendments
from milepost.okr.queries.as_of.effects import effects_of
from tests.okr.test_as_of import History
from tests.okr.test_new_days import undone
from tests.people import NOW, START, Company

pytestmark = pytest.mark.django_db


def check_in(company: Company, key_result: int, value: float, at: datetime) -> None:
    draft = actions.CheckInDraft(key_result_id=key_result, value=value, confidence=6)
    actions.record_check_in(by=company.actor("lead", at), draft=draft, now=at)


def retarget(company: Company, key_result: int, target: float, at: datetime) -> None:
    draft = actions.KeyResultDraft(title="Tickets older than 24 h", start=100, target=target)
    by = company.actor("lead", at)
    actions.edit_key_result(by=by, key_result_id=key_result, draft=draft, reason="Ambition", now=at)


def test_a_new_target_says_what_it_did_with_the_value_known_then(company: Company) -> None:
    goal = company.objective("Answer faster")
    key_result = KeyResult.objects.get(objective_id=goal)
    assert (key_result.start, key_result.target) == (100, 60)
    check_in(company, key_result.pk, 80, START + timedelta(days=7))
    retarget(company, key_result.pk, 50, START + timedelta(days=9))
    check_in(company, key_result.pk, 60, START + timedelta(days=14))
    (change,) = [one for one in changes_page(company.actor(), goal).changes if one.verb == "amended"]
    assert change.effect is not None
    assert change.effect.key_result is not None
    assert (change.effect.key_result.before, change.effect.key_result.after) == (0.5, 0.4)
    assert (change.effect.objective.before, change.effect.objective.after) == (0.5, 0.4)
    (told,) = list_amendments(company.actor(), goal, sort="-id", cursor="", limit=9).items
    assert told["effect"]["objective"] == {"before": 0.5, "after": 0.4, "why": ""}


def test_words_and_people_move_no_score_and_an_objective_has_no_key_result_of_its_own(company: Company) -> None:
    goal = company.objective("Answer faster")
    check_in(company, KeyResult.objects.get(objective_id=goal).pk, 80, START + timedelta(days=7))
    draft = actions.ObjectiveDraft(
        title="Answer at once", cycle_id=company.cycle, lead_id=company.ids["lead"], owner_team_id=company.team
    )
    actions.edit_objective(by=company.actor(), objective_id=goal, draft=draft, reason="Clearer", now=NOW)
    change = changes_page(company.actor(), goal).changes[0]
    assert change.effect is not None
    assert change.effect.key_result is None
    assert (change.effect.objective.before, change.effect.objective.is_other) == (0.5, False)


def test_an_added_key_result_had_no_score_before_it_was_there(company: Company) -> None:
    goal = company.objective("Answer faster")
    check_in(company, KeyResult.objects.get(objective_id=goal).pk, 80, START + timedelta(days=7))
    add = actions.KeyResultDraft("Prepare", kind="tasks", steps=[actions.StepDraft("Write it down")])
    actions.add_key_result(by=company.actor(), objective_id=goal, draft=add, reason="New", now=NOW)
    change = changes_page(company.actor(), goal).changes[0]
    assert change.effect is not None
    assert (change.effect.objective.before, change.effect.objective.after) == (0.5, 0.25)


def test_what_comes_from_elsewhere_is_not_told_and_says_why(company: Company) -> None:
    top = company.objective("Top", counts="both")
    goal = company.objective("Below", parent_id=top)
    rows = KeyResult.objects.order_by("id")
    retarget(company, rows.get(objective_id=top).pk, 50, NOW)
    change = changes_page(company.actor(), top).changes[0]
    assert change.effect is not None
    assert change.effect.key_result is not None
    assert "Other objectives" in change.effect.objective.why
    assert change.effect.key_result.why == ""
    parts = [actions.PartDraft(rows.get(objective_id=goal).pk)]
    lone = company.objective("Lone")
    add = actions.KeyResultDraft("Made", kind="children", parts=parts)
    actions.add_key_result(by=company.actor(), objective_id=lone, draft=add, reason="New", now=NOW)
    change = changes_page(company.actor(), lone).changes[0]
    assert change.effect is not None
    assert "made of others" in change.effect.objective.why


def test_any_number_of_changes_costs_the_same_queries(company: Company) -> None:
    goal = company.objective("Answer faster")
    key_result = KeyResult.objects.get(objective_id=goal).pk
    counts = []
    for more in (2, 20):
        for number in range(more):
            at = NOW + timedelta(minutes=100 * more + number)
            check_in(company, key_result, 90 - number, at)
            retarget(company, key_result, 50 - number, at + timedelta(seconds=9))
        actor = company.actor()
        with CaptureQueriesContext(connection) as queries:
            page = changes_page(actor, goal)
        assert all(one.effect for one in page.changes if one.verb == "amended")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 17


class Ledger(History):
    """A history in which scores are remembered around every deed."""

    def __init__(self, company: Company, data: st.DataObject) -> None:
        super().__init__(company, data)
        self.around: list[tuple[datetime, Any, Any]] = []
        self.now += timedelta(hours=1)  # everything was made just now

    def scores(self) -> Any:
        actions.rebuild(by=self.company.operator(self.now), now=self.now)
        return {("objective", pk): s for pk, s in ObjectiveScore.objects.values_list("objective_id", "score")} | {
            ("key_result", pk): s for pk, s in KeyResultScore.objects.values_list("key_result_id", "score")
        }

    def happens(self) -> None:
        before = self.scores()
        at = self.now
        super().happens()
        self.around.append((at, before, self.scores()))


@settings(
    max_examples=10,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_effects_are_what_was_computed_around_each_change(company: Company, data: st.DataObject) -> None:
    with undone():
        story = Ledger(company, data)
        for _ in range(data.draw(st.integers(6, 14), label="deeds")):
            story.happens()
            story.now += timedelta(minutes=5)
            if data.draw(st.booleans(), label="pause"):
                story.on(data.draw(st.integers(1, 9), label="step"))
        by = story.company.actor("admin", story.now)
        for objective in Objective.objects.all():
            rows = Amendment.objects.filter(objective_id=objective.pk)
            asked = {(at, (kind, goal)) for at, kind, goal in rows.values_list("at", "kind", "goal_id")}
            found = effects_of(by, objective, asked)
            for at, before, after in story.around:
                for (moment, goal), effect in found.items():
                    if moment != at:
                        continue
                    for key, moved in ((goal, effect.key_result), (("objective", objective.pk), effect.objective)):
                        if moved is None or moved.why:
                            continue
                        if (
                            KeyResult.objects.filter(pk=key[1], objective_id=objective.pk).exists()
                            or key[0] == "objective"
                        ):
                            assert moved.after == pytest.approx(after.get(key)), (at, key)
                            assert moved.before == pytest.approx(before.get(key)), (at, key)
