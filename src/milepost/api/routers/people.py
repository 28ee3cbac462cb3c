"""Who one is, the workspace, people, teams, and what is found by words."""

from dataclasses import asdict

from django.http import HttpResponse
from django.urls import reverse
from ninja import Path, Query, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.base import Id, PageOf, PageQuery
from milepost.api.schemas.people import (
    AwayIn,
    AwayOut,
    AwaysOut,
    FoundsOut,
    InvitationIn,
    InvitationOut,
    InvitationRow,
    MemberIn,
    MeOut,
    PeopleQuery,
    PersonOut,
    RoleIn,
    TeamDetail,
    TeamIn,
    TeamOut,
    TeamPatch,
    TeamQuery,
    WorkspaceOut,
    WorkspacePatch,
)
from milepost.links import absolute
from milepost.okr import actions as okr
from milepost.okr.queries import find
from milepost.workspace import actions, queries
from milepost.workspace.permissions import Scope

router = Router(tags=["People"])


@route(router, "GET", "/me", scope=Scope.READ, answer=MeOut, summary="Who the token acts as")
def show_me(request: ApiRequest) -> HttpResponse:
    place = request.place
    return reply(
        {
            "person_id": place.actor.membership_id, "name": place.user_name, "role": place.actor.role.value,
            "workspace": place.slug, "workspace_name": place.name, "today": place.today,
            "token": request.token.name, "scopes": sorted(request.token.scopes),
        }
    )  # fmt: skip


@route(router, "GET", "/workspace", scope=Scope.READ, answer=WorkspaceOut, summary="Show the workspace")
def show_workspace(request: ApiRequest) -> HttpResponse:
    return _workspace(request)


@route(
    router, "PATCH", "/workspace", scope=Scope.ADMIN, answer=WorkspaceOut, versioned=True,
    summary="Change the workspace's settings",
)  # fmt: skip
def update_workspace(request: ApiRequest, body: WorkspacePatch) -> HttpResponse:
    actor = request.place.actor
    there = queries.show_workspace(actor)
    given = {k: v for k, v in body.model_dump(exclude_unset=True).items() if v is not None}
    known = {name: there[name] for name in actions.WorkspaceSettings.__dataclass_fields__}
    actions.change_settings(
        by=actor,
        settings=actions.WorkspaceSettings(**(known | given)),
        seen=seen_version(request, there),
        now=clock.now(),
    )
    return _workspace(request)


