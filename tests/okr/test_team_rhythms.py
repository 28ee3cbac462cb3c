"""What is due follows the rhythm of the team that owns the goal (rule C4)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.okr import actions as okr
from milepost.okr.models import KeyResult, KeyResultScore
from milepost.okr.queries import cycle_report, list_cycles, week_page
from milepost.okr.queries.as_of import objective_on
from milepost.workspace import actions
from milepost.workspace.actions import TeamRhythm, WorkspaceSettings
from milepost.workspace.errors import Invalid, NotAllowed, NotFound, RhythmLocked, Stale
from milepost.workspace.models import Event, Membership, Team, Workspace
from milepost.workspace.queries import team_rhythm
from tests.people import NOW, START, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
EVERY_TWO = TeamRhythm(weeks=2, weekday=1)  # 6 and 20 Oct, 3 and 17 Nov, 1 Dec
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 12, 1)
LATER = NOW + timedelta(minutes=1)


def due(goal: int, company: Company, now=NOW) -> date | None:
    """Return when the goal's check-in is due, by rows of today."""
    okr.refresh_day(by=company.operator(now), now=now)
    return KeyResultScore.objects.get(objective_id=goal).next_check_in_on


def below(company: Company, name: str = "Nights", parent: int | None = None) -> int:
    return actions.create_team(by=company.actor(), name=name, parent_id=parent or company.team, now=NOW)


def set_rhythm(company: Company, rhythm: TeamRhythm | None = EVERY_TWO, *, team: int | None = None, **given) -> None:
    given = {"by": company.actor(), "now": NOW, **given}
    actions.set_team_rhythm(team_id=team or company.team, rhythm=rhythm, **given)


def settings(company: Company, *, now=NOW, **given: object) -> None:
    known: dict[str, object] = {
        "name": "Acme", "time_zone": "UTC", "fiscal_month": 1, "rhythm_weeks": 1, "rhythm_weekday": 0, "reviewers": 0,
        "demands_second_step": False,
    }  # fmt: skip
    actions.change_settings(by=company.actor(), settings=WorkspaceSettings(**(known | given)), now=now)  # type: ignore[arg-type]


def checked_in(company: Company, goal: int, on=NOW - timedelta(days=5)) -> None:
    draft = okr.CheckInDraft(key_result_id=KeyResult.objects.get(objective_id=goal).pk, value=90, confidence=6)
    okr.record_check_in(by=company.actor("lead", on), draft=draft, now=on)


def test_a_team_checks_in_by_its_own_rhythm_and_so_do_those_below(company: Company) -> None:
    nights = below(company)
    goals = [company.objective("Ours"), company.objective("Theirs", owner_team_id=nights, who="admin")]
    others = company.objective("Company", owner_team_id=None, who="admin")
    checked_in(company, goals[0])
    assert due(goals[0], company) == MONDAY
    set_rhythm(company)
    assert due(goals[0], company) == TUESDAY
    assert due(goals[1], company) == date(2026, 10, 6)  # it was never checked in on
    assert due(others, company) == date(2026, 10, 5)
    set_rhythm(company, TeamRhythm(0, 0), team=nights)
    assert due(goals[1], company) == date(2026, 10, 5)  # the first Monday of a month
    set_rhythm(company, None)
    assert due(goals[0], company) == MONDAY


def test_goals_of_a_person_go_by_their_one_team(company: Company) -> None:
    goal = company.objective("Mine", owner_team_id=None, owner_person_id=company.ids["lead"])
    checked_in(company, goal)
    set_rhythm(company)
    assert due(goal, company) == TUESDAY
    second = below(company)
    place = {"by": company.actor(), "team_id": second, "membership_id": company.ids["lead"], "is_manager": False}
    actions.set_team_member(**place, now=LATER)
    assert due(goal, company) == MONDAY  # in two teams: the workspace's
    actions.set_team_member(**place, is_member=False, now=LATER)
    assert due(goal, company) == TUESDAY
    actions.set_team_member(**place, now=LATER)
    actions.delete_team(by=company.actor(), team_id=second, now=LATER)
    assert due(goal, company) == TUESDAY
    assert Membership.objects.get(pk=company.ids["lead"]).only_team_id == company.team
    actions.remove_member(by=company.actor(), membership_id=company.ids["lead"], now=LATER)
    assert Membership.objects.get(pk=company.ids["lead"]).only_team_id is None
    assert due(goal, company) == MONDAY


def test_another_owner_brings_another_rhythm(company: Company) -> None:
    goal = company.objective("Ours")
    checked_in(company, goal)
    set_rhythm(company)
    assert due(goal, company) == TUESDAY
    draft = okr.ObjectiveDraft(title="Ours", cycle_id=company.cycle, lead_id=company.ids["lead"], owner_team_id=None)
    okr.edit_objective(by=company.actor(), objective_id=goal, draft=draft, reason="It is everybody's", now=LATER)
    assert due(goal, company) == MONDAY


def test_a_team_that_moves_follows_what_is_above_it_there(company: Company) -> None:
    top = actions.create_team(by=company.actor(), name="Sales", parent_id=None, now=NOW)
    nights = below(company)
    set_rhythm(company)
    held = team_rhythm(company.actor(), nights)
    assert (held.set_by, held.is_inherited, held.rhythm.every_weeks) == ("Acme Support", True, 2)
    actions.edit_team(by=company.actor(), team_id=nights, name="Nights", parent_id=top, now=LATER)
    assert team_rhythm(company.actor(), nights).set_by == "Acme"
    assert Workspace.objects.get(pk=company.workspace_id).team_rhythms == [[2, 1, 9, 0, [company.team]]]


