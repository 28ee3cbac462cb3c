"""What nobody checked in on for more than one and a half rhythms is marked, and nothing decays (R7)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from milepost.okr import actions
from milepost.okr.models import KeyResult, KeyResultScore
from milepost.workspace import actions as workspace
from milepost.workspace.actions import WorkspaceSettings
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db


def row(key_result: int) -> KeyResultScore:
    return KeyResultScore.objects.get(pk=key_result)


def test_it_is_marked_from_the_day_on_and_its_score_stays(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    kpi = company.kpi("Open tickets")
    drafts = [
        actions.KeyResultDraft(title="Said", start=100, target=60),
        actions.KeyResultDraft(title="Read", start=100, target=60, kpi=kpi),
    ]
    goal = company.objective(key_results=drafts)
    said, read = KeyResult.objects.filter(objective_id=goal).order_by("position").values_list("id", flat=True)
    assert row(said).stale_on is None  # nothing was said yet, so it is missing, not stale
    by = company.actor("lead")
    actions.record_check_in(by=by, draft=actions.CheckInDraft(said, value=80, confidence=6), now=NOW)
    actions.record_check_in(by=by, draft=actions.CheckInDraft(read, confidence=6), now=NOW)
    assert row(said).stale_on == TODAY + timedelta(days=11)
    assert row(read).stale_on is None  # how old a KPI's value is, its own status says
    pages = {}
    for days in (10, 11):
        later = NOW + timedelta(days=days)
        monkeypatch.setenv("MILEPOST_NOW", later.isoformat())
        actions.refresh_day(by=company.operator(later), now=later)
        assert row(said).score == 0.5
        client = Client()
        client.force_login(company.users["viewer"], backend="allauth.account.auth_backends.AuthenticationBackend")
        pages[days] = client.get(reverse("goal", args=[company.slug, goal])).content.decode()
    assert ", stale</span>" not in pages[10]
    assert pages[11].count(", stale</span>") == 1
    actions.record_check_in(by=by, draft=actions.CheckInDraft(said, nothing_changed=True, confidence=6), now=later)
    assert row(said).stale_on == later.date() + timedelta(days=11)


def test_a_slower_rhythm_makes_it_stale_later(company: Company) -> None:
    goal = company.objective()
    pk = KeyResult.objects.get(objective_id=goal).pk
    by = company.actor("lead")
    actions.record_check_in(by=by, draft=actions.CheckInDraft(pk, value=80, confidence=6), now=NOW)
    slower = WorkspaceSettings("Acme", "UTC", 1, 2, 0, 0, False)
    workspace.change_settings(by=company.actor(), settings=slower, now=NOW)
    actions.refresh_day(by=company.operator(), now=NOW)  # as the next reader does
    assert row(pk).stale_on == TODAY + timedelta(days=22)
    actions.set_paused(by=by, objective_id=goal, paused=True, now=NOW)
    assert row(pk).stale_on is None
