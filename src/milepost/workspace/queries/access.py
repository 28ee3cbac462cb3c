"""Who somebody is, in which workspace."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet

from milepost.core.calendar import local_day
from milepost.core.rhythm import Rhythm
from milepost.core.team_rhythms import Rhythms
from milepost.prepared import prepared
from milepost.workspace.errors import NotFound, NoToken
from milepost.workspace.models import ActorKind, ApiToken, Membership, Role, Scope, Team, User, Workspace
from milepost.workspace.models.token import hash_of
from milepost.workspace.permissions import Actor
from milepost.workspace.queries.rhythms import rhythms_of
from milepost.workspace.queries.second_steps import has_second_step


@dataclass(frozen=True, slots=True)
class Place:
    """An actor in their workspace, with what every page needs to know of it.

    `today` is the day in the workspace's zone; `teams` are the ones the person is in: (id, name).
    `has_second_step` is asked for people only: a token is its own second step, an operator needs none.
    """

    actor: Actor
    workspace_id: int
    slug: str
    name: str
    time_zone: str
    fiscal_month: int
    rhythms: Rhythms
    reviewers: int
    today: date
    scores_are_old: bool
    user_name: str
    teams: tuple[tuple[int, str], ...]
    demands_second_step: bool
    has_second_step: bool
    is_sample: bool = False

    @property
    def rhythm(self) -> Rhythm:
        """Return the rhythm of the workspace itself; teams may have another one."""
        return self.rhythms.workspace

    @property
    def lacks_second_step(self) -> bool:
        """Return whether a person has to set up a second step before any page of the workspace is theirs to see."""
        return self.demands_second_step and not self.has_second_step and self.actor.kind == ActorKind.PERSON


def get_place(*, user: User, slug: str, now: datetime) -> Place:
    """Return where this user stands in the workspace with this slug.

    Raises:
        NotFound: there is no such workspace, or the user is not in it; the two are never told apart.
    """
    return _found_place(_by_slug(user.pk, slug), now=now)


def place_of(*, membership_id: int, now: datetime) -> Place:
    """Return the place of a member, for the command line to act as them.

    Raises:
        NotFound: there is no such member.
    """
    return _found_place(_by_membership(membership_id), now=now)


def operator_place(*, slug: str, now: datetime, kind: str = ActorKind.OPERATOR.value) -> Place:
    """Return the place of whoever runs the command line of this installation: an admin without a name.

    Raises:
        NotFound: there is no such workspace.
    """
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        raise NotFound
    actor = Actor(workspace_id=workspace.pk, membership_id=None, role=Role.ADMIN, kind=ActorKind(kind))
    return _place(actor, workspace, now=now, teams=())


def job_place(*, workspace_id: int, now: datetime) -> Place:
    """Return the place of a job that runs for a workspace.

    Raises:
        NotFound: the workspace is gone.
    """
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None:
        raise NotFound
    return operator_place(slug=workspace.slug, now=now, kind=ActorKind.JOB.value)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a request needs to know of its token."""

    id: int
    name: str
    scopes: frozenset[str]
    last_used_at: datetime | None


def place_of_token(secret: str, *, now: datetime) -> tuple[Place, TokenFacts]:
    """Return where the holder of a token stands, with the token; one query, two for who manages teams.

    Raises:
        NoToken: it is unknown, has ended, or its holder is gone; which of them is not told.
    """
    found = _token(hash_of(secret))
    if not found:
        raise NoToken
    token = found[0]
    if token.expires_at is not None and token.expires_at <= now:
        raise NoToken
    facts = TokenFacts(token.pk, token.name, frozenset(token.scopes), token.last_used_at)
    member = token.membership
    if member is None:
        actor = Actor(
            workspace_id=token.workspace_id,
            membership_id=None,
            role=Role.ADMIN,
            kind=ActorKind.TOKEN,
            name=token.name,
            token_id=token.pk,
            scopes=facts.scopes,
        )
        return _place(actor, token.workspace, now=now, teams=()), facts
    if member.removed_at is not None or not member.user.is_active:
        raise NoToken
    return _member_place(member, token.workspace, found, now=now, token=facts), facts


@prepared
def _token(token_hash: str) -> QuerySet[ApiToken, Any]:
    rows = ApiToken.objects.filter(token_hash=token_hash, revoked_at=None)
    return _with_teams(rows.select_related("workspace", "membership__user"), "membership__team_memberships")


def find_lead(actor: Actor, email: str) -> int | None:
    """Return the membership with this address, or of the first admin when it is empty; None if there is none."""
    rows = Membership.objects.filter(workspace_id=actor.workspace_id, removed_at=None)
    rows = rows.filter(user__email__iexact=email) if email else rows.filter(role=Role.ADMIN)
    return rows.order_by("id").values_list("id", flat=True).first()


