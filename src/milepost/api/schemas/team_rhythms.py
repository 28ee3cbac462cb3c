"""Rhythms of teams."""

from typing import Annotated

from ninja import Field, Schema

from milepost.api.schemas.base import Body


class RhythmOut(Schema):
    """When check-ins are due, and of whom they are asked."""

    weeks: int = Field(description="1, 2 or 3; 0 is every month.")
    weekday: int = Field(description="0 is Monday.")
    hour: int = Field(description="When they are asked for by mail, in the workspace's time zone.")
    skip_days: int = Field(description="Who updated within so many days is not asked; 0 asks always.")


class TeamRhythmOut(RhythmOut):
    """The rhythm that a team goes by; `own` is what it set itself, null where it follows what is above it.

    With `locked_by` something above is locked: the team follows that, and its own one waits.
    """

    team_id: int
    words: str = Field(examples=["every 2 weeks on Tuesday, asked for by mail from 9:00"])
    set_by: str = Field(description="The workspace or the team that set it.")
    is_inherited: bool
    own: RhythmOut | None
    is_locked: bool = Field(description="Teams below follow this one, whatever they set.")
    locked_by: str = Field(description="The workspace or the team above that is locked; empty: none.")
    version: int


class TeamRhythmIn(Body):
    """A rhythm of the team's own; without `weeks` and `weekday` it follows what is above, and may lock that."""

    weeks: Annotated[int, Field(ge=0, le=3)] | None = Field(None, examples=[2], description="0 is every month.")
    weekday: Annotated[int, Field(ge=0, le=6)] | None = Field(None, examples=[1], description="0 is Monday.")
    hour: Annotated[int, Field(ge=0, le=23)] = 9
    skip_days: Annotated[int, Field(ge=0, le=30)] = 0
    is_locked: bool = False
