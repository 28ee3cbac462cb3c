"""Planning time boxes."""

from datetime import date, datetime

from django.db import transaction

from milepost.okr.actions.drafts import person
from milepost.okr.actions.moment import lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.models import Cycle, GoalState, KeyResult, Objective
from milepost.okr.permissions import can_plan_cycles
from milepost.okr.queries.access import get_cycle
from milepost.workspace.actions import gone, keep_past, made, record_event
from milepost.workspace.actions.text import clean_name
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Actor, require


@transaction.atomic
def create_cycle(
    *, by: Actor, name: str, first_day: date, last_day: date, coach_id: int | None = None, now: datetime
) -> int:
    """Make a cycle of any days, both included, and return its id; cycles may overlap and nest.

    Args:
        coach_id: who helps with its review, None for nobody (G3).

    Raises:
        NotAllowed, Invalid.
        NotFound: the coach is nobody here.
    """
    require(can_plan_cycles, by, to="plan cycles")
    lock_moment(by, now=now)
    name = _free_name(by, name)
    _in_order(first_day, last_day)
    coach = person(by, coach_id)
    cycle = Cycle.objects.create(
        workspace_id=by.workspace_id, name=name, first_day=first_day, last_day=last_day, coach_id=coach
    )
    changes = made(name=name, first_day=first_day.isoformat(), last_day=last_day.isoformat(), coach=coach)
    record_event(by=by, verb="created", kind="cycle", object_id=cycle.pk, now=now, changes=changes)
    return cycle.pk


@transaction.atomic
def edit_cycle(
    *,
    by: Actor,
    cycle_id: int,
    name: str,
    first_day: date,
    last_day: date,
    coach_id: int | None = None,
    seen: int | None = None,
    now: datetime,
) -> None:
    """Rename a cycle, move its days or give it a coach; the plan of every goal in it moves with the days.

    Args:
        coach_id: who helps with its review, None for nobody (G3).

    Raises:
        NotAllowed, NotFound, Invalid.
        Stale: it is not the version `seen` any more.
    """
    require(can_plan_cycles, by, to="plan cycles")
    moment = lock_moment(by, now=now)
    cycle = get_cycle(by, cycle_id)
    count_up(cycle, seen=seen)
    changes: dict[str, list[object]] = {}
    if name.strip() != cycle.name:
        new_name = _free_name(by, name)
        changes["name"] = [cycle.name, new_name]
        cycle.name = new_name
    if coach_id != cycle.coach_id:
        changes["coach"] = [cycle.coach_id, person(by, coach_id)]
        cycle.coach_id = coach_id
    _in_order(first_day, last_day)
    if (first_day, last_day) != (cycle.first_day, cycle.last_day):
        for field, day in (("first_day", first_day), ("last_day", last_day)):
            if getattr(cycle, field) != day:
                changes[field] = [getattr(cycle, field).isoformat(), day.isoformat()]
        cycle.first_day, cycle.last_day = first_day, last_day
    if not changes:
        return
    cycle.save()
    keep_past(cycle, now=now)
    about = {"name": cycle.name}
    record_event(by=by, verb="changed", kind="cycle", object_id=cycle.pk, now=now, changes=changes, about=about)
    if {"first_day", "last_day"} & set(changes):
        refresh(
            key_results=list(
                KeyResult.objects.filter(objective__cycle=cycle)
                .exclude(state=GoalState.CLOSED)
                .values_list("id", flat=True)
            ),
            objectives=list(Objective.objects.filter(cycle=cycle).values_list("id", flat=True)),
            rhythms=moment.rhythms,
            today=moment.today,
            now=now,
        )


@transaction.atomic
def delete_cycle(*, by: Actor, cycle_id: int, now: datetime) -> None:
    """Delete a cycle that holds no objective.

    Raises:
        NotAllowed, NotFound, Invalid.
    """
    require(can_plan_cycles, by, to="plan cycles")
    lock_moment(by, now=now)
    cycle = get_cycle(by, cycle_id)
    if Objective.objects.filter(cycle=cycle).exists():
        raise Invalid(f"{cycle.name} holds objectives, so it stays.")
    cycle.delete()
    changes = gone(name=cycle.name, first_day=cycle.first_day.isoformat(), last_day=cycle.last_day.isoformat())
    record_event(by=by, verb="deleted", kind="cycle", object_id=cycle_id, now=now, changes=changes)


def _free_name(by: Actor, name: str) -> str:
    name = clean_name(name, most=60)
    if Cycle.objects.filter(workspace_id=by.workspace_id, name=name).exists():
        raise Invalid(f"There is a cycle called {name} already. Choose another name.", field="name")
    return name


def _in_order(first_day: date, last_day: date) -> None:
    if last_day < first_day:
        raise Invalid(
            f"The cycle would end on {last_day} before it begins on {first_day}. Change one of the two.",
            field="last_day",
        )
