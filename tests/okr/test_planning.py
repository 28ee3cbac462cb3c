"""Planning a cycle: its drafts are published at once, its plan is locked, the last one is copied."""

import json
from datetime import date

import pytest

from milepost.okr import actions, queries
from milepost.okr.errors import CycleLocked, WrongState
from milepost.okr.models import Alignment, Cycle, GoalState, KeyResult, Objective
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Delivery, Event, Workspace
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def after(company: Company) -> int:
    """Return the cycle after the company's own, with a coach who is no admin."""
    return actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31),
        coach_id=company.ids["member"], now=NOW,
    )  # fmt: skip


def draft(company: Company, after: int, title: str = "Answer weekends", **given: object) -> int:
    return company.objective(title, cycle_id=after, activate=False, **given)  # type: ignore[arg-type]


def publish(company: Company, after: int, who: str = "admin") -> actions.Published:
    return actions.publish_cycle(by=company.actor(who), cycle_id=after, now=NOW)


def state(pk: int) -> str:
    return Objective.objects.get(pk=pk).state


def row_of(company: Company, cycle: int) -> queries.CycleRow:
    return next(c for c in queries.list_cycles(company.actor(), today=TODAY) if c.id == cycle)


def test_publishing_starts_what_can_start_and_says_why_the_rest_stays(company: Company, after: int) -> None:
    ready, bare = draft(company, after), draft(company, after, "Bare", key_results=[])
    done = publish(company, after)
    assert (done.started, done.in_review) == ((ready,), ())
    (left,) = done.left
    assert (left.id, left.title) == (bare, "Bare") and "key result" in left.why
    assert (state(ready), state(bare)) == (GoalState.ACTIVE, GoalState.DRAFT)
    assert set(KeyResult.objects.filter(objective=ready).values_list("state", flat=True)) == {GoalState.ACTIVE}
    event = Event.objects.get(verb="published")
    assert (event.kind, event.object_id) == ("cycle", after)
    with pytest.raises(WrongState, match="Nothing of Q1 2027 can start yet. “Bare”: Add at least one key result"):
        publish(company, after)


def test_with_reviewers_drafts_go_to_review(company: Company, after: int) -> None:
    Workspace.objects.filter(pk=company.workspace_id).update(reviewers=1)
    pk = draft(company, after)
    assert publish(company, after).in_review == (pk,)
    assert state(pk) == GoalState.IN_REVIEW
    with pytest.raises(WrongState, match="has no drafts"):
        publish(company, after)


def test_an_admin_and_the_coach_publish_and_nobody_else(company: Company, after: int) -> None:
    mine = draft(company, after)
    hidden = draft(company, after, "Hidden", visibility="private")
    for who in ("lead", "manager", "viewer"):
        with pytest.raises(NotAllowed):
            publish(company, after, who)
    assert publish(company, after, "member").started == (mine,)  # others' goals, as far as the coach sees them
    assert state(hidden) == GoalState.DRAFT
    with pytest.raises(WrongState, match="has no drafts"):
        publish(company, after, "member")  # what is hidden is not said to be there
    with pytest.raises(NotFound):
        actions.publish_cycle(by=build_company("Other").actor(), cycle_id=after, now=NOW)


def test_other_programs_hear_of_what_everybody_may_see(company: Company, after: int) -> None:
    workspace.create_webhook(by=company.actor(), url="https://example.org/h", events=["cycle.published"], now=NOW)
    open_ = draft(company, after)
    draft(company, after, "Hidden", visibility="private")
    draft(company, after, "Hidden and bare", visibility="private", key_results=[])
    assert len(publish(company, after).started) == 2
    told = json.loads(Delivery.objects.get().body)["data"]
    assert told == {"cycle_id": after, "name": "Q1 2027", "started": [open_], "in_review": [], "left": []}


