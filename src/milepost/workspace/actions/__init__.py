"""Writes around people and workspaces: one function each."""

from milepost.workspace.actions.deliveries import (
    MOST_ATTEMPTS,
    Message,
    claim_deliveries,
    delivered,
    forget_old_deliveries,
    not_delivered,
    replay,
    send_test,
)
from milepost.workspace.actions.due_work import Claim, claim_next, fail, finish, schedule
from milepost.workspace.actions.erase import delete_workspace, erase_everything
from milepost.workspace.actions.events import gone, made, record_event, record_export
from milepost.workspace.actions.first_start import set_up_installation
from milepost.workspace.actions.hearing import Happening, announce, hear
from milepost.workspace.actions.idempotency import KeptAnswer, forget_old_answers, keep_answer, kept_answer
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.members import (
    accept_invitation,
    change_role,
    find_invitation,
    invite,
    remove_member,
    revoke_invitation,
)
from milepost.workspace.actions.operator import add_member, forget_second_steps, make_operator, set_password
from milepost.workspace.actions.past import keep_past
from milepost.workspace.actions.personal import erase_person, export_person, overwrite_erased
from milepost.workspace.actions.pillars import archive_pillar, chosen_pillar, create_pillar, edit_pillar, move_pillar
from milepost.workspace.actions.rhythms import TeamRhythm, set_team_rhythm
from milepost.workspace.actions.search import index_many, index_words
from milepost.workspace.actions.second_steps import add_second_step, remove_second_step
from milepost.workspace.actions.sessions import end_session, end_sessions, touch_session
from milepost.workspace.actions.strategy import edit_strategy
from milepost.workspace.actions.tags import clean_tags
from milepost.workspace.actions.teams import create_team, delete_team, edit_team, owning_team, set_team_member
from milepost.workspace.actions.tokens import NewToken, create_token, revoke_token, touch_token
from milepost.workspace.actions.visibility import read_visibility, walls_moved, walls_stand
from milepost.workspace.actions.webhooks import (
    MOST_WEBHOOKS,
    create_webhook,
    delete_webhook,
    edit_webhook,
    rotate_secret,
    tell,
)
from milepost.workspace.actions.workspaces import WorkspaceSettings, change_settings, create_workspace

__all__ = [
    "MOST_ATTEMPTS",
    "MOST_WEBHOOKS",
    "Claim",
    "Happening",
    "KeptAnswer",
    "Message",
    "NewToken",
    "TeamRhythm",
    "WorkspaceSettings",
    "accept_invitation",
    "add_member",
    "add_second_step",
    "announce",
    "archive_pillar",
    "change_role",
    "change_settings",
    "chosen_pillar",
    "claim_deliveries",
    "claim_next",
    "clean_tags",
    "create_pillar",
    "create_team",
    "create_token",
    "create_webhook",
    "create_workspace",
    "delete_team",
    "delete_webhook",
    "delete_workspace",
    "delivered",
    "edit_pillar",
    "edit_strategy",
    "edit_team",
    "edit_webhook",
    "end_session",
    "end_sessions",
    "erase_everything",
    "erase_person",
    "export_person",
    "fail",
    "find_invitation",
    "finish",
    "forget_old_answers",
    "forget_old_deliveries",
    "forget_second_steps",
    "gone",
    "hear",
    "index_many",
    "index_words",
    "invite",
    "keep_answer",
    "keep_past",
    "kept_answer",
    "lock_workspace",
    "made",
    "make_operator",
    "move_pillar",
    "not_delivered",
    "overwrite_erased",
    "owning_team",
    "read_visibility",
    "record_event",
    "record_export",
    "remove_member",
    "remove_second_step",
    "replay",
    "revoke_invitation",
    "revoke_token",
    "rotate_secret",
    "schedule",
    "send_test",
    "set_password",
    "set_team_member",
    "set_team_rhythm",
    "set_up_installation",
    "tell",
    "touch_session",
    "touch_token",
    "walls_moved",
    "walls_stand",
]
