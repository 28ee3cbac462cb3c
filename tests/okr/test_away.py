"""Who is away is asked for nothing, and who stands in for them is."""

from datetime import date, timedelta

import pytest

from milepost.core.rhythm import Away as Stretch
from milepost.core.rhythm import Rhythm, asked_on
from milepost.okr import actions
from milepost.okr.models import KeyResult, KeyResultScore
from milepost.okr.queries import list_key_results, people_page, person_page, week_page
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Away, Membership
from milepost.workspace.queries import list_away
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
WEEKLY = Rhythm(weekday=0)
MONDAY = date(2026, 11, 23)
LATER = TODAY + timedelta(days=9)  # Tuesday 1 December


def key_result(goal: int) -> KeyResult:
    return KeyResult.objects.get(objective_id=goal)


def away(company: Company, who: str = "lead", first: date = TODAY, days: int = 10, **given: object) -> int:
    return actions.add_away(
        by=company.actor("admin"), membership_id=company.ids[who], first_day=first,
        last_day=first + timedelta(days=days - 1), now=NOW, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def overdue_goal(company: Company, **given: object) -> int:
    """Make a goal that was checked in on three weeks ago."""
    goal = company.objective(**given)  # type: ignore[arg-type]
    then = NOW - timedelta(days=21)
    draft = actions.CheckInDraft(key_result_id=key_result(goal).pk, value=90, confidence=6)
    actions.record_check_in(by=company.actor("lead", then), draft=draft, now=then)
    actions.refresh_day(by=company.operator(), now=NOW)
    return goal


def test_what_falls_due_meanwhile_is_asked_for_on_the_first_due_day_after() -> None:
    stretch = (Stretch(MONDAY, MONDAY + timedelta(days=8)),)
    ask = lambda due, today: asked_on(WEEKLY, due_on=due, away=stretch, today=today)  # noqa: E731 - asked five times
    after = date(2026, 12, 7)
    assert ask(MONDAY, MONDAY) == after
    assert ask(MONDAY, date(2026, 12, 10)) == after  # also once they are back
    assert ask(date(2026, 11, 16), MONDAY) == after  # what was overdue before waits, too
    assert ask(date(2026, 11, 16), date(2026, 12, 10)) == date(2026, 11, 16)  # and is overdue again
    assert ask(after, MONDAY) == after


def test_two_stretches_in_a_row_are_passed_over_together() -> None:
    stretches = (Stretch(date(2026, 12, 1), date(2026, 12, 9)), Stretch(MONDAY, MONDAY))
    assert asked_on(WEEKLY, due_on=MONDAY, away=stretches, today=MONDAY) == date(2026, 11, 30)
    both = (Stretch(MONDAY, date(2026, 11, 29)), Stretch(date(2026, 11, 30), date(2026, 12, 6)))
    assert asked_on(WEEKLY, due_on=MONDAY, away=both, today=MONDAY) == date(2026, 12, 7)


def test_nothing_is_overdue_of_who_is_away(company: Company) -> None:
    goal = overdue_goal(company)
    loads = lambda: {p.id: p for p in people_page(company.actor(), today=TODAY)[0]}  # noqa: E731 - asked twice
    assert loads()[company.ids["lead"]].overdue == 1
    pk = away(company, note="Hiking")
    shown = loads()[company.ids["lead"]]
    assert shown.overdue == 0 and shown.away is not None and shown.away.note == "Hiking"
    assert [
        look.kind for look in week_page(company.actor("viewer"), today=TODAY).looks if look.kind == "key_result"
    ] == []
    assert week_page(company.actor("lead"), today=TODAY).due == ()
    assert list_key_results(company.actor(), filters={"due_by": TODAY}).items == []
    row = KeyResultScore.objects.get(key_result__objective_id=goal)
    assert (row.next_check_in_on, row.away_due_on) == (date(2026, 12, 7), date(2026, 11, 9))
    actions.end_away(by=company.actor("lead"), away_id=pk, now=NOW)
    assert loads()[company.ids["lead"]].overdue == 1
    assert Membership.objects.get(pk=company.ids["lead"]).away is None


def test_a_rebuild_says_the_same(company: Company) -> None:
    overdue_goal(company)
    away(company)
    before = list(KeyResultScore.objects.order_by("pk").values_list("pk", "next_check_in_on", "away_due_on"))
    assert actions.rebuild(by=company.operator(), now=NOW) == 0
    assert list(KeyResultScore.objects.order_by("pk").values_list("pk", "next_check_in_on", "away_due_on")) == before


def test_who_stands_in_sees_what_is_due_and_checks_in(company: Company) -> None:
    goal = overdue_goal(company)
    pk = key_result(goal).pk
    draft = actions.CheckInDraft(key_result_id=pk, value=85, confidence=5)
    with pytest.raises(NotAllowed):
        actions.record_check_in(by=company.actor("member"), draft=draft, now=NOW)
    away(company, stand_in_id=company.ids["member"])
    (line,) = week_page(company.actor("member"), today=TODAY).due
    assert (line.key_result.id, line.is_overdue, line.away_until) == (pk, False, TODAY + timedelta(days=9))
    made = actions.record_check_in(by=company.actor("member"), draft=draft, now=NOW)
    assert week_page(company.actor("member"), today=TODAY).due == ()
    edited = actions.CheckInDraft(key_result_id=pk, value=84, confidence=5)
    actions.edit_check_in(by=company.actor("member"), check_in_id=made, draft=edited, now=NOW)
    after = NOW + timedelta(days=12)
    with pytest.raises(NotAllowed):
        actions.record_check_in(by=company.actor("member", after), draft=draft, now=after)


def test_to_stand_in_opens_no_wall(company: Company) -> None:
    goal = overdue_goal(company, visibility="private")
    away(company, stand_in_id=company.ids["member"])
    assert week_page(company.actor("member"), today=TODAY).due == ()
    with pytest.raises(NotFound):
        actions.record_check_in(
            by=company.actor("member"), now=NOW,
            draft=actions.CheckInDraft(key_result_id=key_result(goal).pk, value=85, confidence=5),
        )  # fmt: skip


def test_a_viewer_who_was_named_writes_nothing(company: Company) -> None:
    goal = overdue_goal(company)
    away(company, stand_in_id=company.ids["viewer"])
    assert week_page(company.actor("viewer"), today=TODAY).due == ()
    draft = actions.CheckInDraft(key_result_id=key_result(goal).pk, value=85, confidence=5)
    with pytest.raises(NotAllowed):
        actions.record_check_in(by=company.actor("viewer"), draft=draft, now=NOW)


def test_one_sets_it_oneself_or_an_admin_does(company: Company) -> None:
    lead, ids = company.actor("lead"), company.ids
    actions.add_away(by=lead, membership_id=ids["lead"], first_day=TODAY, last_day=TODAY, now=NOW)
    with pytest.raises(NotAllowed):
        actions.add_away(by=lead, membership_id=ids["member"], first_day=TODAY, last_day=TODAY, now=NOW)
    assert person_page(lead, ids["lead"], today=TODAY).can_set_away
    assert not person_page(lead, ids["member"], today=TODAY).can_set_away
    other = build_company("Other")
    with pytest.raises(NotFound):
        actions.add_away(by=other.actor(), membership_id=ids["lead"], first_day=LATER, last_day=LATER, now=NOW)
    with pytest.raises(NotFound):
        away(company, first=LATER, stand_in_id=other.ids["lead"])
    with pytest.raises(NotFound):
        actions.end_away(by=other.actor(), away_id=Away.objects.get().pk, now=NOW)


def test_days_that_cannot_be_are_refused(company: Company) -> None:
    away(company, days=5)
    refused = {
        "already": {"first": TODAY + timedelta(days=4)},
        "turn them round": {"first": LATER, "days": 0},
        "are over": {"first": TODAY - timedelta(days=9), "days": 3},
        "at most": {"first": LATER, "days": 900},
        "somebody else": {"first": LATER, "stand_in_id": company.ids["lead"]},
    }
    for words, given in refused.items():
        with pytest.raises(Invalid, match=f"(?i){words}"):
            away(company, **given)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="who is here"):
        away(company, "member", stand_in_id=company.ids["lead"])


def test_days_that_run_are_cut_short_and_a_person_who_is_erased_has_none(company: Company) -> None:
    pk = away(company, stand_in_id=company.ids["member"])
    then = NOW + timedelta(days=3)
    actions.end_away(by=company.actor("lead", then), away_id=pk, now=then)
    assert Away.objects.get(pk=pk).last_day == TODAY + timedelta(days=2)
    away(company, "member", first=LATER)
    workspace.erase_person(email=company.users["member"].email, now=NOW)
    assert Away.objects.get().stand_in_id is None
    assert list_away(company.actor(), today=LATER) == ()