def test_a_locked_plan_changes_by_admins_and_the_coach_alone(company: Company, after: int) -> None:
    pk, running = draft(company, after), company.objective("Runs", cycle_id=after)
    key_result = KeyResult.objects.get(objective_id=running).pk
    with pytest.raises(NotAllowed):
        actions.lock_cycle(by=company.actor("lead"), cycle_id=after, now=NOW)
    actions.lock_cycle(by=company.actor("member"), cycle_id=after, now=NOW)
    assert row_of(company, after).is_locked
    assert Cycle.objects.get(pk=after).locked_by_id == company.ids["member"]
    by, elsewhere = company.actor("lead"), company.objective("Elsewhere")
    new = actions.KeyResultDraft(title="More", start=1, target=2)
    words = actions.ObjectiveDraft(title="Other", cycle_id=after, lead_id=company.ids["lead"])
    deeds = [
        lambda: draft(company, after, "Late"),
        lambda: actions.edit_objective(by=by, objective_id=running, draft=words, reason="Why", now=NOW),
        lambda: actions.edit_objective(by=by, objective_id=elsewhere, draft=words, reason="Why", now=NOW),
        lambda: actions.cancel_objective(by=by, objective_id=running, reason="Over", now=NOW),
        lambda: actions.activate_objective(by=by, objective_id=pk, now=NOW),
        lambda: actions.add_key_result(by=by, objective_id=pk, draft=new, now=NOW),
        lambda: actions.edit_key_result(by=by, key_result_id=key_result, draft=new, reason="Why", now=NOW),
        lambda: actions.cancel_key_result(by=by, key_result_id=key_result, reason="Why", now=NOW),
        lambda: actions.transfer_key_result(by=by, key_result_id=key_result, objective_id=elsewhere, reason="W", now=NOW),
        lambda: actions.add_parent(by=by, objective_id=running, parent_id=elsewhere, reason="Why", now=NOW),
        lambda: actions.clone_objective(by=by, objective_id=elsewhere, cycle_id=after, now=NOW),
        lambda: actions.copy_cycle(by=by, cycle_id=after, objective_ids=[elsewhere], now=NOW),
    ]  # fmt: skip
    for deed in deeds:
        with pytest.raises(CycleLocked, match="The plan of Q1 2027 is locked"):
            deed()
    actions.add_key_result(by=company.actor(), objective_id=pk, draft=new, now=NOW)
    assert publish(company, after, "member").started == (pk,)


def test_what_happens_in_a_locked_cycle_goes_on(company: Company, after: int) -> None:
    pk, by = company.objective("Runs", cycle_id=after), company.actor("lead")
    key_result = KeyResult.objects.get(objective_id=pk).pk
    actions.lock_cycle(by=company.actor(), cycle_id=after, now=NOW)
    said = actions.CheckInDraft(key_result_id=key_result, value=80, confidence=6)
    actions.record_check_in(by=by, draft=said, now=NOW)
    actions.add_initiative(by=by, objective_id=pk, draft=actions.InitiativeDraft("Write macros"), now=NOW)
    actions.close_objective(by=by, objective_id=pk, grade=actions.GradeDraft(), key_results={}, now=NOW)
    assert state(pk) == GoalState.CLOSED


def test_a_plan_opens_again_with_a_reason(company: Company, after: int) -> None:
    admin = company.actor()
    with pytest.raises(WrongState, match="not locked"):
        actions.unlock_cycle(by=admin, cycle_id=after, reason="Why", now=NOW)
    actions.lock_cycle(by=admin, cycle_id=after, now=NOW)
    with pytest.raises(WrongState, match="locked already"):
        actions.lock_cycle(by=admin, cycle_id=after, now=NOW)
    with pytest.raises(Invalid, match="one line"):
        actions.unlock_cycle(by=admin, cycle_id=after, reason=" ", now=NOW)
    with pytest.raises(NotAllowed):
        actions.unlock_cycle(by=company.actor("lead"), cycle_id=after, reason="Why", now=NOW)
    actions.unlock_cycle(by=admin, cycle_id=after, reason="A team joins", now=NOW)
    assert not row_of(company, after).is_locked
    assert Event.objects.get(verb="unlocked").data["reason"] == "A team joins"
    assert state(draft(company, after)) == GoalState.DRAFT


