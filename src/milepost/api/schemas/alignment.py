"""Parents, questions, shares, and where things go."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL, Body, Id, Line, Number, Reason, Share


class ParentOut(Schema):
    """An objective above; only where it `contributes` it moves a number (rule R3).

    `waits`: its lead was asked whether it may count. `declined` is the word that came with a no.
    """

    id: int
    title: str
    lead_name: str
    is_primary: bool
    contributes: bool
    waits: bool
    declined: str | None


class ParentsOut(Schema):
    """The objectives above one, the primary first."""

    items: list[ParentOut]


class ParentIn(Body):
    """One more objective above. Another team's lead is asked first, with the word of `why`."""

    parent_id: Id
    contributes: bool = True
    is_primary: bool = False
    why: Reason = ""
    reason: Reason = Field("", description="Once the objective runs (rule A1).")


class ParentPatch(Body):
    """What changes of the link to a parent."""

    contributes: bool | None = None
    is_primary: bool = False
    why: Reason = ""
    reason: Reason = ""


class ServedOut(Schema):
    """A key result, with the objective that it measures, or a KPI by its slug; the other one's fields are null.

    To serve something moves no number.
    """

    id: int
    title: str
    key_result_id: int | None
    objective_id: int | None
    objective_title: str | None
    kpi: str | None


class AllServedOut(Schema):
    """What an objective serves, the oldest first."""

    items: list[ServedOut]


class ServedIn(Body):
    """One of the two: a key result of another objective, or a KPI by its slug."""

    key_result_id: Id | None = None
    kpi: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=80)] | None = None
    reason: Reason = Field("", description="Once the objective runs (rule A1).")


class RequestOut(Schema):
    """A question whether a goal may count towards another one."""

    id: int
    parent_id: int
    parent_title: str
    child_id: int
    child_title: str
    who: str
    why: str
    asked_at: datetime


class RequestsOut(Schema):
    """What waits for an answer of the holder of the token, the oldest first."""

    items: list[RequestOut]


class AnswerIn(Body):
    """Yes or no, with a word."""

    accepted: bool
    answer: Reason = ""


class ShareOut(Schema):
    """A child of an objective; `counts_with` is its share now, null where it is left out (rules R2, R4)."""

    kind: Literal["key_result", "objective"]
    id: int
    title: str
    contributes: bool
    share: float | None
    weight: float
    counts_with: float | None


class SharesOut(Schema):
    """What an objective is made of."""

    items: list[ShareOut]


class ShareIn(Body):
    """How much a child counts: a fixed share, or a weight that splits what is left."""

    kind: Literal["key_result", "objective"]
    id: Id
    share: Share | None = None
    weight: Number = 1.0


class SharesIn(Body):
    """How much each of these counts; whoever is left out stays as it is."""

    items: Annotated[list[ShareIn], Field(min_length=1, max_length=200)]
    reason: Reason = ""


class TransferIn(Body):
    """Where a key result goes."""

    objective_id: Id
    reason: Reason = ""


class CopyIn(Body):
    """A draft like an objective; values stay behind."""

    cycle_id: Id
    title: Line | None = None
    key_results: bool = True
