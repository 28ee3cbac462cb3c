"""How a workspace tells status: chosen, kept by date, and in force in every row at once."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from milepost.core.pace import elapsed
from milepost.core.workdays import WorkCalendar
from milepost.exchange.doctor import examine
from milepost.okr import actions as okr
from milepost.okr.models import KeyResult, KeyResultScore, ObjectiveScore
from milepost.okr.queries import explained_key_result, explained_objective, list_cycles
from milepost.okr.queries.integrity import score_rows
from milepost.web.forms.rules import RulesForm, initial_of
from milepost.workspace.errors import Invalid, NotAllowed, Stale
from milepost.workspace.models import Event, RuleSetVersion, Workspace
from milepost.workspace.queries import list_rules, place_of, show_rules
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db


def change(company: Company, reason: str = "We agreed", **given: object) -> None:
    there = show_rules(company.actor())
    okr.change_rules(by=company.actor(), draft=okr.patched_rules(there, given), reason=reason, now=NOW)


def word(company: Company, goal: int) -> tuple[str, str]:
    key_result = KeyResultScore.objects.get(key_result__objective_id=goal)
    return key_result.word, ObjectiveScore.objects.get(objective_id=goal).word


def goal_at(company: Company, value: float, title: str = "Fewer tickets") -> int:
    goal = company.objective(title)
    key_result = KeyResult.objects.get(objective_id=goal).pk
    draft = okr.CheckInDraft(key_result_id=key_result, value=value, confidence=6)
    okr.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    return goal


def progress_of(goal: int) -> tuple[float, float]:
    row = KeyResultScore.objects.get(key_result__objective_id=goal)
    assert row.progress is not None and row.expected is not None
    return row.progress, row.expected


def test_another_rule_set_tells_every_word_anew_in_the_same_transaction(company: Company) -> None:
    goal = goal_at(company, 78)
    progress, expected = progress_of(goal)
    assert -0.10 <= progress - expected < 0  # on track by the gap, short of the plan
    assert word(company, goal) == ("on_track", "on_track")
    change(company, kind="strict")
    assert word(company, goal) == ("at_risk", "at_risk")
    change(company, kind="ratio")
    assert word(company, goal) == (("on_track", "on_track") if progress / expected >= 0.9 else ("at_risk", "at_risk"))
    change(company, kind="gap", ahead=None, on_track=0.5, at_risk=0.4)
    assert word(company, goal) == ("off_track", "off_track")


def test_the_rows_are_those_of_a_full_rebuild(company: Company) -> None:
    goal_at(company, 78)
    change(
        company, kind="strict", working_days=[0, 1, 2, 3, 4], holidays=[date(2026, 10, 12)], objective="weakest_child"
    )
    stored = score_rows(company.workspace_id)
    okr.rebuild(by=company.operator(), now=NOW)
    assert score_rows(company.workspace_id) == stored
    assert all(finding.is_sound for finding in examine(now=NOW) if "scores" in finding.check)


def test_how_many_goals_another_workspace_has_is_nothing_to_ours(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = goal_at(company, 78)
    goal_at(build_company("Other"), 78)
    monkeypatch.setattr("milepost.okr.actions.rules.SMALL", 1)
    change(company, kind="strict")
    assert word(company, goal) == ("at_risk", "at_risk")


def test_many_goals_are_told_anew_before_the_next_read(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    goal = goal_at(company, 78)
    okr.refresh_day(by=company.operator(), now=NOW)
    monkeypatch.setattr("milepost.okr.actions.rules.SMALL", 0)
    change(company, kind="strict")
    assert word(company, goal) == ("on_track", "on_track")
    assert place_of(membership_id=company.ids["admin"], now=NOW).scores_are_old
    okr.refresh_day(by=company.operator(), now=NOW)
    assert word(company, goal) == ("at_risk", "at_risk")


def test_days_that_count_move_the_plan_everywhere(company: Company) -> None:
    goal = goal_at(company, 78)
    holidays = [date(2026, 10, 12), date(2026, 11, 2)]
    change(company, working_days=[0, 1, 2, 3, 4], holidays=holidays)
    first, last = date(2026, 10, 1), date(2026, 12, 31)
    calendar = WorkCalendar(holidays=frozenset(holidays))
    tau = elapsed(first=first, last=last, day=TODAY, calendar=calendar)
    assert tau != elapsed(first=first, last=last, day=TODAY)
    assert progress_of(goal)[1] == pytest.approx(tau)
    (cycle,) = list_cycles(company.actor(), today=TODAY)
    assert cycle.elapsed == tau
    key_result = KeyResult.objects.get(objective_id=goal).pk
    place = place_of(membership_id=company.ids["admin"], now=NOW)
    explained = explained_key_result(company.actor(), key_result, rhythms=place.rhythms, today=TODAY)
    plan = next(e for e in explained.explanations if e.of == "expected")
    assert plan.value == pytest.approx(tau)
    assert "working days" in plan.formula


def test_an_objective_may_have_the_word_of_its_weakest_child(company: Company) -> None:
    drafts = [okr.KeyResultDraft(title=title, start=100, target=60) for title in ("Tickets", "Replies")]
    goal = company.objective("Two", key_results=drafts)
    for title, value in (("Tickets", 60), ("Replies", 99)):
        key_result = KeyResult.objects.get(objective_id=goal, title=title).pk
        draft = okr.CheckInDraft(key_result_id=key_result, value=value, confidence=6)
        okr.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    row = ObjectiveScore.objects.get(objective_id=goal)
    assert row.word == "on_track"
    change(company, objective="weakest_child")
    row.refresh_from_db()
    assert row.word == "off_track"
    status = next(e for e in explained_objective(company.actor(), goal, today=TODAY).explanations if e.of == "status")
    assert status.word == "off_track"
    assert "weakest child" in status.formula


def test_each_choice_is_kept_with_who_when_and_why(company: Company) -> None:
    change(company, kind="ratio", reason="The board thinks in ratios")
    change(company, kind="strict", reason="Plans are promises")
    newest, oldest = list_rules(company.actor("viewer"))
    assert (newest["kind"], newest["reason"], newest["by"]) == ("strict", "Plans are promises", "Ada Admin")
    assert (oldest["kind"], oldest["ahead"], oldest["since"]) == ("ratio", 1.10, TODAY)
    events = Event.objects.filter(kind="workspace", verb="changed").order_by("id")
    assert [e.data["changes"]["rule_set"] for e in events] == [["gap", "ratio"], ["ratio", "strict"]]
    row = RuleSetVersion.objects.order_by("id")[0]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RuleSetVersion.objects.filter(pk=row.pk).update(kind="gap")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "guess"}, "Choose"),
        ({"objective": "luck"}, "Choose the kind from"),
        ({"ahead": -0.2}, "Ahead would begin at −0.2 and on track at −0.1"),
        ({"on_track": float("nan")}, "on track"),
        ({"early_until": 1.5}, "Early would last until 1.5"),
        ({"working_days": []}, "A working week has at least one day"),
        ({"working_days": [7]}, "A working week has at least one day"),
        ({"holidays": [date(2026, 12, 25)]}, "Every day counts"),
    ],
)
def test_rules_by_which_no_word_could_be_told_are_refused(
    company: Company, given: dict[str, object], says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        change(company, **given)
    assert Workspace.objects.get(pk=company.workspace_id).rules_id is None


def test_a_change_needs_a_reason_an_admin_and_the_version_looked_at(company: Company) -> None:
    draft = okr.patched_rules(show_rules(company.actor()), {"kind": "strict"})
    with pytest.raises(Invalid, match="Say why"):
        okr.change_rules(by=company.actor(), draft=draft, reason=" ", now=NOW)
    with pytest.raises(NotAllowed):
        okr.change_rules(by=company.actor("lead"), draft=draft, reason="So", now=NOW)
    with pytest.raises(Stale):
        okr.change_rules(by=company.actor(), draft=draft, reason="So", seen=99, now=NOW)
    same = okr.patched_rules(show_rules(company.actor()), {})
    okr.change_rules(by=company.actor(), draft=same, reason="", now=NOW + timedelta(minutes=1))
    assert not RuleSetVersion.objects.exists()


def test_a_form_with_another_kind_brings_its_numbers_unless_they_were_changed(company: Company) -> None:
    there = initial_of(show_rules(company.actor()))
    sent = {**there, "kind": "ratio", "country": "", "reason": "So"}
    form = RulesForm(sent, initial=there)
    assert form.is_valid(), form.errors
    assert (form.draft().ahead, form.draft().on_track, form.draft().at_risk) == (1.10, 0.90, 0.70)
    form = RulesForm({**sent, "ahead": "120", "on_track": "95", "at_risk": "80"}, initial=there)
    assert form.is_valid()
    assert (form.draft().ahead, form.draft().on_track, form.draft().at_risk) == (1.2, 0.95, 0.8)


def test_the_page_shows_what_is_written_before_it_is_saved(company: Company, client: Client) -> None:
    client.force_login(company.users["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("settings_status", args=[company.slug])
    assert "Never changed" in client.get(address).content.decode()
    sent = {**initial_of(show_rules(company.actor())), "ahead": "10", "kind": "ratio", "week": "01234", "country": "ES"}
    filled = client.post(address, sent | {"do": "fill", "holidays": "2026-12-24"}).content.decode()
    assert "2026-12-24\n2026-12-25" in filled
    shown = client.post(address, sent | {"do": "show", "holidays": "2026-12-25"}).content.decode()
    assert "As written:" in shown
    assert "working days of Q4" in shown
    assert 'value="110"' in shown
    assert not RuleSetVersion.objects.exists()
    saved = client.post(address, sent | {"do": "save", "holidays": "2026-12-25", "reason": "Ratios"}, follow=True)
    assert "Ratio: ahead from 110, on track from 90, at risk from 70 % of the plan" in saved.content.decode()
    assert "Monday to Friday without one holiday" in saved.content.decode()
