"""Rhythms of teams: each follows the nearest one above it, unless one further up is locked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from milepost.core.rhythm import OwnRhythm, Rhythm, inherited_rhythm

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class TeamSetting:
    """Below which team one stands, None at the top, and what it set itself."""

    parent: int | None = None
    own: OwnRhythm = field(default_factory=OwnRhythm)


@dataclass(frozen=True, slots=True)
class HeldRhythm:
    """The rhythm of a team, the team that set it, and the highest one that locks it; None: the workspace.

    `is_locked` says whether something above locks it, so that an own one does not hold.
    """

    rhythm: Rhythm
    set_by: int | None
    is_locked: bool = False
    locked_by: int | None = None


@dataclass(frozen=True, slots=True)
class Rhythms:
    """The rhythm of a workspace, and those of its teams that go by another one."""

    workspace: Rhythm = field(default_factory=Rhythm)
    by_team: Mapping[int, Rhythm] = field(default_factory=dict)

    def of(self, team: int | None) -> Rhythm:
        """Return the rhythm of a team; of what belongs to none, None, it is the workspace's.

        Source: rule C4.
        """
        return self.workspace if team is None else self.by_team.get(team, self.workspace)

    @property
    def teams(self) -> dict[Rhythm, list[int]]:
        """Return each rhythm in use with the teams that go by it, the workspace's first and with none.

        Source: rule C4.
        """
        found: dict[Rhythm, list[int]] = {self.workspace: []}
        for team, rhythm in sorted(self.by_team.items()):
            found.setdefault(rhythm, []).append(team)
        return found


def held_rhythm(workspace: OwnRhythm, teams: Mapping[int, TeamSetting], team: int) -> HeldRhythm:
    """Return the rhythm of a team, and where it comes from.

    Args:
        teams: all of the workspace; no team stands inside itself.

    Source: rule C4.
    """
    line = _from_the_top(teams, team)
    settings = [workspace, *(teams[one].own for one in line)]
    above = [(None, workspace), *((one, teams[one].own) for one in line[:-1])]
    locks = [one for one, own in above if own.is_locked]
    reach = settings[: next((i for i, own in enumerate(settings) if own.is_locked), len(settings)) + 1]
    set_by = max((i for i, own in enumerate(reach) if i and own.rhythm is not None), default=0)
    return HeldRhythm(
        rhythm=inherited_rhythm(settings),
        set_by=line[set_by - 1] if set_by else None,
        is_locked=bool(locks),
        locked_by=locks[0] if locks else None,
    )


def team_rhythms(workspace: OwnRhythm, teams: Mapping[int, TeamSetting]) -> dict[int, Rhythm]:
    """Return the rhythms of teams that go by another one than the workspace.

    Args:
        teams: all of the workspace; no team stands inside itself.

    Source: rule C4.
    """
    usual = inherited_rhythm([workspace])
    if workspace.is_locked or not any(setting.own.rhythm for setting in teams.values()):
        return {}
    held = ((team, held_rhythm(workspace, teams, team).rhythm) for team in sorted(teams))
    return {team: rhythm for team, rhythm in held if rhythm != usual}


def rhythm_in_words(rhythm: Rhythm) -> str:
    """Return a rhythm as a person says it.

    Source: rule C4.
    """
    day = WEEKDAYS[rhythm.weekday]
    if rhythm.monthly:
        often = f"every month on its first {day}"
    elif rhythm.every_weeks == 1:
        often = f"every week on {day}"
    else:
        often = f"every {rhythm.every_weeks} weeks on {day}"
    asked = f"asked for by mail from {rhythm.hour}:00"
    if rhythm.skip_days is None:
        return f"{often}, {asked}"
    days = "day" if rhythm.skip_days == 1 else f"{rhythm.skip_days} days"
    return f"{often}, {asked}, not of who updated in the last {days}"


def _from_the_top(teams: Mapping[int, TeamSetting], team: int) -> list[int]:
    line = [team]
    while (parent := teams[line[-1]].parent) is not None:
        line.append(parent)
    return line[::-1]
