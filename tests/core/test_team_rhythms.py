"""Rhythms of teams follow the nearest one above, unless something further up is locked (rule C4)."""

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.rhythm import OwnRhythm, Rhythm, inherited_rhythm
from milepost.core.team_rhythms import Rhythms, TeamSetting, held_rhythm, rhythm_in_words, team_rhythms

WEEKLY, EVERY_TWO, MONTHLY = Rhythm(), Rhythm(every_weeks=2, weekday=1), Rhythm(monthly=True)
rhythms = st.sampled_from([WEEKLY, EVERY_TWO, MONTHLY])
own = st.builds(OwnRhythm, rhythm=st.none() | rhythms, is_locked=st.booleans())
workspaces = st.builds(OwnRhythm, rhythm=rhythms, is_locked=st.booleans())


@st.composite
def trees(draw: st.DrawFn) -> dict[int, TeamSetting]:
    """Return teams of any depth: each stands below one that was there before it."""
    found: dict[int, TeamSetting] = {}
    for team in range(1, draw(st.integers(1, 8)) + 1):
        parent = draw(st.none() | st.sampled_from(sorted(found))) if found else None
        found[team] = TeamSetting(parent, draw(own))
    return found


def line(teams: dict[int, TeamSetting], team: int) -> list[int]:
    above = teams[team].parent
    return [*(line(teams, above) if above else []), team]


@given(workspaces, trees())
def test_c4_what_holds_is_what_the_line_above_says(workspace: OwnRhythm, teams: dict[int, TeamSetting]) -> None:
    kept = Rhythms(inherited_rhythm([workspace]), team_rhythms(workspace, teams))
    for team in teams:
        settings = [workspace, *(teams[one].own for one in line(teams, team))]
        held = held_rhythm(workspace, teams, team)
        assert kept.of(team) == held.rhythm == inherited_rhythm(settings)
        source = workspace if held.set_by is None else teams[held.set_by].own
        assert source.rhythm == held.rhythm
        assert held.is_locked == any(one.is_locked for one in settings[:-1])
    assert WEEKLY not in kept.by_team.values() or kept.workspace != WEEKLY
    assert sorted(one for below in kept.teams.values() for one in below) == sorted(kept.by_team)


@given(workspaces, trees(), own, st.data())
def test_c4_below_a_lock_nothing_that_a_team_sets_matters(
    workspace: OwnRhythm, teams: dict[int, TeamSetting], new: OwnRhythm, data: st.DataObject
) -> None:
    team = data.draw(st.sampled_from(sorted(teams)))
    before = held_rhythm(workspace, teams, team)
    after = held_rhythm(workspace, {**teams, team: TeamSetting(teams[team].parent, new)}, team)
    if before.is_locked:
        assert after == before
        assert after.set_by != team
    elif new.rhythm is not None:
        assert (after.rhythm, after.set_by) == (new.rhythm, team)
    else:
        assert after.set_by != team


@given(workspaces, trees(), st.data())
def test_c4_a_lock_above_holds_for_all_below_it(
    workspace: OwnRhythm, teams: dict[int, TeamSetting], data: st.DataObject
) -> None:
    top = data.draw(st.sampled_from(sorted(teams)))
    locked = {**teams, top: TeamSetting(teams[top].parent, OwnRhythm(teams[top].own.rhythm, is_locked=True))}
    for team in teams:
        if top in line(teams, team):
            assert held_rhythm(workspace, locked, team).rhythm == held_rhythm(workspace, locked, top).rhythm


def test_c4_the_highest_lock_is_named() -> None:
    teams = {
        1: TeamSetting(None, OwnRhythm(EVERY_TWO)), 2: TeamSetting(1, OwnRhythm(None, is_locked=True)),
        3: TeamSetting(2, OwnRhythm(MONTHLY)),
    }  # fmt: skip
    held = held_rhythm(OwnRhythm(WEEKLY), teams, 3)
    assert (held.rhythm, held.set_by, held.locked_by) == (EVERY_TWO, 1, 2)
    held = held_rhythm(OwnRhythm(WEEKLY, is_locked=True), teams, 3)
    assert (held.rhythm, held.set_by, held.is_locked, held.locked_by) == (WEEKLY, None, True, None)


def test_a_rhythm_is_said_as_a_person_says_it() -> None:
    assert rhythm_in_words(WEEKLY) == "every week on Monday, asked for by mail from 9:00"
    assert rhythm_in_words(EVERY_TWO) == "every 2 weeks on Tuesday, asked for by mail from 9:00"
    assert rhythm_in_words(Rhythm(monthly=True, weekday=4, hour=14, skip_days=3)) == (
        "every month on its first Friday, asked for by mail from 14:00, not of who updated in the last 3 days"
    )
    assert rhythm_in_words(Rhythm(skip_days=1)).endswith("not of who updated in the last day")
