"""People and teams as lists for programs."""

from typing import Any

from django.db.models import QuerySet

from milepost.workspace.errors import NotFound
from milepost.workspace.models import Invitation, Membership, Team, TeamMembership, Workspace
from milepost.workspace.permissions import Actor, can_manage_people, require
from milepost.workspace.queries.paging import Listing, Page, one_of, page_of

PEOPLE = Listing(
    fields={"id": "id", "name": "user__name", "email": "user__email", "role": "role", "joined_at": "joined_at"},
    filters={"role": "role", "team_id": "team_memberships__team_id"},
    sorts={"id": "pk", "name": "user__name"},
)
TEAMS = Listing(
    fields={"id": "id", "name": "name", "parent_id": "parent_id", "ends_on": "ends_on", "version": "version"},
    filters={"parent_id": "parent_id"},
    sorts={"id": "pk", "name": "name"},
)
WORKSPACE = Listing(
    fields={
        "id": "id", "slug": "slug", "name": "name", "time_zone": "time_zone", "fiscal_month": "fiscal_month",
        "rhythm_weeks": "rhythm_weeks", "rhythm_weekday": "rhythm_weekday",
        "rhythm_hour": "rhythm_hour", "rhythm_skip_days": "rhythm_skip_days",
        "rhythm_is_locked": "rhythm_is_locked", "reviewers": "reviewers",
        "demands_second_step": "demands_second_step", "version": "version",
    },
)  # fmt: skip
INVITATIONS = Listing(
    fields={
        "id": "id", "label": "label", "role": "role", "team_id": "team_id", "invited_by": "invited_by_id",
        "expires_at": "expires_at",
    },
)  # fmt: skip


def list_all_people(actor: Actor, *, filters: dict[str, object], **asked: Any) -> Page:
    """Return a page of the people of the workspace."""
    return page_of(_people, actor.workspace_id, PEOPLE, filters=filters, **asked)


def show_person(actor: Actor, membership_id: int) -> dict[str, Any]:
    """Return one person of the workspace.

    Raises:
        NotFound: nobody with this id is in it.
    """
    shown = one_of(_people(actor.workspace_id).filter(pk=membership_id), PEOPLE)
    if shown is None:
        raise NotFound
    return shown


def list_all_invitations(actor: Actor, **asked: Any) -> Page:
    """Return a page of the invitations that nobody has used or withdrawn; the day they end stands beside them.

    Raises:
        NotAllowed: only admins see them.
    """
    require(can_manage_people, actor, to="see invitations")
    return page_of(_invitations, actor.workspace_id, INVITATIONS, filters={}, **asked)


def list_all_teams(actor: Actor, *, filters: dict[str, object], **asked: Any) -> Page:
    """Return a page of teams."""
    return page_of(_teams, actor.workspace_id, TEAMS, filters=filters, **asked)


def show_team(actor: Actor, team_id: int) -> dict[str, Any]:
    """Return one team with its members: person and whether they manage it.

    Raises:
        NotFound: it is not the actor's to see.
    """
    shown = one_of(_teams(actor.workspace_id).filter(pk=team_id), TEAMS)
    if shown is None:
        raise NotFound
    inside = TeamMembership.objects.filter(team_id=team_id, membership__removed_at=None).order_by("membership_id")
    members = [
        {"person_id": person, "name": name, "is_manager": manages}
        for person, name, manages in inside.values_list("membership_id", "membership__user__name", "is_manager")
    ]
    return {**shown, "members": members}


def show_workspace(actor: Actor) -> dict[str, Any]:
    """Return the actor's workspace with its settings."""
    shown = one_of(Workspace.objects.filter(pk=actor.workspace_id), WORKSPACE)
    if shown is None:
        raise NotFound
    return shown


def _invitations(workspace_id: int) -> QuerySet[Invitation]:
    return Invitation.objects.standing().filter(workspace_id=workspace_id)


def _people(workspace_id: int) -> QuerySet[Membership]:
    return Membership.objects.filter(workspace_id=workspace_id, removed_at=None)


def _teams(workspace_id: int) -> QuerySet[Team]:
    return Team.objects.filter(workspace_id=workspace_id)
