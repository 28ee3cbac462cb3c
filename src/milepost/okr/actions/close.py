"""Closing and reopening objectives."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from milepost.okr.actions.grading import GradeDraft, checked, one_line, own_grade, said_of, with_outcome
from milepost.okr.actions.moment import lock_moment
from milepost.okr.actions.objectives import tell_of
from milepost.okr.actions.outcomes import follow
from milepost.okr.actions.refresh import refresh
from milepost.okr.errors import WrongState
from milepost.okr.models import GoalState, KeyResult, KeyResultScore, Objective, ObjectiveScore, Outcome, Review
from milepost.okr.permissions import can_close_rest, can_edit_goal, can_grade
from milepost.okr.queries.access import get_cycle, get_key_results, get_objective
from milepost.okr.queries.graded import graded_scores
from milepost.okr.queries.planned import planned_score
from milepost.okr.queries.tree import with_ancestors
from milepost.workspace.actions import keep_past, record_event, tell
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Visibility, WebhookEvent
from milepost.workspace.permissions import Actor, can_write, require

REOPENED = (
    "state", "closed_on", "grade", "grade_reason", "final_value", "final_progress", "final_score", "final_expected",
    "version", "outcome", "is_reviewed")  # fmt: skip


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

    The proposed grade of each is its score at the end; of an objective it is made with the grades that
    were given to its key results. None is proposed for a goal without a score: it is graded by its lead or
    stays without a grade, for unknown is not 0. What becomes of each key result happens with it.

    Args:
        key_results: by key result id; a missing one takes what was saved of it, else the proposal.
        is_reviewed: False closes the rest: of what nobody said anything is marked as not reviewed.

    Raises:
        NotAllowed, NotFound, WrongState, Invalid.

    Source: rules G1, G2, G3, G4, R8.
    """
    moment = lock_moment(by, now=now)
    objective = get_objective(by, objective_id)
    require(can_grade, by, objective, to="close this objective")
    if objective.state not in {GoalState.ACTIVE, GoalState.PAUSED}:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}, so it cannot be closed.")
    running = KeyResult.objects.filter(objective=objective, state=GoalState.ACTIVE)
    rows = list(running.select_related("metric").order_by("position"))
    refresh(
        key_results=[row.pk for row in rows],
        objectives=[objective.pk],
        rhythms=moment.rhythms,
        today=moment.today,
        now=now,
    )
    scores = {score.key_result_id: score for score in KeyResultScore.objects.filter(key_result__in=rows)}
    said: dict[int, GradeDraft] = {}
    for row, (given, seen) in zip(rows, said_of(rows, key_results, is_reviewed=is_reviewed).values(), strict=True):
        score = row.score = scores[row.pk]
        draft = said[row.pk] = checked(row, given, by=by)
        row.final_value, row.final_progress = score.value, score.progress
        row.final_score, row.final_expected = score.score, score.expected
        row.grade = score.score if draft.grade is None else draft.grade
        row.grade_reason, row.lesson, row.outcome, row.is_reviewed = draft.reason, draft.lesson, draft.outcome, seen
        row.state, row.closed_on = GoalState.CLOSED, moment.today
        count_up(row, seen=None)
        row.save()
    keep_past(*rows, now=now)
    Review.objects.filter(key_result__in=rows).delete()
    draft_of_next, carried = follow(by, objective, rows, said, moment=moment)
    total = ObjectiveScore.objects.get(objective=objective)
    objective.final_score, objective.final_expected = total.score, total.expected
    objective.planned_score = planned_score(objective, today=moment.today)
    own = {pk: draft.grade for pk, draft in said.items() if draft.grade is not None}
    proposed = graded_scores([objective.pk], own)[objective.pk] if own else total.score
    given_grade, objective.grade_reason = own_grade(grade, proposed=proposed, title=objective.title)
    objective.grade = proposed if given_grade is None else given_grade
    changes: dict[str, tuple[object, object]] = {"state": (objective.state, GoalState.CLOSED)}
    if objective.grade is not None:
        changes["grade"] = (None, objective.grade)
    objective.state, objective.closed_on = GoalState.CLOSED, moment.today
    objective.is_reviewed = is_reviewed or (bool(rows) and all(row.is_reviewed for row in rows))
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
            "outcomes": {row.pk: row.outcome for row in rows if row.outcome},
            "carried_to": draft_of_next.pk if draft_of_next else None,
            "is_reviewed": objective.is_reviewed,
        },
    )
    tell_of(objective, WebhookEvent.OBJECTIVE_CLOSED, now=now)
    refresh(
        key_results=[*(row.pk for row in rows), *carried],
        objectives=[objective.pk, draft_of_next.pk] if draft_of_next else [objective.pk],
        rhythms=moment.rhythms,
        today=moment.today,
        now=now,
    )


