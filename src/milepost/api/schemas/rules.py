"""How status is told."""

from datetime import date
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL, Body, Number, Share

Kind = Literal["gap", "ratio", "strict"]
ObjectiveWord = Literal["own", "weakest_child"]
Weekday = Annotated[int, Field(ge=0, le=6)]


class RuleSetOut(Schema):
    """A rule set: from which distance to the plan on each word holds, and which days count.

    Of gap and strict, thresholds are progress − plan, of ratio progress / plan. `ahead` null: that word is
    not given. `early_until` is the share of the time before which a goal is early. `working_days` null: every
    day counts; 0 is Monday. `since` null: never changed.
    """

    kind: Kind
    ahead: float | None
    on_track: float
    at_risk: float
    early_until: float
    objective: ObjectiveWord
    working_days: list[int] | None
    holidays: list[date]
    since: date | None
    reason: str
    by_id: int | None


class RulesOut(RuleSetOut):
    """The rule set in force, and every one that was chosen, the newest first; `version` is the workspace's."""

    version: int
    versions: list[RuleSetOut]


class RulesPatch(Body):
    """What changes of the rules, from today on, and why; another kind brings its own thresholds."""

    kind: Kind | None = None
    ahead: Number | None = Field(None, description="Null: that word is not given.")
    on_track: Number | None = None
    at_risk: Number | None = None
    early_until: Share | None = None
    objective: ObjectiveWord | None = None
    working_days: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = Field(
        None, description="Null: every day counts. 0 is Monday.", examples=[[0, 1, 2, 3, 4]]
    )
    holidays: Annotated[list[date], Field(max_length=400)] | None = None
    holidays_of: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=2, max_length=3)] | None = Field(
        None, description="A country, such as ES: its holidays of this year and the two after it become the list."
    )
    reason: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=500)] = Field(
        examples=["The board thinks in ratios"]
    )
