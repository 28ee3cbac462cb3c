"""The life of a goal and its grades by chance: no path leads where the rules forbid (A2, G1, G3, G4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from milepost.okr import actions
from milepost.okr.errors import WrongState
from milepost.okr.models import KeyResult, Objective, Review
from milepost.workspace.errors import Invalid, NotAllowed
from milepost.workspace.models import Event
from tests.people import Company, build_company

OPEN = ("active", "paused")
# From which states each step may be taken, and where it leads (A2).
STEPS = {
    "start": ({"draft"}, "active"), "pause": ({"active"}, "paused"), "resume": ({"paused"}, "active"),
    "cancel": ({"draft", "active", "paused"}, "cancelled"), "close": ({"active", "paused"}, "closed"),
}  # fmt: skip
GRADES = st.one_of(st.none(), st.floats(0, 1).map(lambda grade: round(grade, 2)))
OUTCOMES = st.sampled_from(["", "keep", "drop", "carry", "kpi", "raise"])


class Life(RuleBasedStateMachine):
    """One objective with two key results, walked by its lead, a member and an admin."""

    def __init__(self) -> None:
        super().__init__()
        self.company: Company = build_company(f"Life{Event.objects.count()}")
        self.now = datetime(2027, 1, 4, 9, tzinfo=UTC)
        actions.create_cycle(
            by=self.company.actor(),
            name="Q1 2027",
            first_day=date(2027, 1, 1),
            last_day=date(2027, 3, 31),
            now=self.now,
        )

    @initialize()
    def draft(self) -> None:
        drafts = [
            actions.KeyResultDraft(title="Tickets", start=100, target=60),
            actions.KeyResultDraft(title="Plan", kind="milestone", steps=[actions.StepDraft("One"), actions.StepDraft("Two")]),
        ]  # fmt: skip
        self.goal = self.company.objective(key_results=drafts, activate=False)
        self.rows = list(
            KeyResult.objects.filter(objective_id=self.goal).order_by("position").values_list("pk", flat=True)
        )

    @property
    def objective(self) -> Objective:
        return Objective.objects.get(pk=self.goal)

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def step(self, name: str, do: Any) -> None:
        """Do a step and check that it was taken exactly where it may be, and else changed nothing."""
        allowed, leads_to = STEPS[name]
        before = self.objective
        trail = Event.objects.count()
        try:
            do()
        except WrongState:
            assert before.state not in allowed, (name, before.state)
            assert self.objective.state == before.state
            assert Event.objects.count() == trail
        else:
            assert before.state in allowed, (name, before.state)
            assert self.objective.state == leads_to

    @rule(value=st.sampled_from([95, 80, 70, 60, 55]))
    def check_in(self, value: float) -> None:
        draft = actions.CheckInDraft(key_result_id=self.rows[0], value=value, confidence=6)
        try:
            actions.record_check_in(by=self.company.actor("lead"), draft=draft, now=self.tick())
        except WrongState:
            assert self.objective.state != "active"

    @rule()
    def start(self) -> None:
        by = self.company.actor("lead")
        self.step("start", lambda: actions.activate_objective(by=by, objective_id=self.goal, now=self.tick()))

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        by = self.company.actor("lead")
        self.step(
            "pause" if paused else "resume",
            lambda: actions.set_paused(by=by, objective_id=self.goal, paused=paused, now=self.tick()),
        )

    @rule()
    def cancel(self) -> None:
        by = self.company.actor("lead")
        self.step(
            "cancel", lambda: actions.cancel_objective(by=by, objective_id=self.goal, reason="Over", now=self.tick())
        )

    @rule()
    def reopen(self) -> None:
        before = self.objective
        try:
            actions.reopen_objective(
                by=self.company.actor("lead"), objective_id=self.goal, reason="Again", now=self.tick()
            )
        except WrongState:
            assert before.state not in {"closed", "cancelled"}
        else:
            assert before.state in {"closed", "cancelled"}
            assert self.objective.state == ("active" if before.activated_on else "draft")

    @rule(which=st.integers(0, 1), grade=GRADES, reason=st.sampled_from(["", "Late"]), outcome=OUTCOMES)
    def grade(self, which: int, grade: float | None, reason: str, outcome: str) -> None:
        draft = actions.GradeDraft(grade=grade, reason=reason, outcome=outcome)
        before = list(Review.objects.values())
        row = KeyResult.objects.get(pk=self.rows[which])
        try:
            actions.save_grades(by=self.company.actor("lead"), drafts={row.pk: draft}, now=self.tick())
        except (WrongState, Invalid):
            assert list(Review.objects.values()) == before
        else:
            assert row.state == "active"
            assert self.objective.state in OPEN

    @rule(who=st.sampled_from(["member", "viewer"]))
    @precondition(lambda self: self.objective.state in OPEN)
    def stranger(self, who: str) -> None:
        """Somebody who does not answer for it can neither grade nor close it."""
        by = self.company.actor(who)
        with pytest.raises(NotAllowed):
            actions.save_grades(by=by, drafts={self.rows[0]: actions.GradeDraft()}, now=self.tick())
        with pytest.raises(NotAllowed):
            actions.close_objective(
                by=by, objective_id=self.goal, grade=actions.GradeDraft(), key_results={}, now=self.tick()
            )

    @rule()
    def close(self) -> None:
        by, before = self.company.actor("lead"), self.objective
        said = {one.key_result_id: one for one in Review.objects.all()}
        try:
            self.step(
                "close",
                lambda: actions.close_objective(
                    by=by, objective_id=self.goal, grade=actions.GradeDraft(), key_results={}, now=self.tick()
                ),
            )
        except Invalid:  # nothing is left to carry over
            assert self.objective.state == before.state
            assert any(one.outcome == "carry" for one in said.values())
            return
        if self.objective.state == "closed" and before.state != "closed":
            self._closed_with(said, is_reviewed=True)

    @rule()
    @precondition(lambda self: self.objective.state in OPEN)
    def close_the_rest(self) -> None:
        said = {one.key_result_id: one for one in Review.objects.all()}
        before = self.objective.state
        try:
            actions.close_cycle(by=self.company.actor(), cycle_id=self.company.cycle, now=self.tick())
        except Invalid:
            assert self.objective.state == before
            return
        self._closed_with(said, is_reviewed=False)

    @rule()
    @precondition(lambda self: self.objective.state in OPEN)
    def lead_closes_the_cycle(self) -> None:
        """A lead closes only what is graded as a whole (G3)."""
        waits = Review.objects.count() < 2
        try:
            actions.close_cycle(by=self.company.actor("lead"), cycle_id=self.company.cycle, now=self.tick())
        except WrongState:
            assert waits
        except Invalid:
            assert not waits
        else:
            assert not waits
            assert self.objective.is_reviewed

    def _closed_with(self, said: dict[int, Review], *, is_reviewed: bool) -> None:
        for row in KeyResult.objects.filter(pk__in=self.rows):
            one = said.get(row.pk)
            own = one.grade if one else None
            assert row.is_reviewed == (is_reviewed or one is not None)
            assert row.outcome == (one.outcome if one else "")
            assert row.grade in {own, row.final_score}
            if row.outcome == "carry":
                assert KeyResult.objects.filter(carried_from=row).exists()

    @invariant()
    def nothing_stands_where_it_may_not(self) -> None:
        if not hasattr(self, "goal"):
            return
        goal = self.objective
        rows = list(KeyResult.objects.filter(pk__in=self.rows))
        if goal.state == "closed":
            assert {row.state for row in rows} == {"closed"}
            assert not Review.objects.filter(key_result__in=self.rows).exists()
            assert all(row.grade is None or 0 <= row.grade <= 1 for row in rows)
            # Another grade than the proposed one has its reason (G1).
            assert all(row.grade_reason for row in rows if row.grade != row.final_score)
        else:
            assert goal.grade is None and goal.final_score is None
            assert not [row for row in rows if row.state == "closed" or row.grade is not None or row.outcome]
        for new in Objective.objects.filter(carried_from=self.goal):
            assert new.cycle.first_day > goal.cycle.last_day
            assert new.state == "draft"
            carried = KeyResult.objects.filter(objective=new)
            assert len({row.carried_from_id for row in carried}) == carried.count()


@pytest.mark.django_db(transaction=False)
def test_no_path_leads_where_the_rules_forbid() -> None:
    from django.db import transaction

    class Fresh(Life):
        """Each walk is undone when it ends."""

        def __init__(self) -> None:
            self.block = transaction.atomic()
            self.block.__enter__()
            super().__init__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Fresh,
        settings=settings(
            max_examples=10, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
