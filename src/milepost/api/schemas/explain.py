"""What a number or word is made of."""

from datetime import date
from typing import Literal

from ninja import Field, Schema

Of = Literal["value", "progress", "score", "expected", "status", "grade", "kpi_status"]


class LinkOut(Schema):
    """What can be opened: its kind, and its id or, of a KPI, its slug."""

    kind: Literal["objective", "key_result", "kpi"]
    reference: str


class InputOut(Schema):
    """A value that went in, in `unit`; a null unit says a share 0..1.

    `on` is the day or the first day of the period it speaks for.
    """

    label: str
    value: float | None
    unit: str | None
    on: date | None
    source: str
    by: str
    link: LinkOut | None


class PartOut(Schema):
    """One summand, all 0..1: share times value is what it adds. The texts are percent in digits that add up."""

    label: str
    share: float
    value: float
    adds: float
    share_text: str
    value_text: str
    adds_text: str
    how: str = Field(description="Its own sum in one line, empty where that takes more than a line.")
    link: LinkOut | None


class LeftOutOut(Schema):
    """What takes no part, and the rule that says so."""

    label: str
    why: str
    rule: str
    link: LinkOut | None


class ChangeOut(Schema):
    """What would change the number or word: a border (`compare` with `at`), a step (`adds`), or a day (`on`)."""

    text: str
    compare: Literal["at_least", "at_most", "below", "above"] | None
    at: float | None
    unit: str | None = Field(description="Of `at`; null is a share 0..1.")
    word: str | None
    becomes: float | None
    adds: float | None
    on: date | None
    link: LinkOut | None


class SetByOut(Schema):
    """Somebody's own word that is shown; `word` is the computed one beside it."""

    who: str
    why: str
    on: date
    until: date | None
    word: str


class ExplanationOut(Schema):
    """One number or word: `value` 0..1 (progress unbounded), or in `unit` where that is not null.

    `rules` are keys of the method, `formula` its sum with the numbers put in.
    """

    of: Of
    rules: list[str]
    formula: str
    value: float | None
    unit: str | None
    word: str | None
    inputs: list[InputOut]
    parts: list[PartOut]
    total_text: str
    left_out: list[LeftOutOut]
    changes: list[ChangeOut]
    reported: int | None
    contributing: int | None
    set_by: SetByOut | None


class ExplainedOut(Schema):
    """A goal or KPI with the explanations of its numbers and words on a day; more kinds may come."""

    about: LinkOut
    title: str
    unit: str
    on: date
    explanations: list[ExplanationOut]
