"""People and teams with what they carry."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q

from milepost.core.rhythm import Rhythm
from milepost.okr.models import KeyResultScore, Objective, ObjectiveScore, SharingTeam
from milepost.okr.queries.lines import ObjectiveLine, objective_lines
from milepost.workspace.errors import NotFound
from milepost.workspace.models import Membership, Team, TeamMembership
from milepost.workspace.permissions import Actor, can_edit_team, can_manage_people, can_set_away
from milepost.workspace.queries import AwayRow, list_away, rhythm_of_team

MOST_GOALS = 100


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with the load they carry: live key results led, overdue ones, last check-in."""

    id: int
    name: str
    role: str
    teams: tuple[str, ...]
    leads: int
    overdue: int
    checked_in_on: date | None
    away: AwayRow | None = None  # while they are away


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the tree with its number of people and running objectives."""

    id: int
    name: str
    depth: int
    parent_id: int | None
    people: int
    managers: tuple[str, ...]
    objectives: int
    ends_on: date | None = None
    has_ended: bool = False


@dataclass(frozen=True, slots=True)
class TeamPage:
    """One team: who is in it and what it owns."""

    id: int
    name: str
    parent_id: int | None
    parent_name: str
    members: tuple[tuple[int, str, bool], ...]
    objectives: tuple[ObjectiveLine, ...]
    shared: tuple[ObjectiveLine, ...]  # of other teams, and shared with this one
    ends_on: date | None
    has_ended: bool
    below: tuple[tuple[int, str], ...]
    version: int
    can_edit: bool
    can_move: bool
    own_rhythm: Rhythm | None = None  # what it set, whether that holds or not


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person: teams, objectives led."""

    id: int
    name: str
    role: str
    teams: tuple[tuple[int, str], ...]
    objectives: tuple[ObjectiveLine, ...]
    load: PersonRow
    away: tuple[AwayRow, ...]
    can_set_away: bool


def people_page(actor: Actor, *, today: date) -> tuple[tuple[PersonRow, ...], tuple[TeamRow, ...]]:
    """Return people by name and teams as a tree; a fixed number of queries."""
    rows = Membership.objects.filter(workspace_id=actor.workspace_id, removed_at=None)
    people = list(rows.order_by("user__name", "id").values_list("id", "user__name", "role"))
    load = _load(actor, today=today)
    away = {row.person_id: row for row in list_away(actor, today=today) if row.first_day <= today}
    teams_of: dict[int, list[str]] = {}
    people_in: dict[int, int] = {}
    managers: dict[int, list[str]] = {}
    for team_id, member_id, team, is_manager, name in (
        TeamMembership.objects.filter(team__workspace_id=actor.workspace_id)
        .order_by("team__name", "membership__user__name")
        .values_list("team_id", "membership_id", "team__name", "is_manager", "membership__user__name")
    ):
        teams_of.setdefault(member_id, []).append(team)
        people_in[team_id] = people_in.get(team_id, 0) + 1
        if is_manager:
            managers.setdefault(team_id, []).append(name)
    goals = dict(
        Objective.objects.visible_to(actor)
        .filter(state="active", owner_team__isnull=False)
        .values_list("owner_team_id")
        .annotate(Count("id"))
    )
    below: dict[int | None, list[Team]] = {}
    for row in Team.objects.filter(workspace_id=actor.workspace_id).order_by("name"):
        below.setdefault(row.parent_id, []).append(row)
    tree: list[TeamRow] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in below.get(parent, []):
            tree.append(
                TeamRow(
                    row.pk,
                    row.name,
                    depth,
                    parent,
                    people_in.get(row.pk, 0),
                    tuple(managers.get(row.pk, ())),
                    goals.get(row.pk, 0),
                    row.ends_on,
                    row.has_ended(today),
                )
            )
            walk(row.pk, depth + 1)

    walk(None, 0)
    return (
        tuple(
            PersonRow(pk, name, role, tuple(teams_of.get(pk, ())), *load.get(pk, (0, 0, None)), away.get(pk))
            for pk, name, role in people
        ),
        tuple(tree),
    )


