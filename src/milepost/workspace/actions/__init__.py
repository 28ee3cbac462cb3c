"""Writes around people and workspaces: one function each."""

from milepost.workspace.actions.due_work import Claim, claim_next, fail, finish, schedule
from milepost.workspace.actions.erase import delete_workspace, erase_everything
from milepost.workspace.actions.events import record_event
from milepost.workspace.actions.first_start import set_up_installation
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.members import (
    accept_invitation,
    change_role,
    find_invitation,
    invite,
    remove_member,
    revoke_invitation,
)
from milepost.workspace.actions.operator import add_member, make_operator, set_password
from milepost.workspace.actions.search import index_many, index_words
from milepost.workspace.actions.teams import create_team, delete_team, edit_team, set_team_member
from milepost.workspace.actions.workspaces import WorkspaceSettings, change_settings, create_workspace

__all__ = [
    "Claim",
    "WorkspaceSettings",
    "accept_invitation",
    "add_member",
    "change_role",
    "change_settings",
    "claim_next",
    "create_team",
    "create_workspace",
    "delete_team",
    "delete_workspace",
    "edit_team",
    "erase_everything",
    "fail",
    "find_invitation",
    "finish",
    "index_many",
    "index_words",
    "invite",
    "lock_workspace",
    "make_operator",
    "record_event",
    "remove_member",
    "revoke_invitation",
    "schedule",
    "set_password",
    "set_team_member",
    "set_up_installation",
]
