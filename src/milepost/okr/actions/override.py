"""A score in the place of the computed one, and its way back."""

from datetime import datetime

from django.db import transaction

from milepost.core.judgement import BadJudgement, check_judgement
from milepost.okr.actions.amend import amend
from milepost.okr.actions.moment import Moment, lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.errors import WrongState
from milepost.okr.models import GoalState, KeyResult
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries.access import get_key_result
from milepost.workspace.actions import keep_past
from milepost.workspace.actions.text import clean_name
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Actor, require

OPEN = frozenset({GoalState.DRAFT, GoalState.IN_REVIEW, GoalState.ACTIVE, GoalState.PAUSED})


@transaction.atomic
def set_override(
    *, by: Actor, key_result_id: int, score: float, why: str, is_kept: bool = False, now: datetime
) -> None:
    """Set a score 0..1 in the place of the computed one, until the next value or, kept, until it is taken back.

    The computed one stands beside it everywhere, with who and why.

    Raises:
        NotAllowed, NotFound, WrongState.
        Invalid: outside 0..1, or without a reason.

    Source: the introduction of rules P.
    """
    moment = lock_moment(by, now=now)
    row = _open_row(by, key_result_id)
    try:
        check_judgement(score=score, why=why)
    except BadJudgement as error:
        raise Invalid(str(error), field="score" if why.strip() else "why") from None
    why = clean_name(" ".join(why.split()), field="why", most=500)
    before = _in_words(row)
    row.override_score, row.override_why, row.override_kept = score, why, is_kept
    row.override_by_id, row.override_at = by.membership_id, now
    _save(by, row, before, reason=why, moment=moment)


@transaction.atomic
def clear_override(*, by: Actor, key_result_id: int, reason: str = "", now: datetime) -> None:
    """Take a score that was set back: the computed one counts again.

    Raises:
        NotAllowed, NotFound.
        WrongState: none is set.
        Invalid: the reason is too long.
    """
    moment = lock_moment(by, now=now)
    row = _open_row(by, key_result_id)
    if row.override_score is None:
        raise WrongState(f"The score of “{row.title}” is the computed one; there is nothing to take back.")
    before = _in_words(row)
    row.override_score, row.override_why, row.override_kept = None, "", False
    row.override_by_id, row.override_at = None, None
    _save(by, row, before, reason=reason.strip() or "The computed score counts again.", moment=moment)


def _open_row(by: Actor, key_result_id: int) -> KeyResult:
    row = get_key_result(by, key_result_id)
    require(can_edit_goal, by, row, to="set the score of this key result")
    for goal in (row, row.objective):
        if goal.state not in OPEN:
            raise WrongState(f"“{goal.title}” is {goal.get_state_display().lower()}, so its score stays.")
    return row


def _in_words(row: KeyResult) -> str:
    if row.override_score is None:
        return "computed"
    return f"{100 * row.override_score:.10g} %, {'kept' if row.override_kept else 'until the next value'}"


def _save(by: Actor, row: KeyResult, before: str, *, reason: str, moment: Moment) -> None:
    count_up(row, seen=None)
    row.save()
    keep_past(row, now=moment.now)
    amend(by=by, goal=row, changes={"override": (before, _in_words(row))}, reason=reason, now=moment.now)
    refresh(key_results=[row.pk], rhythms=moment.rhythms, today=moment.today, now=moment.now)