def team_page(actor: Actor, team_id: int, *, today: date) -> TeamPage:
    """Return one team.

    Raises:
        NotFound: it is not the actor's to see.
    """
    around = Team.objects.filter(Q(pk=team_id) | Q(parent_id=team_id), workspace_id=actor.workspace_id)
    teams = list(around.select_related("parent").order_by("name"))
    team = next((row for row in teams if row.pk == team_id), None)
    if team is None:
        raise NotFound
    members = TeamMembership.objects.filter(team=team, membership__removed_at=None).order_by("membership__user__name")
    shared = SharingTeam.objects.filter(team=team).values("objective_id")
    owned = Objective.objects.visible_to(actor).filter(Q(owner_team=team) | Q(pk__in=shared))
    owned = owned.filter(state__in=["active", "paused", "draft"])
    newest = owned.order_by("-cycle__first_day", "id").values("id")[:MOST_GOALS]
    # Inside, not joined: joined, a planner read every score row where one team owns most goals.
    rows = ObjectiveScore.objects.filter(objective_id__in=newest)
    lines = objective_lines(rows.order_by("-cycle__first_day", "objective_id"))
    own = {line.id for line in lines if line.owner_kind == "team" and line.owner_id == team_id}
    return TeamPage(
        id=team.pk,
        name=team.name,
        parent_id=team.parent_id,
        parent_name=team.parent.name if team.parent else "",
        members=tuple(members.values_list("membership_id", "membership__user__name", "is_manager")),
        objectives=tuple(line for line in lines if line.id in own),
        shared=tuple(line for line in lines if line.id not in own),
        ends_on=team.ends_on,
        has_ended=team.has_ended(today),
        below=tuple((row.pk, row.name) for row in teams if row.pk != team_id),
        version=team.version,
        can_edit=can_edit_team.test(actor, team.pk),
        can_move=can_manage_people.test(actor),
        own_rhythm=rhythm_of_team(team),
    )


def person_page(actor: Actor, membership_id: int, *, today: date) -> PersonPage:
    """Return one person.

    Raises:
        NotFound: not somebody of this workspace.
    """
    row = (
        Membership.objects.filter(workspace_id=actor.workspace_id, pk=membership_id, removed_at=None)
        .values_list("id", "user__name", "role")
        .first()
    )
    if row is None:
        raise NotFound
    pk, name, role = row
    teams = TeamMembership.objects.filter(membership_id=pk).order_by("team__name").values_list("team_id", "team__name")
    led = ObjectiveScore.objects.filter(lead_id=pk).order_by().values_list("objective_id", flat=True)
    with_led = KeyResultScore.objects.filter(lead_id=pk, is_live=True).order_by().values_list("objective_id", flat=True)
    ids = list(led.union(with_led)[:MOST_GOALS])  # two indexed reads; one condition with OR would scan
    rows = ObjectiveScore.objects.visible_to(actor).filter(objective_id__in=ids, objective__state="active")
    rows = rows.order_by("-cycle__first_day", "objective_id")
    load = _load(actor, today=today, only=pk)
    away = list_away(actor, today=today, membership_id=pk)
    return PersonPage(
        id=pk,
        name=name,
        role=role,
        teams=tuple(teams),
        objectives=tuple(objective_lines(rows)),
        load=PersonRow(
            pk, name, role, (), *load.get(pk, (0, 0, None)), next((row for row in away if row.first_day <= today), None)
        ),
        away=away,
        can_set_away=can_set_away.test(actor, pk),
    )


def _load(actor: Actor, *, today: date, only: int | None = None) -> dict[int, tuple[int, int, date | None]]:
    rows = KeyResultScore.objects.visible_to(actor).filter(is_live=True)
    if only is not None:
        rows = rows.filter(lead_id=only)
    counted = rows.values_list("lead_id").annotate(
        leads=Count("key_result_id", filter=Q(next_check_in_on__isnull=False)),
        overdue=Count("key_result_id", filter=Q(next_check_in_on__lt=today)),
        last=Max("checked_in_on"),
    )
    return {lead: (leads, overdue, last) for lead, leads, overdue, last in counted}
