"""In which rhythm check-ins are asked for: of the workspace, and of teams that have another one (rule C4)."""

from dataclasses import dataclass
from datetime import date

from milepost.core.rhythm import OwnRhythm, Rhythm
from milepost.core.team_rhythms import Rhythms, TeamSetting, held_rhythm
from milepost.workspace.errors import NotFound
from milepost.workspace.models import Team, Workspace
from milepost.workspace.permissions import Actor, can_edit_team

ANCHOR = date(2024, 1, 1)  # a Monday: two- and three-week rhythms count from its week


@dataclass(frozen=True, slots=True)
class TeamRhythmPage:
    """The rhythm of a team: what holds, who set it, and what of its own waits while something above is locked.

    `set_by` and `locked_by` are the names of the workspace or a team; `locked_by` is empty where nothing
    above is locked. `own` is None for a team that follows what is above it, `above` is what that would be.
    `teams_below` counts all below it.
    """

    id: int
    name: str
    version: int
    rhythm: Rhythm
    set_by: str
    own: Rhythm | None
    is_locked: bool
    locked_by: str
    above: Rhythm
    above_set_by: str
    teams_below: int
    can_edit: bool

    @property
    def is_inherited(self) -> bool:
        """Return whether what holds was set above."""
        return self.own is None or bool(self.locked_by)


def read_rhythm(weeks: int, weekday: int, hour: int, skip_days: int) -> Rhythm:
    """Return a rhythm from its columns: 0 weeks are a month, 0 days to skip ask always."""
    return Rhythm(
        every_weeks=max(1, weeks),
        monthly=weeks == 0,
        weekday=weekday,
        anchor=ANCHOR,
        hour=hour,
        skip_days=skip_days or None,
    )


def rhythm_of(workspace: Workspace) -> Rhythm:
    """Return the check-in rhythm of a workspace (rule C4)."""
    return read_rhythm(
        workspace.rhythm_weeks, workspace.rhythm_weekday, workspace.rhythm_hour, workspace.rhythm_skip_days
    )


def rhythm_of_team(team: Team) -> Rhythm | None:
    """Return the rhythm that a team set, None where it follows what is above it; it holds unless that is locked."""
    return _whole(team.rhythm_weeks, team.rhythm_weekday, team.rhythm_hour, team.rhythm_skip_days)


def rhythms_of(workspace: Workspace) -> Rhythms:
    """Return the rhythms of a workspace and its teams; its row says them, so nothing is asked."""
    by_team = {
        team: rhythm
        for *columns, teams in workspace.team_rhythms or ()
        for rhythm in [read_rhythm(*columns)]
        for team in teams
    }
    return Rhythms(rhythm_of(workspace), by_team)


def own_rhythm(workspace: Workspace) -> OwnRhythm:
    """Return what a workspace sets."""
    return OwnRhythm(rhythm_of(workspace), workspace.rhythm_is_locked)


def team_settings(workspace_id: int) -> tuple[dict[int, TeamSetting], dict[int, str]]:
    """Return what each team of a workspace sets, and their names; one query."""
    rows = Team.objects.filter(workspace_id=workspace_id).values_list(
        "id", "name", "parent_id", "rhythm_is_locked", "rhythm_weeks", "rhythm_weekday", "rhythm_hour",
        "rhythm_skip_days",
    )  # fmt: skip
    settings: dict[int, TeamSetting] = {}
    names: dict[int, str] = {}
    for pk, name, parent, is_locked, weeks, weekday, hour, skip in rows:
        settings[pk] = TeamSetting(parent, OwnRhythm(_whole(weeks, weekday, hour, skip), is_locked))
        names[pk] = name
    return settings, names


def team_rhythm(actor: Actor, team_id: int) -> TeamRhythmPage:
    """Return the rhythm of a team and where it comes from; three queries.

    Raises:
        NotFound: it is not the actor's to see.
    """
    settings, names = team_settings(actor.workspace_id)
    if team_id not in settings:
        raise NotFound
    workspace = Workspace.objects.get(pk=actor.workspace_id)
    held = held_rhythm(own_rhythm(workspace), settings, team_id)
    own = settings[team_id].own
    follows = {**settings, team_id: TeamSetting(settings[team_id].parent)}
    above = held_rhythm(own_rhythm(workspace), follows, team_id)

    def named(by: int | None) -> str:
        return workspace.name if by is None else names[by]

    return TeamRhythmPage(
        id=team_id,
        name=names[team_id],
        version=Team.objects.values_list("version", flat=True).get(pk=team_id),
        rhythm=held.rhythm,
        set_by=named(held.set_by),
        own=own.rhythm,
        is_locked=own.is_locked,
        locked_by=named(held.locked_by) if held.is_locked else "",
        above=above.rhythm,
        above_set_by=named(above.set_by),
        teams_below=sum(team_id in _above(settings, one) for one in settings),
        can_edit=can_edit_team.test(actor, team_id),
    )


def _whole(*columns: int | None) -> Rhythm | None:
    given = [column for column in columns if column is not None]
    return read_rhythm(*given) if len(given) == len(columns) else None


def _above(settings: dict[int, TeamSetting], team_id: int) -> set[int]:
    found: set[int] = set()
    while (parent := settings[team_id].parent) is not None and parent not in found:
        found.add(parent)
        team_id = parent
    return found
