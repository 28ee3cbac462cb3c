"""Cycles, objectives, key results and check-ins."""

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
    Visibility,
    as_list,
)

State = Literal["draft", "in_review", "active", "paused", "cancelled", "closed"]
Ambition = Literal["committed", "aspirational", "learning"]
Counts = Literal["key_results", "objectives", "both"]
Kind = Literal["reach", "keep", "levels", "milestone", "tasks", "percent", "judged", "baseline"]
Curve = Literal["linear", "checkpoints", "front", "back", "s"]
Window = Literal["default", "last", "last_4", "cycle"]
GoalStatus = Literal["off_track", "at_risk", "on_track", "ahead", "reached", "ended", "done", "early", "no_value"]
Text = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=5000)]
Short = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=1000)]
Priority = Annotated[int, Field(ge=0, le=4, description="0 comes first.")]
Confidence = Annotated[int, Field(ge=1, le=10, examples=[6])]


class CycleOut(Schema):
    """A time box; both days belong to it."""

    id: int
    name: str = Field(examples=["Q4 2026"])
    first_day: date
    last_day: date
    version: int


class CycleIn(Body):
    """A new time box."""

    name: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=60)] = Field(examples=["Q1 2027"])
    first_day: date = Field(examples=["2027-01-01"])
    last_day: date = Field(examples=["2027-03-31"])


class CyclePatch(Body):
    """What changes of a time box."""

    name: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=60)] | None = None
    first_day: date | None = None
    last_day: date | None = None


class CycleQuery(PageQuery):
    """How cycles are listed."""

    sort: Literal["id", "-id", "name", "-name"] = "id"


class StepOut(Schema):
    """One step of a milestone, or a task; `done` 0..1."""

    id: int
    title: str
    weight: float
    done: float
    due_on: date | None
    is_cancelled: bool


class CheckpointOut(Schema):
    """What is planned for a day: in the unit, in percent of percent done, of tasks and judged ones a share 0..1."""

    on: date
    value: float


class OverrideOut(Schema):
    """A score 0..1 that somebody set in the place of the computed one; kept, or until the next value."""

    score: float
    why: str
    is_kept: bool
    at: datetime
    author_id: int | None
    author_name: str | None


class KeyResultOut(Schema):
    """A key result: plan, where it stands, who leads it.

    Numbers in its unit. `progress` is unbounded, `score` and `expected` 0..1; null is unknown.
    `status` is the word to show, `plan_status` the computed one. `score` is what counts,
    `computed_score` what was computed: they differ where `is_overridden`.
    """

    id: int
    objective_id: int
    title: str
    kind: Kind
    state: State
    position: int
    kpi: str | None = Field(description="Slug of the KPI it reads, null for a value by hand.")
    unit: str | None
    start: float | None
    target: float | None
    low: float | None
    high: float | None
    tolerance: float
    at_close: bool = Field(description="Of a range: only its last period counts.")
    floor: float | None
    stretch: float | None
    curve: Curve
    priority: int | None
    window: str
    weight: float
    share: float | None
    ambition: Ambition
    lead_id: int
    lead_name: str
    value: float | None
    value_on: date | None
    progress: float | None
    score: float | None
    computed_score: float | None
    is_overridden: bool | None
    expected: float | None
    status: GoalStatus | None
    plan_status: GoalStatus | None
    missing: bool | None
    confidence: int | None
    checked_in_on: date | None
    next_check_in_on: date | None
    grade: float | None
    grade_reason: str
    lesson: str
    version: int


class KeyResultDetail(KeyResultOut):
    """A key result with its steps or tasks, its checkpoints and the score set by hand."""

    steps: list[StepOut]
    checkpoints: list[CheckpointOut]
    override: OverrideOut | None


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
    grade: float | None
    grade_reason: str
    activated_on: date | None
    closed_on: date | None
    created_at: datetime
    version: int
    visibility: Visibility
    contributor_ids: list[int] | None = Field(None, description="Who helps; where one objective is shown.")
    key_results: list[KeyResultOut] | None = Field(None, description="With include=key_results.")