@route(router, "GET", "/people", scope=Scope.READ, answer=PageOf[PersonOut], summary="List people")
def list_people(request: ApiRequest, asked: Query[PeopleQuery]) -> HttpResponse:
    page = queries.list_all_people(
        request.place.actor,
        filters={"role": asked.role, "team_id": asked.team_id},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(router, "GET", "/people/{person_id}", scope=Scope.READ, answer=PersonOut, summary="Show a person")
def show_person(request: ApiRequest, person_id: Path[Id]) -> HttpResponse:
    return reply(queries.show_person(request.place.actor, person_id))


@route(router, "PATCH", "/people/{person_id}", scope=Scope.ADMIN, answer=PersonOut, summary="Give another role")
def change_role(request: ApiRequest, person_id: Path[Id], body: RoleIn) -> HttpResponse:
    actions.change_role(by=request.place.actor, membership_id=person_id, role=body.role, now=clock.now())
    return reply(queries.show_person(request.place.actor, person_id))


@route(
    router, "DELETE", "/people/{person_id}", scope=Scope.ADMIN, status=204,
    summary="Take a person out of the workspace",
)  # fmt: skip
def remove_person(request: ApiRequest, person_id: Path[Id]) -> HttpResponse:
    actions.remove_member(by=request.place.actor, membership_id=person_id, now=clock.now())
    return reply(None, status=204)


@route(
    router, "POST", "/invitations", scope=Scope.ADMIN, answer=InvitationOut, status=201, may_be=[404],
    summary="Make a link that lets one person in",
)  # fmt: skip
def invite(request: ApiRequest, body: InvitationIn) -> HttpResponse:
    secret = actions.invite(
        by=request.place.actor, label=body.label, role=body.role, team_id=body.team_id, now=clock.now()
    )
    return reply({"link": absolute(request, reverse("join", args=[secret]))}, status=201)


@route(
    router, "GET", "/invitations", scope=Scope.ADMIN, answer=PageOf[InvitationRow],
    summary="List invitations that nobody has used or withdrawn",
)  # fmt: skip
def list_invitations(request: ApiRequest, asked: Query[PageQuery]) -> HttpResponse:
    page = queries.list_all_invitations(request.place.actor, cursor=asked.cursor, limit=asked.limit)
    return reply({"items": page.items, "next": page.next})


@route(
    router, "DELETE", "/invitations/{invitation_id}", scope=Scope.ADMIN, status=204, summary="Withdraw an invitation"
)
def revoke_invitation(request: ApiRequest, invitation_id: Path[Id]) -> HttpResponse:
    actions.revoke_invitation(by=request.place.actor, invitation_id=invitation_id, now=clock.now())
    return reply(None, status=204)


@route(router, "GET", "/away", scope=Scope.READ, answer=AwaysOut, summary="List who is away, today or later on")
def list_away(request: ApiRequest) -> HttpResponse:
    place = request.place
    return reply({"items": [asdict(row) for row in queries.list_away(place.actor, today=place.today)]})


@route(
    router, "POST", "/people/{person_id}/away", scope=Scope.CHECK_IN, answer=AwayOut, status=201,
    summary="Say when somebody is away: you, or anybody for an admin",
)  # fmt: skip
def add_away(request: ApiRequest, person_id: Path[Id], body: AwayIn) -> HttpResponse:
    actor = request.place.actor
    made = okr.add_away(by=actor, membership_id=person_id, now=clock.now(), **body.model_dump())
    row = queries.show_away(actor, made)
    return reply(asdict(row) if row else None, status=201)


@route(
    router, "DELETE", "/away/{away_id}", scope=Scope.CHECK_IN, status=204,
    summary="Take days back; of those that run, what is over stays",
)  # fmt: skip
def end_away(request: ApiRequest, away_id: Path[Id]) -> HttpResponse:
    okr.end_away(by=request.place.actor, away_id=away_id, now=clock.now())
    return reply(None, status=204)


@route(router, "GET", "/teams", scope=Scope.READ, answer=PageOf[TeamOut], summary="List teams")
def list_teams(request: ApiRequest, asked: Query[TeamQuery]) -> HttpResponse:
    page = queries.list_all_teams(
        request.place.actor,
        filters={"parent_id": asked.parent_id},
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return reply({"items": page.items, "next": page.next})


@route(router, "GET", "/teams/{team_id}", scope=Scope.READ, answer=TeamDetail, summary="Show a team")
def show_team(request: ApiRequest, team_id: Path[Id]) -> HttpResponse:
    return _team(request, team_id)


@route(router, "POST", "/teams", scope=Scope.ADMIN, answer=TeamDetail, status=201, may_be=[404], summary="Add a team")
def create_team(request: ApiRequest, body: TeamIn) -> HttpResponse:
    made = actions.create_team(
        by=request.place.actor, name=body.name, parent_id=body.parent_id, ends_on=body.ends_on, now=clock.now()
    )
    return _team(request, made, status=201)


@route(
    router, "PATCH", "/teams/{team_id}", scope=Scope.ADMIN, answer=TeamDetail, versioned=True, summary="Change a team"
)
def update_team(request: ApiRequest, team_id: Path[Id], body: TeamPatch) -> HttpResponse:
    actor = request.place.actor
    there = queries.show_team(actor, team_id)
    actions.edit_team(
        by=actor,
        team_id=team_id,
        name=body.name or there["name"],
        parent_id=body.parent_id if "parent_id" in body.model_fields_set else there["parent_id"],
        ends_on=body.ends_on if "ends_on" in body.model_fields_set else there["ends_on"],
        seen=seen_version(request, there),
        now=clock.now(),
    )
    return _team(request, team_id)


@route(router, "DELETE", "/teams/{team_id}", scope=Scope.ADMIN, status=204, summary="Delete a team that owns nothing")
def delete_team(request: ApiRequest, team_id: Path[Id]) -> HttpResponse:
    actions.delete_team(by=request.place.actor, team_id=team_id, now=clock.now())
    return reply(None, status=204)


@route(
    router, "PUT", "/teams/{team_id}/members/{person_id}", scope=Scope.ADMIN, answer=TeamDetail,
    summary="Put a person into a team, or make them its manager",
)  # fmt: skip
def set_team_member(request: ApiRequest, team_id: Path[Id], person_id: Path[Id], body: MemberIn) -> HttpResponse:
    actions.set_team_member(
        by=request.place.actor,
        team_id=team_id,
        membership_id=person_id,
        is_manager=body.is_manager,
        now=clock.now(),
    )
    return _team(request, team_id)


@route(
    router, "DELETE", "/teams/{team_id}/members/{person_id}", scope=Scope.ADMIN, answer=TeamDetail,
    summary="Take a person out of a team",
)  # fmt: skip
def remove_team_member(request: ApiRequest, team_id: Path[Id], person_id: Path[Id]) -> HttpResponse:
    actions.set_team_member(
        by=request.place.actor,
        team_id=team_id,
        membership_id=person_id,
        is_manager=False,
        is_member=False,
        now=clock.now(),
    )
    return _team(request, team_id)


@route(
    router,
    "GET",
    "/search",
    scope=Scope.READ,
    answer=FoundsOut,
    summary="Find by the beginnings of words, eight at most",
)
def search(request: ApiRequest, q: str) -> HttpResponse:
    found = find(request.place.actor, q[:200].replace("\0", ""))
    names = ("kind", "reference", "title", "detail")
    return reply({"items": [{name: getattr(one, name) for name in names} for one in found]})


def _workspace(request: ApiRequest) -> HttpResponse:
    shown = queries.show_workspace(request.place.actor)
    return reply(shown, version=shown["version"])


def _team(request: ApiRequest, team_id: Path[Id], *, status: int = 200) -> HttpResponse:
    shown = queries.show_team(request.place.actor, team_id)
    return reply(shown, status=status, version=shown["version"])
