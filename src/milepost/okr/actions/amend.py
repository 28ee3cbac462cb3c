"""The ledger of changes to a running plan."""

from collections.abc import Mapping
from datetime import datetime

from milepost.okr.actions.answers import end_answers
from milepost.okr.errors import NeedsReason
from milepost.okr.models import Amendment, Cycle, GoalState, KeyResult, Objective
from milepost.workspace.actions import record_event
from milepost.workspace.actions.text import clean_name
from milepost.workspace.models import Pillar, Team, Visibility
from milepost.workspace.permissions import Actor


def amend(
    *,
    by: Actor,
    goal: Objective | KeyResult,
    changes: Mapping[str, tuple[object, object]],
    reason: str,
    now: datetime,
) -> None:
    """Record changed fields of a goal: as amendments with a reason once the plan runs, else as an event.

    One in review is to be approved anew.

    Args:
        changes: field name to (old, new), keys of rows as their ids.

    Raises:
        NeedsReason: the goal runs and the reason is empty.

    Source: rule A1.
    """
    is_objective = isinstance(goal, Objective)
    objective_id = goal.pk if isinstance(goal, Objective) else goal.objective_id
    kind = "objective" if is_objective else "key_result"
    runs = goal.state in {GoalState.ACTIVE, GoalState.PAUSED}
    if runs and not reason.strip():
        raise NeedsReason
    words = ""
    end_answers(goal if isinstance(goal, Objective) else goal.objective, now=now)
    if runs:
        words = clean_name(" ".join(reason.split()), field="reason", most=500)
        Amendment.objects.bulk_create(
            Amendment(
                workspace_id=by.workspace_id,
                kind=kind,
                goal_id=goal.pk,
                objective_id=objective_id,
                field=field.removesuffix("_id"),
                old=in_words(field, old),
                new=in_words(field, new),
                at=now,
                actor_id=by.membership_id,
                reason=words,
            )
            for field, (old, new) in changes.items()
        )
    record_event(
        by=by,
        verb="amended" if runs else "changed",
        kind=kind,
        object_id=goal.pk,
        now=now,
        changes={
            field.removesuffix("_id"): (told(field, old), told(field, new)) for field, (old, new) in changes.items()
        },
        reason=words,
        about={"title": goal.title, "objective": objective_id},
    )


def in_words(field: str, value: object) -> str:
    """Return a value as the ledger keeps it: names for keys, but ids for people, whose names may have to go."""
    value = told(field, value)
    if value is None:
        return "company" if field == "owner_team_id" else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def told(field: str, value: object) -> object:
    """Return a value as the audit trail tells it: names for keys, but ids for people."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if field == "owner_team_id":
        return Team.objects.values_list("name", flat=True).get(pk=value)
    if field == "pillar_id":
        return Pillar.objects.values_list("name", flat=True).get(pk=value)
    if field == "parent":
        title, visibility = Objective.objects.values_list("title", "visibility").get(pk=value)
        return title if visibility == Visibility.EVERYBODY else "a goal that not everybody sees"
    if field == "visibility":
        return Visibility(value).label
    if field == "cycle_id":
        return Cycle.objects.values_list("name", flat=True).get(pk=value)
    return value
