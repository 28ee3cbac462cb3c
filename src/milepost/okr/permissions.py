"""Who may change a goal, check in on it and plan cycles."""

from rules.predicates import predicate

from milepost.okr.models import Contributor, KeyResult, Objective, SavedView
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
def keeps_view(actor: Actor, view: SavedView | None) -> bool:
    """Return whether the view is the actor's own, or an admin's to tidy up because it is shared."""
    return view is not None and actor.can_write and (view.owner_id == actor.membership_id or actor.is_admin)


can_change_view = keeps_view
can_create_goal = can_write
can_edit_goal = is_admin | leads_goal | owns_goal
can_check_in = can_edit_goal | contributes
can_approve_goal = is_admin
can_plan_cycles = can_change_settings
