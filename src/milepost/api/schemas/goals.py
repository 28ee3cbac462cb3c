"""Cycles, objectives and check-ins."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import BeforeValidator, StringConstraints

from milepost.api.schemas.base import (
    NO_NUL,
    Body,
    Contributors,
    Id,
    Line,
    Number,
    PageQuery,
    Reason,
    Share,
    Tag,
    Tags,
    Teams,
    Visibility,
    as_list,
)
from milepost.api.schemas.key_results import KeyResultIn, KeyResultOut
from milepost.api.schemas.reviews import OUTCOME, OutcomeWord
from milepost.api.schemas.words import Ambition, Confidence, Counts, GoalStatus, Kind, Short, State, Text


class CycleOut(Schema):
    """A time box; both days belong to it."""

    id: int
    name: str = Field(examples=["Q4 2026"])
    first_day: date
    last_day: date
    coach_id: int | None = Field(
        description="Who helps with its plan and its review: may publish, lock and close the rest (rule G3)."
    )
    locked_at: datetime | None = Field(
        description="Since when admins and its coach alone change its plan; null while it is open."
    )
    version: int


class CycleIn(Body):
    """A new time box."""

    name: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=60)] = Field(examples=["Q1 2027"])
    first_day: date = Field(examples=["2027-01-01"])
    last_day: date = Field(examples=["2027-03-31"])
    coach_id: Id | None = None


class CyclePatch(Body):
    """What changes of a time box."""

    name: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=60)] | None = None
    first_day: date | None = None
    last_day: date | None = None
    coach_id: Id | None = None


class CycleQuery(PageQuery):
    """How cycles are listed."""

    sort: Literal["id", "-id", "name", "-name"] = "id"


class ObjectiveOut(Schema):
    """An objective and its score; with neither owner it is the company's."""

    id: int
    title: str
    why: str
    state: State
    ambition: Ambition
    counts: Counts
    cycle_id: int
    owner_team_id: int | None
    owner_person_id: int | None
    lead_id: int | None
    lead_name: str | None
    parent_id: int | None
    score: float | None
    expected: float | None
    status: GoalStatus | None
    confidence: int | None
    reported: int | None
    contributing: int | None
    missing: int | None
    checked_in_on: date | None
    next_check_in_on: date | None
    planned_score: float | None = Field(
        description="Once it is closed: what the plan of its first start came to (G2), beside the score as amended."
    )
    grade: float | None
    grade_reason: str
    activated_on: date | None
    closed_on: date | None
    created_at: datetime
    version: int
    visibility: Visibility
    tags: list[str] = []
    sharing_team_ids: list[int] | None = Field(None, description="Where one objective is shown.")
    pillar_id: int | None = Field(description="Its own; null: that of the one above it, if any.")
    shown_pillar_id: int | None = Field(
        None, description="The one it stands on, by itself or by what is above it; where one objective is shown."
    )
    contributor_ids: list[int] | None = Field(None, description="Who helps; where one objective is shown.")
    key_results: list[KeyResultOut] | None = Field(None, description="With include=key_results.")


class ObjectiveQuery(PageQuery):
    """How objectives are listed."""

    cycle_id: Id | None = None
    state: State | None = None
    team_id: Id | None = None
    within_team_id: Id | None = Field(None, description="A team or one below it.")
    person_id: Id | None = None
    lead_id: Id | None = None
    parent_id: Id | None = None
    pillar_id: Id | None = Field(None, description="Of its own.")
    tag: Tag | None = Field(None, description="In any capitals.")
    unaligned: bool | None = Field(
        None, description="Only those below nothing and on no pillar that are not the company's (rule R3)."
    )
    status: GoalStatus | None = None
    text: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=100)] | None = Field(
        None, description="Beginnings of words of the title."
    )
    needs_attention: bool | None = Field(None, description="At risk or off track, here or in a key result.")
    due_by: date | None = Field(None, description="The next check-in is due on this day or before.")
    sort: Literal["id", "-id", "title", "-title"] = "id"
    include: Literal["key_results"] | None = None


class ObjectiveIn(Body):
    """A new objective; `start` false leaves it a draft."""

    title: Line = Field(examples=["Be the tool support teams recommend"])
    cycle_id: Id = Field(examples=[1])
    lead_id: Id | None = Field(None, description="Left out: the holder of the token.")
    why: Text = ""
    owner_team_id: Id | None = None
    owner_person_id: Id | None = None
    parent_id: Id | None = None
    ambition: Ambition = "committed"
    counts: Counts = "key_results"
    visibility: Visibility = "everybody"
    contributor_ids: Contributors = []
    sharing_team_ids: Teams = []
    tags: Tags = Field([], description="Ten at most.")
    pillar_id: Id | None = None
    key_results: Annotated[list[KeyResultIn], Field(max_length=20)] = []
    start: bool = True


