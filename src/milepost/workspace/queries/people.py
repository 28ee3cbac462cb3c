"""People and teams as lists to choose from, and the rows of the settings pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from milepost.prepared import prepared
from milepost.workspace.models import Invitation, Membership, Team, TeamMembership
from milepost.workspace.permissions import Actor
from milepost.workspace.queries.second_steps import SECOND_STEPS


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its id and its name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person of the settings page."""

    id: int
    name: str
    email: str
    role: str
    teams: str
    joined_at: datetime
    is_me: bool
    has_second_step: bool  # an authenticator app or a passkey


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One open invitation; its secret is not kept."""

    id: int
    label: str
    role: str
    team: str
    expires_at: datetime
    invited_by: str


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team in the tree, `depth` 0 at the top."""

    id: int
    name: str
    depth: int
    parent_id: int | None
    ends_on: date | None = None


def names_of(workspace_id: int, membership_ids: Collection[int]) -> dict[int, str]:
    """Return the names of these people by the ids of their memberships, those who have left included."""
    return dict(_names(workspace_id, membership_ids))


@prepared
def _names(workspace_id: int, ids: Collection[int]) -> QuerySet[Membership, tuple[int, str]]:
    return Membership.objects.filter(workspace_id=workspace_id, pk__in=ids).values_list("id", "user__name")


def list_people(actor: Actor) -> tuple[Option, ...]:
    """Return the people of the workspace by name."""
    rows = Membership.objects.filter(workspace_id=actor.workspace_id, removed_at=None)
    return tuple(Option(i, n) for i, n in rows.order_by("user__name", "id").values_list("id", "user__name"))


def list_everybody(actor: Actor) -> tuple[Option, ...]:
    """Return the people who are or were in the workspace by name: whoever may stand in its history."""
    rows = Membership.objects.filter(workspace_id=actor.workspace_id)
    return tuple(Option(i, n) for i, n in rows.order_by("user__name", "id").values_list("id", "user__name"))


def list_teams(actor: Actor) -> tuple[TeamChoice, ...]:
    """Return the teams of the workspace, each followed by the ones below it."""
    rows = Team.objects.filter(workspace_id=actor.workspace_id).order_by("name")
    below: dict[int | None, list[tuple[int, str, date | None]]] = {}
    for team_id, name, parent_id, ends_on in rows.values_list("id", "name", "parent_id", "ends_on"):
        below.setdefault(parent_id, []).append((team_id, name, ends_on))
    out: list[TeamChoice] = []

    def walk(parent: int | None, depth: int) -> None:
        for team_id, name, ends_on in below.get(parent, []):
            out.append(TeamChoice(id=team_id, name=name, depth=depth, parent_id=parent, ends_on=ends_on))
            walk(team_id, depth + 1)

    walk(None, 0)
    return tuple(out)


def list_members(actor: Actor) -> tuple[MemberRow, ...]:
    """Return the people of the workspace with role and teams, by name."""
    teams: dict[int, list[str]] = {}
    places = TeamMembership.objects.filter(team__workspace_id=actor.workspace_id).order_by("team__name")
    for member, team in places.values_list("membership_id", "team__name"):
        teams.setdefault(member, []).append(team)
    rows = Membership.objects.filter(workspace_id=actor.workspace_id, removed_at=None)
    secured = set(rows.filter(user__authenticator__type__in=SECOND_STEPS).values_list("id", flat=True))
    return tuple(
        MemberRow(
            id=pk,
            name=name,
            email=email,
            role=role,
            joined_at=joined,
            teams=", ".join(teams.get(pk, [])),
            is_me=pk == actor.membership_id,
            has_second_step=pk in secured,
        )
        for pk, name, email, role, joined in rows.order_by("user__name", "id").values_list(
            "id", "user__name", "user__email", "role", "joined_at"
        )
    )


def list_invitations(actor: Actor, *, now: datetime) -> tuple[InvitationRow, ...]:
    """Return the open invitations, the newest first."""
    rows = Invitation.objects.standing().filter(workspace_id=actor.workspace_id, expires_at__gt=now)
    values = rows.order_by("-id").values_list(
        "id", "label", "role", "team__name", "expires_at", "invited_by__user__name"
    )
    return tuple(InvitationRow(i, label, role, team or "", ends, by) for i, label, role, team, ends, by in values)
