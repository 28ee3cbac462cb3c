"""What is said behind a wall is heard nowhere else, today or after the wall was built."""

import pytest

from milepost.okr import actions as okr
from milepost.okr.models import Objective
from milepost.rhythm import actions
from milepost.rhythm.actions import CommentDraft, Subject
from milepost.rhythm.models import Comment, Notification
from milepost.rhythm.queries import (
    feed_page,
    list_notifications,
    objective_timeline,
    show_comment,
    waiting_counts,
)
from milepost.workspace import actions as workspace
from milepost.workspace.errors import NotFound
from milepost.workspace.models import Delivery, WebhookEvent
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
CANARY = "Canary"


def hidden(company: Company) -> tuple[int, int]:
    goal = company.objective(f"{CANARY} goal", visibility="private")
    return goal, say(company, goal, f"{CANARY} said")


def say(company: Company, goal: int, text: str, who: str = "lead") -> int:
    subject, draft = Subject(objective_id=goal), CommentDraft(text=text, flag="risk")
    return actions.post_comment(by=company.actor(who), subject=subject, draft=draft, now=NOW)


@pytest.mark.parametrize("who", ["member", "manager", "viewer"])
def test_nobody_reads_answers_or_follows_what_is_said_behind_a_wall(company: Company, who: str) -> None:
    goal, comment = hidden(company)
    actor, subject = company.actor(who), Subject(objective_id=goal)
    assert objective_timeline(actor, goal).items == ()
    assert feed_page(actor).items == ()
    assert list_notifications(actor).items == ()
    for deed in (
        lambda: show_comment(actor, comment),
        lambda: actions.post_comment(by=actor, subject=subject, draft=CommentDraft(text="x"), now=NOW),
        lambda: actions.edit_comment(by=actor, comment_id=comment, text="x", now=NOW),
        lambda: actions.delete_comment(by=actor, comment_id=comment, now=NOW),
        lambda: actions.settle_flag(by=actor, comment_id=comment, now=NOW),
        lambda: actions.set_reaction(by=actor, comment_id=comment, kind="heart", now=NOW),
        lambda: actions.set_follow(by=actor, subject=subject, is_on=True, now=NOW),
    ):
        with pytest.raises(NotFound):
            deed()


def test_a_goal_of_another_workspace_is_like_one_that_is_not_there(company: Company) -> None:
    theirs = build_company("Other")
    goal, comment = hidden(theirs)
    actor = company.actor()
    assert objective_timeline(actor, goal) == objective_timeline(actor, 999_999)
    for pk in (comment, 999_999):
        with pytest.raises(NotFound):
            show_comment(actor, pk)


def test_a_wall_that_is_built_later_hides_what_was_told_and_said_before(company: Company) -> None:
    goal = company.objective(f"{CANARY} goal")
    subject = Subject(objective_id=goal)
    actions.set_follow(by=company.actor("member"), subject=subject, is_on=True, now=NOW)
    say(company, goal, f"{CANARY} said, @Member Acme")
    assert waiting_counts(company.actor("member"), today=TODAY)[1] == 1
    assert feed_page(company.actor("member")).items
    draft = okr.ObjectiveDraft(
        title=f"{CANARY} goal", cycle_id=company.cycle, lead_id=company.ids["lead"], owner_team_id=company.team,
        visibility="private",
    )  # fmt: skip
    okr.edit_objective(by=company.actor("lead"), objective_id=goal, draft=draft, reason="Not yet", now=NOW)
    actor = company.actor("member")
    assert waiting_counts(actor, today=TODAY)[1] == 0
    assert list_notifications(actor).items == ()
    assert feed_page(actor).items == ()
    say(company, goal, f"{CANARY} again")
    assert Notification.objects.filter(to_id=company.ids["member"]).count() == 1


def test_programs_are_told_only_of_comments_that_everybody_reads(company: Company) -> None:
    workspace.create_webhook(by=company.actor(), url="https://example.org/h", events=list(WebhookEvent.values), now=NOW)
    hidden(company)
    assert not Delivery.objects.filter(body__contains=CANARY).exists()
    say(company, company.objective("Open"), "Heard")
    (sent,) = Delivery.objects.filter(type="comment.created")
    assert "Heard" in sent.body


def test_the_feed_holds_what_one_follows_and_what_ones_teams_own(company: Company) -> None:
    mine = company.objective("Of the team")
    other = company.objective("Elsewhere", owner_team_id=None, lead_id=company.ids["admin"], who="admin")
    say(company, mine, "Here")
    say(company, other, "There", who="admin")
    titles = {item.goal for item in feed_page(company.actor("manager")).items}  # in the team
    assert titles == {"Of the team"}
    actions.set_follow(by=company.actor("manager"), subject=Subject(objective_id=other), is_on=True, now=NOW)
    actions.set_follow(by=company.actor("manager"), subject=Subject(objective_id=mine), is_on=False, now=NOW)
    items = feed_page(company.actor("manager")).items
    assert {item.goal for item in items} == {"Elsewhere"}
    assert [(i.verb, i.text) for i in items if i.comment_id] == [("commented", "There")]


def test_a_deleted_comment_says_nothing_in_the_feed_or_a_notification(company: Company) -> None:
    goal = company.objective()
    pk = say(company, goal, f"{CANARY}, @Manager Acme")
    actions.delete_comment(by=company.actor(), comment_id=pk, now=NOW)
    actor = company.actor("manager")
    assert CANARY not in repr(feed_page(actor)) + repr(list_notifications(actor))
    assert Comment.objects.get(pk=pk).text == ""
    assert Objective.objects.filter(pk=goal).exists()


def test_pages_of_the_feed_lose_and_repeat_nothing(company: Company) -> None:
    goal = company.objective()
    for n in range(7):
        say(company, goal, f"No. {n}")
    seen, before = [], None
    while True:
        page = feed_page(company.actor("lead"), before=before, limit=3)
        seen += [item.sequence for item in page.items]
        before = page.older
        if before is None:
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) >= 7
