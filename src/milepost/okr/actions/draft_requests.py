"""Asking teams for their drafts of a cycle."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from milepost.okr.actions.moment import lock_moment
from milepost.okr.errors import WrongState
from milepost.okr.models import Cycle, DraftRequest, GoalState, Objective
from milepost.okr.permissions import can_publish_cycle
from milepost.okr.queries.access import get_cycle
from milepost.workspace.actions import record_event
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Team
from milepost.workspace.permissions import Actor, require


@transaction.atomic
def ask_for_drafts(
    *, by: Actor, cycle_id: int, wanted_by: date, team_ids: Collection[int] | None = None, now: datetime
) -> tuple[int, ...]:
    """Ask teams for their drafts of a cycle by a day and return which were asked: none twice on one day.

    Args:
        team_ids: None asks all that have no objective in the cycle, as far as the actor sees.

    Raises:
        NotAllowed.
        NotFound: the cycle or one of the teams is none of theirs.
        Invalid: the day is over or after the cycle, no team was chosen, or one ends before the cycle.
        WrongState: the plan is locked, or there is nobody left to ask today.
    """
    moment = lock_moment(by, now=now)
    cycle = get_cycle(by, cycle_id)
    require(can_publish_cycle, by, cycle, to="ask for drafts of this cycle")
    if cycle.locked_at is not None:
        raise WrongState(f"The plan of {cycle.name} is locked. Unlock it before you ask for drafts.")
    if not moment.today <= wanted_by <= cycle.last_day:
        last = f"{cycle.last_day.day} {cycle.last_day:%B %Y}"
        raise Invalid(f"Choose a day from today on, at the latest {last}, when {cycle.name} ends.", field="wanted_by")
    teams = _without_drafts(by, cycle) if team_ids is None else _chosen(by, cycle, team_ids)
    if not teams:
        raise WrongState(f"Every team has an objective in {cycle.name}.")
    asked = set(
        DraftRequest.objects.filter(cycle=cycle, asked_on=moment.today, team__in=teams).values_list(
            "team_id", flat=True
        )
    )
    left = [team for team in teams if team.pk not in asked]
    if not left:
        names = ", ".join(team.name for team in teams[:3]) + (", …" if len(teams) > 3 else "")  # noqa: PLR2004
        raise WrongState(f"{names}: asked today already. Ask again tomorrow.")
    DraftRequest.objects.bulk_create(
        DraftRequest(
            workspace_id=by.workspace_id,
            cycle=cycle,
            team=team,
            asked_by_id=by.membership_id,
            asked_at=now,
            asked_on=moment.today,
            wanted_by=wanted_by,
        )
        for team in left
    )
    record_event(
        by=by,
        verb="asked_for_drafts",
        kind="cycle",
        object_id=cycle.pk,
        now=now,
        changes={"wanted_by": (None, wanted_by.isoformat())},
        about={"name": cycle.name, "teams": [team.pk for team in left]},
    )
    return tuple(team.pk for team in left)


def _without_drafts(by: Actor, cycle: Cycle) -> list[Team]:
    """Return the teams that plan nothing yet, as far as the actor sees."""
    seen = Objective.objects.visible_to(by).filter(cycle=cycle).exclude(state=GoalState.CANCELLED)
    planned = seen.filter(owner_team__isnull=False).values("owner_team_id")
    teams = Team.objects.filter(workspace_id=by.workspace_id).exclude(pk__in=planned).order_by("name")
    return [team for team in teams if not team.has_ended(cycle.first_day)]


def _chosen(by: Actor, cycle: Cycle, team_ids: Collection[int]) -> list[Team]:
    wanted = set(team_ids)
    if not wanted:
        raise Invalid("Choose at least one team to ask.", field="teams")
    teams = list(Team.objects.filter(workspace_id=by.workspace_id, pk__in=wanted).order_by("name"))
    if len(teams) != len(wanted):
        raise NotFound
    for team in teams:
        if team.has_ended(cycle.first_day):
            raise Invalid(f"{team.name} ends before {cycle.name} begins. Choose other teams.", field="teams")
    return teams
