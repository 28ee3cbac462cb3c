"""Views of goals that somebody keeps."""

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL, Body, PageQuery

Query = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=500)]
Name = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=60)]
QUERY = Field(
    examples=["as=list&view=attention&group=team"],
    description="What stands behind the ? of the address of the goals.",
)


class ViewOut(Schema):
    """A filter of goals under a name. `is_default`: the holder's Goals page opens with it."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_default: bool
    is_mine: bool
    owner_id: int
    owner_name: str
    version: int


class ViewIn(Body):
    """A new view; shared, everybody in the workspace sees it."""

    name: Name = Field(examples=["Needs attention, by team"])
    query: Query = QUERY
    is_shared: bool = False
    is_default: bool = False


class ViewPatch(Body):
    """What changes of a view."""

    name: Name | None = None
    query: Query | None = None
    is_shared: bool | None = None
    is_default: bool | None = None


class ViewQuery(PageQuery):
    """How views are listed."""

    is_shared: bool | None = None
    sort: Literal["id", "-id", "name", "-name"] = "id"
