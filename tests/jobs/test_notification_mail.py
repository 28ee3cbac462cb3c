"""What people chose to be told by mail leaves in one mail, once, and says only what they may read then."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail as outbox
from django.test import Client

from milepost.jobs import loop, notification_mail
from milepost.okr import actions as okr
from milepost.okr.models import KeyResult
from milepost.rhythm import actions as rhythm
from milepost.rhythm.actions import Choice, CommentDraft, Subject
from milepost.rhythm.models import Notification, NotificationChoice, NotificationKind, NotificationMail
from milepost.rhythm.queries import NotificationLine
from milepost.workspace import actions as workspace
from milepost.workspace.models import Workspace
from milepost.workspace.queries import job_place
from tests.people import NOW, PASSWORD, TODAY, Company

pytestmark = pytest.mark.django_db
BASE = "https://okr.example.org"
RIPE = NOW + timedelta(minutes=15)


@pytest.fixture(autouse=True)
def _address(settings) -> None:  # type: ignore[no-untyped-def]
    settings.BASE_URL = BASE
    settings.ALLOWED_HOSTS = ["testserver", "okr.example.org"]


@pytest.fixture
def goal(company: Company) -> int:
    """Return a goal of the lead, who wants to hear of everything by mail."""
    choose(company, "lead")
    return company.objective(contributor_ids=[company.ids["member"]])


def choose(company: Company, who: str, *, by_mail: bool = True, in_app: bool = True) -> None:
    kinds = [kind.value for kind in NotificationKind]
    chosen = dict.fromkeys(kinds, Choice(in_app=in_app, by_mail=by_mail))
    rhythm.choose_notifications(by=company.actor(who), choices=chosen)


def post(
    company: Company, goal: int, text: str = "The rota slips", *, at=NOW, who: str = "admin", **given: object
) -> int:
    draft = CommentDraft(text=text, **given)  # type: ignore[arg-type]
    return rhythm.post_comment(by=company.actor(who), subject=Subject(objective_id=goal), draft=draft, now=at)


def run(company: Company, *, now=RIPE) -> list[outbox.EmailMessage]:
    """Run the job and return what it sent."""
    before = len(outbox.outbox)
    notification_mail.run(job_place(workspace_id=company.workspace_id, now=now), now=now)
    return outbox.outbox[before:]


def stop_link(message: outbox.EmailMessage) -> str:
    found = re.search(rf"{BASE}(/stop/\S+)", str(message.body))
    assert found is not None
    return found[1]


def test_what_was_told_and_not_read_is_mailed_once(company: Company, goal: int) -> None:
    comment = post(company, goal)
    (message,) = run(company)
    assert message.to == ["lead@acme.example"]
    assert message.subject == "Ada Admin commented on Be the tool support teams recommend"
    body = str(message.body)
    assert "Lead Acme, this is new in Acme:" in body
    assert "- Ada Admin commented on Be the tool support teams recommend\n  > The rota slips" in body
    assert f"{BASE}/w/acme/goals/{goal}/#comment-{comment}" in body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["List-Unsubscribe"] == f"<{BASE}{stop_link(message)}>"
    assert Notification.objects.get(to=company.ids["lead"]).mailed_at == RIPE
    assert run(company) == []
    assert run(company, now=RIPE + timedelta(hours=2)) == []


def test_a_quarter_of_an_hour_is_left_for_reading_it_in_the_app(company: Company, goal: int) -> None:
    post(company, goal)
    assert run(company, now=RIPE - timedelta(seconds=1)) == []
    rhythm.mark_read(by=company.actor("lead"), notification_id=None, now=NOW)
    assert run(company) == []
    assert not NotificationMail.objects.exists()


def test_several_things_are_told_in_one_mail_and_the_next_comes_an_hour_later(company: Company, goal: int) -> None:
    post(company, goal, "First")
    post(company, goal, "Second @Lead Acme", at=NOW + timedelta(minutes=10), flag="risk")
    (message,) = run(company)
    assert message.subject == "2 notifications in Acme"
    assert str(message.body).index("> First") < str(message.body).index("> Second")
    post(company, goal, "Third", at=RIPE)
    assert run(company, now=RIPE + timedelta(minutes=59)) == []
    assert len(run(company, now=RIPE + timedelta(minutes=60))) == 1


def test_who_wants_none_by_mail_gets_none(company: Company) -> None:
    goal = company.objective()
    post(company, goal)
    assert Notification.objects.get().by_mail is False
    assert run(company) == []


def test_every_kind_is_said_in_a_sentence(company: Company, goal: int) -> None:
    choose(company, "member", in_app=False)
    first = post(company, goal, "Hm", who="lead")
    post(company, goal, "Ask @Lead Acme", at=NOW)
    post(company, goal, "I see", reply_to=first)
    flagged = post(company, goal, "It may slip", flag="risk", who="lead")
    rhythm.settle_flag(by=company.actor(), comment_id=flagged, now=NOW)
    draft = okr.ObjectiveDraft(
        title="Be the tool support teams recommend", cycle_id=company.cycle, lead_id=company.ids["member"],
        owner_team_id=company.team, contributor_ids=[company.ids["lead"]],
    )  # fmt: skip
    okr.edit_objective(by=company.actor(), objective_id=goal, draft=draft, reason="Moved", now=NOW)
    okr.close_objective(by=company.actor(), objective_id=goal, grade=okr.GradeDraft(), key_results={}, now=NOW)
    body = "\n".join(str(message.body) for message in run(company))
    title = "Be the tool support teams recommend"
    for sentence in (
        f"Ada Admin mentions you on {title}", f"Ada Admin replied to you on {title}", f"Lead Acme flagged a risk on {title}",
        f"Ada Admin settled your flag on {title}", f"Ada Admin handed to you: {title}", f"Ada Admin closed {title}",
    ):  # fmt: skip
        assert sentence in body, sentence


def test_a_status_that_turned_is_said_with_the_one_before(company: Company, goal: int) -> None:
    pk = KeyResult.objects.get(objective_id=goal).pk
    draft = okr.CheckInDraft(key_result_id=pk, value=101, confidence=3)  # far behind, said by somebody else
    okr.record_check_in(by=company.actor(), draft=draft, now=NOW)
    (message,) = run(company)
    assert re.search(r"Tickets older than 24 h is now \w[\w ]+, before \w+", str(message.body))


def test_what_the_reader_may_not_see_any_more_is_not_told(company: Company) -> None:
    goal = company.objective(contributor_ids=[company.ids["viewer"]])
    choose(company, "viewer")
    post(company, goal, "Between us")
    rhythm.write_notification_mails(place=job_place(workspace_id=company.workspace_id, now=RIPE), now=RIPE)
    assert NotificationMail.objects.count() == 1
    draft = okr.ObjectiveDraft(
        title="Be the tool support teams recommend", cycle_id=company.cycle, lead_id=company.ids["lead"],
        owner_team_id=company.team, contributor_ids=[], visibility="private",
    )  # fmt: skip
    okr.edit_objective(by=company.actor(), objective_id=goal, draft=draft, reason="Walled", now=RIPE)
    assert run(company, now=RIPE + timedelta(minutes=1)) == []
    assert NotificationMail.objects.get().sent_at is not None
    assert Notification.objects.get(to=company.ids["viewer"], kind="commented").mailed_at is None


def test_what_is_deleted_or_read_before_the_mail_leaves_is_not_in_it(company: Company, goal: int) -> None:
    gone, read = post(company, goal, "Gone"), post(company, goal, "Read")
    post(company, goal, "Stays")
    rhythm.write_notification_mails(place=job_place(workspace_id=company.workspace_id, now=RIPE), now=RIPE)
    rhythm.delete_comment(by=company.actor(), comment_id=gone, now=RIPE)
    pk = Notification.objects.get(comment_id=read, to=company.ids["lead"]).pk
    rhythm.mark_read(by=company.actor("lead"), notification_id=pk, now=RIPE)
    (message,) = run(company)
    assert "> Stays" in str(message.body)
    assert "Gone" not in str(message.body)
    assert "Read" not in str(message.body)


def test_nobody_is_written_to_who_has_left_or_is_away(company: Company, goal: int) -> None:
    post(company, goal)
    lead = company.ids["lead"]
    away = okr.add_away(by=company.actor("lead"), membership_id=lead, first_day=TODAY, last_day=TODAY, now=NOW)
    assert run(company) == []
    okr.end_away(by=company.actor("lead"), away_id=away, now=NOW)
    place = job_place(workspace_id=company.workspace_id, now=RIPE)
    rhythm.write_notification_mails(place=place, now=RIPE)
    away = okr.add_away(by=company.actor("lead"), membership_id=lead, first_day=TODAY, last_day=TODAY, now=NOW)
    assert run(company) == []  # written before they left: it waits
    assert NotificationMail.objects.get().sent_at is None
    okr.end_away(by=company.actor("lead"), away_id=away, now=NOW)
    workspace.remove_member(by=company.actor(), membership_id=lead, now=RIPE)
    assert run(company) == []
    post(company, goal, "And more")
    assert run(company, now=RIPE + timedelta(hours=3)) == []


def test_who_lacks_a_demanded_second_step_is_told_nothing(company: Company, goal: int) -> None:
    post(company, goal)
    Workspace.objects.filter(pk=company.workspace_id).update(demands_second_step=True)
    assert run(company) == []
    Workspace.objects.filter(pk=company.workspace_id).update(demands_second_step=False)
    assert len(run(company)) == 1


def test_what_is_older_than_two_days_is_left_to_the_app(company: Company, goal: int) -> None:
    post(company, goal)
    assert run(company, now=NOW + timedelta(days=2)) == []
    assert len(run(company, now=NOW + timedelta(days=2, seconds=-1))) == 1


def test_killed_between_write_and_send_it_is_sent_once(
    company: Company, goal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(company, goal)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(notification_mail.mail, "deliver", killed)
        with pytest.raises(KeyboardInterrupt):
            run(company)
    assert NotificationMail.objects.get().sent_at is None
    assert len(run(company)) == 1
    assert run(company, now=RIPE + timedelta(hours=2)) == []


def test_killed_after_the_server_has_it_the_mail_is_known_as_the_same(
    company: Company, goal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(company, goal)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(notification_mail.rhythm, "notification_mail_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            run(company)
    first, second = outbox.outbox[-1], run(company)[0]
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert NotificationMail.objects.count() == 1


def test_a_mail_that_does_not_leave_is_tried_again_five_times(company: Company, goal: int, settings) -> None:  # type: ignore[no-untyped-def]
    post(company, goal)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    for tries in (1, 2, 3, 4, 5, 5):
        run(company)
        assert NotificationMail.objects.get().tries == tries
    assert "Nobody listens" in NotificationMail.objects.get().error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert run(company) == []


def test_one_click_stops_these_mails_and_leaves_those_of_check_ins(company: Company, goal: int) -> None:
    post(company, goal)
    stop = stop_link(run(company)[0])
    client = Client(enforce_csrf_checks=True)
    assert "No more mails of what you are told?" in client.get(stop).content.decode()
    post(company, goal, "Not any more", at=RIPE)
    rhythm.write_notification_mails(
        place=job_place(workspace_id=company.workspace_id, now=RIPE + timedelta(hours=1)), now=RIPE + timedelta(hours=1)
    )
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    mails = dict(NotificationChoice.objects.filter(membership=company.ids["lead"]).values_list("kind", "by_mail"))
    assert mails.pop("due") is True
    assert set(mails.values()) == {False}
    assert set(NotificationChoice.objects.values_list("in_app", flat=True)) == {True}
    assert run(company, now=RIPE + timedelta(hours=2)) == []  # also what was written before


def test_without_an_address_or_of_a_sample_nobody_is_told(company: Company, goal: int, settings) -> None:  # type: ignore[no-untyped-def]
    post(company, goal)
    settings.BASE_URL = ""
    assert run(company) == []
    settings.BASE_URL = BASE
    Workspace.objects.filter(pk=company.workspace_id).update(is_sample=True)
    assert run(company) == []


def test_the_worker_runs_it(company: Company, goal: int, monkeypatch: pytest.MonkeyPatch) -> None:
    post(company, goal)
    monkeypatch.setenv("MILEPOST_NOW", RIPE.isoformat())
    loop.work(once=True)
    assert [message.to for message in outbox.outbox] == [["lead@acme.example"]]


@pytest.mark.parametrize("n", [1, 40])
def test_a_mail_asks_the_same_of_the_database_for_any_number_of_things(
    company: Company, goal: int, n: int, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for number in range(n):
        post(company, goal, f"No. {number} to @Lead Acme")
    with django_assert_max_num_queries(20):
        (message,) = run(company)
    assert ("And 10 more" in str(message.body)) == (n == 40)
    assert not Notification.objects.filter(to=company.ids["lead"], mailed_at=None).exists()


@pytest.mark.parametrize("n", [1, 12])
def test_writing_asks_the_same_of_the_database_for_any_number_of_people(
    company: Company, n: int, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    people = [
        workspace.add_member(
            by=company.operator(),
            email=f"p{i}@acme.example",
            name=f"Person {i}",
            role="member",
            password=PASSWORD,
            now=NOW,
        )
        for i in range(n)
    ]
    goal = company.objective(contributor_ids=people)
    post(company, goal)
    Notification.objects.filter(to__in=people).update(by_mail=True)
    place = job_place(workspace_id=company.workspace_id, now=RIPE)
    with django_assert_max_num_queries(10):
        assert rhythm.write_notification_mails(place=place, now=RIPE) == n


def test_the_mail_of_a_plan_says_who_asks_for_what_and_who_answered(company: Company) -> None:
    for who in ("lead", "manager"):
        choose(company, who)
    Workspace.objects.filter(pk=company.workspace_id).update(reviewers=2)
    first, last = date(2027, 1, 1), date(2027, 3, 31)
    cycle = okr.create_cycle(by=company.actor(), name="Q1 2027", first_day=first, last_day=last, now=NOW)
    wanted = {"cycle_id": cycle, "wanted_by": date(2026, 12, 12), "team_ids": [company.team]}
    okr.ask_for_drafts(by=company.actor(), **wanted, now=NOW)  # type: ignore[arg-type]
    goal = company.objective("Answer weekends", cycle_id=cycle, activate=False)
    okr.activate_objective(by=company.actor("lead"), objective_id=goal, now=NOW)
    okr.approve_objective(by=company.actor("admin"), objective_id=goal, now=NOW)
    okr.send_back(by=company.actor("admin"), objective_id=goal, reason="From which number?", now=NOW)
    sent = {message.to[0].split("@")[0]: str(message.body) for message in run(company)}
    assert sent.keys() == {"lead", "manager"}
    asked = f"- Ada Admin asks Acme Support for drafts of Q1 2027 by 2026-12-12\n  {BASE}/w/acme/cycles/{cycle}/plan/"
    assert asked in sent["manager"]
    assert "- Lead Acme asks for a review of Answer weekends" in sent["manager"]
    assert "- Ada Admin approved Answer weekends" in sent["lead"]
    assert "- Ada Admin asked for changes to Answer weekends" in sent["lead"]


def test_every_kind_has_a_sentence() -> None:
    said = {
        "status": {"before": "on_track", "after": "at_risk"}, "flagged": {"flag": "risk"}, "closed": {"verb": "closed"},
        "answered": {"verb": "approved"}, "asked": {"teams": ["Support"], "wanted_by": "2026-12-12"},
    }  # fmt: skip
    for kind in set(NotificationKind.values) - {NotificationKind.DUE.value}:
        line = NotificationLine(
            id=1, at=NOW, kind=kind, who="Ana", objective_id=1, key_result_id=None, kpi="", cycle_id=None, goal="Goal",
            title="Goal", comment_id=None, text="", markdown="", data=said.get(kind, {}), is_read=False,
        )  # fmt: skip
        assert "Goal" in notification_mail._sentence(line), kind
