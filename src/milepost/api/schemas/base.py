"""What every shape is made of."""

from typing import Annotated, Generic, Literal, TypeVar

from ninja import Field, Schema
from pydantic import ConfigDict, FiniteFloat, StringConstraints

T = TypeVar("T")
NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps no such character
Id = Annotated[int, Field(ge=1, le=2**62)]
Number = FiniteFloat
Line = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=500)]
Share = Annotated[FiniteFloat, Field(ge=0, le=1)]


Visibility = Literal["everybody", "team", "private"]
Teams = Annotated[list[Id], Field(max_length=20)]
Tags = Annotated[list[Annotated[str, StringConstraints(pattern=NO_NUL, max_length=60)]], Field(max_length=20)]
Tag = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=60)]
Contributors = Annotated[list[Id], Field(max_length=100)]


class Body(Schema):
    """Something sent: a field that is not named here is refused."""

    model_config = ConfigDict(extra="forbid")


class PageQuery(Schema):
    """How a list is paged."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=2000)] = ""


class PageOf(Schema, Generic[T]):
    """One page of a list; `next` is the cursor of the one after it, null on the last."""

    items: list[T]
    next: str | None


def as_list(sent: object) -> object:
    """Return one thing as a list of one."""
    return sent if isinstance(sent, list) else [sent]


class Made(Schema):
    """What was made."""

    id: int
