"""Remarks of the linter: advice with a key, never a refusal."""

from typing import Literal

from ninja import Field, Schema

from milepost.api.schemas.base import Body, Id


class GuidanceQuery(Body):
    """Which cycle is looked at, the running one if left out; or the KPIs."""

    cycle: Id | None = None
    of: Literal["goals", "kpis"] = "goals"


class AboutOut(Schema):
    """What a remark is about: its kind and id, of a KPI its slug, of a board its heading.

    A team without a reference is the company. `objective` is the id of the objective it belongs to and
    `within` its title, or both are empty.
    """

    kind: Literal["objective", "key_result", "kpi", "team", "person", "board"]
    reference: str
    title: str
    objective: str
    within: str


class RemarkOut(Schema):
    """One remark: its key, what was seen and what could be done. `field` names a field of the thing, or is empty."""

    key: str = Field(description="Its rule, as in docs/guidance.md; more may come.")
    about: AboutOut
    field: str
    why: str
    how: str


class CycleOfRemarksOut(Schema):
    """The cycle that was looked at."""

    id: int
    name: str


class GuidanceOut(Schema):
    """The remarks on a cycle, or on KPIs: then `cycle` is null."""

    cycle: CycleOfRemarksOut | None
    items: list[RemarkOut]


class RemarksOut(Schema):
    """The remarks on one objective and its key results."""

    items: list[RemarkOut]
