"""Goals and KPIs as they stood, and what became different."""

from datetime import date
from typing import Literal

from ninja import Field, Schema

from milepost.api.schemas.base import Visibility
from milepost.api.schemas.kpis import Direction, Frequency, KpiStatus, TargetOut
from milepost.api.schemas.words import Ambition, GoalStatus, Kind, State


class OnQuery(Schema):
    """Which day: it is told as it stood when that day ended in the workspace's zone."""

    on: date = Field(examples=["2026-10-31"])


class DifferencesQuery(Schema):
    """Between the ends of which two days."""

    since: date = Field(examples=["2026-10-31"])
    until: date | None = Field(None, description="Left out: today.")


class PastKeyResultOut(Schema):
    """A key result as it stood; numbers in its unit, `score` and `expected` 0..1, null is unknown.

    `is_revised`: a value it stood on was corrected since; `revised_to` is what is known by now of the day of
    `value_on`, null where that was withdrawn or several days make up the value.
    """

    id: int
    objective_id: int
    title: str
    kind: Kind
    state: State
    kpi: str | None
    unit: str
    start: float | None
    target: float | None
    low: float | None
    high: float | None
    tolerance: float
    floor: float | None
    stretch: float | None
    weight: float
    share: float | None = Field(description="What it counted with, null where it was left out.")
    ambition: Ambition
    lead_id: int
    lead_name: str
    value: float | None
    value_on: date | None
    is_revised: bool
    revised_to: float | None
    progress: float | None
    score: float | None
    expected: float | None
    status: GoalStatus
    plan_status: GoalStatus
    confidence: int | None
    checked_in_on: date | None
    grade: float | None


class PastObjectiveOut(Schema):
    """An objective as it stood, with its key results and the ids of what hung below it."""

    id: int
    title: str
    why: str
    state: State
    ambition: Ambition
    cycle_id: int
    owner_kind: Literal["company", "team", "person"]
    owner_id: int | None
    owner_name: str
    lead_id: int | None
    lead_name: str
    visibility: Visibility
    tags: list[str]
    pillar_id: int | None = Field(description="Its own; null: that of the one above it, if any.")
    score: float | None
    expected: float | None
    status: GoalStatus
    confidence: int | None
    reported: int
    contributing: int
    missing: int
    checked_in_on: date | None
    grade: float | None
    below: list[int]
    key_results: list[PastKeyResultOut]


class PastGoalsOut(Schema):
    """Goals as they stood at the end of a day: those that are yours to see and might have been then."""

    on: date
    cycle_id: int
    cycle_name: str
    first_day: date
    last_day: date
    top: list[int] = Field(description="Ids of the objectives at the top of the cycle.")
    objectives: list[PastObjectiveOut]


class PastKpiOut(Schema):
    """A KPI as it stood; values in its unit, null is unknown."""

    id: int
    slug: str
    name: str
    group: str
    unit: str
    direction: Direction
    frequency: Frequency
    owner_team_id: int | None
    pillar_id: int | None
    tags: list[str]
    lead_id: int
    lead_name: str
    status: KpiStatus
    value: float | None
    period: date | None
    before: float | None
    open_value: float | None
    is_revised: bool
    revised_to: float | None
    target: TargetOut | None


class PastKpisOut(Schema):
    """Every KPI that was kept at the end of a day, by id."""

    on: date
    items: list[PastKpiOut]


class AmendedOut(Schema):
    """A number of the plan that became another one, in the unit of the key result."""

    field: str
    before: float | None
    after: float | None


class StoodOut(Schema):
    """Where a goal stood at the end of a day."""

    state: State
    score: float | None
    expected: float | None
    status: GoalStatus
    confidence: int | None


class GoalDifferenceOut(Schema):
    """A goal that became different; `before` or `after` is null where it was not in the cycle."""

    kind: Literal["objective", "key_result"]
    id: int
    objective_id: int
    title: str
    what: Literal["new", "came", "left", "closed", "reopened", "state", "changed"]
    moved: float | None = Field(description="By how much its score moved, in shares of 1.")
    before: StoodOut | None
    after: StoodOut | None
    amended: list[AmendedOut]


class KpiStoodOut(Schema):
    """Where a KPI stood at the end of a day: its last closed value and its status."""

    status: KpiStatus
    value: float | None
    period: date | None


class KpiDifferenceOut(Schema):
    """A KPI of which the value or the status became another one."""

    id: int
    slug: str
    name: str
    unit: str
    before: KpiStoodOut | None
    after: KpiStoodOut | None


class DifferencesOut(Schema):
    """What became different between the ends of two days, the largest change first."""

    since: date
    until: date
    cycle_id: int
    same: int = Field(description="Goals that stand as they did.")
    goals: list[GoalDifferenceOut]
    kpis: list[KpiDifferenceOut]
