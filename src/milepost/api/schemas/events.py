"""The audit trail."""

from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime, StringConstraints

from milepost.api.schemas.base import NO_NUL, Id, PageQuery

Hand = Literal["person", "token", "import", "job", "operator"]
Word = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=40)]


class EventsQuery(PageQuery):
    """What the trail is narrowed to."""

    person_id: Id | None = None
    hand: Hand | None = None
    verb: Word | None = Field(None, examples=["amended"])
    kind: Word | None = Field(None, examples=["key_result"])
    object_id: Id | None = None
    since: AwareDatetime | None = Field(None, description="The first moment, with its offset.")
    before: AwareDatetime | None = Field(None, description="The first moment after it, with its offset.")
    sort: Literal["sequence", "-sequence"] = "-sequence"


class EventOut(Schema):
    """One change; `hash` is the SHA-256 of it and of the hash before it, so that the trail can be checked."""

    sequence: int = Field(description="1, 2, 3 … in the workspace, without a gap.")
    at: AwareDatetime
    person_id: int | None = Field(description="Null for a program of the workspace, an import, a job, the operator.")
    person_name: str | None
    hand: Hand = Field(description="By what hand the change was made.")
    token_id: int | None
    verb: str
    kind: str = Field(description="What it happened to.")
    object_id: int
    changes: dict[str, list[Any]] = Field(description="Old and new by field; people are ids, null is nothing.")
    reason: str
    about: dict[str, Any] = Field(description="What else the event tells, such as the title of the thing.")
    hash: str
