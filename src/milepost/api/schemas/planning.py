"""The plan of a cycle: what publishing did, why it opens again, what is copied."""

from typing import Annotated

from ninja import Field, Schema

from milepost.api.schemas.base import Body, Id


class LeftOut(Schema):
    """A draft that could not start, and why."""

    objective_id: int
    title: str
    why: str


class PublicationOut(Schema):
    """What publishing a cycle did."""

    started: list[int] = Field(description="Objectives that run now.")
    in_review: list[int] = Field(description="Objectives that wait for an admin, with reviewers.")
    left: list[LeftOut]


class CopiesIn(Body):
    """Objectives of other cycles that become drafts of this one, all or none."""

    objective_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]


class CopyOut(Schema):
    """An objective, and the draft that was made after it."""

    objective_id: int
    draft_id: int


class CopiesOut(Schema):
    """What was copied."""

    items: list[CopyOut]
