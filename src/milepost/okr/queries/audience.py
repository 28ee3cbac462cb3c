"""Who sees an objective, as a set of people: what a wall means for the numbers above it (R6)."""

from collections.abc import Collection

from milepost.core.alignment import Audience
from milepost.metrics.queries.audience import add_teams, counted
from milepost.okr.models import Contributor, KeyResult, Objective, SharingTeam
from milepost.workspace.models import Visibility


def audiences(objective_ids: Collection[int]) -> dict[int, Audience]:
    """Return for each objective who sees it, admins left out since they see everything; ten queries at most.

    A team's goals are seen by who is in the team or in one above it, and by the goal's own people: its
    lead, the person who owns it, its contributors and the leads of its key results (M5). A team that shares
    it sees it as if it were its own.
    """
    rows = Objective.objects.filter(pk__in=objective_ids)
    goals = list(rows.values_list("id", "visibility", "owner_team_id", "lead_id", "owner_person_id"))
    narrow = [pk for pk, visibility, *_ in goals if visibility != Visibility.EVERYBODY]
    people: dict[int, set[int]] = {pk: set() for pk in narrow}
    for pk, _, _, lead, owner in goals:
        if pk in people:
            people[pk].update(one for one in (lead, owner) if one is not None)
    for model in (Contributor, KeyResult):
        who = "membership_id" if model is Contributor else "lead_id"
        for pk, one in model._default_manager.filter(objective_id__in=narrow).values_list("objective_id", who):
            people[pk].add(one)
    of_teams = {pk: team for pk, visibility, team, *_ in goals if visibility == Visibility.TEAM}
    add_teams(people, of_teams)
    for pk, inside in _sharing(of_teams).items():
        people[pk] |= inside
    return counted(people, [pk for pk, *_ in goals])


def _sharing(objective_ids: Collection[int]) -> dict[int, set[int]]:
    """Return for each objective who is in a team that shares it, or in one above such a team."""
    pairs = list(SharingTeam.objects.filter(objective_id__in=objective_ids).values_list("objective_id", "team_id"))
    people: dict[int, set[int]] = {team: set() for _, team in pairs}
    add_teams(people, {team: team for _, team in pairs})
    found: dict[int, set[int]] = {}
    for pk, team in pairs:
        found.setdefault(pk, set()).update(people[team])
    return found
