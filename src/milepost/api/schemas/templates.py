"""Examples to begin with, and the workspace's own templates."""

from typing import Literal

from ninja import Field, Schema

from milepost.api.schemas.base import Body, Id, Line


class TemplateQuery(Body):
    """Which examples are asked for; `q` are words that all have to stand in them."""

    kind: Literal["objective", "kpi", ""] = ""
    q: str = Field("", max_length=80)
    department: str = Field("", max_length=80)
    industry: str = Field("", max_length=80)


class TemplateIn(Body):
    """What a template is made of: an objective by its id, or a KPI by its slug; without a name it takes theirs.

    Everybody sees it from then on. Words and shapes are kept, values and people are not.
    """

    objective_id: Id | None = None
    kpi: Line | None = None
    name: Line | None = None


class TemplateKeyResultOut(Schema):
    """A key result of an example; its numbers are samples, and null in a workspace's own."""

    title: str
    kind: str
    unit: str
    start: float | None
    target: float | None
    rises: bool | None
    source: str
    steps: list[str]


class TemplateOut(Schema):
    """An example: of ours it has a `slug`, of the workspace an `id`. What a KPI has is empty of an objective."""

    kind: Literal["objective", "kpi"]
    id: int | None
    slug: str
    name: str
    title: str
    why: str
    by: str
    can_edit: bool
    department: str
    industries: list[str]
    ambition: str
    key_results: list[TemplateKeyResultOut]
    unit: str
    direction: str
    frequency: str
    aggregation: str
    target: str


class TemplatesOut(Schema):
    """All that fit, the workspace's own first."""

    items: list[TemplateOut]
