"""What people say about goals and KPIs: kept, named, answered, flagged, taken back."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from milepost.core.mentions import ids_in, keep, said, said_in_markdown
from milepost.okr import actions as okr
from milepost.okr.models import KeyResult
from milepost.rhythm import actions
from milepost.rhythm.actions import CommentDraft, Subject
from milepost.rhythm.errors import AlreadySettled, NotMentionable, Withdrawn
from milepost.rhythm.models import Comment, CommentVersion, Mention, Notification
from milepost.rhythm.queries import kpi_timeline, list_comments, objective_timeline, show_comment, suggest_people
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Delivery
from tests.people import NOW, Company, build_company

pytestmark = pytest.mark.django_db


def post(company: Company, goal: int, text: str, *, who: str = "member", **given: object) -> int:
    draft = CommentDraft(text=text, **given)  # type: ignore[arg-type]
    return actions.post_comment(by=company.actor(who), subject=Subject(objective_id=goal), draft=draft, now=NOW)


def told(company: Company, who: str) -> list[str]:
    return list(Notification.objects.filter(to_id=company.ids[who]).order_by("id").values_list("kind", flat=True))


def test_a_name_is_kept_as_an_id_and_read_as_the_name_of_today() -> None:
    kept = keep("Ask @Ana Ruiz, not @ana or a@b.example", names={"Ana": 1, "Ana Ruiz": 2})
    assert kept == "Ask @[2], not @[1] or a@b.example"
    assert ids_in(kept) == (2, 1)
    assert said(kept, names={1: "Ana", 2: "Ana Klein"}) == "Ask @Ana Klein, not @Ana or a@b.example"
    assert said("@[7]", names={}) == "@somebody"
    assert said_in_markdown("@[1]", names={1: "A*b_[x](y)"}) == r"**@A\*b\_\[x\]\(y\)**"


def test_a_comment_stands_on_the_timeline_with_its_replies_below_it(company: Company) -> None:
    goal = company.objective()
    first = post(company, goal, "Was it the **queue**?")
    post(company, goal, "Yes", who="lead", reply_to=first)
    shown = objective_timeline(company.actor(), goal, shows="comments")
    (item,) = shown.items
    assert item.comment is not None
    assert (item.who, item.comment.text, [r.text for r in item.comment.replies]) == (
        "Member Acme", "Was it the **queue**?", ["Yes"],
    )  # fmt: skip


def test_check_ins_changes_and_comments_are_one_timeline_that_can_be_narrowed(company: Company) -> None:
    goal = company.objective()
    key_result = KeyResult.objects.get(objective_id=goal)
    for value in (80, 70):
        draft = okr.CheckInDraft(key_result_id=key_result.pk, value=value, confidence=6)
        okr.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    okr.set_paused(by=company.actor("lead"), objective_id=goal, paused=True, now=NOW)
    post(company, goal, "Why?")
    actor = company.actor()
    kinds = {
        shows: [i.kind for i in objective_timeline(actor, goal, shows=shows).items]
        for shows in ("all", "comments", "check_ins", "changes")
    }
    assert sorted(kinds["all"]) == ["check_in", "check_in", "comment", "event", "event", "event"]
    assert kinds["comments"] == ["comment"]
    assert kinds["check_ins"] == ["check_in"] * 2
    assert kinds["changes"] == ["event"] * 3
    latest = objective_timeline(actor, goal, shows="check_ins").items[0]
    assert (latest.before, latest.value, latest.unit_code) == (80.0, 70.0, "")


def test_pages_of_a_timeline_lose_and_repeat_nothing(company: Company) -> None:
    goal = company.objective()
    for n in range(30):
        draft = CommentDraft(text=f"No. {n}")
        at = NOW + timedelta(minutes=n // 3)  # three at one moment
        actions.post_comment(by=company.actor(), subject=Subject(objective_id=goal), draft=draft, now=at)
    seen: list[int] = []
    before = None
    while True:
        page = objective_timeline(company.actor(), goal, shows="comments", before=before)
        seen += [item.id for item in page.items]
        if page.older is None:
            break
        before = page.older
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 30


def test_a_kpi_is_talked_about_like_a_goal(company: Company) -> None:
    slug = company.kpi()
    made = actions.post_comment(
        by=company.actor("member"), subject=Subject(kpi=slug), draft=CommentDraft(text="Odd week", flag="risk"), now=NOW
    )
    metric = Comment.objects.get(pk=made).metric
    assert metric is not None
    items = kpi_timeline(company.actor(), metric.pk).items
    assert [i.kind for i in items] == ["comment", "event"]
    assert told(company, "lead")[-1] == "flagged"


def test_who_is_named_replied_to_or_follows_is_told_once_and_the_writer_never(company: Company) -> None:
    goal = company.objective()
    first = post(company, goal, "Look, @Viewer Acme and @Lead Acme", flag="risk")
    assert told(company, "viewer") == ["mentioned"]
    assert told(company, "lead") == ["mentioned"]
    post(company, goal, "I did", who="lead", reply_to=first)
    assert told(company, "member") == ["replied"]
    post(company, goal, "More")
    assert told(company, "lead") == ["mentioned", "commented"]
    assert "Lead Acme" not in Comment.objects.get(pk=first).text


def test_only_who_sees_the_goal_can_be_mentioned(company: Company) -> None:
    goal = company.objective(visibility="private")
    with pytest.raises(NotMentionable):
        post(company, goal, "See @Member Acme", who="lead")
    other = build_company("Other")
    refused = []
    for pk in (company.ids["member"], other.ids["lead"], 999_999):
        with pytest.raises(NotMentionable) as refusal:
            post(company, goal, f"See @[{pk}]", who="lead")
        refused.append(str(refusal.value))
    assert refused[1] == refused[2]
    assert Comment.objects.count() == Notification.objects.filter(kind="mentioned").count() == 0
    assert {p.name for p in suggest_people(company.actor("lead"), Subject(objective_id=goal), typed="")} == {
        "Ada Admin", "Lead Acme",
    }  # fmt: skip
    with pytest.raises(NotFound):
        suggest_people(company.actor("member"), Subject(objective_id=goal), typed="")


def test_people_are_suggested_by_any_word_of_their_name(company: Company) -> None:
    goal = Subject(objective_id=company.objective())
    assert [p.name for p in suggest_people(company.actor(), goal, typed="man")] == ["Manager Acme"]
    assert [p.name for p in suggest_people(company.actor(), goal, typed="admin")] == ["Ada Admin"]


def test_what_stood_before_an_edit_is_kept_and_cannot_be_changed(company: Company) -> None:
    goal = company.objective()
    pk = post(company, goal, "Frist, @Viewer Acme")
    actions.edit_comment(by=company.actor("member"), comment_id=pk, text="First, @Lead Acme", now=NOW)
    shown = show_comment(company.actor("member"), pk).line
    assert (shown.text, shown.is_edited, [name for _, name in shown.mentions]) == (
        "First, @Lead Acme",
        True,
        ["Lead Acme"],
    )
    assert told(company, "lead")[-1] == "mentioned"
    assert CommentVersion.objects.filter(comment_id=pk).count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        CommentVersion.objects.filter(comment_id=pk).update(text="Never")
    for who in ("lead", "admin"):
        with pytest.raises(NotAllowed):
            actions.edit_comment(by=company.actor(who), comment_id=pk, text="Mine", now=NOW)


def test_a_deleted_comment_says_who_deleted_it_and_nothing_else(company: Company) -> None:
    goal = company.objective()
    pk = post(company, goal, "Not here, @Lead Acme")
    post(company, goal, "Why not", who="lead", reply_to=pk)
    with pytest.raises(NotAllowed):
        actions.delete_comment(by=company.actor("lead"), comment_id=pk, now=NOW)
    actions.delete_comment(by=company.actor(), comment_id=pk, now=NOW)
    (item,) = objective_timeline(company.actor("viewer"), goal, shows="comments").items
    assert item.comment is not None
    assert (item.comment.text, item.comment.deleted_by, len(item.comment.replies)) == ("", "Ada Admin", 1)
    assert not Mention.objects.exists()
    for deed in (
        lambda: actions.edit_comment(by=company.actor("member"), comment_id=pk, text="x", now=NOW),
        lambda: actions.delete_comment(by=company.actor("member"), comment_id=pk, now=NOW),
        lambda: actions.set_reaction(by=company.actor("member"), comment_id=pk, kind="heart", now=NOW),
        lambda: post(company, goal, "x", reply_to=pk),
    ):
        with pytest.raises(Withdrawn):
            deed()


def test_a_flag_is_settled_once_by_its_author_the_lead_or_an_admin(company: Company) -> None:
    goal = company.objective()
    pk = post(company, goal, "It may slip", flag="risk")
    with pytest.raises(NotAllowed):
        actions.settle_flag(by=company.actor("manager"), comment_id=pk, now=NOW)
    assert [c.line.id for c in list_comments(company.actor(), Subject(objective_id=goal), flag="risk").items] == [pk]
    actions.settle_flag(by=company.actor("lead"), comment_id=pk, now=NOW)
    assert show_comment(company.actor(), pk).line.settled_by == "Lead Acme"
    assert told(company, "member") == ["settled"]
    assert list_comments(company.actor(), Subject(objective_id=goal), flag="risk").items == ()
    with pytest.raises(AlreadySettled):
        actions.settle_flag(by=company.actor(), comment_id=pk, now=NOW)
    with pytest.raises(Invalid, match="no flag"):
        actions.settle_flag(by=company.actor(), comment_id=post(company, goal, "Plain"), now=NOW)


def test_each_person_reacts_once_of_each_kind(company: Company) -> None:
    goal = company.objective()
    pk = post(company, goal, "Done")
    for who, kind in (("lead", "thanks"), ("lead", "heart"), ("admin", "thanks")):
        assert actions.set_reaction(by=company.actor(who), comment_id=pk, kind=kind, now=NOW)
    assert actions.set_reaction(by=company.actor("lead"), comment_id=pk, kind="heart", now=NOW) is False
    assert actions.set_reaction(by=company.actor("lead"), comment_id=pk, kind="thanks", is_on=True, now=NOW)
    found = {r.kind: (r.names, r.is_mine) for r in show_comment(company.actor("lead"), pk).line.reactions if r.names}
    assert found == {"thanks": (("Ada Admin", "Lead Acme"), True)}
    with pytest.raises(Invalid):
        actions.set_reaction(by=company.actor(), comment_id=pk, kind="party", now=NOW)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": "  "}, "Write what"),
        ({"text": "x" * 5001}, "at most 5,000"),
        ({"text": "x", "flag": "joke"}, "flagged as"),
        ({"text": "x\x07"}, "control character"),
    ],
)
def test_what_cannot_be_said_is_refused_in_a_sentence(company: Company, given: dict[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        post(company, company.objective(), **given)  # type: ignore[arg-type]


def test_a_reply_stays_on_its_goal_and_has_no_replies(company: Company) -> None:
    goal, other = company.objective(), company.objective("Other")
    first = post(company, goal, "A")
    reply = post(company, goal, "B", reply_to=first)
    for on, to in ((other, first), (goal, reply)):
        with pytest.raises(Invalid) as refusal:
            post(company, on, "C", reply_to=to)
        assert refusal.value.field == "reply_to"


def test_viewers_read_and_robots_say_nothing(company: Company) -> None:
    goal = company.objective()
    with pytest.raises(NotAllowed):
        post(company, goal, "x", who="viewer")
    with pytest.raises(Invalid, match="person"):
        actions.post_comment(
            by=company.operator(), subject=Subject(objective_id=goal), draft=CommentDraft(text="x"), now=NOW
        )


def test_an_erased_person_is_named_in_no_comment(company: Company) -> None:
    goal = company.objective()
    workspace.create_webhook(by=company.actor(), url="https://example.org/h", events=["comment.created"], now=NOW)
    post(company, goal, "Thank you, @Lead Acme", who="admin")
    workspace.erase_person(email="lead@acme.example", now=NOW)
    (item,) = objective_timeline(company.actor(), goal, shows="comments").items
    assert item.comment is not None
    assert item.comment.text == "Thank you, @Erased person"
    assert not Delivery.objects.filter(body__contains="Lead Acme").exists()
