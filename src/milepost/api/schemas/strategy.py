"""The strategy and its pillars."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL, Body, PageQuery
from milepost.api.schemas.words import Text

Perspective = Literal["", "financial", "customer", "process", "learning"]
Name = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=120)]
OneLine = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=200)]


class StrategyOut(Schema):
    """What the workspace is for."""

    mission: str
    vision: str
    values: str
    version: int


class StrategyPatch(Body):
    """What changes of it."""

    mission: Text | None = Field(None, examples=["No customer asks twice."])
    vision: Text | None = None
    values: Text | None = None


class PillarOut(Schema):
    """A direction that objectives and KPIs follow; `position` orders them."""

    id: int
    name: str
    description: str
    perspective: Perspective
    position: int
    archived_at: datetime | None
    version: int


class HealthOut(Schema):
    """What top objectives say together; 0 to 1, null when none reported.

    `words` counts their status.
    """

    score: float | None
    expected: float | None
    reported: int
    total: int
    words: dict[str, int]


class ThenOut(HealthOut):
    """The same at the close of a cycle."""

    cycle: str
    last_day: date


class PillarDetail(PillarOut):
    """A pillar and how it stands, of what the holder of the token may see.

    `past` tells cycles that are over by the final scores of what hangs on the pillar today.
    """

    health: HealthOut
    past: list[ThenOut]
    objective_ids: list[int] = Field(description="Its top objectives: those that no other of them is above.")
    kpis: list[str] = Field(description="Slugs.")
    kpi_words: dict[str, int]


class PillarQuery(PageQuery):
    """How pillars are listed; archived ones only when asked for."""

    perspective: Perspective | None = None
    archived: bool = False
    sort: Literal["id", "-id", "name", "-name"] = "id"


class PillarIn(Body):
    """A new pillar."""

    name: Name = Field(examples=["Customers who stay"])
    description: OneLine = ""
    perspective: Perspective = ""


class PillarPatch(Body):
    """What changes of a pillar."""

    name: Name | None = None
    description: OneLine | None = None
    perspective: Perspective | None = None
