"""The work under goals."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL, Body, Id, Line, PageQuery, Reason

InitiativeState = Literal["planned", "doing", "done", "cancelled"]
Address = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=500)]
Note = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=5000)]


class ItemOut(Schema):
    """One line of a checklist."""

    id: int
    title: str
    is_done: bool


class InitiativeOut(Schema):
    """Work meant to move a goal; it moves no number, unless it `counts` as a task of its key result (rules R5, P6)."""

    id: int
    objective_id: int
    key_result_id: int | None
    title: str
    state: InitiativeState
    lead_id: int | None
    lead_name: str | None
    due_on: date | None
    done_on: date | None
    link: str
    counts: bool
    items_done: int
    items_all: int
    created_at: datetime
    version: int


class InitiativeDetail(InitiativeOut):
    """An initiative with its note and checklist."""

    note: str
    items: list[ItemOut]


class ItemIn(Body):
    """One line of a checklist; with `id` an existing one."""

    id: Id | None = None
    title: Line
    is_done: bool = False


Items = Annotated[list[ItemIn], Field(max_length=100)]


class InitiativeIn(Body):
    """A new initiative; `counts` makes it a task of a key result made of tasks, with a reason once that runs."""

    title: Line = Field(examples=["Write macros for the ten most asked questions"])
    key_result_id: Id | None = None
    lead_id: Id | None = None
    due_on: date | None = Field(None, examples=["2026-12-04"])
    note: Note = ""
    link: Address = Field("", description="Where the work itself is kept, http or https.")
    counts: bool = False
    items: Items = []
    reason: Reason = ""


class InitiativePatch(Body):
    """What changes of an initiative; null takes lead, due day or key result away."""

    title: Line | None = None
    key_result_id: Id | None = None
    lead_id: Id | None = None
    due_on: date | None = None
    note: Note | None = None
    link: Address | None = None
    counts: bool | None = None
    items: Items | None = None
    reason: Reason = ""


class InitiativeStateIn(Body):
    """Where the work stands; a reason belongs to it where a task of a running key result is cancelled with it."""

    state: InitiativeState = Field(examples=["done"])
    reason: Reason = ""


class InitiativeQuery(PageQuery):
    """How initiatives are listed."""

    objective_id: Id | None = None
    key_result_id: Id | None = None
    cycle_id: Id | None = None
    lead_id: Id | None = None
    state: InitiativeState | None = None
    due_by: date | None = Field(None, description="Due on this day or before.")
    sort: Literal["id", "-id", "title", "-title"] = "id"
