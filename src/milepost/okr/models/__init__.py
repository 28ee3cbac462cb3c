"""Tables of objectives and key results."""

from milepost.okr.models.alignment import Alignment
from milepost.okr.models.amendment import Amendment
from milepost.okr.models.check_in import CheckIn
from milepost.okr.models.cycle import Cycle
from milepost.okr.models.key_result import (
    WITH_METRIC,
    WITH_STEPS,
    Checkpoint,
    KeyResult,
    KeyResultKind,
    Outcome,
    Step,
)
from milepost.okr.models.objective import Contributor, Counts, GoalState, Objective
from milepost.okr.models.part import Part
from milepost.okr.models.review import Retrospective, Review
from milepost.okr.models.score import KeyResultScore, ObjectiveScore

__all__ = [
    "WITH_METRIC",
    "WITH_STEPS",
    "Alignment",
    "Amendment",
    "CheckIn",
    "Checkpoint",
    "Contributor",
    "Counts",
    "Cycle",
    "GoalState",
    "KeyResult",
    "KeyResultKind",
    "KeyResultScore",
    "Objective",
    "ObjectiveScore",
    "Outcome",
    "Part",
    "Retrospective",
    "Review",
    "Step",
]