class ObjectivePatch(Body):
    """What changes of an objective; once it runs, a reason belongs to it (rule A1)."""

    title: Line | None = None
    cycle_id: Id | None = None
    lead_id: Id | None = None
    why: Text | None = None
    owner_team_id: Id | None = None
    owner_person_id: Id | None = None
    parent_id: Id | None = None
    ambition: Ambition | None = None
    counts: Counts | None = None
    visibility: Visibility | None = None
    contributor_ids: Contributors | None = None
    sharing_team_ids: Teams | None = None
    tags: Tags | None = None
    pillar_id: Id | None = None
    reason: Reason = ""


class ReasonIn(Body):
    """Why."""

    reason: Reason = Field(examples=["The market is gone."])


class GradeIn(Body):
    """A grade 0..1; left out, the proposed one stands. Another one needs its reason (rule G1)."""

    grade: Share | None = None
    reason: Short = ""
    lesson: Short = ""


class KeyResultGrade(GradeIn):
    """The grade of one key result."""

    key_result_id: Id
    outcome: OutcomeWord = Field("", description=OUTCOME)
    keeps_progress: bool = Field(False, description="Carried over with its start and progress (rule G4).")


class ClosureIn(GradeIn):
    """Closing an objective."""

    key_results: Annotated[list[KeyResultGrade], Field(max_length=100)] = []


class ClosureOut(Schema):
    """What closing a cycle did."""

    closed: list[int] = Field(
        description="Objectives that were closed; what nobody had graded got the proposed grade, not reviewed."
    )
    left: list[int] = Field(description="Objectives that are not yours to close, or wait for a grade.")


class MovedOut(Schema):
    """A score 0..1 just before a change and just after, with values as they were known then; null is unknown."""

    before: float | None
    after: float | None
    why: str = Field(description="What keeps it from being told, empty where it is.")


class EffectOut(Schema):
    """What everything that was changed of a goal at one moment did to scores."""

    key_result: MovedOut | None = Field(description="Of the key result that was changed; null of an objective.")
    objective: MovedOut


class AmendmentOut(Schema):
    """One changed field of a goal that runs (rule A1); `old` and `new` as text."""

    id: int
    kind: Literal["objective", "key_result"]
    goal_id: int
    field: str
    old: str
    new: str
    at: datetime
    author_id: int | None
    author_name: str | None
    reason: str
    effect: EffectOut


class CheckInOut(Schema):
    """A check-in in force; `value` is what was shown at that moment, `judged` the score its lead gave."""

    id: int
    key_result_id: int
    author_id: int
    author_name: str
    at: datetime
    valid_on: date
    value: float | None
    confidence: int
    note: str
    blockers: str
    own_status: str
    nothing_changed: bool
    is_late: bool
    judged: float | None
    replaces: int | None


class StepDone(Body):
    """How much of a step is done, 0..1; a task is done, 1, or not, 0."""

    id: Id
    done: Share


class CheckInIn(Body):
    """A check-in.

    `value` for a measure by hand, `steps` for milestones and tasks, `judged` with a note for a judged
    one, none of them where a KPI is read.
    """

    key_result_id: Id = Field(examples=[1])
    value: Number | None = Field(None, examples=[43])
    confidence: Confidence
    note: Short = Field("", examples=["Two new colleagues answer in the evening"])
    blockers: Short = ""
    own_status: Literal["", "off_track", "at_risk", "on_track", "ahead"] = ""
    nothing_changed: bool = False
    steps: Annotated[list[StepDone], Field(max_length=100)] = []
    judged: Share | None = None


CheckIns = Annotated[
    list[CheckInIn],
    Field(min_length=1, max_length=200),
    BeforeValidator(as_list, json_schema_input_type=CheckInIn | list[CheckInIn]),
]


class CheckInPatch(Body):
    """A check-in in place of an earlier one; what is left out stays."""

    value: Number | None = None
    confidence: Confidence | None = None
    note: Short | None = None
    blockers: Short | None = None
    own_status: Literal["", "off_track", "at_risk", "on_track", "ahead"] | None = None
    judged: Share | None = None


class CheckInQuery(PageQuery):
    """How check-ins are listed."""

    key_result_id: Id | None = None
    objective_id: Id | None = None
    author_id: Id | None = None
    sort: Literal["id", "-id"] = "-id"


class CheckedIn(Schema):
    """Ids of the check-ins, in the order sent."""

    ids: list[int]


class DueOut(Schema):
    """A check-in that is due."""

    key_result_id: int
    objective_id: int
    title: str
    objective: str
    kind: Kind
    kpi: str | None
    unit: str
    value: float | None
    confidence: int | None
    status: GoalStatus
    due_on: date
    is_overdue: bool
    lead_name: str
    away_until: date | None = Field(description="Its lead is away until then, and you stand in.")


class WeekOut(Schema):
    """What waits for the holder of the token."""

    due: list[DueOut]
    next_opens_on: date | None