def test_a_lock_above_refuses_and_names_who_locked(company: Company) -> None:
    nights, low = below(company), below(company, "Low")
    set_rhythm(company, TeamRhythm(3, 4), team=nights)
    set_rhythm(company, is_locked=True)
    held = team_rhythm(company.actor(), nights)
    assert (held.rhythm.every_weeks, held.locked_by, held.own and held.own.every_weeks) == (2, "Acme Support", 3)
    with pytest.raises(RhythmLocked, match="Acme Support has locked its rhythm.*Ask an admin or its manager"):
        set_rhythm(company, TeamRhythm(1, 0), team=low)
    with pytest.raises(RhythmLocked):
        set_rhythm(company, None, team=low, is_locked=True)
    settings(company, rhythm_is_locked=True)
    with pytest.raises(RhythmLocked, match="Acme has locked its rhythm.*Ask an admin to unlock"):
        set_rhythm(company, TeamRhythm(1, 0))
    assert team_rhythm(company.actor(), nights).rhythm.every_weeks == 1
    set_rhythm(company, None, team=nights)  # to follow is always open
    settings(company, now=LATER)
    assert team_rhythm(company.actor(), nights).rhythm.every_weeks == 2


def test_who_may_set_it(company: Company) -> None:
    nights = below(company)
    for team in (company.team, nights):
        set_rhythm(company, TeamRhythm(3, 2), team=team, by=company.actor("manager"))
    for who in ("lead", "member", "viewer"):
        with pytest.raises(NotAllowed):
            set_rhythm(company, None, by=company.actor(who))
    with pytest.raises(NotFound):
        set_rhythm(company, by=build_company("Zebra").actor())
    with pytest.raises(Invalid, match="4 does not fit"):
        set_rhythm(company, TeamRhythm(4, 0))
    with pytest.raises(Stale):
        set_rhythm(company, TeamRhythm(1, 0), seen=1)


def test_the_trail_says_what_was_set(company: Company) -> None:
    set_rhythm(company, is_locked=True)
    event = Event.objects.filter(kind="team", verb="changed").latest("sequence")
    assert event.data["changes"]["rhythm_weeks"] == [None, 2]
    assert event.data["changes"]["rhythm_is_locked"] == [False, True]
    trail = Event.objects.count()
    version = Team.objects.get(pk=company.team).version
    set_rhythm(company, is_locked=True)
    assert Event.objects.count() == trail
    assert Team.objects.get(pk=company.team).version == version


def test_a_day_of_the_past_goes_by_the_rhythms_of_then(company: Company) -> None:
    goal = company.objective("Mine", owner_team_id=None, owner_person_id=company.ids["lead"])
    checked_in(company, goal)
    then = NOW - timedelta(days=3)
    set_rhythm(company, now=then)
    assert due(goal, company, then) == TUESDAY
    set_rhythm(company, None, now=NOW)
    actions.set_team_member(
        by=company.actor(), team_id=below(company), membership_id=company.ids["lead"], is_manager=False, now=LATER
    )
    assert due(goal, company) == MONDAY
    past = objective_on(company.actor(), goal, then.date(), today=TODAY)
    (line,) = past.key_results[goal]
    assert line.next_check_in_on == TUESDAY


def test_my_week_asks_when_the_team_is_due(company: Company) -> None:
    goal = company.objective("Ours")
    checked_in(company, goal)
    assert [line.due_on for line in week_page(company.actor("lead"), today=TODAY).due] == [MONDAY]
    set_rhythm(company, TeamRhythm(2, 3))  # Thursdays, 19 Nov and 3 Dec
    assert due(goal, company) == date(2026, 12, 3)
    page = week_page(company.actor("lead"), today=TODAY)
    assert page.due == ()
    assert page.next_opens_on == date(2026, 11, 30)


def test_a_cycle_counts_each_team_by_its_own_rhythm(company: Company) -> None:
    goal = company.objective("Ours")
    checked_in(company, goal, on=START.replace(day=19))  # a Monday, and the day before a Tuesday
    cycles = list_cycles(company.actor(), today=TODAY)

    def report() -> float | None:
        rhythms = company.place().rhythms
        said = cycle_report(company.actor(), cycles[0], cycles, rhythms=rhythms, time_zone="UTC", today=TODAY)
        return said.on_time

    assert report() == pytest.approx(1 / 7)  # Mondays from 5 Oct to 16 Nov
    set_rhythm(company)
    assert report() == pytest.approx(1 / 4)  # 6 and 20 Oct, 3 and 17 Nov


def test_a_check_in_asks_no_more_of_many_rhythms_than_of_one(company: Company) -> None:
    goal = company.objective("Ours")
    checked_in(company, goal)
    checked_in(company, goal, on=NOW)
    counts = []
    for teams in (0, 30):
        for number in range(teams):
            team = below(company, f"Team {number}")
            set_rhythm(company, TeamRhythm(number % 4, number % 7), team=team)
        okr.refresh_day(by=company.operator(), now=NOW)
        with CaptureQueriesContext(connection) as asked:
            checked_in(company, goal, on=NOW + timedelta(minutes=1 + len(counts)))
        counts.append(len(asked))
    assert counts[0] == counts[1]
