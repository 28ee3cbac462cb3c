"""KPIs, values and notes."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import BeforeValidator, StringConstraints

from milepost.api.schemas.base import (
    NO_NUL,
    Body,
    Contributors,
    Id,
    Number,
    PageQuery,
    Tag,
    Tags,
    Visibility,
    as_list,
)

KpiStatus = Literal["off_target", "close", "on_target", "watching", "unknown", "no_value"]
Frequency = Literal["day", "week", "month", "quarter", "year"]
Direction = Literal["higher", "lower", "within"]
Aggregation = Literal["flow", "stock", "stock_mean", "ratio", "max", "min", "distinct"]
Period = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=4, max_length=10)]
Formula = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=20_000)]
Name = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=200)]


class TargetOut(Schema):
    """The target that judges a period, in the KPI's unit."""

    rule: Literal["at_least", "at_most", "within"]
    low: float | None
    high: float | None
    tolerance: float


class GoalIn(Body):
    """A day of a line, and the value to have come to by then."""

    day: date = Field(examples=["2026-12-31"])
    value: Number


class PeriodTargetIn(Body):
    """The target of one period: at least `low`, at most `high`, or within both."""

    period: Period = Field(examples=["2026-Q4"])
    low: Number | None = None
    high: Number | None = None


class TargetIn(Body):
    """At least `low`, at most `high`, or within both; a miss of up to `tolerance` is close.

    Or a line from `start` on the day `start_on` through `goals`; or `periods`, each with its own, where a
    period without one takes the one before. `as_given` keeps the words it came in.
    """

    low: Number | None = None
    high: Number | None = Field(None, examples=[30])
    start: Number | None = None
    start_on: date | None = None
    goals: Annotated[list[GoalIn], Field(max_length=400)] = []
    periods: Annotated[list[PeriodTargetIn], Field(max_length=400)] = []
    tolerance: Annotated[Number, Field(ge=0)] = 0.0
    as_given: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=200)] = ""


class Goal(Schema):
    """A day of a line, and the value to have come to by then."""

    day: date
    value: float


class PeriodTarget(Schema):
    """The target of the period that begins on this day."""

    period: date
    low: float | None
    high: float | None


class TargetPlanOut(Schema):
    """What a KPI is kept against: the same for every period, a line, or one for each period (rule K2)."""

    rule: Literal["at_least", "at_most", "within", "ramp", "per_period"]
    low: float | None
    high: float | None
    start: float | None
    start_on: date | None
    goals: list[Goal]
    periods: list[PeriodTarget]
    tolerance: float
    as_given: str


class TargetVersion(Schema):
    """The target from a day on; null: from then on the KPI is only watched (rule K2)."""

    since: date | None = Field(description="Null: from the beginning.")
    target: TargetPlanOut | None


class TargetsOut(Schema):
    """Every target a KPI was kept against, the oldest first."""

    items: list[TargetVersion]


class ProposalOut(Schema):
    """What to start an objective with (rule K8); values in the KPI's unit, null is unknown.

    `start` is the level since the last change, else the mean of the last four closed periods, a flow 0;
    `start_why` says which. `is_primary`: an objective is due. `objective` can be sent to POST /objectives
    as it is; null while start or target are unknown or no cycle is open.
    """

    start: float | None
    start_why: Literal["since_shift", "mean_of_last_4", "flow_from_zero"]
    last: float | None
    changed_on: date | None
    level_before: float | None
    level: float | None
    off_streak: int
    is_primary: bool
    objective: "ProposedObjective | None"


class ProposedKeyResult(Schema):
    """The key result that reads the KPI."""

    title: str
    kpi: str
    start: float
    target: float


class ProposedObjective(Schema):
    """An objective ready to be sent."""

    title: str
    cycle_id: int
    key_results: list[ProposedKeyResult]


class KpiOut(Schema):
    """A KPI and how it stands; values in its unit, null is unknown.

    `value` is of the last closed `period`, `open_value` of the running one. `level` and `level_before`
    are the levels around the last change of level, which began with the period `changed_on`.
    """

    id: int
    slug: str
    name: str
    description: str
    unit: str
    direction: Direction
    frequency: Frequency
    aggregation: Aggregation
    lag_days: int | None
    group: str
    owner_team_id: int | None
    lead_id: int
    lead_name: str
    status: KpiStatus | None
    value: float | None
    period: date | None
    before: float | None
    value_status: KpiStatus | None
    open_value: float | None
    off_streak: int | None
    off_since: date | None
    changed_on: date | None
    level_before: float | None
    level: float | None
    wants_objective: bool | None
    updated_at: datetime | None
    archived_at: datetime | None
    version: int
    visibility: Visibility
    formula: str = Field(
        description="What its values are calculated from, each input by its present name; empty: they are measured."
    )
    pillar_id: int | None
    tags: list[str] = []
    contributor_ids: list[int] | None = Field(None, description="Who helps; where one KPI is shown.")
    target: TargetOut | None = Field(description="Of the period shown; GET /kpis/{slug}/targets tells every one.")


