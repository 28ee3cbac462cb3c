"""The plan of a cycle: what publishing did, why it opens again, what is copied."""

from datetime import date, datetime
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


class DraftRequestIn(Body):
    """Which teams are asked for drafts, and by when they are wanted."""

    wanted_by: date = Field(examples=["2026-12-12"])
    team_ids: Annotated[list[Id], Field(min_length=1, max_length=500)] | None = Field(
        None, description="Left out: all teams without an objective in the cycle."
    )


class DraftRequestOut(Schema):
    """A team that was asked for drafts; `who` is empty where nobody in person asked."""

    team_id: int
    team: str
    who: str
    asked_at: datetime
    wanted_by: date


class DraftRequestsOut(Schema):
    """Which teams were asked for drafts."""

    items: list[DraftRequestOut]


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
