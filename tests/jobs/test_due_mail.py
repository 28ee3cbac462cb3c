"""People are asked by mail for what is due: once, at their workspace's hour, and not who wants none (C4)."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.test import Client

from milepost.jobs import due_mail
from milepost.metrics.models import Reading
from milepost.okr import actions as okr
from milepost.okr.models import CheckIn, KeyResult
from milepost.rhythm import actions as rhythm
from milepost.rhythm.models import DueMail, NotificationChoice
from milepost.workspace import actions as workspace
from milepost.workspace.models import Workspace
from milepost.workspace.queries import job_place
from tests.people import NOW, START, Company

pytestmark = pytest.mark.django_db
MONDAY = NOW + timedelta(days=1)  # 23 Nov, 9:30: check-ins are due
BASE = "https://okr.example.org"


@pytest.fixture(autouse=True)
def _address(settings) -> None:  # type: ignore[no-untyped-def]
    settings.BASE_URL = BASE
    settings.ALLOWED_HOSTS = ["testserver", "okr.example.org"]


def run(company: Company, *, now=MONDAY) -> list[outbox.EmailMessage]:
    """Run the job and return what it sent."""
    before = len(outbox.outbox)
    due_mail.run(job_place(workspace_id=company.workspace_id, now=now), now=now)
    return outbox.outbox[before:]


def link(message: outbox.EmailMessage, what: str) -> str:
    found = re.search(rf"{BASE}(/{what}/\S+)", str(message.body))
    assert found is not None
    return found[1]


def set_rhythm(company: Company, **given: object) -> None:
    fields: dict[str, object] = {
        "name": "Acme", "time_zone": "UTC", "fiscal_month": 1, "rhythm_weeks": 1, "rhythm_weekday": 0, "reviewers": 0,
        "demands_second_step": False,
    }  # fmt: skip
    workspace.change_settings(by=company.actor(), settings=workspace.WorkspaceSettings(**(fields | given)), now=START)  # type: ignore[arg-type]


def test_who_has_something_due_is_asked_once(company: Company) -> None:
    company.objective()
    (message,) = run(company)
    assert message.to == ["lead@acme.example"]
    assert message.subject == "Tickets older than 24 h: due 23 Nov"
    assert "Lead Acme, one check-in is due in Acme:" in str(message.body)
    assert "- Tickets older than 24 h (no value yet)" in str(message.body)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert run(company) == []
    assert run(company, now=MONDAY + timedelta(hours=1)) == []


def test_several_are_asked_for_in_one_mail(company: Company) -> None:
    drafts = [okr.KeyResultDraft(title=f"Measure {i}", start=0, target=10, unit="deals") for i in range(3)]
    goal = company.objective(key_results=drafts)
    first = KeyResult.objects.filter(objective_id=goal).order_by("pk")[0]
    early = NOW - timedelta(days=9)
    draft = okr.CheckInDraft(key_result_id=first.pk, value=4, confidence=6)
    okr.record_check_in(by=company.actor("lead", early), draft=draft, now=early)
    (message,) = run(company)
    assert message.subject == "3 check-ins: due 23 Nov"
    assert "- Measure 0 (last 4 deals)" in str(message.body)


@pytest.mark.parametrize(
    ("hours", "sent"), [(-1, 0), (0, 1), (30, 1), (48, 0)], ids=["before the hour", "at it", "a day later", "too late"]
)
def test_it_is_asked_from_the_hour_on_for_two_days(company: Company, hours: int, sent: int) -> None:
    company.objective()
    nine = MONDAY.replace(hour=9, minute=0)
    assert len(run(company, now=nine + timedelta(hours=hours))) == sent


def test_the_hour_is_that_of_the_workspace_and_its_zone(company: Company) -> None:
    set_rhythm(company, rhythm_hour=14, time_zone="America/New_York")
    company.objective()
    assert run(company, now=MONDAY.replace(hour=18, minute=59)) == []
    assert len(run(company, now=MONDAY.replace(hour=19, minute=0))) == 1


def test_who_checked_in_is_not_asked(company: Company) -> None:
    goal = company.objective()
    key_result = KeyResult.objects.get(objective_id=goal)
    draft = okr.CheckInDraft(key_result_id=key_result.pk, value=80, confidence=6)
    okr.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)  # on Sunday, while it waits
    assert run(company) == []


def test_who_updated_lately_is_not_asked_where_the_workspace_says_so(company: Company) -> None:
    goal = company.objective()
    key_result = KeyResult.objects.get(objective_id=goal)
    thursday = NOW - timedelta(days=3)
    draft = okr.CheckInDraft(key_result_id=key_result.pk, value=80, confidence=6)
    okr.record_check_in(by=company.actor("lead", thursday), draft=draft, now=thursday)
    set_rhythm(company, rhythm_skip_days=4)
    assert run(company) == []
    set_rhythm(company, rhythm_skip_days=3)
    assert len(run(company)) == 1


def test_who_reads_only_leads_nothing_or_has_gone_is_not_asked(company: Company) -> None:
    company.objective()
    workspace.change_role(by=company.actor(), membership_id=company.ids["lead"], role="viewer", now=NOW)
    assert run(company) == []
    workspace.change_role(by=company.actor(), membership_id=company.ids["lead"], role="member", now=NOW)
    workspace.remove_member(by=company.actor(), membership_id=company.ids["lead"], now=NOW)
    assert run(company) == []


def test_without_an_address_or_of_a_sample_nobody_is_asked(company: Company, settings) -> None:  # type: ignore[no-untyped-def]
    company.objective()
    settings.BASE_URL = ""
    assert run(company) == []
    assert not DueMail.objects.exists()


def test_a_mail_that_does_not_leave_is_tried_again_five_times(company: Company, settings) -> None:  # type: ignore[no-untyped-def]
    company.objective()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    for tries in (1, 2, 3, 4, 5, 5):
        run(company)
        assert DueMail.objects.get().tries == tries
    assert "Nobody listens" in DueMail.objects.get().error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert run(company) == []


def test_what_is_checked_in_before_the_mail_leaves_is_not_in_it(company: Company) -> None:
    goal = company.objective()
    rhythm.write_due_mails(place=job_place(workspace_id=company.workspace_id, now=MONDAY), now=MONDAY)
    draft = okr.CheckInDraft(key_result_id=KeyResult.objects.get(objective_id=goal).pk, value=80, confidence=6)
    okr.record_check_in(by=company.actor("lead", MONDAY), draft=draft, now=MONDAY)
    assert run(company) == []
    assert DueMail.objects.get().sent_at == MONDAY


def test_the_link_opens_the_form_and_saves_as_its_person(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    goal = company.objective()
    company.objective("Of another", who="manager", owner_team_id=None)
    key_result = KeyResult.objects.get(objective_id=goal)
    message = next(m for m in run(company) if m.to == ["lead@acme.example"])
    monkeypatch.setenv("MILEPOST_NOW", MONDAY.isoformat())
    client, form = Client(), link(message, "due")
    page = client.get(form).content.decode()
    assert "Tickets older than 24 h" in page
    assert page.count('type="radio"') == 10  # one key result: nobody else's
    pk = key_result.pk
    sent = {f"value-{pk}": "80", f"confidence-{pk}": "7", f"key-{pk}": "once", "save": "all"}
    assert client.post(form, sent).status_code == 302
    made = CheckIn.objects.get()
    assert (made.author_id, made.value, made.confidence) == (company.ids["lead"], 80, 7)
    assert Reading.objects.get().author_id == company.ids["lead"]
    assert "Everything is checked in" in client.get(form).content.decode()
    assert client.get(f"/w/{company.slug}/week/").status_code == 302  # it signs nobody in


def test_the_link_ends_after_two_weeks_and_with_its_person(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.objective()
    (message,) = run(company)
    form = link(message, "due")
    client = Client()
    assert client.get(form).status_code == 200
    assert client.get(form[:-2] + "xx/").status_code == 404
    stop = link(message, "stop")
    assert client.get("/due/" + stop.removeprefix("/stop/")).status_code == 404  # one link is not the other
    workspace.remove_member(by=company.actor(), membership_id=company.ids["lead"], now=NOW)
    assert client.get(form).status_code == 404


def test_where_a_second_step_is_demanded_the_link_leads_to_the_sign_in(company: Company) -> None:
    company.objective()
    (message,) = run(company)
    Workspace.objects.filter(pk=company.workspace_id).update(demands_second_step=True)
    answer = Client().get(link(message, "due"))
    assert (answer.status_code, answer["Location"]) == (302, f"/w/{company.slug}/week/")


def test_one_click_stops_the_mails_and_nothing_else(company: Company) -> None:
    company.objective()
    (message,) = run(company)
    stop = link(message, "stop")
    client = Client(enforce_csrf_checks=True)
    assert "Send me none" in client.get(stop).content.decode()
    assert not NotificationChoice.objects.exists()  # looking stops nothing
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    choice = NotificationChoice.objects.get()
    assert (choice.membership_id, choice.kind, choice.in_app, choice.by_mail) == (
        company.ids["lead"],
        "due",
        True,
        False,
    )
    assert run(company, now=MONDAY + timedelta(days=7)) == []


@pytest.mark.parametrize("n", [1, 12])
def test_the_job_asks_the_same_of_the_database_for_any_number_of_people(
    company: Company, n: int, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    drafts = [okr.KeyResultDraft(title=f"Measure {i}", start=0, target=10) for i in range(n)]
    company.objective(key_results=drafts)
    okr.refresh_day(by=company.operator(MONDAY), now=MONDAY)
    place = job_place(workspace_id=company.workspace_id, now=MONDAY)
    with django_assert_max_num_queries(10):
        rhythm.write_due_mails(place=place, now=MONDAY)


def own_rhythm(company: Company, team: int, **given: int) -> None:
    rhythm = workspace.TeamRhythm(**{"weeks": 1, "weekday": 0, **given})
    workspace.set_team_rhythm(by=company.actor(), team_id=team, rhythm=rhythm, now=START)


def test_each_team_is_asked_by_its_own_rhythm(company: Company) -> None:
    company.objective()
    company.objective("Of the company", owner_team_id=None, who="member")
    own_rhythm(company, company.team, weekday=1, hour=7)
    assert [one.to for one in run(company)] == [["member@acme.example"]]
    tuesday = MONDAY.replace(hour=7, minute=0) + timedelta(days=1)
    assert run(company, now=tuesday - timedelta(minutes=1)) == []
    (message,) = run(company, now=tuesday)
    assert message.to == ["lead@acme.example"]
    assert message.subject.endswith("due 24 Nov")
    assert run(company, now=tuesday + timedelta(hours=3)) == []


def test_who_updated_lately_is_told_by_the_team_of_the_goal(company: Company) -> None:
    goal = company.objective()
    thursday = NOW - timedelta(days=3)
    draft = okr.CheckInDraft(key_result_id=KeyResult.objects.get(objective_id=goal).pk, value=80, confidence=6)
    okr.record_check_in(by=company.actor("lead", thursday), draft=draft, now=thursday)
    own_rhythm(company, company.team, skip_days=4)
    assert run(company) == []
    own_rhythm(company, company.team, skip_days=3)
    assert len(run(company)) == 1


def test_goals_of_two_rhythms_are_asked_for_once_where_the_worker_was_off(company: Company) -> None:
    company.objective()
    company.objective("Of the company", owner_team_id=None)
    own_rhythm(company, company.team, weekday=1)
    tuesday = MONDAY + timedelta(days=1)
    (message,) = run(company, now=tuesday)  # Monday's and Tuesday's, in one
    assert message.subject == "2 check-ins: due 24 Nov"
    assert run(company, now=tuesday + timedelta(minutes=10)) == []


def test_who_was_asked_on_monday_is_asked_for_what_falls_due_on_tuesday(company: Company) -> None:
    company.objective()
    company.objective("Of the company", owner_team_id=None)
    own_rhythm(company, company.team, weekday=1)
    assert len(run(company)) == 1
    assert len(run(company, now=MONDAY + timedelta(days=1))) == 1
    assert DueMail.objects.count() == 2
