"""Asking teams for drafts: whom, by when, once a day, and who is told."""

from datetime import date, timedelta

import pytest

from milepost.okr import actions, queries
from milepost.okr.errors import WrongState
from milepost.okr.models import DraftRequest
from milepost.rhythm.models import Notification
from milepost.rhythm.queries import list_notifications
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Event
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
WANTED = date(2026, 12, 12)
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def after(company: Company) -> int:
    """Return the next cycle, with a coach who is no admin."""
    return actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31),
        coach_id=company.ids["member"], now=NOW,
    )  # fmt: skip


@pytest.fixture
def growth(company: Company) -> int:
    """Return a team that nobody manages."""
    pk = workspace.create_team(by=company.actor(), name="Growth", parent_id=None, now=NOW)
    for who in ("lead", "viewer"):
        workspace.set_team_member(
            by=company.actor(), team_id=pk, membership_id=company.ids[who], is_manager=False, now=NOW
        )
    return pk


def ask(company: Company, after: int, *, who: str = "member", now: object = NOW, **given: object) -> tuple[int, ...]:
    fields = {"wanted_by": WANTED, "now": now} | given
    return actions.ask_for_drafts(by=company.actor(who), cycle_id=after, **fields)  # type: ignore[arg-type]


def test_the_coach_asks_the_teams_without_drafts(company: Company, after: int, growth: int) -> None:
    company.objective("Planned", cycle_id=after, activate=False)
    assert ask(company, after) == (growth,)
    row = DraftRequest.objects.get()
    assert (row.asked_by_id, row.asked_on, row.wanted_by) == (company.ids["member"], TODAY, WANTED)
    event = Event.objects.get(verb="asked_for_drafts")
    assert (event.kind, event.object_id, event.data["teams"]) == ("cycle", after, [growth])
    (said,) = queries.list_draft_requests(company.actor("viewer"), after)
    assert (said.team, said.who, said.wanted_by) == ("Growth", "Member Acme", WANTED)


def test_who_manages_a_team_is_told_and_else_everybody_in_it(company: Company, after: int, growth: int) -> None:
    ask(company, after)
    told = {row.to_id: row for row in Notification.objects.filter(kind="asked")}
    assert told.keys() == {company.ids["manager"], company.ids["lead"]}  # a viewer drafts nothing
    assert told[company.ids["lead"]].data == {"wanted_by": "2026-12-12", "teams": ["Growth"]}
    (line,) = list_notifications(company.actor("manager")).items
    assert (line.kind, line.cycle_id, line.title, line.objective_id) == ("asked", after, "Q1 2027", None)


def test_nobody_is_asked_twice_on_one_day(company: Company, after: int, growth: int) -> None:
    assert set(ask(company, after, team_ids=[growth])) == {growth}
    with pytest.raises(WrongState, match="Growth: asked today already. Ask again tomorrow"):
        ask(company, after, team_ids=[growth])
    assert ask(company, after) == (company.team,)  # the others are
    with pytest.raises(WrongState, match="asked today already"):
        ask(company, after)
    again = ask(company, after, now=TOMORROW, wanted_by=WANTED + timedelta(days=2))
    assert set(again) == {growth, company.team}
    row = next(c for c in queries.list_cycles(company.actor(), today=TODAY) if c.id == after)
    page = queries.planning_page(company.actor(), row)
    assert {one.wanted_by for one in page.requests} == {WANTED + timedelta(days=2)}  # the last time counts
    assert {name: asked.wanted_by for _, name, asked in page.without if asked} == {
        "Acme Support": WANTED + timedelta(days=2), "Growth": WANTED + timedelta(days=2),
    }  # fmt: skip


def test_a_day_that_is_over_or_after_the_cycle_is_refused(company: Company, after: int) -> None:
    for day in (TODAY - timedelta(days=1), date(2027, 4, 1)):
        with pytest.raises(Invalid, match="at the latest 31 March 2027, when Q1 2027 ends"):
            ask(company, after, wanted_by=day)
    with pytest.raises(Invalid, match="Choose at least one team"):
        ask(company, after, team_ids=[])
    over = workspace.create_team(by=company.actor(), name="Move", parent_id=None, ends_on=date(2026, 12, 1), now=NOW)
    with pytest.raises(Invalid, match="Move ends before Q1 2027 begins"):
        ask(company, after, team_ids=[over])
    assert ask(company, after) == (company.team,)


def test_where_all_plan_already_and_where_the_plan_is_locked(company: Company, after: int) -> None:
    company.objective("Planned", cycle_id=after, activate=False)
    with pytest.raises(WrongState, match="Every team has an objective in Q1 2027"):
        ask(company, after)
    actions.lock_cycle(by=company.actor(), cycle_id=after, now=NOW)
    with pytest.raises(WrongState, match="The plan of Q1 2027 is locked"):
        ask(company, after, team_ids=[company.team])


def test_an_admin_and_the_coach_ask_and_nobody_else(company: Company, after: int) -> None:
    for who in ("lead", "manager", "viewer"):
        with pytest.raises(NotAllowed):
            ask(company, after, who=who)
    other = build_company("Other")
    with pytest.raises(NotFound):
        actions.ask_for_drafts(by=other.actor(), cycle_id=after, wanted_by=WANTED, now=NOW)
    with pytest.raises(NotFound):
        ask(company, after, team_ids=[other.team])
    assert ask(company, after, who="admin") == (company.team,)


def test_a_hidden_draft_is_not_given_away(company: Company, after: int) -> None:
    company.objective("Hidden", cycle_id=after, activate=False, visibility="private")
    assert ask(company, after) == (company.team,)  # as far as the coach sees
