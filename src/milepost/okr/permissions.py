"""Who may change a goal, check in on it and plan cycles."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from rules.predicates import predicate

from milepost.okr.models import (
    Alignment,
    Contributor,
    Cycle,
    Initiative,
    KeyResult,
    Objective,
    SavedView,
    SharingTeam,
    Template,
)
from milepost.workspace.models import Away
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
def helps(actor: Actor, goal: Objective | KeyResult | None) -> bool:
    """Return whether the actor helps with the goal's objective: may check in, not change it.

    They are a contributor of it, or in a team that shares it; who is in such a team is asked as often.
    """
    if goal is None or not actor.can_write or actor.membership_id is None:
        return False
    objective_id = goal.objective_id if isinstance(goal, KeyResult) else goal.pk
    me = actor.membership_id
    named = Contributor.objects.filter(objective_id=objective_id, membership_id=me).order_by().values("pk")
    shared = SharingTeam.objects.filter(objective_id=objective_id, team__members=me).order_by().values("pk")
    return named.union(shared, all=True).exists()


@predicate
def coaches_cycle(actor: Actor, about: Cycle | Objective | KeyResult | None) -> bool:
    """Return whether the actor is the coach of the cycle, or of the one that the goal is in (G3)."""
    if about is None or not actor.can_write or actor.membership_id is None:
        return False
    if isinstance(about, Cycle):
        return about.coach_id == actor.membership_id
    return (about.objective if isinstance(about, KeyResult) else about).cycle.coach_id == actor.membership_id


@predicate
def reviews_goal(actor: Actor, goal: Objective | None) -> bool:
    """Return whether the actor may say yes or no to an objective in review; asks once who leads the parent.

    Who answers for the level above: an admin, the cycle's coach, who manages its team or one above, who leads
    its primary parent. Never the one who leads it, or whose it is in person: nobody approves their own.
    """
    if goal is None or not may_review_at_all(actor, lead_id=goal.lead_id, person_id=goal.owner_person_id):
        return False
    if reviews_by_role(actor, team_id=goal.owner_team_id, coach_id=goal.cycle.coach_id):
        return True
    above = Alignment.objects.filter(child_id=goal.pk, until=None, is_primary=True)
    return above.filter(parent__lead_id=actor.membership_id).exists()


def may_review_at_all(actor: Actor, *, lead_id: int | None, person_id: int | None) -> bool:
    """Return whether the actor is somebody who may write, and the objective is not their own."""
    if not actor.can_write or actor.membership_id is None:
        return False
    return actor.membership_id not in {lead_id, person_id}


def reviews_by_role(actor: Actor, *, team_id: int | None, coach_id: int | None) -> bool:
    """Return whether an objective of this team and cycle is the actor's to review, whatever it hangs below."""
    return actor.is_admin or coach_id == actor.membership_id or team_id in actor.managed_teams


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


def stands_in_for(actor: Actor, *, today: date) -> frozenset[int]:
    """Return whose place the actor takes today: people who are away and named them (rule C4)."""
    if actor.membership_id is None or not actor.can_write:
        return frozenset()
    return frozenset(absences_of(actor, today=today).values_list("membership_id", flat=True))


def absences_of(actor: Actor, *, today: date) -> QuerySet[Away]:
    """Return the absences of today in which the actor was named to stand in."""
    return Away.objects.filter(stand_in_id=actor.membership_id, first_day__lte=today, last_day__gte=today)


@predicate
def leads_initiative(actor: Actor, initiative: Initiative | None) -> bool:
    """Return whether the actor leads this piece of work and is more than a viewer."""
    if initiative is None or not actor.can_write or actor.membership_id is None:
        return False
    return initiative.lead_id == actor.membership_id


@predicate
def made_template(actor: Actor, template: Template | None) -> bool:
    """Return whether the actor made the template and is more than a viewer."""
    return (
        template is not None
        and actor.can_write
        and actor.membership_id is not None
        and template.author_id == actor.membership_id
    )


@predicate
def keeps_view(actor: Actor, view: SavedView | None) -> bool:
    """Return whether the view is the actor's own, or an admin's to tidy up because it is shared."""
    return view is not None and actor.can_write and (view.owner_id == actor.membership_id or actor.is_admin)


can_change_view = keeps_view
can_create_goal = can_write
can_edit_goal = is_admin | leads_goal | owns_goal
can_grade = can_edit_goal | coaches_cycle
can_close_rest = is_admin | coaches_cycle
can_publish_cycle = is_admin | coaches_cycle
can_edit_template = is_admin | made_template
can_check_in = can_edit_goal | helps
can_approve_goal = reviews_goal
can_look_back = is_admin | took_part
can_plan_cycles = can_change_settings
