"""Who is told of what, where they want to hear it, and what they read no more."""

from datetime import timedelta

import pytest

from milepost.okr import actions as okr
from milepost.okr.models import KeyResult
from milepost.rhythm import actions
from milepost.rhythm.actions import Choice, CommentDraft, Subject
from milepost.rhythm.models import Notification
from milepost.rhythm.queries import get_follow, list_choices, list_notifications, waiting_counts
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotFound
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


def told(company: Company, who: str) -> list[str]:
    return [n.kind for n in list_notifications(company.actor(who)).items]


def unread(company: Company, who: str) -> int:
    return waiting_counts(company.actor(who), today=TODAY)[1]


def post(company: Company, goal: int, text: str = "Hello", *, who: str = "admin") -> int:
    subject, draft = Subject(objective_id=goal), CommentDraft(text=text)
    return actions.post_comment(by=company.actor(who), subject=subject, draft=draft, now=NOW)


def draft_of(company: Company, **given: object) -> okr.ObjectiveDraft:
    fields: dict[str, object] = {
        "title": "Be the tool support teams recommend", "cycle_id": company.cycle, "lead_id": company.ids["lead"],
        "owner_team_id": company.team,
    } | given  # fmt: skip
    return okr.ObjectiveDraft(**fields)  # type: ignore[arg-type]


def test_the_people_of_a_goal_follow_until_they_stop_and_anybody_may(company: Company) -> None:
    goal = company.objective(contributor_ids=[company.ids["manager"]])
    subject = Subject(objective_id=goal)
    assert [get_follow(company.actor(w), subject) for w in ("lead", "manager", "member", "viewer")] == [
        True, True, False, False,
    ]  # fmt: skip
    actions.set_follow(by=company.actor("viewer"), subject=subject, is_on=True, now=NOW)
    actions.set_follow(by=company.actor("manager"), subject=subject, is_on=False, now=NOW)
    post(company, goal)
    assert [told(company, w) for w in ("lead", "manager", "member", "viewer")] == [["commented"], [], [], ["commented"]]
    with pytest.raises(Invalid):
        actions.set_follow(by=company.operator(), subject=subject, is_on=True, now=NOW)


def test_a_goal_that_is_handed_over_is_told_to_its_new_lead(company: Company) -> None:
    goal = company.objective()
    draft = draft_of(company, lead_id=company.ids["member"])
    okr.edit_objective(by=company.actor("lead"), objective_id=goal, draft=draft, reason="Moved", now=NOW)
    assert told(company, "member") == ["handed"]
    assert told(company, "lead") == []
    company.kpi(lead_id=company.ids["manager"])
    assert told(company, "manager") == ["handed"]


@pytest.mark.parametrize("verb", ["closed", "cancelled"])
def test_a_goal_that_is_over_is_told_to_who_follows_it(company: Company, verb: str) -> None:
    goal = company.objective(contributor_ids=[company.ids["member"]])
    by = company.actor("lead")
    if verb == "closed":
        okr.close_objective(by=by, objective_id=goal, grade=okr.GradeDraft(), key_results={}, now=NOW)
    else:
        okr.cancel_objective(by=by, objective_id=goal, reason="Over", now=NOW)
    (line,) = list_notifications(company.actor("member")).items
    assert (line.kind, line.data["verb"], line.who) == ("closed", verb, "Lead Acme")
    assert told(company, "lead") == []


def test_a_status_that_turns_is_told_to_the_lead_unless_it_was_their_own_doing(company: Company) -> None:
    helper = [company.ids["member"]]
    goal = company.objective(contributor_ids=helper)
    key_result = KeyResult.objects.get(objective_id=goal).pk
    for who, value, after in (("lead", 65, 1), ("member", 99, 2), ("lead", 66, 3)):
        draft = okr.CheckInDraft(key_result_id=key_result, value=value, confidence=6)
        okr.record_check_in(by=company.actor(who), draft=draft, now=NOW + timedelta(minutes=after))
    lines = [n for n in list_notifications(company.actor("lead")).items if n.kind == "status"]
    assert [(n.data["after"], n.who, n.key_result_id) for n in lines] == [
        ("off_track", "Member Acme", None), ("off_track", "Member Acme", key_result),
    ]  # fmt: skip


def test_a_new_day_tells_leads_in_a_fixed_number_of_rows(company: Company) -> None:
    goal = company.objective(
        key_results=[okr.KeyResultDraft(title=f"Measure {i}", start=0, target=1) for i in range(5)]
    )
    for row in KeyResult.objects.filter(objective_id=goal):
        draft = okr.CheckInDraft(key_result_id=row.pk, value=0.55, confidence=6)
        okr.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    okr.refresh_day(by=company.operator(), now=NOW + timedelta(days=25))
    assert told(company, "lead").count("status") == 6


def test_what_somebody_does_not_want_to_hear_is_not_written(company: Company) -> None:
    goal = company.objective()
    lead = company.actor("lead")
    actions.choose_notifications(by=lead, choices={"commented": Choice(in_app=False, by_mail=False)})
    post(company, goal)
    assert not Notification.objects.exists()
    actions.choose_notifications(by=lead, choices={"commented": Choice(in_app=False, by_mail=True)})
    post(company, goal)
    assert Notification.objects.filter(by_mail=True, mailed_at=None).count() == 1
    assert told(company, "lead") == []
    assert unread(company, "lead") == 0
    chosen = {c.kind: (c.in_app, c.by_mail) for c in list_choices(lead)}
    assert chosen["commented"] == (False, True)
    assert chosen["mentioned"] == (True, False)
    with pytest.raises(Invalid):
        actions.choose_notifications(by=lead, choices={"everything": Choice(in_app=True, by_mail=True)})


def test_one_or_all_are_marked_as_read_and_only_ones_own(company: Company) -> None:
    goal = company.objective()
    for _ in range(3):
        post(company, goal)
    newest = list_notifications(company.actor("lead")).items[0].id
    with pytest.raises(NotFound):
        actions.mark_read(by=company.actor("member"), notification_id=newest, now=LATER)
    assert actions.mark_read(by=company.actor("lead"), notification_id=newest, now=LATER) == 1
    assert unread(company, "lead") == 2
    assert len(list_notifications(company.actor("lead"), unread=True).items) == 2
    assert actions.mark_read(by=company.actor("lead"), now=LATER) == 2
    assert unread(company, "lead") == 0


def test_pages_of_notifications_lose_and_repeat_nothing(company: Company) -> None:
    goal = company.objective()
    for _ in range(5):
        post(company, goal)
    seen, before = [], None
    while True:
        page = list_notifications(company.actor("lead"), before=before, limit=2)
        seen += [n.id for n in page.items]
        before = page.older
        if before is None:
            break
    assert len(seen) == 5
    assert seen == sorted(set(seen), reverse=True)


def test_who_has_left_is_told_nothing(company: Company) -> None:
    goal = company.objective()
    actions.set_follow(by=company.actor("member"), subject=Subject(objective_id=goal), is_on=True, now=NOW)
    workspace.remove_member(by=company.actor(), membership_id=company.ids["member"], now=NOW)
    post(company, goal)
    assert not Notification.objects.filter(to_id=company.ids["member"]).exists()
