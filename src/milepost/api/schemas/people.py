"""Workspace, people, teams, tokens."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL, Body, Id, PageQuery

Role = Literal["admin", "member", "viewer"]
ScopeName = Literal["read", "checkin:write", "kpi:write", "goal:write", "export", "admin"]
Name = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=120)]


class MeOut(Schema):
    """Who the token acts as; a workspace's own token acts for nobody."""

    person_id: int | None
    name: str
    role: Role
    workspace: str = Field(description="Slug.")
    workspace_name: str
    today: str = Field(description="The day in the workspace's time zone.")
    token: str
    scopes: list[ScopeName]


class WorkspaceOut(Schema):
    """The workspace and its settings."""

    id: int
    slug: str
    name: str
    time_zone: str
    fiscal_month: int
    rhythm_weeks: int
    rhythm_weekday: int
    rhythm_hour: int = Field(description="When check-ins are asked for by mail, in its time zone.")
    rhythm_skip_days: int = Field(description="Who updated within so many days is not asked; 0 asks always.")
    rhythm_is_locked: bool = Field(description="No team has a rhythm of its own.")
    reviewers: int
    demands_second_step: bool = Field(description="Everybody needs a second step to see its pages; tokens do not.")
    version: int


class WorkspacePatch(Body):
    """What changes of the settings."""

    name: Name | None = None
    time_zone: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=64)] | None = Field(
        None, examples=["Europe/Madrid"]
    )
    fiscal_month: Annotated[int, Field(ge=1, le=12)] | None = None
    rhythm_weeks: Annotated[int, Field(ge=0, le=3)] | None = Field(None, description="0 is every month.")
    rhythm_weekday: Annotated[int, Field(ge=0, le=6)] | None = Field(None, description="0 is Monday.")
    rhythm_hour: Annotated[int, Field(ge=0, le=23)] | None = None
    rhythm_skip_days: Annotated[int, Field(ge=0, le=30)] | None = None
    rhythm_is_locked: bool | None = Field(None, description="With it no team has a rhythm of its own.")
    reviewers: Annotated[int, Field(ge=0, le=2)] | None = None
    demands_second_step: bool | None = Field(None, description="An admin who has a second step may switch it on.")


class PersonOut(Schema):
    """A person of the workspace."""

    id: int
    name: str
    email: str
    role: Role
    joined_at: datetime


class PeopleQuery(PageQuery):
    """How people are listed."""

    role: Role | None = None
    team_id: Id | None = None
    sort: Literal["id", "-id", "name", "-name"] = "id"


class RoleIn(Body):
    """Another role."""

    role: Role


class InvitationIn(Body):
    """An invitation for one person."""

    label: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=254)] = Field(
        examples=["noor@example.com"]
    )
    role: Role = "member"
    team_id: Id | None = None


class InvitationOut(Schema):
    """The link lets one person in, once; it is not shown again."""

    link: str


class InvitationRow(Schema):
    """An open invitation; its link is not kept."""

    id: int
    label: str
    role: Role
    team_id: int | None
    invited_by: int
    expires_at: datetime


class TeamOut(Schema):
    """A team."""

    id: int
    name: str
    parent_id: int | None
    ends_on: date | None = Field(description="Its last day: afterwards it takes no new goals.")
    version: int


class MemberOut(Schema):
    """A person in a team."""

    person_id: int
    name: str
    is_manager: bool


class TeamDetail(TeamOut):
    """A team with its members."""

    members: list[MemberOut]


class TeamQuery(PageQuery):
    """How teams are listed."""

    parent_id: Id | None = None
    sort: Literal["id", "-id", "name", "-name"] = "id"


class TeamIn(Body):
    """A new team."""

    name: Name = Field(examples=["Support"])
    parent_id: Id | None = None
    ends_on: date | None = None


class TeamPatch(Body):
    """What changes of a team."""

    name: Name | None = None
    parent_id: Id | None = None
    ends_on: date | None = None


class MemberIn(Body):
    """How somebody is in a team."""

    is_manager: bool = False


class AwayOut(Schema):
    """Days on which somebody is away, both included."""

    id: int
    person_id: int
    first_day: date
    last_day: date
    stand_in_id: int | None
    stand_in_name: str
    note: str


class AwaysOut(Schema):
    """Who is away, the soonest first."""

    items: list[AwayOut]


class AwayIn(Body):
    """When somebody is away; who stands in is asked for their check-ins meanwhile."""

    first_day: date = Field(examples=["2026-12-21"])
    last_day: date = Field(examples=["2027-01-03"])
    stand_in_id: Id | None = None
    note: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=200)] = ""


class TokenOut(Schema):
    """A token in force; its secret is not kept, `hint` are its last letters."""

    id: int
    name: str
    hint: str
    scopes: list[ScopeName]
    holder: str = Field(description="Empty for the workspace's own.")
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokensOut(Schema):
    """Tokens in force."""

    items: list[TokenOut]


class TokenIn(Body):
    """A new token."""

    name: Name = Field(examples=["Nightly export"])
    scopes: Annotated[list[ScopeName], Field(min_length=1, max_length=6)] = Field(examples=[["read", "kpi:write"]])
    days: Annotated[int, Field(ge=1, le=3650)] | None = 90
    for_workspace: bool = False


class TokenMade(Schema):
    """A token just made; `secret` is told this once."""

    id: int
    secret: str


class FoundOut(Schema):
    """Something found by the beginnings of its words."""

    kind: Literal["objective", "key_result", "kpi", "person", "team"]
    reference: str = Field(description="Slug of a KPI, id of anything else.")
    title: str
    detail: str


class FoundsOut(Schema):
    """What was found, at most eight."""

    items: list[FoundOut]
