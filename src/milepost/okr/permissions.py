"""Who may change a goal, check in on it and plan cycles."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from rules.predicates import predicate

from milepost.okr.models import Contributor, Cycle, KeyResult, Objective
from milepost.workspace.permissions import Actor, can_change_settings, can_write, is_admin


@predicate
def leads_goal(actor: Actor, goal: Objective | KeyResult | None) -> bool:
    """Return whether the actor is the goal's lead and more than a viewer; a key result's objective counts."""
    if goal is None or not actor.can_write or actor.membership_id is None:
        return False
    leads = {goal.lead_id}
    if isinstance(goal, KeyResult):
        leads.add(goal.objective.lead_id)
    return actor.membership_id in leads


@predicate
def owns_goal(actor: Actor, goal: Objective | KeyResult | None) -> bool:
    """Return whether the goal belongs to the actor in person, or to a team the actor manages."""
    if goal is None or not actor.can_write or actor.membership_id is None:
        return False
    objective = goal.objective if isinstance(goal, KeyResult) else goal
    return objective.owner_person_id == actor.membership_id or objective.owner_team_id in actor.managed_teams


@predicate
def contributes(actor: Actor, goal: Objective | KeyResult | None) -> bool:
    """Return whether the actor helps with the goal's objective: may check in, not change it."""
    if goal is None or not actor.can_write or actor.membership_id is None:
        return False
    objective_id = goal.objective_id if isinstance(goal, KeyResult) else goal.pk
    return Contributor.objects.filter(objective_id=objective_id, membership_id=actor.membership_id).exists()


@predicate
def coaches_cycle(actor: Actor, about: Cycle | Objective | KeyResult | None) -> bool:
    """Return whether the actor is the coach of the cycle, or of the one that the goal is in (G3)."""
    if about is None or not actor.can_write or actor.membership_id is None:
        return False
    if isinstance(about, Cycle):
        return about.coach_id == actor.membership_id
    return (about.objective if isinstance(about, KeyResult) else about).cycle.coach_id == actor.membership_id


@dataclass(frozen=True, slots=True)
class About:
    """A cycle as one team went through it, None for all together."""

    cycle: Cycle
    team_id: int | None


@predicate
def took_part(actor: Actor, about: About | None) -> bool:
    """Return whether the actor coached the cycle, manages the team or led a goal in it that is the team's."""
    return about is not None and took_part_as(actor, about, led=led_teams(actor, about.cycle))


def took_part_as(actor: Actor, about: About, *, led: Collection[int | None]) -> bool:
    """Return as `took_part`, where the teams whose goals the actor led in the cycle are known already."""
    if not actor.can_write or actor.membership_id is None:
        return False
    if coaches_cycle.test(actor, about.cycle) or about.team_id in actor.managed_teams:
        return True
    return bool(led) if about.team_id is None else about.team_id in led


def led_teams(actor: Actor, cycle: Cycle) -> set[int | None]:
    """Return the teams of whose goals in a cycle the actor leads one, None for goals without a team; one query."""
    if actor.membership_id is None:
        return set()
    me = Q(lead_id=actor.membership_id) | Q(key_results__lead_id=actor.membership_id)
    return set(Objective.objects.filter(me, cycle=cycle).values_list("owner_team_id", flat=True))


can_create_goal = can_write
can_edit_goal = is_admin | leads_goal | owns_goal
can_grade = can_edit_goal | coaches_cycle
can_close_rest = is_admin | coaches_cycle
can_check_in = can_edit_goal | contributes
can_approve_goal = is_admin
can_look_back = is_admin | took_part
can_plan_cycles = can_change_settings
