"""Reads around people and workspaces: one function each."""

from milepost.workspace.queries.access import (
    Place,
    find_lead,
    get_place,
    is_set_up,
    job_place,
    list_all_workspaces,
    list_workspaces,
    operator_place,
    place_of,
    rhythm_of,
)
from milepost.workspace.queries.people import (
    InvitationRow,
    MemberRow,
    Option,
    TeamChoice,
    list_invitations,
    list_members,
    list_people,
    list_teams,
)

__all__ = [
    "InvitationRow",
    "MemberRow",
    "Option",
    "Place",
    "TeamChoice",
    "find_lead",
    "get_place",
    "is_set_up",
    "job_place",
    "list_all_workspaces",
    "list_invitations",
    "list_members",
    "list_people",
    "list_teams",
    "list_workspaces",
    "operator_place",
    "place_of",
    "rhythm_of",
]
