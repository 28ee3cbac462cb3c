"""Several parents, one of them primary: what counts, who says yes, how much, and what hangs on nothing."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.okr import actions
from milepost.okr.errors import GoalCircle, NeedsReason, WrongState
from milepost.okr.models import Alignment, AlignmentRequest, Amendment, KeyResult, Objective, ObjectiveScore
from milepost.okr.queries import (
    Asked,
    GoalFilter,
    alignment_page,
    goals_page,
    list_objectives,
    objective_page,
    parents_of,
    requests_to_answer,
    shares_of,
    week_page,
)
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db


def score(pk: int) -> float | None:
    found = ObjectiveScore.objects.get(pk=pk).score
    return None if found is None else round(found, 6)


def goal(company: Company, title: str, value: float | None = None, **given: object) -> int:
    pk = company.objective(title, **given)  # type: ignore[arg-type]
    if value is not None:
        check_in(company, pk, value)
    return pk


def check_in(company: Company, pk: int, value: float) -> None:
    key_result = KeyResult.objects.filter(objective_id=pk).order_by("position")[0].pk
    draft = actions.CheckInDraft(key_result_id=key_result, value=value, confidence=6)
    actions.record_check_in(by=company.actor(), draft=draft, now=NOW)


def link(company: Company, child: int, parent: int, who: str = "lead", **given: object) -> bool:
    return actions.add_parent(
        by=company.actor(who), objective_id=child, parent_id=parent, reason="It helps", now=NOW, **given  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture
def sales(company: Company) -> int:
    return workspace.create_team(by=company.actor(), name="Sales", parent_id=None, now=NOW)


def test_only_contributing_edges_move_numbers(company: Company) -> None:
    child = goal(company, "Child", 80)  # half of the way
    first = goal(company, "First", counts="objectives")
    second = goal(company, "Second", counts="objectives")
    assert link(company, child, first) and not link(company, child, second, contributes=False)
    assert (score(first), score(second)) == (0.5, None)
    assert [(p.title, p.is_primary, p.contributes) for p in parents_of(company.actor(), child)] == [
        ("First", True, True), ("Second", False, False),
    ]  # fmt: skip
    about = {"by": company.actor("lead"), "objective_id": child, "parent_id": second, "now": NOW}
    assert actions.edit_parent(contributes=True, is_primary=True, reason="It does count", **about)  # type: ignore[arg-type]
    assert (score(first), score(second)) == (0.5, 0.5)
    assert [p.title for p in parents_of(company.actor(), child)] == ["Second", "First"]
    actions.remove_parent(reason="No more", **about)  # type: ignore[arg-type]
    assert (score(first), score(second)) == (0.5, None)
    assert [(p.title, p.is_primary) for p in parents_of(company.actor(), child)] == [("First", True)]
    told = Amendment.objects.filter(goal_id=child, field="parents").order_by("id").values_list("old", "new")
    first, *_, last = told
    assert first == ("", "counts towards First")
    assert last == ("counts towards Second", "")


def test_a_plan_that_runs_is_not_hung_elsewhere_without_a_reason(company: Company) -> None:
    child, parent = goal(company, "Child"), goal(company, "Parent")
    with pytest.raises(NeedsReason):
        actions.add_parent(by=company.actor("lead"), objective_id=child, parent_id=parent, now=NOW)
    draft = goal(company, "Draft", activate=False)
    assert actions.add_parent(by=company.actor("lead"), objective_id=draft, parent_id=parent, now=NOW)


def test_a_circle_is_refused_with_its_path_also_through_what_only_supports(company: Company) -> None:
    one, two, three = (goal(company, title) for title in ("One", "Two", "Three"))
    link(company, two, one)
    link(company, three, two, contributes=False)
    with pytest.raises(GoalCircle, match="“One” → “Three” → “Two” → “One”"):
        link(company, one, three)
    with pytest.raises(Invalid, match="hangs below “One” already"):
        link(company, two, one)


def test_to_count_towards_another_teams_goal_takes_its_leads_yes(company: Company, sales: int) -> None:
    theirs = goal(company, "Theirs", who="member", owner_team_id=sales, counts="objectives")
    ours = goal(company, "Ours", 80)
    actions.refresh_day(by=company.operator(), now=NOW)
    assert not link(company, ours, theirs, why="It brings you leads")
    assert score(theirs) is None
    (line,) = parents_of(company.actor(), ours)
    assert line.waits and not line.contributes
    (asked,) = week_page(company.actor("member"), today=TODAY).requests
    assert (asked.child_title, asked.why, asked.who) == ("Ours", "It brings you leads", "Lead Acme")
    assert [r.id for r in objective_page(company.actor("member"), theirs, today=TODAY).requests] == [asked.id]
    assert objective_page(company.actor("viewer"), theirs, today=TODAY).requests == ()
    assert requests_to_answer(company.actor("lead")) == []
    answer = {"request_id": asked.id, "accepted": True, "answer": "Gladly", "now": NOW}
    with pytest.raises(NotAllowed):
        actions.answer_request(by=company.actor("lead"), **answer)  # type: ignore[arg-type]
    actions.answer_request(by=company.actor("member"), **answer)  # type: ignore[arg-type]
    assert score(theirs) == 0.5
    assert week_page(company.actor("member"), today=TODAY).requests == ()
    with pytest.raises(WrongState):
        actions.answer_request(by=company.actor("member"), **answer)  # type: ignore[arg-type]
    assert actions.rebuild(by=company.operator(), now=NOW) == 0


def test_after_a_no_it_supports_and_may_ask_again(company: Company, sales: int) -> None:
    theirs = goal(company, "Theirs", who="member", owner_team_id=sales, counts="objectives")
    ours = goal(company, "Ours", 80)
    link(company, ours, theirs)
    pk = AlignmentRequest.objects.get().pk
    actions.answer_request(by=company.actor("member"), request_id=pk, accepted=False, answer="Not this one", now=NOW)
    (line,) = parents_of(company.actor("lead"), ours)
    assert (line.contributes, line.waits, line.declined) == (False, False, "Not this one")
    about = {"by": company.actor("lead"), "objective_id": ours, "parent_id": theirs, "reason": "Again", "now": NOW}
    assert not actions.edit_parent(contributes=True, **about)  # type: ignore[arg-type]
    assert AlignmentRequest.objects.filter(state="pending").count() == 1
    actions.remove_parent(**about)  # type: ignore[arg-type]
    assert not AlignmentRequest.objects.filter(state="pending").exists()


def test_the_parent_of_a_new_objective_is_asked_too_and_who_may_change_it_needs_no_yes(
    company: Company, sales: int
) -> None:
    theirs = goal(company, "Theirs", who="member", owner_team_id=sales)
    ours = goal(company, "Ours", parent_id=theirs)
    assert not Alignment.objects.get(child_id=ours).contributes
    assert AlignmentRequest.objects.get().state == "pending"
    by_admin = goal(company, "By an admin", who="admin", parent_id=theirs)
    assert Alignment.objects.get(child_id=by_admin).contributes
    top = goal(company, "Company", who="admin", owner_team_id=None)
    under = goal(company, "Under", parent_id=top)
    assert Alignment.objects.get(child_id=under).contributes  # the company is no team


def test_a_lead_is_not_told_of_a_goal_behind_a_wall(company: Company, sales: int) -> None:
    theirs = goal(company, "Theirs", who="member", owner_team_id=sales)
    goal(company, "Hidden", parent_id=theirs, visibility="private")
    pk = AlignmentRequest.objects.get().pk
    assert requests_to_answer(company.actor("member")) == []
    assert "Hidden" not in repr(alignment_page(company.actor("member"), theirs))
    with pytest.raises(NotFound):
        actions.answer_request(by=company.actor("member"), request_id=pk, accepted=True, now=NOW)
    with pytest.raises(NotFound):
        actions.answer_request(by=build_company("Other").actor(), request_id=pk, accepted=True, now=NOW)


def test_a_hidden_parent_is_shown_to_nobody_who_does_not_see_it(company: Company) -> None:
    hidden = goal(company, "Hidden", visibility="private")
    child = goal(company, "Child")
    link(company, child, hidden)
    assert [p.title for p in parents_of(company.actor("lead"), child)] == ["Hidden"]
    assert "Hidden" not in repr(alignment_page(company.actor("viewer"), child))
    assert "Hidden" not in repr(objective_page(company.actor("viewer"), child, today=TODAY))
    assert Amendment.objects.get(goal_id=child).new == "counts towards a goal that not everybody sees"


def test_shares_are_set_on_the_parent_and_stand_beside_what_counts_now(company: Company) -> None:
    parent = goal(company, "Parent", 100, counts="both")
    half, whole = goal(company, "Half", 80), goal(company, "Whole", 60)
    for child in (half, whole):
        link(company, child, parent)
    assert score(parent) == 0.5
    key_result = KeyResult.objects.get(objective_id=parent).pk
    drafts = [
        actions.ShareDraft("objective", whole, share=0.7),
        actions.ShareDraft("key_result", key_result, weight=2),
        actions.ShareDraft("objective", half, weight=1),
    ]
    actions.set_shares(by=company.actor("lead"), objective_id=parent, drafts=drafts, reason="It matters most", now=NOW)
    assert score(parent) == 0.75  # .7 × 1 + .2 × 0 + .1 × .5
    shown = {line.title: line for line in shares_of(company.actor("viewer"), parent)}
    assert shown["Whole"].counts_with == 0.7 and shown["Whole"].share == 0.7
    assert round(shown["Half"].counts_with or 0, 9) == 0.1
    told = dict(Amendment.objects.filter(objective_id=parent).values_list("field", "new"))
    assert told == {"shares": "Half x1; Whole 70 %", "weight": "2"}
    with pytest.raises(Invalid, match="add up to 110 %"):
        actions.set_shares(
            by=company.actor("lead"), objective_id=parent, reason="More", now=NOW,
            drafts=[actions.ShareDraft("objective", half, share=0.4)],
        )  # fmt: skip
    with pytest.raises(Invalid, match="0 or more"):
        actions.set_shares(
            by=company.actor("lead"), objective_id=parent, reason="Less", now=NOW,
            drafts=[actions.ShareDraft("objective", half, weight=-1)],
        )  # fmt: skip
    with pytest.raises(NotFound):
        actions.set_shares(
            by=company.actor("lead"), objective_id=parent, reason="Who", now=NOW,
            drafts=[actions.ShareDraft("objective", parent, share=0.1)],
        )  # fmt: skip
    assert actions.rebuild(by=company.operator(), now=NOW) == 0


def test_unaligned_is_what_hangs_on_nothing(company: Company) -> None:
    pillar = workspace.create_pillar(by=company.actor(), name="Customers who stay", now=NOW)
    top = goal(company, "Company", who="admin", owner_team_id=None)
    loose = goal(company, "Loose")
    goal(company, "On a pillar", pillar_id=pillar)
    goal(company, "Below", parent_id=top)
    hidden = goal(company, "Hidden", visibility="private")
    below_hidden = goal(company, "Below hidden", parent_id=hidden)
    asked = Asked(GoalFilter(form="list", tab="unaligned"))
    seen = goals_page(company.actor("lead"), asked, cycle_id=company.cycle, today=TODAY)
    assert [b.objective.id for _, branches in seen.groups for b in branches] == [loose, hidden]
    assert seen.counts["unaligned"] == 2
    viewer = list_objectives(company.actor("viewer"), filters={"unaligned": True})
    assert [item["id"] for item in viewer.items] == [loose, below_hidden]  # its parent is not told of


def test_a_key_result_goes_to_another_objective_and_both_tell_it(company: Company) -> None:
    two = [actions.KeyResultDraft(title=t, start=100, target=60) for t in ("Stays", "Goes")]
    source, target = goal(company, "Source", key_results=two), goal(company, "Target")
    goes = KeyResult.objects.get(title="Goes").pk
    actions.refresh_day(by=company.operator(), now=NOW)
    actions.record_check_in(
        by=company.actor("lead"), now=NOW, draft=actions.CheckInDraft(key_result_id=goes, value=60, confidence=6)
    )
    assert (score(source), score(target)) == (1.0, None)
    about = {"by": company.actor("lead"), "key_result_id": goes, "objective_id": target, "now": NOW}
    with pytest.raises(NeedsReason):
        actions.transfer_key_result(**about)  # type: ignore[arg-type]
    actions.transfer_key_result(**about, reason="It fits there")  # type: ignore[arg-type]
    assert (score(source), score(target)) == (None, 1.0)
    told = Amendment.objects.filter(field="key_results").order_by("id").values_list("objective_id", "old", "new")
    assert list(told) == [(source, "Goes", ""), (target, "", "Goes")]
    row = KeyResult.objects.get(pk=goes)
    assert (row.objective_id, row.position, row.state) == (target, 1, "active")
    assert actions.rebuild(by=company.operator(), now=NOW) == 0
    with pytest.raises(Invalid, match="belongs to this objective already"):
        actions.transfer_key_result(**about, reason="Again")  # type: ignore[arg-type]


def test_a_key_result_that_runs_stays_in_its_cycle_and_among_what_runs(company: Company) -> None:
    next_cycle = actions.create_cycle(
        by=company.actor(), name="Next", first_day=TODAY, last_day=TODAY.replace(year=2027), now=NOW
    )
    source = goal(company, "Source")
    pk = KeyResult.objects.get(objective_id=source).pk
    other, draft = goal(company, "Other", cycle_id=next_cycle), goal(company, "Draft", activate=False)
    theirs = goal(company, "Theirs", who="member", owner_team_id=None)
    refused = {other: Invalid, draft: WrongState, theirs: NotAllowed}
    for target, error in refused.items():
        with pytest.raises(error):
            actions.transfer_key_result(
                by=company.actor("lead"), key_result_id=pk, objective_id=target, reason="Go", now=NOW
            )
    in_draft = KeyResult.objects.get(objective_id=draft).pk
    actions.transfer_key_result(
        by=company.actor("lead"), key_result_id=in_draft, objective_id=other, reason="Go", now=NOW
    )
    assert KeyResult.objects.get(pk=in_draft).state == "active"


def test_what_is_made_of_a_key_result_goes_on_when_it_moves_and_walls_hold(company: Company) -> None:
    source = goal(company, "Source", 60)
    pk = KeyResult.objects.get(objective_id=source).pk
    made = goal(
        company,
        "Made",
        key_results=[actions.KeyResultDraft(title="Mean", kind="children", parts=[actions.PartDraft(pk)])],
    )
    hidden = goal(company, "Hidden", visibility="private")
    actions.refresh_day(by=company.operator(), now=NOW)
    assert score(made) == 1.0
    actions.transfer_key_result(
        by=company.actor("lead"), key_result_id=pk, objective_id=hidden, reason="Quietly", now=NOW
    )
    assert score(made) is None  # not everybody who sees it may see the part now (R6)
    assert actions.rebuild(by=company.operator(), now=NOW) == 0
    slug = company.kpi("Secret pulse", visibility="private")
    reads = [actions.KeyResultDraft(title="Reads", kpi=slug, start=48, target=30)]
    quiet = goal(company, "Quiet", visibility="private", key_results=reads)
    with pytest.raises(Invalid, match="seen by fewer people"):
        actions.transfer_key_result(
            by=company.actor("lead"), key_result_id=KeyResult.objects.get(objective_id=quiet).pk, objective_id=made,
            reason="Out", now=NOW,
        )  # fmt: skip


def test_a_clone_is_a_draft_without_values(company: Company) -> None:
    pillar = workspace.create_pillar(by=company.actor(), name="Customers who stay", now=NOW)
    parent = goal(company, "Parent")
    steps = [actions.StepDraft("One", weight=2, due_on=TODAY), actions.StepDraft("Two")]
    source = goal(
        company, "Source", why="Because", parent_id=parent, pillar_id=pillar, tags=["Calm"], visibility="team",
        contributor_ids=[company.ids["member"]],
        key_results=[
            actions.KeyResultDraft(title="Tickets", start=100, target=60, unit="tickets", share=0.5, priority=1),
            actions.KeyResultDraft(title="Rota", kind="milestone", steps=steps),
            actions.KeyResultDraft(title="Reads", kpi=company.kpi(), start=48, target=30),
        ],
    )  # fmt: skip
    check_in(company, source, 80)
    made = actions.clone_objective(by=company.actor("lead"), objective_id=source, cycle_id=company.cycle, now=NOW)
    copy = Objective.objects.get(pk=made)
    assert (copy.title, copy.why, copy.state, copy.pillar_id, copy.tags) == (
        "Source",
        "Because",
        "draft",
        pillar,
        ["Calm"],
    )
    assert copy.visibility == 1 and copy.contributions.get().membership_id == company.ids["member"]
    assert Alignment.objects.get(child_id=made).parent_id == parent
    rows = list(KeyResult.objects.filter(objective_id=made).order_by("position"))
    assert [(k.title, k.kind, k.state, k.share) for k in rows] == [
        ("Tickets", "reach", "draft", 0.5), ("Rota", "milestone", "draft", None), ("Reads", "reach", "draft", None),
    ]  # fmt: skip
    assert [(s.title, s.weight, s.done, s.due_on) for s in rows[1].steps.order_by("position")] == [
        ("One", 2.0, 0.0, TODAY), ("Two", 1.0, 0.0, None),
    ]  # fmt: skip
    assert rows[0].metric_id != KeyResult.objects.get(objective_id=source, title="Tickets").metric_id
    assert score(made) is None
    bare = actions.clone_objective(
        by=company.actor("lead"),
        objective_id=source,
        cycle_id=company.cycle,
        title="Bare",
        with_key_results=False,
        now=NOW,
    )
    assert not KeyResult.objects.filter(objective_id=bare).exists()


def test_what_is_not_seen_is_not_cloned(company: Company) -> None:
    hidden = goal(company, "Hidden", visibility="private")
    with pytest.raises(NotFound):
        actions.clone_objective(by=company.actor("member"), objective_id=hidden, cycle_id=company.cycle, now=NOW)
    with pytest.raises(NotAllowed):
        actions.clone_objective(
            by=company.actor("viewer"), objective_id=goal(company, "Open"), cycle_id=company.cycle, now=NOW
        )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "support", "primary", "count", "remove", "share", "value"]),
        st.integers(0, 4), st.integers(0, 4), st.sampled_from([None, 0.2, 0.4]), st.integers(0, 3),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_whatever_is_linked_a_rebuild_changes_nothing_and_no_circle_stands(company: Company, steps: list) -> None:  # type: ignore[type-arg]
    with transaction.atomic():
        walls = ("everybody", "everybody", "team", "private", "everybody")
        goals = [
            goal(company, f"Goal {n}", 60 + 10 * n, counts="both", visibility=wall) for n, wall in enumerate(walls)
        ]
        by = company.actor()
        for do, a, b, share, weight in steps:
            child, parent = goals[a], goals[b]
            about = {"by": by, "objective_id": child, "parent_id": parent, "reason": "So", "now": NOW}
            try:
                match do:
                    case "add":
                        actions.add_parent(**about)  # type: ignore[arg-type]
                    case "support":
                        actions.add_parent(**about, contributes=False)  # type: ignore[arg-type]
                    case "primary":
                        actions.edit_parent(**about, is_primary=True)  # type: ignore[arg-type]
                    case "count":
                        actions.edit_parent(**about, contributes=share is None)  # type: ignore[arg-type]
                    case "remove":
                        actions.remove_parent(**about)  # type: ignore[arg-type]
                    case "share":
                        drafts = [actions.ShareDraft("objective", child, share, float(weight))]
                        actions.set_shares(by=by, objective_id=parent, drafts=drafts, reason="So", now=NOW)
                    case "value":
                        check_in(company, child, 60 + 5 * weight)
            except (Invalid, NotFound):  # a circle, twice the same, shares above the whole, not there
                continue
        assert actions.rebuild(by=company.operator(), now=NOW) == 0
        edges = list(Alignment.objects.filter(until=None).values_list("child_id", "parent_id", "is_primary"))
        assert all(sum(child == pk and first for child, _, first in edges) <= 1 for pk in goals)
        with_parent = {child for child, *_ in edges}
        assert {child for child, _, first in edges if first} == with_parent  # whoever has parents has a primary one
        above = {child: {p for c, p, _ in edges if c == child} for child in goals}
        for start in goals:
            seen, todo = set(), list(above[start])
            while todo:
                one = todo.pop()
                assert one != start
                if one not in seen:
                    seen.add(one)
                    todo += above[one]
        transaction.set_rollback(True)
