"""Tables of objectives and key results."""

from milepost.okr.models.alignment import Alignment, AlignmentRequest, RequestState
from milepost.okr.models.amendment import Amendment
from milepost.okr.models.answer import ReviewAnswer, Verdict
from milepost.okr.models.check_in import CheckIn
from milepost.okr.models.cycle import Cycle
from milepost.okr.models.draft_request import DraftRequest
from milepost.okr.models.initiative import ChecklistItem, Initiative, InitiativeState
from milepost.okr.models.key_result import WITH_METRIC, WITH_STEPS, Checkpoint, KeyResult, KeyResultKind, Outcome, Step
from milepost.okr.models.objective import Contributor, Counts, GoalState, Objective, ObjectiveTag, SharingTeam
from milepost.okr.models.part import Part
from milepost.okr.models.review import Retrospective, Review
from milepost.okr.models.saved_view import SavedView
from milepost.okr.models.score import KeyResultScore, ObjectiveScore
from milepost.okr.models.served import Served
from milepost.okr.models.template import Template, TemplateKind

__all__ = [
    "WITH_METRIC",
    "WITH_STEPS",
    "Alignment",
    "AlignmentRequest",
    "Amendment",
    "CheckIn",
    "ChecklistItem",
    "Checkpoint",
    "Contributor",
    "Counts",
    "Cycle",
    "DraftRequest",
    "GoalState",
    "Initiative",
    "InitiativeState",
    "KeyResult",
    "KeyResultKind",
    "KeyResultScore",
    "Objective",
    "ObjectiveScore",
    "ObjectiveTag",
    "Outcome",
    "Part",
    "RequestState",
    "Retrospective",
    "Review",
    "ReviewAnswer",
    "SavedView",
    "Served",
    "SharingTeam",
    "Step",
    "Template",
    "TemplateKind",
    "Verdict",
]