class KpiQuery(PageQuery):
    """How KPIs are listed; archived ones only when asked for."""

    status: KpiStatus | None = None
    group: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=80)] | None = None
    team_id: Id | None = None
    lead_id: Id | None = None
    pillar_id: Id | None = None
    tag: Tag | None = Field(None, description="In any capitals.")
    archived: bool = False
    sort: Literal["id", "-id", "name", "-name"] = "id"


class KpiIn(Body):
    """A new KPI; without a target it is only watched."""

    name: Name = Field(examples=["First reply time"])
    unit: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=20)] = Field("", examples=["min"])
    direction: Direction = Field("higher", examples=["lower"])
    frequency: Frequency = "week"
    aggregation: Aggregation = "stock"
    target: TargetIn | None = None
    target_since: date | None = Field(None, description="From when the target is in force; left out, from today.")
    lead_id: Id | None = Field(None, description="Left out: the holder of the token.")
    owner_team_id: Id | None = None
    group: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=80)] = ""
    description: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=5000)] = ""
    lag_days: Annotated[int, Field(ge=0, le=366)] | None = None
    visibility: Visibility = "everybody"
    contributor_ids: Contributors = []
    tags: Tags = Field([], description="Ten at most.")
    pillar_id: Id | None = None
    formula: Formula = Field(
        "",
        examples=["100 × won ÷ (won + [lost deals])"],
        description="Makes its values from other KPIs (rule K7); empty: they are measured.",
    )


class KpiPatch(Body):
    """What changes of a KPI; a new target is in force from today on (rule K2)."""

    name: Name | None = None
    unit: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=20)] | None = None
    direction: Direction | None = None
    frequency: Frequency | None = None
    aggregation: Aggregation | None = None
    target: TargetIn | None = None
    target_since: date | None = Field(None, description="From when the target is in force; left out, from today.")
    lead_id: Id | None = None
    owner_team_id: Id | None = None
    group: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=80)] | None = None
    description: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=5000)] | None = None
    lag_days: Annotated[int, Field(ge=0, le=366)] | None = None
    visibility: Visibility | None = None
    contributor_ids: Contributors | None = None
    tags: Tags | None = None
    pillar_id: Id | None = None
    formula: Formula | None = Field(
        None, description="Makes all its values anew (rule K7); empty: from now on they are measured."
    )


class ReadingIn(Body):
    """A value of one period; a ratio may come as its two counts. A null value takes back what is there.

    `period` is any day of it (2026-11-16) or its name (2026-W47, 2026-11, 2026-Q4, 2026); left out,
    the one that runs.
    """

    period: Period | None = Field(None, examples=["2026-W46"])
    value: Number | None = Field(None, examples=[43])
    numerator: Number | None = None
    denominator: Number | None = None
    reason: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=500)] = ""


Readings = Annotated[
    list[ReadingIn],
    Field(min_length=1, max_length=20_000),
    BeforeValidator(as_list, json_schema_input_type=ReadingIn | list[ReadingIn]),
]


class Stored(Schema):
    """What storing did; `unchanged` stood there already."""

    written: int
    unchanged: int
    kpi: KpiOut


class ReadingOut(Schema):
    """A value as it became known; the latest known of a period counts, a null one was taken back (rule K6)."""

    id: int
    period: date
    value: float | None
    numerator: float | None
    denominator: float | None
    known_at: datetime
    source: str
    author_id: int | None
    author_name: str | None
    reason: str


class ReadingQuery(PageQuery):
    """How values are listed, in the order they became known."""

    since: date | None = None
    until: date | None = None
    sort: Literal["id", "-id"] = "-id"


class NoteIn(Body):
    """A note on a period."""

    period: Period = Field(examples=["2026-W46"])
    text: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=500)] = Field(
        examples=["New pricing page"]
    )


class NoteOut(Schema):
    """A note on a period."""

    id: int
    period: date
    text: str
    author_id: int | None
    author_name: str | None
    at: datetime
