"""Who sees an objective, as a set of people: what a wall means for the numbers above it (R6)."""

from collections.abc import Collection

from milepost.core.alignment import Audience
from milepost.metrics.queries.audience import add_teams, counted
from milepost.okr.models import Contributor, KeyResult, Objective
from milepost.workspace.models import Visibility


def audiences(objective_ids: Collection[int]) -> dict[int, Audience]:
    """Return for each objective who sees it, admins left out since they see everything; six queries at most.

    A team's goals are seen by who is in the team or in one above it, and by the goal's own people: its
    lead, the person who owns it, its contributors and the leads of its key results (M5).
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
    add_teams(people, {pk: team for pk, visibility, team, *_ in goals if visibility == Visibility.TEAM})
    return counted(people, [pk for pk, *_ in goals])