def list_workspaces(user: User) -> tuple[tuple[str, str], ...]:
    """Return (slug, name) of each workspace the user is in, by name."""
    rows = Membership.objects.filter(user=user, removed_at=None).order_by("workspace__name", "workspace_id")
    return tuple(rows.values_list("workspace__slug", "workspace__name"))


def list_all_workspaces() -> tuple[tuple[int, str, str], ...]:
    """Return (id, slug, name) of every workspace, by id; for jobs and the command line."""
    return tuple(Workspace.objects.order_by("id").values_list("id", "slug", "name"))


def is_set_up() -> bool:
    """Return whether the first start is over."""
    return User.objects.exists()


@prepared
def _by_slug(user_id: int, slug: str) -> QuerySet[Membership, Any]:
    return _in_force(Membership.objects.filter(user_id=user_id, workspace__slug=slug))


@prepared
def _by_membership(membership_id: int) -> QuerySet[Membership, Any]:
    return _in_force(Membership.objects.filter(pk=membership_id))


def _in_force(rows: QuerySet[Membership]) -> QuerySet[Membership, Any]:
    rows = rows.select_related("workspace", "user").filter(removed_at=None, user__is_active=True)
    rows = rows.annotate(has_second_step=has_second_step(OuterRef("user_id")))
    return _with_teams(rows, "team_memberships")


def _with_teams(rows: QuerySet[Any], path: str) -> QuerySet[Any, Any]:
    """Return a row for each team that `path` leads to, one without a team if there is none."""
    teams = {"team_id": F(f"{path}__team_id"), "team_name": F(f"{path}__team__name")}
    found: QuerySet[Any, Any] = rows.annotate(**teams, manages=F(f"{path}__is_manager"))
    return found.order_by("team_name")


def _found_place(found: list[Any], *, now: datetime) -> Place:
    if not found:
        raise NotFound
    return _member_place(found[0], found[0].workspace, found, now=now)


def _member_place(
    membership: Membership,
    workspace: Workspace,
    found: list[Any],
    *,
    now: datetime,
    token: TokenFacts | None = None,
) -> Place:
    """Return the place of a member with a row for each team.

    One query more for who manages a team, and for who is in one where walls stand (M5).
    """
    teams = tuple((row.team_id, row.team_name) for row in found if row.team_id is not None)
    managed = {row.team_id for row in found if row.manages}
    seen = {team_id for team_id, _ in teams} if workspace.has_walls else set()
    below = _teams_below(membership.workspace_id) if managed or seen else {}
    actor = Actor(
        workspace_id=membership.workspace_id,
        membership_id=membership.pk,
        role=Role(membership.role),
        kind=ActorKind.TOKEN if token else ActorKind.PERSON,
        managed_teams=_with_those_below(managed, below),
        seen_teams=_with_those_below(seen, below),
        name=membership.user.name,
        has_walls=workspace.has_walls,
        token_id=token.id if token else None,
        scopes=token.scopes if token else frozenset(Scope),
    )
    has_step = bool(getattr(membership, "has_second_step", False))  # a row of a token carries none
    return _place(actor, workspace, now=now, teams=teams, has_second_step=has_step)


def _place(
    actor: Actor,
    workspace: Workspace,
    *,
    now: datetime,
    teams: tuple[tuple[int, str], ...],
    has_second_step: bool = False,
) -> Place:
    today = local_day(now, workspace.time_zone)
    return Place(
        actor=actor,
        workspace_id=workspace.pk,
        slug=workspace.slug,
        name=workspace.name,
        time_zone=workspace.time_zone,
        fiscal_month=workspace.fiscal_month,
        rhythms=rhythms_of(workspace),
        reviewers=workspace.reviewers,
        today=today,
        scores_are_old=workspace.scores_on != today,
        user_name=actor.name,
        teams=teams,
        demands_second_step=workspace.demands_second_step,
        has_second_step=has_second_step,
        is_sample=workspace.is_sample,
    )


def _teams_below(workspace_id: int) -> dict[int | None, list[int]]:
    children: dict[int | None, list[int]] = {}
    for team_id, parent_id in _teams(workspace_id):
        children.setdefault(parent_id, []).append(team_id)
    return children


@prepared
def _teams(workspace_id: int) -> QuerySet[Team, tuple[int, int | None]]:
    return Team.objects.filter(workspace_id=workspace_id).values_list("id", "parent_id")


def _with_those_below(teams: Iterable[int], children: Mapping[int | None, list[int]]) -> frozenset[int]:
    found = set(teams)
    todo = list(found)
    while todo:
        below = [child for child in children.get(todo.pop(), []) if child not in found]
        found.update(below)
        todo.extend(below)
    return frozenset(found)
