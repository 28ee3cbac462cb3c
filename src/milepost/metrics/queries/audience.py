"""Who sees a KPI, as a set of people: what a wall means for the numbers made of it (R6, M5)."""

from collections.abc import Collection, Iterable, Mapping

from milepost.core.alignment import Audience
from milepost.metrics.models import Metric, MetricContributor
from milepost.workspace.models import Membership, Role, Team, TeamMembership, Visibility


def kpi_audiences(metric_ids: Collection[int]) -> dict[int, Audience]:
    """Return for each KPI who sees it, admins left out since they see everything.

    Its people are its lead and its contributors; a team's are in it or in a team above.
    """
    rows = list(Metric.objects.filter(pk__in=metric_ids).values_list("id", "visibility", "owner_team_id", "lead_id"))
    people = {pk: {lead} if lead else set() for pk, visibility, _, lead in rows if visibility != Visibility.EVERYBODY}
    for pk, one in MetricContributor.objects.filter(metric_id__in=people).values_list("metric_id", "membership_id"):
        people[pk].add(one)
    add_teams(people, {pk: team for pk, visibility, team, _ in rows if visibility == Visibility.TEAM})
    return counted(people, [pk for pk, *_ in rows])


def counted(people: dict[int, set[int]], ids: Collection[int]) -> dict[int, Audience]:
    """Keep those who are in the workspace and no admins; what has no people is for everybody."""
    if not people:
        return dict.fromkeys(ids)
    readers = Membership.objects.filter(
        pk__in=set().union(*people.values()), removed_at=None, user__is_active=True
    ).exclude(role=Role.ADMIN)
    found = set(readers.values_list("pk", flat=True))
    return {pk: frozenset(people[pk] & found) if pk in people else None for pk in ids}


def add_teams(people: dict[int, set[int]], teams: Mapping[int, int | None]) -> None:
    """Add to each thing's people who is in its team or in one above it."""
    for pk, inside in _in_teams(teams).items():
        people[pk] |= inside


def _in_teams(team_of: Mapping[int, int | None]) -> dict[int, set[int]]:
    """Return for each thing who is in its team or in one above it."""
    if not team_of:
        return {}
    workspace = Team.objects.filter(pk__in=[team for team in team_of.values() if team]).values("workspace_id")[:1]
    rows = Team.objects.filter(workspace_id__in=workspace)
    parents: dict[int, int | None] = dict(rows.values_list("id", "parent_id"))
    above = {pk: set(upwards(team, parents)) for pk, team in team_of.items()}
    members: dict[int, set[int]] = {}
    for team, member in TeamMembership.objects.filter(team_id__in=set().union(*above.values())).values_list(
        "team_id", "membership_id"
    ):
        members.setdefault(team, set()).add(member)
    return {pk: set().union(*(members.get(team, set()) for team in teams)) for pk, teams in above.items()}


def upwards(team: int | None, parents: Mapping[int, int | None]) -> Iterable[int]:
    """Yield a team and those above it."""
    while team is not None:
        yield team
        team = parents.get(team)
