"""Reviews of a cycle: grades, what is carried over, and what the cycle says."""

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import Body, Id, Share
from milepost.api.schemas.words import Ambition, Short, Text

OutcomeWord = Literal["", "keep", "drop", "carry", "kpi", "raise"]
GradeWord = Literal["reached", "partly", "missed"]
OUTCOME = (
    "What becomes of it: keep, drop, carry (over into the next cycle), kpi (its own measure becomes one), raise "
    "(the target of the KPI it reads); empty where nobody said."
)


class ReviewOut(Schema):
    """A key result at its end (rules G1 to G4); scores and grades 0..1, null unknown.

    `own_grade` is null where the proposed one was accepted; `grade` is the one that stands, or would stand.
    """

    key_result_id: int
    objective_id: int
    title: str
    objective: str
    ambition: Ambition
    lead_id: int
    lead_name: str
    is_open: bool
    is_graded: bool
    is_reviewed: bool
    final: float | None = Field(description="Its value at the end, in its unit.")
    unit: str
    planned: float | None = Field(
        description="By the plan that was first agreed; null where it was added since, or other key results make it up."
    )
    amended: float | None
    proposed: float | None
    own_grade: float | None
    grade: float | None
    word: GradeWord | None
    reason: str
    lesson: str
    outcome: OutcomeWord
    keeps_progress: bool
    outcomes: list[OutcomeWord] = Field(description="What it can become.")
    can_grade: bool


class ReviewList(Schema):
    """A page of a review; `counts` holds the key results of each view."""

    items: list[ReviewOut]
    next: str | None
    counts: dict[str, int]
    open_objectives: int


class ReviewQuery(Schema):
    """Which key results of a review."""

    view: Literal["all", "waiting", "changed", "carried"] = "all"
    cursor: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,18}$")] = ""


class ReviewIn(Body):
    """What is said of a key result before the close; no grade accepts the proposed one."""

    grade: Share | None = None
    reason: Short = ""
    lesson: Short = Field("", examples=["Ask earlier"])
    outcome: OutcomeWord = Field("", description=OUTCOME)
    keeps_progress: bool = Field(
        False, description="Carried over with its start and progress, else from today's value."
    )


class CarryOverIn(Body):
    """Key results that go on in the next cycle; their objectives close."""

    key_result_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]
    keeps_progress: bool = Field(False, description="With their start and progress, else from today's value.")


class CarriedOut(Schema):
    """An objective that was closed, and the draft in which it goes on."""

    objective_id: int
    draft_id: int


class CarryOverOut(Schema):
    """What was carried over."""

    items: list[CarriedOut]


class RetrospectiveOut(Schema):
    """What was kept, changed and learned in a cycle; `team_id` null of everybody together."""

    cycle_id: int
    team_id: int | None
    kept: str
    changed: str
    learned: str
    can_edit: bool
    version: int = Field(description="0 before anything is written.")


class RetrospectiveQuery(Schema):
    """Whose retrospective: a team's, or left out, everybody's."""

    team_id: Id | None = None


class RetrospectiveIn(Body):
    """What a cycle leaves behind; what is left out is emptied."""

    kept: Text = Field("", examples=["Ten minutes of check-ins in the team meeting"])
    changed: Text = ""
    learned: Text = ""


class HitsOut(Schema):
    """Key results by the words of their grades (rule G1); `share` and `average` 0..1, null of none."""

    name: str
    reached: int
    partly: int
    missed: int
    total: int = Field(description="Those with a word.")
    without: int = Field(description="Learning goals, and those without a grade.")
    not_reviewed: int
    share: float | None
    average: float | None


class HitRatesOut(Schema):
    """What a cycle says, over what the token's holder may see; shares 0..1."""

    cycle: HitsOut
    last: list[HitsOut] = Field(description="Cycles of about its length, the oldest first, this one last.")
    by_team: list[HitsOut]
    by_kind: list[HitsOut]
    by_ambition: list[HitsOut]
    check_ins_on_time: float | None
    check_ins_on_time_before: float | None
    amendments: int
    target_amendments: int
    never_checked_in: int
    initiatives_done: int
    initiatives: int


class BandOut(Schema):
    """Key results of which a confidence from `low` to `high` was said; `said` and `came_true` 0..1."""

    low: int
    high: int
    count: int
    reached: int
    said: float | None
    came_true: float | None


class CalibrationOut(Schema):
    """Confidence said in the middle of cycles, read as a chance, against what came true (rule S6)."""

    count: int
    is_enough: bool = Field(description="From 50 closed key results on it says something.")
    said: float | None
    came_true: float | None
    gap: float | None = Field(description="Above 0: more was said than came true.")
    bands: list[BandOut]
