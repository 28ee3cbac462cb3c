"""Rhythms of teams: setting them, and writing down what follows from them where scores read it (rule C4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from milepost.core.rhythm import Rhythm
from milepost.core.team_rhythms import held_rhythm, team_rhythms
from milepost.workspace.actions.events import record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.past import keep_past
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid, NotFound, RhythmLocked
from milepost.workspace.models import Membership, Team, TeamMembership, Workspace
from milepost.workspace.permissions import Actor, can_edit_team, require
from milepost.workspace.queries.rhythms import own_rhythm, rhythms_of, team_settings

MOST_SKIP_DAYS = 30


@dataclass(frozen=True, slots=True)
class TeamRhythm:
    """A rhythm of a team's own: `weeks` 0 means monthly, `weekday` 0 Monday, `skip_days` 0 asks always."""

    weeks: int
    weekday: int
    hour: int = 9
    skip_days: int = 0


COLUMNS = tuple(TeamRhythm.__dataclass_fields__)


@transaction.atomic
def set_team_rhythm(
    *,
    by: Actor,
    team_id: int,
    rhythm: TeamRhythm | None,
    is_locked: bool = False,
    seen: int | None = None,
    now: datetime,
) -> None:
    """Give a team a rhythm of its own, or let it follow what is above it; scores are due again.

    Args:
        rhythm: None follows. A team that follows may still lock what it follows for those below it.
        is_locked: teams below it follow it, whatever they set themselves; that waits until it is unlocked.

    Raises:
        NotAllowed: neither an admin nor a manager of the team or one above it.
        NotFound: there is no such team.
        Invalid: a number of it cannot be used.
        RhythmLocked: the workspace or a team above has locked its rhythm; to follow is open still.
        Stale: it is not the version `seen` any more.

    Source: rule C4.
    """
    workspace = lock_workspace(by.workspace_id)
    team = Team.objects.filter(pk=team_id, workspace_id=by.workspace_id).first()
    if team is None:
        raise NotFound
    require(can_edit_team, by, team_id, to="set the rhythm of this team")
    count_up(team, seen=seen)
    wanted: dict[str, int | bool | None] = {
        f"rhythm_{name}": value for name, value in zip(COLUMNS, _columns(rhythm), strict=True)
    }
    wanted["rhythm_is_locked"] = is_locked
    changes: dict[str, tuple[object, object]] = {
        name: (getattr(team, name), value) for name, value in wanted.items() if getattr(team, name) != value
    }
    if not changes:
        return
    if rhythm is not None or is_locked:
        _refuse_locked(workspace, team_id)
    for name, value in wanted.items():
        setattr(team, name, value)
    team.save(update_fields=[*wanted, "version"])
    settle_rhythms(workspace, now=now)
    record_event(
        by=by, verb="changed", kind="team", object_id=team_id, now=now, changes=changes, about={"name": team.name}
    )


def settle_rhythms(workspace: Workspace, *, now: datetime) -> bool:
    """Write down which teams go by another rhythm than the workspace, and return whether that changed.

    Called under the workspace's lock by whatever moves a rhythm or a team. Scores are due again where it
    changed, and what stood there is kept.
    """
    settings, _ = team_settings(workspace.pk)
    held: dict[tuple[int, int, int, int], list[int]] = {}
    for team, rhythm in team_rhythms(own_rhythm(workspace), settings).items():
        held.setdefault(_said(rhythm), []).append(team)
    found = [[*columns, sorted(teams)] for columns, teams in sorted(held.items())]
    if found == (workspace.team_rhythms or []):
        return False
    workspace.team_rhythms, workspace.scores_on = found, None
    workspace.save(update_fields=["team_rhythms", "scores_on"])
    keep_past(workspace, now=now)
    return True


def settle_people(workspace: Workspace, people: Collection[int], *, now: datetime) -> None:
    """Write down of these people which team is their only one: goals of theirs go by its rhythm.

    Called under the workspace's lock by whatever takes them into a team or out of one.
    """
    inside: dict[int, list[int]] = {pk: [] for pk in people}
    for pk, team in TeamMembership.objects.filter(membership_id__in=people).values_list("membership_id", "team_id"):
        inside[pk].append(team)
    rhythms = rhythms_of(workspace)
    moved = []
    for row in Membership.objects.filter(pk__in=people):
        only = inside[row.pk][0] if len(inside[row.pk]) == 1 else None
        if only == row.only_team_id:
            continue
        if rhythms.of(only) != rhythms.of(row.only_team_id):
            workspace.scores_on = None
        row.only_team_id = only
        moved.append(row)
    if not moved:
        return
    Membership.objects.bulk_update(moved, ["only_team"])
    keep_past(*moved, now=now)
    if workspace.scores_on is None:
        workspace.save(update_fields=["scores_on"])


def between(value: int, low: int, high: int, *, field: str) -> int:
    """Return a number of the settings.

    Raises:
        Invalid: it lies outside.
    """
    if not low <= value <= high:
        raise Invalid(f"{value} does not fit. Choose a number from {low} to {high}.", field=field)
    return value


def _columns(rhythm: TeamRhythm | None) -> tuple[int | None, ...]:
    if rhythm is None:
        return (None,) * len(COLUMNS)
    return (
        between(rhythm.weeks, 0, 3, field="rhythm_weeks"),
        between(rhythm.weekday, 0, 6, field="rhythm_weekday"),
        between(rhythm.hour, 0, 23, field="rhythm_hour"),
        between(rhythm.skip_days, 0, MOST_SKIP_DAYS, field="rhythm_skip_days"),
    )


def _refuse_locked(workspace: Workspace, team_id: int) -> None:
    settings, names = team_settings(workspace.pk)
    held = held_rhythm(own_rhythm(workspace), settings, team_id)
    if held.is_locked:
        is_team = held.locked_by is not None
        raise RhythmLocked(names[held.locked_by] if held.locked_by is not None else workspace.name, is_team=is_team)


def _said(rhythm: Rhythm) -> tuple[int, int, int, int]:
    """Return a rhythm as `read_rhythm` takes it."""
    return 0 if rhythm.monthly else rhythm.every_weeks, rhythm.weekday, rhythm.hour, rhythm.skip_days or 0