@transaction.atomic
def close_cycle(*, by: Actor, cycle_id: int, now: datetime) -> tuple[list[int], list[int]]:
    """Close every running objective of a cycle, children before parents, with what was saved of it.

    An admin or the cycle's coach closes the rest: of which nobody said anything, the proposed grade stands
    and counts as not reviewed. Others close of theirs what is graded (G3). Returns the ids that were closed,
    and of those left because they are not the actor's to close, or wait for a grade.

    Raises:
        NotFound: no such cycle.
        NotAllowed: the actor only reads, or all that runs is others'.
        WrongState: it has not ended yet, or all that is the actor's waits for grades.

    Source: rules G1, G3.
    """
    moment = lock_moment(by, now=now)
    require(can_write, by, to="close objectives")
    cycle = get_cycle(by, cycle_id)
    if moment.today <= cycle.last_day:
        raise WrongState(f"{cycle.name} runs until {cycle.last_day}. Close its objectives one by one until then.")
    running = Objective.objects.visible_to(by).filter(cycle=cycle, state__in=[GoalState.ACTIVE, GoalState.PAUSED])
    visibility = dict(running.values_list("id", "visibility"))
    ids = _from_below(visibility)
    closes_rest = can_close_rest.test(by, cycle)
    waiting = {} if closes_rest else _waiting(ids)
    closed: list[int] = []
    left: list[int] = []
    wait = 0
    for pk in ids:
        may = can_grade.test(by, get_objective(by, pk))
        if not may or waiting.get(pk):
            left.append(pk)
            wait += waiting.get(pk, 0) if may else 0
            continue
        close_objective(
            by=by, objective_id=pk, grade=GradeDraft(), key_results={}, is_reviewed=not closes_rest, now=now
        )
        closed.append(pk)
    if wait and not closed:
        many = "One key result has" if wait == 1 else f"{wait} key results have"
        raise WrongState(f"{many} no grade yet. Grade what is yours, or ask an admin or the cycle's coach.")
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
def carry_over(
    *, by: Actor, cycle_id: int, key_result_ids: Collection[int], keeps_progress: bool = False, now: datetime
) -> dict[int, int]:
    """Close the objectives of these key results and let these go on in the next cycle, all or nothing.

    What was saved of the other key results stands, else their proposal; the draft takes over what goes on.

    Args:
        keeps_progress: with their start and what they have come to, else from today's value (G4).

    Returns:
        For each objective that was closed, the draft of the next cycle.

    Raises:
        NotAllowed, NotFound, WrongState, Invalid.

    Source: rules G3, G4.
    """
    if not key_result_ids:
        raise Invalid("Choose at least one key result to carry over.", field="key_results")
    lock_moment(by, now=now)
    cycle = get_cycle(by, cycle_id)
    rows = get_key_results(by, list(key_result_ids))
    if rows.keys() != set(key_result_ids) or any(row.objective.cycle_id != cycle.pk for row in rows.values()):
        raise NotFound
    for row in rows.values():
        if row.state != GoalState.ACTIVE:
            raise WrongState(f"“{row.title}” is {row.get_state_display().lower()}, so it is not carried over.")
    drafts: dict[int, int] = {}
    for pk in _from_below({row.objective_id for row in rows.values()}):
        said = {
            row.pk: with_outcome(row, Outcome.CARRY, keeps_progress=keeps_progress)
            for row in rows.values()
            if row.objective_id == pk
        }
        close_objective(by=by, objective_id=pk, grade=GradeDraft(), key_results=said, now=now)
        drafts[pk] = Objective.objects.filter(carried_from=pk).latest("pk").pk
    return drafts


def _from_below(ids: Collection[int]) -> list[int]:
    """Return objectives so that each stands after those that hang below it."""
    depth = {pk: len(with_ancestors([pk])) for pk in ids}
    return sorted(ids, key=lambda pk: (-depth[pk], pk))


def _waiting(ids: Collection[int]) -> dict[int, int]:
    """Return how many key results of each objective nobody has graded yet."""
    rows = KeyResult.objects.filter(objective__in=ids, state=GoalState.ACTIVE, review=None)
    return dict(rows.values("objective_id").annotate(n=Count("id")).values_list("objective_id", "n"))


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
    words = one_line(reason, field="reason")
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
        row.state, row.grade_reason, row.outcome, row.is_reviewed = GoalState.ACTIVE, "", "", True
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
    refresh(key_results=ids, objectives=[objective.pk], rhythms=moment.rhythms, today=moment.today, now=now)