class ObjectiveQuery(PageQuery):
    """How objectives are listed."""

    cycle_id: Id | None = None
    state: State | None = None
    team_id: Id | None = None
    person_id: Id | None = None
    lead_id: Id | None = None
    parent_id: Id | None = None
    status: GoalStatus | None = None
    sort: Literal["id", "-id", "title", "-title"] = "id"
    include: Literal["key_results"] | None = None


class StepIn(Body):
    """One step or task; with `id` an existing one keeps what is done. Weights are of steps, tasks are cancelled."""

    id: Id | None = None
    title: Line
    weight: Annotated[Number, Field(gt=0, le=1e6)] = 1.0
    due_on: date | None = None
    is_cancelled: bool = False


class CheckpointIn(Body):
    """What is planned for a day; of tasks and judged ones a share 0..1."""

    on: date = Field(examples=["2026-11-15"])
    value: Number = Field(examples=[40])


Steps = Annotated[list[StepIn], Field(max_length=100)]
Checkpoints = Annotated[list[CheckpointIn], Field(max_length=100)]


class KeyResultIn(Body):
    """A new key result.

    `reach` takes start and target, `keep` low or high, `levels` start, target and stretch (floor if
    wanted), `milestone` and `tasks` steps; `percent`, `judged` and `baseline` take no numbers. `kpi` is
    the slug of the KPI that one of the first three reads; without it values come by hand in `unit`.
    """

    title: Line = Field(examples=["First reply time"])
    kind: Kind = "reach"
    kpi: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=80)] | None = None
    unit: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=20)] = Field("", examples=["min"])
    start: Number | None = Field(None, examples=[48])
    target: Number | None = Field(None, examples=[30])
    low: Number | None = None
    high: Number | None = None
    tolerance: Annotated[Number, Field(ge=0)] = 0.0
    at_close: bool = False
    floor: Number | None = None
    stretch: Number | None = None
    steps: Steps = []
    curve: Curve = "linear"
    checkpoints: Checkpoints = []
    priority: Priority | None = None
    window: Window = "default"
    weight: Annotated[Number, Field(ge=0, le=1e6)] = 1.0
    share: Share | None = None
    lead_id: Id | None = None
    ambition: Ambition | None = None
    reason: Reason = Field("", description="Why it is added to a plan that runs.")


class KeyResultPatch(Body):
    """What changes of a key result; once it runs, a reason belongs to it (rule A1), and curve and checkpoints stay."""

    title: Line | None = None
    kind: Kind | None = None
    unit: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=20)] | None = None
    start: Number | None = None
    target: Number | None = None
    low: Number | None = None
    high: Number | None = None
    tolerance: Annotated[Number, Field(ge=0)] | None = None
    at_close: bool | None = None
    floor: Number | None = None
    stretch: Number | None = None
    steps: Steps | None = None
    curve: Curve | None = None
    checkpoints: Checkpoints | None = None
    priority: Priority | None = None
    window: Window | None = None
    weight: Annotated[Number, Field(ge=0, le=1e6)] | None = None
    share: Share | None = None
    lead_id: Id | None = None
    ambition: Ambition | None = None
    reason: Reason = ""


class OverrideIn(Body):
    """A score in the place of the computed one; the next value ends it, unless it is kept."""

    score: Share = Field(examples=[0.8])
    why: Reason = Field(examples=["The contract is signed, the money comes in January"])
    is_kept: bool = False


class KeyResultQuery(PageQuery):
    """How key results are listed."""

    objective_id: Id | None = None
    cycle_id: Id | None = None
    state: State | None = None
    lead_id: Id | None = None
    kpi: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=80)] | None = None
    status: GoalStatus | None = None
    due_by: date | None = Field(None, description="Check-in due on this day or before.")
    sort: Literal["id", "-id", "title", "-title"] = "id"


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


class ClosureIn(GradeIn):
    """Closing an objective."""

    key_results: Annotated[list[KeyResultGrade], Field(max_length=100)] = []


class PlaceIn(Body):
    """Where a key result goes among its siblings."""

    direction: Literal["up", "down"]


class ClosureOut(Schema):
    """What closing a cycle did."""

    closed: list[int] = Field(description="Objectives closed with their proposed grades, not reviewed.")
    left: list[int] = Field(description="Objectives that are yours to see but not to close.")


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


class WeekOut(Schema):
    """What waits for the holder of the token."""

    due: list[DueOut]
    next_opens_on: date | None
