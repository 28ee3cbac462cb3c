"""A timeline, the feed and notifications cost the same with two comments and with forty."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milepost.rhythm import actions
from milepost.rhythm.actions import CommentDraft, Subject
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db
MOST = 12


def pages(company: Company, goal: int, slug: str) -> dict[str, str]:
    ws = company.slug
    return {
        "goal": reverse("goal", args=[ws, goal]),
        "kpi": reverse("kpi", args=[ws, slug]),
        "feed": reverse("feed", args=[ws]),
        "notifications": reverse("notifications", args=[ws]),
    }


def counted(company: Company, goal: int, slug: str) -> dict[str, int]:
    client = Client()
    client.force_login(company.users["lead"], backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(reverse("account"))  # once in ten minutes it is written down that a session is in use
    client.get(reverse("goals", args=[company.slug]))  # the first page of a day brings the scores to it
    found = {}
    for name, address in pages(company, goal, slug).items():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        found[name] = len(queries)
    return found


def say(company: Company, subject: Subject, times: int) -> None:
    for number in range(times):
        draft = CommentDraft(text=f"No. {number}, @Lead Acme", flag="risk")
        pk = actions.post_comment(by=company.actor(), subject=subject, draft=draft, now=NOW)
        reply = CommentDraft(text="Yes, @Ada Admin", reply_to=pk)
        actions.post_comment(by=company.actor("member"), subject=subject, draft=reply, now=NOW)
        for kind in ("agree", "heart"):
            actions.set_reaction(by=company.actor("manager"), comment_id=pk, kind=kind, now=NOW)


def test_pages_of_talk_ask_the_same_whatever_was_said(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    goal, slug = company.objective(), company.kpi()
    subjects = (Subject(objective_id=goal), Subject(kpi=slug))
    for subject in subjects:
        say(company, subject, 1)
    few = counted(company, goal, slug)
    for subject in subjects:
        say(company, subject, 20)
    many = counted(company, goal, slug)
    assert many == few
    assert {name: n for name, n in many.items() if n > MOST} == {}


def test_a_comment_takes_the_same_queries_whoever_follows(company: Company) -> None:
    goal = company.objective()
    counts = []
    for everybody in (False, True):
        for who in company.ids if everybody else ():
            actions.set_follow(by=company.actor(who), subject=Subject(objective_id=goal), is_on=True, now=NOW)
        by = company.actor()
        with CaptureQueriesContext(connection) as queries:
            actions.post_comment(by=by, subject=Subject(objective_id=goal), draft=CommentDraft(text="Hello"), now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]
