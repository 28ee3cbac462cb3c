"""Closing and reopening objectives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from milepost.okr.actions.moment import lock_moment
from milepost.okr.actions.objectives import tell_of
from milepost.okr.actions.refresh import refresh
from milepost.okr.errors import WrongState
from milepost.okr.models import GoalState, KeyResult, KeyResultScore, Objective, ObjectiveScore
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries.access import get_cycle, get_objective
from milepost.okr.queries.planned import planned_score
from milepost.okr.queries.tree import with_ancestors
from milepost.workspace.actions import keep_past, record_event, tell
from milepost.workspace.actions.text import clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid, NotAllowed
from milepost.workspace.models import Visibility, WebhookEvent
from milepost.workspace.permissions import Actor, can_write, require

REOPENED = (
    "state", "closed_on", "grade", "grade_reason", "final_value", "final_progress", "final_score", "final_expected",
    "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GradeDraft:
    """A grade a person gives: 0..1, None to take the proposed one; another one needs its reason (G1)."""

    grade: float | None = None
    reason: str = ""
    lesson: str = ""


@transaction.atomic
def close_objective(
    *,
    by: Actor,
    objective_id: int,
    grade: GradeDraft,
    key_results: Mapping[int, GradeDraft],
    is_reviewed: bool = True,
    now: datetime,
) -> None:
    """Grade an objective and its key results and close it; values, plan and scores freeze (P8, R8).

    The proposed grade of each is its score at the end. None is proposed for a goal without a score:
    it is graded by its lead or stays without a grade, for unknown is not 0.

    Args:
        key_results: by key result id; a missing one takes the proposal.

    Raises:
        NotAllowed, NotFound, WrongState, Invalid.

    Source: rules G1, G2, G3, R8.
    """
    moment = lock_moment(by, now=now)
    objective = get_objective(by, objective_id)
    require(can_edit_goal, by, objective, to="close this objective")
    if objective.state not in {GoalState.ACTIVE, GoalState.PAUSED}:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}, so it cannot be closed.")
    rows = list(KeyResult.objects.filter(objective=objective, state=GoalState.ACTIVE).order_by("position"))
    refresh(
        key_results=[row.pk for row in rows],
        objectives=[objective.pk],
        rhythm=moment.rhythm,
        today=moment.today,
        now=now,
    )
    scores = {score.key_result_id: score for score in KeyResultScore.objects.filter(key_result__in=rows)}
    for row in rows:
        score = scores[row.pk]
        given = key_results.get(row.pk, GradeDraft())
        row.final_value, row.final_progress = score.value, score.progress
        row.final_score, row.final_expected = score.score, score.expected
        row.grade, row.grade_reason = _grade(given, proposed=score.score, title=row.title)
        row.lesson = _line(given.lesson, field="lesson")
        row.state, row.closed_on = GoalState.CLOSED, moment.today
        count_up(row, seen=None)
        row.save()
    keep_past(*rows, now=now)
    total = ObjectiveScore.objects.get(objective=objective)
    objective.final_score, objective.final_expected = total.score, total.expected
    objective.planned_score = planned_score(objective, today=moment.today)
    objective.grade, objective.grade_reason = _grade(grade, proposed=total.score, title=objective.title)
    changes: dict[str, tuple[object, object]] = {"state": (objective.state, GoalState.CLOSED)}
    if objective.grade is not None:
        changes["grade"] = (None, objective.grade)
    objective.state, objective.closed_on = GoalState.CLOSED, moment.today
    objective.is_reviewed = is_reviewed
    count_up(objective, seen=None)
    objective.save()
    keep_past(objective, now=now)
    record_event(
        by=by,
        verb="closed",
        kind="objective",
        object_id=objective.pk,
        now=now,
        changes=changes,
        reason=objective.grade_reason,
        about={
            "title": objective.title,
            "objective": objective.pk,
            "proposed": objective.final_score,
            "planned": objective.planned_score,
            "key_results": {row.pk: row.grade for row in rows},
            "is_reviewed": is_reviewed,
        },
    )
    tell_of(objective, WebhookEvent.OBJECTIVE_CLOSED, now=now)
    refresh(
        key_results=[row.pk for row in rows],
        objectives=[objective.pk],
        rhythm=moment.rhythm,
        today=moment.today,
        now=now,
    )


@transaction.atomic
def close_cycle(*, by: Actor, cycle_id: int, now: datetime) -> tuple[list[int], list[int]]:
    """Close every running objective of a cycle with its proposed grade, children before parents.

    They count as not reviewed (G3). Returns the ids that were closed, and of those left because they
    are not the actor's to close.

    Raises:
        NotFound: no such cycle.
        NotAllowed: the actor only reads, or all that runs is others'.
        WrongState: it has not ended yet.
    """
    moment = lock_moment(by, now=now)
    require(can_write, by, to="close objectives")
    cycle = get_cycle(by, cycle_id)
    if moment.today <= cycle.last_day:
        raise WrongState(f"{cycle.name} runs until {cycle.last_day}. Close its objectives one by one until then.")
    running = Objective.objects.visible_to(by).filter(cycle=cycle, state__in=[GoalState.ACTIVE, GoalState.PAUSED])
    visibility = dict(running.values_list("id", "visibility"))
    ids = list(visibility)
    depth = {pk: len(with_ancestors([pk])) for pk in ids}
    closed, left = [], []
    for pk in sorted(ids, key=lambda pk: (-depth[pk], pk)):
        if not can_edit_goal.test(by, get_objective(by, pk)):
            left.append(pk)
            continue
        close_objective(by=by, objective_id=pk, grade=GradeDraft(), key_results={}, is_reviewed=False, now=now)
        closed.append(pk)
    if left and not closed:
        raise NotAllowed("Nothing of what still runs in this cycle is yours to close. Ask its leads or an admin.")
    record_event(
        by=by,
        verb="closed",
        kind="cycle",
        object_id=cycle.pk,
        now=now,
        changes={"running": (len(ids), len(left))},
        about={"name": cycle.name, "objectives": closed},
    )
    public = {pk for pk in ids if visibility[pk] == Visibility.EVERYBODY}
    told = {
        "cycle_id": cycle.pk,
        "name": cycle.name,
        "closed": [pk for pk in closed if pk in public],
        "left": [pk for pk in left if pk in public],
    }
    tell(workspace_id=by.workspace_id, event=WebhookEvent.CYCLE_CLOSED, data=[told], now=now)
    return closed, left


@transaction.atomic
def reopen_objective(*, by: Actor, objective_id: int, reason: str, now: datetime) -> None:
    """Let a closed or cancelled objective run again, with a reason; grades are taken back (A2).

    Raises:
        NotAllowed, NotFound, WrongState, Invalid.
    """
    moment = lock_moment(by, now=now)
    objective = get_objective(by, objective_id)
    require(can_edit_goal, by, objective, to="reopen this objective")
    if objective.state not in {GoalState.CLOSED, GoalState.CANCELLED}:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}; there is nothing to reopen.")
    words = _line(reason, field="reason")
    if not words:
        raise Invalid("Say in one line why it runs again.", field="reason")
    was_active = objective.activated_on is not None
    old = {"state": objective.state, "grade": objective.grade, "final_score": objective.final_score}
    objective.state = GoalState.ACTIVE if was_active else GoalState.DRAFT
    objective.closed_on = objective.grade = objective.final_score = objective.final_expected = None
    objective.planned_score = None
    objective.grade_reason = ""
    count_up(objective, seen=None)
    objective.save()
    rows = list(KeyResult.objects.filter(objective=objective))
    ids = [row.pk for row in rows]
    closed = [row for row in rows if row.state == GoalState.CLOSED]
    for row in closed:
        row.state, row.grade_reason = GoalState.ACTIVE, ""
        row.closed_on = row.grade = row.final_value = row.final_progress = None
        row.final_score = row.final_expected = None
        row.version += 1
    KeyResult.objects.bulk_update(closed, REOPENED)
    keep_past(objective, *closed, now=now)
    record_event(
        by=by,
        verb="reopened",
        kind="objective",
        object_id=objective.pk,
        now=now,
        changes={name: (was, getattr(objective, name)) for name, was in old.items()},
        reason=words,
        about={"title": objective.title, "objective": objective.pk},
    )
    refresh(key_results=ids, objectives=[objective.pk], rhythm=moment.rhythm, today=moment.today, now=now)


def _grade(given: GradeDraft, *, proposed: float | None, title: str) -> tuple[float | None, str]:
    reason = _line(given.reason, field="reason")
    if given.grade is None:
        return proposed, reason
    if not 0 <= given.grade <= 1:
        raise Invalid(f"The grade of “{title}” lies between 0.0 and 1.0.", field="grade")
    if proposed is not None and round(given.grade, 2) == round(proposed, 2):
        return proposed, reason
    if not reason:
        stands = "has no score, so no grade is proposed" if proposed is None else f"is proposed {proposed:.2f}"
        raise Invalid(f"“{title}” {stands}. Say in one line why it becomes {given.grade:.2f}.", field="reason")
    return given.grade, reason


def _line(text: str, *, field: str) -> str:
    return clean_text(" ".join(text.split()), field=field, most=1000)
