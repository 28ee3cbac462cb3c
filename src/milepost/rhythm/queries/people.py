"""Who sees, follows and may be named on a goal or a KPI."""

from collections.abc import Collection
from dataclasses import dataclass

from milepost.metrics.models import Metric, MetricContributor
from milepost.metrics.queries.audience import kpi_audiences
from milepost.okr.models import Contributor, KeyResult, Objective
from milepost.okr.queries.audience import audiences
from milepost.rhythm.models import Follow
from milepost.rhythm.queries.access import Subject, get_subject
from milepost.workspace.models import Membership, Role
from milepost.workspace.permissions import Actor

MOST_SUGGESTED = 8


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who may be named: the id of their membership and their name."""

    id: int
    name: str


def readers(goal: Objective | Metric, ids: Collection[int] | None = None) -> dict[int, str]:
    """Return who of these people sees a goal or a KPI today, with their names; None asks about everybody.

    Who left or was shut off sees nothing; an admin sees everything.
    """
    seen_by = audiences([goal.pk]) if isinstance(goal, Objective) else kpi_audiences([goal.pk])
    rows = Membership.objects.filter(workspace_id=goal.workspace_id, removed_at=None, user__is_active=True)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    may = seen_by[goal.pk]
    found = rows.order_by("user__name", "id").values_list("id", "role", "user__name")
    return {pk: name for pk, role, name in found if may is None or pk in may or role == Role.ADMIN}


def followers(goal: Objective | Metric) -> set[int]:
    """Return who follows a goal or a KPI: its people unless they stopped, and who chose to; walls aside."""
    mine = Follow.objects.filter(objective=goal) if isinstance(goal, Objective) else Follow.objects.filter(metric=goal)
    chosen = dict(mine.values_list("membership_id", "is_on"))
    people = {pk for pk in people_of(goal) if chosen.get(pk, True)}
    return people | {pk for pk, is_on in chosen.items() if is_on}


def people_of(goal: Objective | Metric) -> set[int]:
    """Return the people of a goal or a KPI: lead, owner, contributors, and the leads of its key results."""
    if isinstance(goal, Metric):
        with_kpi = MetricContributor.objects.filter(metric=goal).values_list("membership_id", flat=True)
        return {pk for pk in (goal.lead_id, *with_kpi) if pk is not None}
    helpers = Contributor.objects.filter(objective=goal).values_list("membership_id", flat=True)
    leads = KeyResult.objects.filter(objective=goal).exclude(state="cancelled").values_list("lead_id", flat=True)
    return {pk for pk in (goal.lead_id, goal.owner_person_id, *helpers, *leads) if pk is not None}


def suggest_people(actor: Actor, subject: Subject, *, typed: str) -> tuple[Named, ...]:
    """Return the people who may be named on a goal and whose name has a word that begins so, at most 8.

    Raises:
        NotFound: the goal is not the actor's to see.
    """
    begins = typed.strip().casefold()
    found = [
        Named(pk, name)
        for pk, name in readers(get_subject(actor, subject).thing).items()
        if name.casefold().startswith(begins) or any(w.startswith(begins) for w in name.casefold().split())
    ]
    return tuple(sorted(found, key=lambda one: not one.name.casefold().startswith(begins))[:MOST_SUGGESTED])


def get_follow(actor: Actor, subject: Subject) -> bool:
    """Return whether the actor follows a goal or a KPI.

    Raises:
        NotFound: it is not the actor's to see.
    """
    return actor.membership_id in followers(get_subject(actor, subject).thing)
