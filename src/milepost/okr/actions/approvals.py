"""From draft to running: who starts an objective, who approves it, who sends it back (rule A2)."""

from datetime import datetime

from django.db import transaction

from milepost.okr.actions.answers import end_answers
from milepost.okr.actions.locks import refuse_locked
from milepost.okr.actions.moment import Moment, lock_moment
from milepost.okr.actions.objectives import about_objective, start_draft, start_reviewed, tell_of
from milepost.okr.actions.refresh import refresh
from milepost.okr.errors import WrongState
from milepost.okr.models import GoalState, Objective, ReviewAnswer, Verdict
from milepost.okr.permissions import can_approve_goal, can_edit_goal
from milepost.okr.queries.access import get_objective
from milepost.workspace.actions import keep_past, record_event
from milepost.workspace.actions.text import clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid
from milepost.workspace.models import WebhookEvent
from milepost.workspace.permissions import Actor, require


@transaction.atomic
def activate_objective(*, by: Actor, objective_id: int, now: datetime) -> None:
    """Start a draft, or approve an objective that is in review as `approve_objective` does.

    One that has all the approvals it needs, because fewer are asked for by now, is started by who may change it.

    Raises:
        NotAllowed, NotFound, WrongState, Invalid.
    """
    moment = lock_moment(by, now=now)
    objective = get_objective(by, objective_id)
    if objective.state == GoalState.IN_REVIEW:
        if len(_approvals(objective)) >= moment.reviewers and can_edit_goal.test(by, objective):
            refuse_locked(by, objective.cycle)
            start_reviewed(by, objective, moment=moment)
        else:
            _approve(by, objective, moment=moment)
    elif objective.state == GoalState.DRAFT:
        require(can_edit_goal, by, objective, to="start this objective")
        refuse_locked(by, objective.cycle)
        start_draft(by, objective, moment=moment)
    else:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()} already.")


@transaction.atomic
def approve_objective(*, by: Actor, objective_id: int, now: datetime) -> bool:
    """Approve an objective in review and return whether it runs now: with as many as the workspace asks for (A2).

    Raises:
        NotAllowed, NotFound.
        WrongState: it is not in review, or the actor has approved it already.
        CycleLocked: the plan of its cycle is locked for the actor.
    """
    moment = lock_moment(by, now=now)
    objective = get_objective(by, objective_id)
    return _approve(by, objective, moment=moment)


@transaction.atomic
def send_back(*, by: Actor, objective_id: int, reason: str, now: datetime) -> None:
    """Ask for changes: an objective in review is a draft again, and what others approved of it is to be asked anew.

    Who may change it takes it back the same way; that is no answer of a reviewer.

    Raises:
        NotAllowed, NotFound.
        Invalid: it is not said what should change.
        WrongState: it is not in review.
    """
    moment = lock_moment(by, now=now)
    objective = get_objective(by, objective_id)
    is_reviewer = can_approve_goal.test(by, objective)
    if not is_reviewer:
        require(can_edit_goal, by, objective, to="send objectives back")
    _must_wait(objective)
    reason = " ".join(clean_text(reason, field="reason", most=500).split())
    if not reason or (is_reviewer and by.membership_id is None):
        raise Invalid("Say in one line what should change.", field="reason")
    end_answers(objective, now=now)
    if is_reviewer and by.membership_id is not None:
        ReviewAnswer.objects.create(
            workspace_id=by.workspace_id,
            objective=objective,
            by_id=by.membership_id,
            verdict=Verdict.CHANGES,
            reason=reason,
            at=now,
        )
    old, objective.state = objective.state, GoalState.DRAFT
    count_up(objective, seen=None)
    objective.save(update_fields=["state", "version"])
    keep_past(objective, now=now)
    record_event(
        by=by,
        verb="sent_back",
        kind="objective",
        object_id=objective.pk,
        now=now,
        changes={"state": (old, objective.state)},
        reason=reason,
        about=about_objective(objective),
    )
    tell_of(objective, WebhookEvent.OBJECTIVE_UPDATED, now=now)
    refresh(objectives=[objective.pk], rhythms=moment.rhythms, today=moment.today, now=now)


def _approve(by: Actor, objective: Objective, *, moment: Moment) -> bool:
    require(can_approve_goal, by, objective, to="approve objectives")
    _must_wait(objective)
    refuse_locked(by, objective.cycle)
    approved = _approvals(objective)
    if by.membership_id is None or by.membership_id in approved:
        raise WrongState(f"You have approved “{objective.title}” already. Another reviewer has to as well.")
    ReviewAnswer.objects.create(
        workspace_id=by.workspace_id,
        objective=objective,
        by_id=by.membership_id,
        verdict=Verdict.APPROVED,
        at=moment.now,
    )
    count = len(approved) + 1
    record_event(
        by=by,
        verb="approved",
        kind="objective",
        object_id=objective.pk,
        now=moment.now,
        changes={"approvals": (len(approved), count)},
        about=about_objective(objective),
    )
    if count >= moment.reviewers:
        start_reviewed(by, objective, moment=moment)
        return True
    count_up(objective, seen=None)
    objective.save(update_fields=["version"])
    tell_of(objective, WebhookEvent.OBJECTIVE_UPDATED, now=moment.now)
    return False


def _approvals(objective: Objective) -> list[int]:
    """Return who approved its plan as it is."""
    given = ReviewAnswer.objects.filter(objective=objective, until=None, verdict=Verdict.APPROVED)
    return list(given.values_list("by_id", flat=True))


def _must_wait(objective: Objective) -> None:
    if objective.state != GoalState.IN_REVIEW:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}, not in review.")
