"""Making and changing teams."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import ProtectedError

from milepost.workspace.actions.events import gone, made, record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.rhythms import settle_people, settle_rhythms
from milepost.workspace.actions.search import index_words
from milepost.workspace.actions.text import clean_name
from milepost.workspace.actions.versions import count_up
from milepost.workspace.actions.visibility import walls_moved
from milepost.workspace.errors import Invalid, NotFound, TeamCircle
from milepost.workspace.models import Membership, Team, TeamMembership
from milepost.workspace.permissions import Actor, can_edit_team, can_manage_people, require


@transaction.atomic
def create_team(*, by: Actor, name: str, parent_id: int | None, ends_on: date | None = None, now: datetime) -> int:
    """Make a team and return its id; a team manager may make teams below their own.

    With a last day it is a project: when that is over it is offered for no new goals, and keeps those it has.

    Raises:
        NotAllowed, NotFound, Invalid.
    """
    require(can_edit_team, by, parent_id, to="make a team")
    workspace = lock_workspace(by.workspace_id)
    parent = _parent(by, parent_id)
    team = Team(workspace_id=by.workspace_id, name=_free_name(by, name), parent=parent, ends_on=ends_on)
    team.save()
    settle_rhythms(workspace, now=now)
    index_words(workspace_id=by.workspace_id, kind="team", object_id=team.pk, text=team.name)
    record_event(
        by=by,
        verb="created",
        kind="team",
        object_id=team.pk,
        now=now,
        changes=made(name=team.name, parent=parent and parent.name, ends_on=ends_on and ends_on.isoformat()),
    )
    return team.pk


@transaction.atomic
def edit_team(
    *,
    by: Actor,
    team_id: int,
    name: str,
    parent_id: int | None,
    ends_on: date | None = None,
    seen: int | None = None,
    now: datetime,
) -> None:
    """Rename a team, hang it below another one, or say when it ends; `ends_on` None: it goes on.

    Raises:
        NotAllowed, NotFound, Invalid, TeamCircle.
    """
    workspace = lock_workspace(by.workspace_id)
    team = _team(by, team_id)
    require(can_edit_team, by, team_id, to="change this team")
    count_up(team, seen=seen)
    changes: dict[str, list[object]] = {}
    if name.strip() != team.name:
        new = _free_name(by, name, but=team.pk)
        changes["name"], team.name = [team.name, new], new
    if parent_id != team.parent_id:
        require(can_manage_people, by, to="move a team")
        _refuse_circle(by, team, parent_id)
        old, team.parent = team.parent, _parent(by, parent_id)
        changes["parent"] = [old and old.name, team.parent and team.parent.name]
    if ends_on != team.ends_on:
        changes["ends_on"] = [day and day.isoformat() for day in (team.ends_on, ends_on)]
        team.ends_on = ends_on
    if not changes:
        return
    team.save()
    if "parent" in changes:
        walls_moved(by.workspace_id)
        settle_rhythms(workspace, now=now)
    index_words(workspace_id=by.workspace_id, kind="team", object_id=team.pk, text=team.name)
    record_event(by=by, verb="changed", kind="team", object_id=team.pk, now=now, changes=changes)


@transaction.atomic
def delete_team(*, by: Actor, team_id: int, now: datetime) -> None:
    """Delete a team that owns nothing and has none below it.

    Raises:
        NotAllowed, NotFound, Invalid.
    """
    require(can_manage_people, by, to="delete teams")
    workspace = lock_workspace(by.workspace_id)
    team = _team(by, team_id)
    inside = TeamMembership.objects.filter(team=team)
    people = list(inside.values_list("membership_id", flat=True))
    inside.delete()
    settle_people(workspace, people, now=now)
    try:
        team.delete()
    except ProtectedError:
        raise Invalid(f"{team.name} still has goals, KPIs or teams below it. Move them first.") from None
    settle_rhythms(workspace, now=now)
    index_words(workspace_id=by.workspace_id, kind="team", object_id=team_id, text="")
    record_event(by=by, verb="deleted", kind="team", object_id=team_id, now=now, changes=gone(name=team.name))


@transaction.atomic
def set_team_member(
    *, by: Actor, team_id: int, membership_id: int, is_manager: bool, is_member: bool = True, now: datetime
) -> None:
    """Put a person into a team, as member or manager, or take them out of it.

    Only an admin names managers: nobody gives a right they were not given.

    Raises:
        NotAllowed, NotFound.
    """
    workspace = lock_workspace(by.workspace_id)
    team = _team(by, team_id)
    require(can_edit_team, by, team_id, to="change who is in this team")
    if not Membership.objects.filter(pk=membership_id, workspace_id=by.workspace_id, removed_at=None).exists():
        raise NotFound
    now_in = TeamMembership.objects.filter(team=team, membership_id=membership_id).first()
    was_manager = now_in is not None and now_in.is_manager
    old = None if now_in is None else _place(is_manager=was_manager)
    new = _place(is_manager=is_manager) if is_member else None
    if was_manager != (is_manager and is_member):
        require(can_manage_people, by, to="name team managers")
    if not is_member:
        if now_in is None:
            raise NotFound
        now_in.delete()
    else:
        TeamMembership.objects.update_or_create(
            team=team, membership_id=membership_id, defaults={"is_manager": is_manager}
        )
    if old == new:
        return
    settle_people(workspace, [membership_id], now=now)
    walls_moved(by.workspace_id)
    record_event(
        by=by,
        verb="changed",
        kind="team",
        object_id=team_id,
        now=now,
        changes={"place": (old, new)},
        about={"name": team.name, "person": membership_id},
    )


def owning_team(by: Actor, team_id: int | None, *, there: int | None, today: date, field: str = "owner") -> int | None:
    """Return the id if a goal or KPI may belong to the team: one that goes on, or the one it belongs to already.

    Raises:
        NotFound: there is none in this workspace.
        Invalid: it has ended.
    """
    if team_id is None:
        return None
    team = _team(by, team_id)
    if team_id != there and team.has_ended(today):
        raise Invalid(f"{team.name} ended on {team.ends_on}. Choose a team that goes on.", field=field)
    return team_id


def _place(*, is_manager: bool) -> str:
    return "manager" if is_manager else "member"


def _team(by: Actor, team_id: int) -> Team:
    team = Team.objects.filter(pk=team_id, workspace_id=by.workspace_id).first()
    if team is None:
        raise NotFound
    return team


def _parent(by: Actor, parent_id: int | None) -> Team | None:
    return None if parent_id is None else _team(by, parent_id)


def _free_name(by: Actor, name: str, *, but: int = 0) -> str:
    name = clean_name(name)
    if Team.objects.filter(workspace_id=by.workspace_id, name__iexact=name).exclude(pk=but).exists():
        raise Invalid(f"There is a team called {name} already. Choose another name.", field="name")
    return name


def _refuse_circle(by: Actor, team: Team, parent_id: int | None) -> None:
    rows = Team.objects.filter(workspace_id=by.workspace_id).values_list("id", "name", "parent_id")
    teams = {pk: (name, parent) for pk, name, parent in rows}
    path = [team.name]
    above = parent_id
    while above is not None:
        name, higher = teams.get(above, ("", None))
        path.append(name)
        if above == team.pk:
            raise TeamCircle(path)
        above = higher
