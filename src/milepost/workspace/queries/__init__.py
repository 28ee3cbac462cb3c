"""Reads around people and workspaces: one function each."""

from milepost.workspace.queries.access import (
    Place,
    TokenFacts,
    find_lead,
    get_place,
    is_set_up,
    job_place,
    list_all_workspaces,
    list_workspaces,
    operator_place,
    place_of,
    place_of_token,
    rhythm_of,
)
from milepost.workspace.queries.listing import (
    list_all_invitations,
    list_all_people,
    list_all_teams,
    show_person,
    show_team,
    show_workspace,
)
from milepost.workspace.queries.paging import Page
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
from milepost.workspace.queries.tokens import TokenRow, list_tokens
from milepost.workspace.queries.webhooks import list_deliveries, list_webhooks, show_webhook, whom_to_tell

__all__ = [
    "InvitationRow",
    "MemberRow",
    "Option",
    "Page",
    "Place",
    "TeamChoice",
    "TokenFacts",
    "TokenRow",
    "find_lead",
    "get_place",
    "is_set_up",
    "job_place",
    "list_all_invitations",
    "list_all_people",
    "list_all_teams",
    "list_all_workspaces",
    "list_deliveries",
    "list_invitations",
    "list_members",
    "list_people",
    "list_teams",
    "list_tokens",
    "list_webhooks",
    "list_workspaces",
    "operator_place",
    "place_of",
    "place_of_token",
    "rhythm_of",
    "show_person",
    "show_team",
    "show_webhook",
    "show_workspace",
    "whom_to_tell",
]