def test_copies_are_drafts_without_values_all_or_none(company: Company, after: int) -> None:
    first, second = company.objective("First"), company.objective("Second")
    hidden = company.objective("Hidden", visibility="private")
    by = company.actor("member")
    with pytest.raises(Invalid, match="at least one"):
        actions.copy_cycle(by=by, cycle_id=after, objective_ids=[], now=NOW)
    with pytest.raises(NotFound):
        actions.copy_cycle(by=by, cycle_id=after, objective_ids=[first, hidden], now=NOW)
    assert not Objective.objects.filter(cycle_id=after).exists()
    with pytest.raises(NotAllowed):
        actions.copy_cycle(by=company.actor("viewer"), cycle_id=after, objective_ids=[first], now=NOW)
    made = actions.copy_cycle(by=by, cycle_id=after, objective_ids=[second, first, second], now=NOW)
    assert list(made) == [second, first]
    copy = Objective.objects.get(pk=made[first])
    assert (copy.title, copy.state, copy.cycle_id) == ("First", GoalState.DRAFT, after)
    assert [k.state for k in copy.key_results.all()] == [GoalState.DRAFT]
    with pytest.raises(NotFound):
        actions.copy_cycle(by=by, cycle_id=after, objective_ids=[copy.pk], now=NOW)  # it is of this cycle


def test_the_plan_stands_by_owner_with_limits_parents_and_what_is_missing(company: Company, after: int) -> None:
    sales = workspace.create_team(by=company.actor(), name="Sales", parent_id=None, now=NOW)
    parent = draft(company, after, "Customers recommend us", owner_team_id=None)
    child = draft(company, after, parent_id=parent)
    company.objective("Runs", cycle_id=after)
    page = queries.planning_page(company.actor("lead"), row_of(company, after))
    assert [(c.name, c.count, c.running) for c in page.columns] == [("Company", 1, 0), ("Acme Support", 2, 1)]
    (own,) = page.columns[1].drafts
    assert (own.id, own.parent_id, own.limit.count, own.can_edit) == (child, parent, 1, True)
    assert page.columns[1].key == f"team-{company.team}"
    assert page.without == ((sales, "Sales", None),)
    assert (page.drafts, page.in_review, page.can_publish, page.can_change) == (2, 0, False, True)
    actions.lock_cycle(by=company.actor(), cycle_id=after, now=NOW)
    locked = queries.planning_page(company.actor("lead"), row_of(company, after))
    assert not locked.can_change and not locked.columns[1].drafts[0].can_edit
    assert queries.planning_page(company.actor("member"), row_of(company, after)).can_publish


def test_a_hidden_draft_and_a_hidden_parent_are_nowhere_in_the_plan(company: Company, after: int) -> None:
    hidden = draft(company, after, "Hidden", visibility="private", owner_team_id=None)
    child = draft(company, after)
    Alignment.objects.create(workspace_id=company.workspace_id, parent_id=hidden, child_id=child, since=NOW)
    page = queries.planning_page(company.actor("viewer"), row_of(company, after))
    assert page.drafts == 1
    assert [d.parent_title for c in page.columns for d in c.drafts] == [""]
    assert [c.count for c in page.columns] == [0, 1]
    seen = queries.planning_page(company.actor("lead"), row_of(company, after))
    assert [d.title for c in seen.columns for d in c.drafts] == ["Hidden", "Answer weekends"]


def test_a_pillar_holds_what_hangs_below_its_objectives(company: Company, after: int) -> None:
    admin = company.actor()
    full, empty = (workspace.create_pillar(by=admin, name=name, now=NOW) for name in ("Revenue", "People"))
    above = company.objective("Of the year", pillar_id=full)
    assert [pk for pk, _ in queries.empty_pillars(admin, after)] == [full, empty]
    pk = draft(company, after, parent_id=above)
    assert [pk for pk, _ in queries.empty_pillars(admin, after)] == [empty]
    actions.cancel_objective(by=admin, objective_id=pk, reason="No", now=NOW)
    assert [pk for pk, _ in queries.empty_pillars(admin, after)] == [full, empty]


def test_what_can_be_copied_says_what_is_there_already(company: Company, after: int) -> None:
    company.objective("First")
    company.objective("Hidden", visibility="private")
    draft(company, after, "first")
    before, here = row_of(company, company.cycle), row_of(company, after)
    found = queries.copyable(company.actor("viewer"), before, here)
    assert [(one.title, one.owner, one.key_results, one.is_there) for one in found] == [
        ("First", "Acme Support", 1, True)
    ]
