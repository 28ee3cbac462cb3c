"""The review of a cycle on its pages: who grades what, what a reader sees of it, and what it costs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milepost.okr import actions, queries
from milepost.okr.models import CheckIn, KeyResult, Objective, Retrospective, Review
from tests.people import NOW, Company
from tests.web.test_query_counts import MOST

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ENDED = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", ENDED.isoformat())


def client_of(company: Company, who: str) -> Client:
    client = Client()
    client.force_login(company.users[who], backend=BACKEND)
    return client


def address(company: Company, name: str = "review", query: str = "") -> str:
    return reverse(name, args=[company.slug, company.cycle]) + query


def seen(company: Company, who: str = "lead", name: str = "review", query: str = "") -> str:
    answer = client_of(company, who).get(address(company, name, query))
    assert answer.status_code == 200
    return answer.content.decode()


def goal(company: Company, title: str = "Stay calm", value: float = 80, **given: object) -> KeyResult:
    pk = company.objective(title, key_results=[actions.KeyResultDraft(title=f"{title} tickets", start=100, target=60)], **given)  # type: ignore[arg-type] # fmt: skip
    row = KeyResult.objects.get(objective_id=pk)
    draft = actions.CheckInDraft(key_result_id=row.pk, value=value, confidence=6)
    actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    return row


def test_its_lead_accepts_with_an_empty_field_and_others_say_something_first(company: Company) -> None:
    mine = goal(company)
    sent = {"row": [mine.pk], f"grade-{mine.pk}": "", f"lesson-{mine.pk}": "", f"reason-{mine.pk}": ""}
    assert "Lead Acme has not graded this yet" in seen(company)
    client_of(company, "admin").post(address(company), sent)
    assert not Review.objects.exists()
    client_of(company, "lead").post(address(company), sent)
    assert Review.objects.get().grade is None
    page = seen(company)
    assert "All are graded." in page
    assert "has not graded" not in page
    client_of(company, "admin").post(address(company), sent | {f"lesson-{mine.pk}": "Ask earlier"})
    assert Review.objects.get().lesson == "Ask earlier"


def test_the_button_of_a_row_accepts_that_row_and_keeps_what_was_typed_elsewhere(company: Company) -> None:
    one, two, three = (goal(company, title) for title in ("One", "Two", "Three"))
    sent = {"row": [one.pk, two.pk, three.pk], "only": one.pk, f"lesson-{two.pk}": "Typed already"}
    client_of(company, "lead").post(address(company), sent)
    assert set(Review.objects.values_list("key_result_id", flat=True)) == {one.pk, two.pk}


def test_another_grade_without_a_reason_comes_back_as_it_was_typed(company: Company) -> None:
    row = goal(company)
    sent = {"row": [row.pk], f"grade-{row.pk}": "0.9", f"lesson-{row.pk}": "Half a thought"}
    answer = client_of(company, "lead").post(address(company), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Say in one line why it becomes 0.90" in page
    assert 'value="0.9"' in page
    assert "Half a thought" in page
    answer = client_of(company, "lead").post(address(company), sent | {f"grade-{row.pk}": "good"})
    assert "a grade is a number from 0.0 to 1.0" in answer.content.decode()


def test_the_objective_shows_its_grade_with_and_without_own_grades_and_both_scores(company: Company) -> None:
    row = goal(company)
    actions.save_grades(
        by=company.actor("lead"), drafts={row.pk: actions.GradeDraft(grade=0.8, reason="Quiet"), }, now=ENDED
    )  # fmt: skip
    page = seen(company)
    assert "0.80 partly" in page
    assert "with the own grade, 0.50 without" in page
    assert "Lead gave 0.80 instead of 0.50: Quiet" in page
    shown = queries.review_page(company.actor("lead"), cycle_of(company), view="changed")
    assert [(o.planned, o.amended, o.grade) for o in shown.objectives] == [(0.5, 0.5, pytest.approx(0.8))]


def cycle_of(company: Company) -> queries.CycleRow:
    cycles = queries.list_cycles(company.actor(), today=ENDED.date())
    return next(c for c in cycles if c.id == company.cycle)


def test_an_amended_key_result_and_its_objective_have_two_scores_until_more_is_amended(company: Company) -> None:
    row = goal(company)
    draft = actions.KeyResultDraft(title=row.title, start=100, target=50)
    actions.edit_key_result(by=company.actor("lead"), key_result_id=row.pk, draft=draft, reason="More", now=NOW)
    (shown,) = queries.review_page(company.actor("lead"), cycle_of(company)).objectives
    assert (shown.planned, shown.amended, shown.rows[0].planned) == (0.5, 0.4, 0.5)
    add = actions.KeyResultDraft("Later", start=0, target=10)
    actions.add_key_result(by=company.actor("lead"), objective_id=row.objective_id, draft=add, reason="New", now=NOW)
    later = KeyResult.objects.get(title="Later")
    draft = actions.KeyResultDraft(title="Later", start=0, target=20)
    actions.edit_key_result(by=company.actor("lead"), key_result_id=later.pk, draft=draft, reason="More", now=NOW)
    (shown,) = queries.review_page(company.actor("lead"), cycle_of(company)).objectives
    assert [one.planned for one in shown.rows] == [0.5, None]
    assert shown.planned is None  # what a plan with one key result more would have come to, the close works out


def test_steps_and_days_of_the_first_plan_count_with_what_is_done_of_them_today(company: Company) -> None:
    steps = [actions.StepDraft("One"), actions.StepDraft("Two")]
    pk = company.objective("Build", key_results=[actions.KeyResultDraft("Stages", kind="milestone", steps=steps)])
    row = KeyResult.objects.get(objective_id=pk)
    one, two = row.steps.order_by("position")
    more = [actions.StepDraft("One", id=one.pk), actions.StepDraft("Two", id=two.pk)]
    draft = actions.KeyResultDraft("Stages", kind="milestone", steps=[*more, actions.StepDraft("Three", weight=2.0)])
    actions.edit_key_result(by=company.actor("lead"), key_result_id=row.pk, draft=draft, reason="More", now=NOW)
    done = actions.CheckInDraft(key_result_id=row.pk, steps={one.pk: 1.0}, confidence=6)
    actions.record_check_in(by=company.actor("lead"), draft=done, now=NOW + timedelta(hours=1))
    (shown,) = queries.review_page(company.actor("lead"), cycle_of(company)).objectives
    assert (shown.rows[0].planned, shown.rows[0].amended) == (0.5, 0.25)


def test_amended_key_results_cost_the_same_queries_at_any_number(company: Company) -> None:
    counts = []
    for more in (2, 8):
        for number in range(more):
            row = goal(company, f"Goal {more} {number}")
            draft = actions.KeyResultDraft(title=row.title, start=100, target=50)
            actions.edit_key_result(by=company.actor("lead"), key_result_id=row.pk, draft=draft, reason="So", now=NOW)
        cycle, actor = cycle_of(company), company.actor("lead")
        with CaptureQueriesContext(connection) as asked:
            queries.review_page(actor, cycle)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MOST


def test_the_tabs_count_and_show_what_they_say(company: Company) -> None:
    actions.create_cycle(by=company.actor(), name="Q1", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), now=NOW)
    waiting, changed, carried = (goal(company, title) for title in ("Waits", "Changed", "Carried"))
    drafts = {
        changed.pk: actions.GradeDraft(grade=0.9, reason="Late"), carried.pk: actions.GradeDraft(outcome="carry"),
    }  # fmt: skip
    actions.save_grades(by=company.actor("lead"), drafts=drafts, now=ENDED)
    for view, row in (("waiting", waiting), ("changed", changed), ("carried", carried)):
        shown = queries.review_page(company.actor("lead"), cycle_of(company), view=view)
        assert shown.counts == {"all": 3, "waiting": 1, "changed": 1, "carried": 1}
        assert [r.k.id for o in shown.objectives for r in o.rows] == [row.pk]
    client_of(company, "lead").post(address(company), {"row": [waiting.pk], "only": waiting.pk})
    assert client_of(company, "lead").post(address(company, "review_close")).status_code == 302
    shown = queries.review_page(company.actor("lead"), cycle_of(company), view="carried")
    assert shown.counts == {"all": 3, "waiting": 0, "changed": 1, "carried": 1}
    assert shown.objectives[0].carried_to == Objective.objects.get(carried_from_id=carried.objective_id).pk


def test_close_says_what_is_missing_and_an_admin_closes_the_rest(company: Company) -> None:
    row = goal(company)
    page = seen(company)
    assert f'href="#g-{row.pk}"' in page
    assert "One key result still needs a grade" in page
    assert client_of(company, "lead").post(address(company, "review_close")).status_code == 400
    assert "Close the rest of Q4 2026" in seen(company, "admin")
    client_of(company, "admin").post(address(company, "review_close"))
    assert "Not reviewed: the proposed grade stands" in seen(company)
    assert "1 not reviewed." in seen(company, name="retrospective")


def test_before_it_opens_nothing_that_runs_is_called_missed(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    goal(company)
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    page = seen(company)
    assert "The review opens on 18 Dec 2026" in page
    assert "Missed" not in page
    monkeypatch.setenv("MILEPOST_NOW", "2026-12-18T09:00+00:00")
    assert "Missed" in seen(company)


def test_a_goal_behind_a_wall_is_not_in_the_review_of_others_nor_in_its_counts(company: Company) -> None:
    goal(company)
    before = {name: seen(company, "member", name) for name in ("review", "retrospective")}
    hidden = goal(company, "Canary", visibility="private")
    actions.save_grades(
        by=company.actor("lead"), drafts={hidden.pk: actions.GradeDraft(lesson="Canary sang")}, now=ENDED
    )
    for name, page in before.items():
        assert without_tokens(seen(company, "member", name)) == without_tokens(page)
    assert "Canary" in seen(company, "lead")
    actions.close_cycle(by=company.actor(), cycle_id=company.cycle, now=ENDED)
    assert "Canary" not in seen(company, "member") + seen(company, "member", "retrospective")
    asked = client_of(company, "member").post(
        address(company), {"row": [hidden.pk], "only": hidden.pk, f"lesson-{hidden.pk}": "x"}
    )
    assert asked.status_code == 302
    lessons = next_lessons(company, "member")
    assert lessons is None or "Canary" not in str(lessons)
    assert "Canary sang" in str(next_lessons(company, "lead"))


def without_tokens(page: str) -> str:
    import re

    return re.sub(r'(nonce=|csrfmiddlewaretoken" value=|CSRFToken": )"[^"]*"', "", page)


def next_lessons(company: Company, who: str) -> queries.Lessons | None:
    if not any(c.name == "Q1 2027" for c in queries.list_cycles(company.actor(), today=ENDED.date())):
        actions.create_cycle(
            by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), now=ENDED
        )
    cycles = queries.list_cycles(company.actor(who), today=ENDED.date())
    new = next(c for c in cycles if c.name == "Q1 2027")
    return queries.lessons_for(company.actor(who), cycles, cycle_id=new.id, team_ids=[company.team])


def test_lessons_and_the_retrospective_stand_beside_the_next_draft(company: Company) -> None:
    row = goal(company)
    actions.save_grades(by=company.actor("lead"), drafts={row.pk: actions.GradeDraft(lesson="Ask earlier")}, now=ENDED)
    actions.close_cycle(by=company.actor(), cycle_id=company.cycle, now=ENDED)
    client_of(company, "lead").post(
        address(company, "retrospective"), {"team": "", "kept": "Mondays", "learned": "Two are enough", "changed": ""}
    )
    assert Retrospective.objects.get().kept == "Mondays"
    found = next_lessons(company, "lead")
    assert found is not None
    assert [one.lesson for one in found.key_results] == ["Ask earlier"]
    page = client_of(company, "lead").get(
        reverse("goal_new", args=[company.slug]) + f"?cycle={max(c.id for c in queries.list_cycles(company.actor(), today=ENDED.date()))}"
    ).content.decode()  # fmt: skip
    assert "Lessons of Q4 2026" in page
    assert "Two are enough" in page
    assert client_of(company, "member").post(address(company, "retrospective"), {"kept": "x"}).status_code == 403


def test_a_retrospective_that_somebody_changed_meanwhile_is_not_overwritten(company: Company) -> None:
    goal(company)
    lead = client_of(company, "lead")
    for kept in ("One", "Two"):
        lead.post(address(company, "retrospective"), {"kept": kept})
    answer = lead.post(address(company, "retrospective"), {"kept": "Three", "version": "1"})
    assert answer.status_code == 422
    assert Retrospective.objects.get().kept == "Two"


def test_what_is_over_and_still_runs_is_marked_on_the_goals_and_for_its_lead(company: Company) -> None:
    goal(company)
    ws = [company.slug]
    assert "Q4 2026 ended 31 Dec 2026 and 1 objective of it still runs" in get(company, "member", "goals", ws)
    assert "Q4 2026 ended: grade one objective" in get(company, "lead", "week", ws)
    assert "ended: grade" not in get(company, "member", "week", ws)
    actions.close_cycle(by=company.actor(), cycle_id=company.cycle, now=ENDED)
    assert "still run" not in get(company, "member", "goals", ws)
    assert "ended: grade" not in get(company, "lead", "week", ws)


def get(company: Company, who: str, name: str, args: list[object]) -> str:
    return client_of(company, who).get(reverse(name, args=args)).content.decode()


def test_both_objectives_say_where_it_goes_on(company: Company) -> None:
    row = goal(company)
    actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), now=NOW
    )
    answer = client_of(company, "lead").post(address(company, "review_carry"), {"carry": [row.pk]}, follow=True)
    assert "Carried one key result over to Q1 2027, in one draft" in answer.content.decode()
    new = Objective.objects.get(carried_from_id=row.objective_id)
    assert "Goes on in" in get(company, "member", "goal", [company.slug, row.objective_id])
    assert "Goes on from" in get(company, "member", "goal", [company.slug, new.pk])


def test_hit_rates_facts_and_calibration_of_a_cycle(company: Company) -> None:
    reached, missed = goal(company, "Reached", 60), goal(company, "Missed", 95)
    open_ = goal(company, "Not graded", 60)
    company.objective("Never", key_results=[actions.KeyResultDraft(title="Never", start=1, target=2)], owner_team_id=None)  # fmt: skip
    drafts = {row.pk: actions.GradeDraft() for row in (reached, missed)}
    actions.save_grades(by=company.actor("lead"), drafts=drafts, now=ENDED)
    actions.edit_key_result(
        by=company.actor("lead"), key_result_id=open_.pk, reason="More", now=NOW,
        draft=actions.KeyResultDraft(title=open_.title, start=100, target=50),
    )  # fmt: skip
    report = report_of(company)
    assert (report.hits.reached, report.hits.missed, report.hits.total) == (1, 1, 2)
    assert [h.name for h in report.by_team] == ["Acme Support"]
    assert (report.amendments, report.target_amendments, report.never_checked_in) == (1, 1, 1)
    by = company.actor("lead")
    for state in ("done", "open", "cancelled"):
        work = actions.InitiativeDraft(state)
        pk = actions.add_initiative(by=by, objective_id=reached.objective_id, draft=work, now=ENDED)
        if state != "open":
            actions.set_initiative_state(by=by, initiative_id=pk, state=state, now=ENDED)
    again = report_of(company)
    assert (report.initiatives, again.initiatives_done, again.initiatives) == (0, 1, 2)
    assert report.calibration.count == 0  # nothing is closed yet
    assert report.on_time is not None and report.on_time < 0.1
    early = actions.CheckInDraft(key_result_id=reached.pk, value=60, confidence=9)
    CheckIn.objects.filter(key_result=reached)
    actions.record_check_in(by=company.actor("lead"), draft=early, now=datetime(2026, 11, 10, 9, tzinfo=UTC))
    actions.close_cycle(by=company.actor(), cycle_id=company.cycle, now=ENDED)
    report = report_of(company)
    assert (report.hits.total, report.hits.not_reviewed, report.hits.without) == (3, 2, 1)
    assert (report.calibration.count, report.calibration.said) == (1, 0.9)
    assert report_of(company, "member").hits == report.hits


def report_of(company: Company, who: str = "lead") -> queries.CycleReport:
    place = company.place(who, ENDED)
    cycles = queries.list_cycles(place.actor, today=place.today)
    return queries.cycle_report(
        place.actor, cycle_of(company), cycles, rhythms=place.rhythms, time_zone="UTC", today=place.today
    )


def test_check_ins_made_while_they_waited_are_on_time(company: Company) -> None:
    row = goal(company)
    report = report_of(company)
    due = [date(2026, 10, 5) + timedelta(weeks=k) for k in range(13)]
    # The one of Sunday 22 November waits for Monday 23; all twelve others were missed.
    assert report.on_time == pytest.approx(1 / len(due))
    monday = actions.CheckInDraft(key_result_id=row.pk, value=70, confidence=6)
    actions.record_check_in(by=company.actor("lead"), draft=monday, now=datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert report_of(company).on_time == pytest.approx(1 / len(due))  # a day too late
    actions.record_check_in(by=company.actor("lead"), draft=monday, now=datetime(2026, 12, 7, 22, tzinfo=UTC))
    assert report_of(company).on_time == pytest.approx(2 / len(due))


def test_the_pages_cost_the_same_at_any_size(company: Company) -> None:
    actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), now=NOW
    )
    counts = []
    for size in (2, 18):
        for i in range(size):
            row = goal(company, f"Goal {size} {i}", visibility="private" if i == 1 else "everybody")
            if i % 2:
                actions.save_grades(
                    by=company.actor("lead"), drafts={row.pk: actions.GradeDraft(grade=0.9, reason="x")}, now=ENDED
                )
        client = client_of(company, "lead")
        client.get(reverse("account"))
        found = {}
        for name in ("review", "retrospective", "goals"):
            where = (
                address(company, name) if name in {"review", "retrospective"} else reverse(name, args=[company.slug])
            )
            part = {"HX-Request": "true"} if name == "retrospective" else {}
            client.get(where)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(where, headers=part).status_code == 200
            found[name] = len(asked)
        counts.append(found)
    assert counts[0] == counts[1]
    assert {name: n for name, n in counts[1].items() if n > MOST} == {}
