"""Key results."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL, Body, Id, Line, Number, PageQuery, Reason, Share
from milepost.api.schemas.reviews import OutcomeWord
from milepost.api.schemas.words import Ambition, Combine, Curve, GoalStatus, Kind, Priority, State, Window


class StepOut(Schema):
    """One step of a milestone, or a task; `done` 0..1."""

    id: int
    title: str
    weight: float
    done: float
    due_on: date | None
    is_cancelled: bool
    initiative_id: int | None = Field(description="The initiative it stands for, which alone moves it.")


class CheckpointOut(Schema):
    """What is planned for a day: in the unit, in percent of percent done, of tasks and judged ones a share 0..1."""

    on: date
    value: float


class PartOut(Schema):
    """A key result that this one is made of, and why it is left out; empty where it counts."""

    key_result_id: int
    title: str
    weight: float
    left_out: str


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
    combine: Literal["", "sum", "mean", "weighted_mean"] = Field(description="How it is made of others; empty if not.")
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
    stale_on: date | None = Field(description="When its last check-in is stale (R7); null where a KPI is read.")
    grade: float | None
    grade_reason: str
    lesson: str
    outcome: OutcomeWord
    version: int


class KeyResultDetail(KeyResultOut):
    """A key result with its steps or tasks, what it is made of, its checkpoints and the score set by hand."""

    steps: list[StepOut]
    parts: list[PartOut] = Field(description="Those that the holder of the token sees.")
    checkpoints: list[CheckpointOut]
    override: OverrideOut | None


class StepIn(Body):
    """One step or task; with `id` an existing one keeps what is done. Weights are of steps, tasks are cancelled."""

    id: Id | None = None
    title: Line
    weight: Annotated[Number, Field(gt=0, le=1e6)] = 1.0
    due_on: date | None = None
    is_cancelled: bool = False


class PartIn(Body):
    """A key result that another one is made of; weights count in a weighted mean alone."""

    key_result_id: Id = Field(examples=[1])
    weight: Annotated[Number, Field(ge=0, le=1e6)] = 1.0


class CheckpointIn(Body):
    """What is planned for a day; of tasks and judged ones a share 0..1."""

    on: date = Field(examples=["2026-11-15"])
    value: Number = Field(examples=[40])


Steps = Annotated[list[StepIn], Field(max_length=100)]
Parts = Annotated[list[PartIn], Field(max_length=100)]
Checkpoints = Annotated[list[CheckpointIn], Field(max_length=100)]


class KeyResultIn(Body):
    """A new key result.

    `reach` takes start and target, `keep` low or high, `levels` start, target and stretch (floor if
    wanted), `milestone` and `tasks` steps, `children` parts, and as a sum start and target in their unit;
    `percent`, `judged` and `baseline` take no numbers. `kpi` is the slug of the KPI that one of the first
    three reads; without it values come by hand in `unit`.
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
    combine: Combine = Field("mean", description="Of `children`: how it is made of its parts.")
    parts: Parts = []
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
    combine: Combine | None = None
    parts: Parts | None = None
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


class PlaceIn(Body):
    """Where a key result goes among its siblings."""

    direction: Literal["up", "down"]
