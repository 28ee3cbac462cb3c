"""What the linter is told of real goals and KPIs: who wrote, who approved, what it never says to whom."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.core.guidance import Remark
from milepost.metrics import actions as metrics
from milepost.okr import actions, queries
from milepost.okr.models import KeyResult
from milepost.workspace import actions as workspace
from milepost.workspace.models import Workspace
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
DRAFT = actions.KeyResultDraft
TWO = [
    DRAFT("Tickets older than 24 h", start=100, target=60),
    DRAFT("Tickets solved the same day", start=48, target=70),
]
LATE = TODAY + timedelta(days=30)


def of(company: Company, goal: int, who: str = "lead", *, reviewers: int = 0, today: date = TODAY) -> dict[str, Remark]:
    found = queries.objective_guidance(company.actor(who), goal, reviewers=reviewers, today=today)
    return {one.key: one for one in found}


def in_cycle(company: Company, who: str = "lead") -> dict[str, Remark]:
    found = queries.cycle_guidance(company.actor(who), company.cycle, reviewers=0, today=TODAY)
    return {one.key: one for one in found.remarks}


def of_kpis(company: Company, who: str = "lead", *, today: date = TODAY) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in queries.kpi_guidance(company.actor(who), today=today):
        found.setdefault(one.key, []).append(one.about.reference)
    return found


def test_key_results_written_in_one_go_have_one_author_until_somebody_else_changes_one(company: Company) -> None:
    goal = company.objective(key_results=TWO)
    assert "sole-author" in of(company, goal)
    draft = DRAFT("Tickets older than 24 h", start=100, target=50)
    pk = KeyResult.objects.filter(objective_id=goal).order_by("position")[0].pk
    actions.edit_key_result(by=company.actor("manager"), key_result_id=pk, draft=draft, reason="Agreed", now=NOW)
    assert "sole-author" not in of(company, goal)


def test_a_key_result_added_by_somebody_else_counts_as_theirs(company: Company) -> None:
    goal = company.objective(key_results=TWO, activate=False)
    added = DRAFT("Net promoter score", start=36, target=50)
    actions.add_key_result(by=company.actor("manager"), objective_id=goal, draft=added, now=NOW)
    assert "sole-author" not in of(company, goal)


def test_where_reviews_are_asked_for_the_author_alone_is_nobody(company: Company) -> None:
    Workspace.objects.update(reviewers=1)
    mine = company.objective("Mine", who="admin", lead_id=company.ids["lead"], key_results=TWO)
    assert "not-reviewed" in of(company, mine, reviewers=1)  # it waits
    actions.activate_objective(by=company.actor(), objective_id=mine, now=NOW)
    assert "not-reviewed" in of(company, mine, reviewers=1)  # approved by who wrote it
    theirs = company.objective("Theirs", key_results=TWO)
    actions.activate_objective(by=company.actor(), objective_id=theirs, now=NOW)
    assert not {"not-reviewed", "sole-author"} & set(of(company, theirs, reviewers=1))
    Workspace.objects.update(reviewers=2)
    half = company.objective("Half", key_results=TWO)
    actions.approve_objective(by=company.actor("manager"), objective_id=half, now=NOW)
    assert "not-reviewed" not in of(company, half, reviewers=2)  # one has, the other may
    assert "not-reviewed" not in of(company, mine)  # nobody is asked for any more


def test_what_was_closed_unseen_is_not_reviewed(company: Company) -> None:
    goal = company.objective(key_results=TWO)
    after = NOW + timedelta(days=60)
    actions.close_cycle(by=company.actor("admin", after), cycle_id=company.cycle, now=after)
    assert "not-reviewed" in of(company, goal)


def test_a_first_check_in_that_is_overdue_is_missed_until_it_comes(company: Company) -> None:
    goal = company.objective(key_results=TWO)
    assert of(company, goal)["never-checked-in"].about.kind == "key_result"
    for pk in KeyResult.objects.filter(objective_id=goal).values_list("pk", flat=True):
        draft = actions.CheckInDraft(key_result_id=pk, value=60, confidence=6)
        actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    assert "never-checked-in" not in of(company, goal)


def test_a_target_is_held_against_what_the_kpi_did_in_as_many_days(company: Company) -> None:
    slug = company.kpi()
    values = [actions.NewReading(day=TODAY - timedelta(weeks=n), value=40.0 + n % 4) for n in range(1, 30)]
    actions.record_readings(by=company.actor("lead"), kpi=slug, readings=values, now=NOW)
    far = company.objective("Far", key_results=[DRAFT("First reply time", kpi=slug, start=43, target=30), TWO[1]])
    said = of(company, far)["unrealistic"]
    assert said.why == "It is to move by 13 min; in as much time it has so far moved at most 3 min."
    near = company.objective("Near", key_results=[DRAFT("First reply time", kpi=slug, start=43, target=41), TWO[1]])
    assert "unrealistic" not in of(company, near)


def test_one_that_reads_a_kpi_has_a_source(company: Company) -> None:
    slug = company.kpi()
    assert "no-source" in of(company, company.objective("By hand", key_results=TWO))
    reads = [DRAFT("First reply time", kpi=slug, start=48, target=30), TWO[1]]
    assert "no-source" not in of(company, company.objective("Reads", key_results=reads))


def test_a_parent_that_the_reader_does_not_see_is_none(company: Company) -> None:
    hidden = company.objective("Hidden", key_results=TWO, visibility="private")
    goal = company.objective("Open", key_results=TWO, parent_id=hidden)
    assert "unaligned" not in of(company, goal, "lead")
    assert "unaligned" in of(company, goal, "member")  # as on the page, which shows them no parent
    assert "unaligned" not in of(company, company.objective("Company", key_results=TWO, owner_team_id=None))


def test_goals_behind_a_wall_count_for_nobody_outside_it(company: Company) -> None:
    for n in range(5):
        company.objective(f"Open {'abcde'[n]}", key_results=TWO)
    assert "too-many-objectives" not in in_cycle(company)
    company.objective("Hidden", key_results=TWO, visibility="private")
    assert in_cycle(company)["too-many-objectives"].why == "Acme Support has 6 objectives in this cycle."
    assert "too-many-objectives" not in in_cycle(company, "member")
    counts = [
        queries.cycle_guidance(company.actor(who), company.cycle, reviewers=0, today=TODAY).owners[0].objectives
        for who in ("lead", "member")
    ]
    assert counts == [6, 5]


def test_who_may_put_it_right_is_who_may_change_the_goal(company: Company) -> None:
    goal = company.objective(key_results=TWO)
    may = {
        who: str(goal) in queries.cycle_guidance(company.actor(who), company.cycle, reviewers=0, today=TODAY).can_edit
        for who in ("admin", "lead", "manager", "member", "viewer")
    }
    assert may == {"admin": True, "lead": True, "manager": True, "member": False, "viewer": False}


def test_a_kpi_is_unread_after_ninety_days_without_reader_value_or_note(company: Company) -> None:
    read, noted, typed, unread, _ = (company.kpi(name) for name in ("Read", "Noted", "Typed", "Unread", "Counted"))
    company.objective(key_results=[DRAFT("It", kpi=read, start=48, target=30), TWO[1]], visibility="private")
    company.kpi("Sum of it", formula="2 × Counted")
    late = TODAY + timedelta(days=60)
    metrics.add_note(by=company.actor("lead"), slug=noted, day=TODAY, text="New form", fiscal_month=1, now=NOW)
    values = [actions.NewReading(day=TODAY - timedelta(weeks=1), value=41)]
    actions.record_readings(by=company.actor("lead"), kpi=typed, readings=values, now=NOW)
    assert "unread" not in of_kpis(company)
    assert of_kpis(company, today=late)["unread"] == ["sum-of-it", unread]
    assert set(of_kpis(company, "member", today=late)["unread"]) == {"sum-of-it", unread, read}  # they see no reader


def test_a_kpi_says_where_it_comes_from_by_words_feed_or_formula(company: Company) -> None:
    bare = company.kpi("Bare")
    company.kpi("In words", description="Median minutes, from the help desk")
    company.kpi("Worked out", formula="2 × Bare")
    fed = company.kpi("Fed")
    values = [actions.NewReading(day=TODAY - timedelta(weeks=1), value=41)]
    actions.record_readings(
        by=company.actor("lead"), kpi=fed, readings=values, source=actions.ReadingSource.API, now=NOW
    )
    company.kpi("Watched", target=None, description="Just so")
    assert of_kpis(company)["no-source"] == [bare]
    assert of_kpis(company)["no-target"] == ["watched"]


def test_guidance_takes_the_same_queries_whatever_there_is(company: Company) -> None:
    def asked() -> list[int]:
        found = []
        for ask in (
            lambda: queries.cycle_guidance(company.actor(), company.cycle, reviewers=1, today=TODAY),
            lambda: queries.kpi_guidance(company.actor(), today=TODAY),
            lambda: queries.list_templates(company.actor()),
        ):
            with CaptureQueriesContext(connection) as captured:
                ask()
            found.append(len(captured))
        return found

    def more(tag: str, count: int) -> None:
        for n in range(count):
            slug = company.kpi(f"KPI {tag}{n}")
            drafts = [DRAFT("Reads", kpi=slug, start=48, target=30), TWO[0]]
            goal = company.objective(f"Goal {tag}{n}", key_results=drafts)
            actions.save_objective_template(by=company.actor(), objective_id=goal, now=NOW)

    more("a", 1)
    few = asked()
    more("b", 12)
    assert asked() == few
    assert max(few) < 11


def test_one_who_leads_far_more_than_the_others_is_named_by_what_the_reader_sees(company: Company) -> None:
    for who in ("member", "manager"):
        company.objective(
            f"Of {who}", who="admin", key_results=[DRAFT("One", start=1, target=2, lead_id=company.ids[who])]
        )
    many = [DRAFT(f"Measure {n}", start=n, target=n + 1) for n in range(5)]
    company.objective("Five", key_results=many)
    company.objective("Hidden", key_results=many[:2], visibility="private")
    assert in_cycle(company)["load"].why == "Lead Acme leads 7 key results, the others 1 on average."
    assert "load" not in in_cycle(company, "viewer")
    workspace.change_role(by=company.actor(), membership_id=company.ids["viewer"], role="member", now=NOW)
    assert "load" not in in_cycle(company, "viewer")
