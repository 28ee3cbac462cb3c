"""Writes around goals: one function each."""

from milepost.metrics.actions.readings import NewReading, Stored
from milepost.metrics.models import ReadingSource
from milepost.okr.actions.alignment import (
    ShareDraft,
    add_parent,
    answer_request,
    edit_parent,
    remove_parent,
    set_shares,
)
from milepost.okr.actions.approvals import activate_objective, approve_objective, send_back
from milepost.okr.actions.away import add_away, end_away
from milepost.okr.actions.check_ins import (
    CheckInDraft,
    delete_check_in,
    edit_check_in,
    record_check_in,
    record_check_ins,
)
from milepost.okr.actions.clone import clone_objective
from milepost.okr.actions.close import carry_over, close_cycle, close_objective, reopen_objective
from milepost.okr.actions.cycles import create_cycle, delete_cycle, edit_cycle
from milepost.okr.actions.days import rebuild, refresh_day
from milepost.okr.actions.draft_requests import ask_for_drafts
from milepost.okr.actions.drafts import CheckpointDraft, KeyResultDraft, ObjectiveDraft, PartDraft, StepDraft
from milepost.okr.actions.grading import GradeDraft, save_grades
from milepost.okr.actions.initiatives import (
    InitiativeDraft,
    ItemDraft,
    add_initiative,
    delete_initiative,
    edit_initiative,
    set_initiative_state,
    tick_item,
)
from milepost.okr.actions.key_results import add_key_result, cancel_key_result, edit_key_result, move_key_result
from milepost.okr.actions.kpis import edit_kpi
from milepost.okr.actions.objectives import (
    cancel_objective,
    create_objective,
    edit_objective,
    set_paused,
)
from milepost.okr.actions.override import clear_override, set_override
from milepost.okr.actions.planning import Left, Published, copy_cycle, lock_cycle, publish_cycle, unlock_cycle
from milepost.okr.actions.readings import record_readings
from milepost.okr.actions.retrospectives import RetrospectiveDraft, write_retrospective
from milepost.okr.actions.rules import RulesDraft, change_rules, patched_rules, rules_of, usual_rules
from milepost.okr.actions.saved_views import change_view, delete_view, save_view
from milepost.okr.actions.served import serve, stop_serving
from milepost.okr.actions.templates import delete_template, rename_template, save_kpi_template, save_objective_template
from milepost.okr.actions.to_initiative import make_initiative
from milepost.okr.actions.transfer import transfer_key_result

__all__ = [
    "CheckInDraft",
    "CheckpointDraft",
    "GradeDraft",
    "InitiativeDraft",
    "ItemDraft",
    "KeyResultDraft",
    "Left",
    "NewReading",
    "ObjectiveDraft",
    "PartDraft",
    "Published",
    "ReadingSource",
    "RetrospectiveDraft",
    "RulesDraft",
    "ShareDraft",
    "StepDraft",
    "Stored",
    "activate_objective",
    "add_away",
    "add_initiative",
    "add_key_result",
    "add_parent",
    "answer_request",
    "approve_objective",
    "ask_for_drafts",
    "cancel_key_result",
    "cancel_objective",
    "carry_over",
    "change_rules",
    "change_view",
    "clear_override",
    "clone_objective",
    "close_cycle",
    "close_objective",
    "copy_cycle",
    "create_cycle",
    "create_objective",
    "delete_check_in",
    "delete_cycle",
    "delete_initiative",
    "delete_template",
    "delete_view",
    "edit_check_in",
    "edit_cycle",
    "edit_initiative",
    "edit_key_result",
    "edit_kpi",
    "edit_objective",
    "edit_parent",
    "end_away",
    "lock_cycle",
    "make_initiative",
    "move_key_result",
    "patched_rules",
    "publish_cycle",
    "rebuild",
    "record_check_in",
    "record_check_ins",
    "record_readings",
    "refresh_day",
    "remove_parent",
    "rename_template",
    "reopen_objective",
    "rules_of",
    "save_grades",
    "save_kpi_template",
    "save_objective_template",
    "save_view",
    "send_back",
    "serve",
    "set_initiative_state",
    "set_override",
    "set_paused",
    "set_shares",
    "stop_serving",
    "tick_item",
    "transfer_key_result",
    "unlock_cycle",
    "usual_rules",
    "write_retrospective",
]
