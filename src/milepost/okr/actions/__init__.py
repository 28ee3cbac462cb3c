"""Writes around goals: one function each."""

from milepost.metrics.actions.readings import NewReading, Stored
from milepost.metrics.models import ReadingSource
from milepost.okr.actions.check_ins import (
    CheckInDraft,
    delete_check_in,
    edit_check_in,
    record_check_in,
    record_check_ins,
)
from milepost.okr.actions.close import carry_over, close_cycle, close_objective, reopen_objective
from milepost.okr.actions.cycles import create_cycle, delete_cycle, edit_cycle
from milepost.okr.actions.days import rebuild, refresh_day
from milepost.okr.actions.drafts import CheckpointDraft, KeyResultDraft, ObjectiveDraft, PartDraft, StepDraft
from milepost.okr.actions.grading import GradeDraft, save_grades
from milepost.okr.actions.key_results import (
    add_key_result,
    cancel_key_result,
    edit_key_result,
    move_key_result,
)
from milepost.okr.actions.kpis import edit_kpi
from milepost.okr.actions.objectives import (
    activate_objective,
    cancel_objective,
    create_objective,
    edit_objective,
    set_paused,
)
from milepost.okr.actions.override import clear_override, set_override
from milepost.okr.actions.readings import record_readings
from milepost.okr.actions.retrospectives import RetrospectiveDraft, write_retrospective
from milepost.okr.actions.rules import RulesDraft, change_rules, patched_rules, rules_of, usual_rules

__all__ = [
    "CheckInDraft",
    "CheckpointDraft",
    "GradeDraft",
    "KeyResultDraft",
    "NewReading",
    "ObjectiveDraft",
    "PartDraft",
    "ReadingSource",
    "RetrospectiveDraft",
    "RulesDraft",
    "StepDraft",
    "Stored",
    "activate_objective",
    "add_key_result",
    "cancel_key_result",
    "cancel_objective",
    "carry_over",
    "change_rules",
    "clear_override",
    "close_cycle",
    "close_objective",
    "create_cycle",
    "create_objective",
    "delete_check_in",
    "delete_cycle",
    "edit_check_in",
    "edit_cycle",
    "edit_key_result",
    "edit_kpi",
    "edit_objective",
    "move_key_result",
    "patched_rules",
    "rebuild",
    "record_check_in",
    "record_check_ins",
    "record_readings",
    "refresh_day",
    "reopen_objective",
    "rules_of",
    "save_grades",
    "set_override",
    "set_paused",
    "usual_rules",
    "write_retrospective",
]
