"""A key result that is work, not a result, becomes an initiative."""

from datetime import datetime

from django.db import transaction

from milepost.okr.actions.initiatives import InitiativeDraft, add_initiative
from milepost.okr.actions.key_results import cancel_key_result
from milepost.okr.actions.moment import lock_moment
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries.access import get_key_result
from milepost.workspace.permissions import Actor, require


@transaction.atomic
def make_initiative(*, by: Actor, key_result_id: int, reason: str = "", now: datetime) -> int:
    """Make an initiative of a key result, with its words and its lead, and return its id.

    The key result is taken out as `cancel_key_result` does: what was checked in stays on record, and it moves
    the number no more.

    Args:
        reason: of the amendment, once the objective runs.

    Raises:
        NotAllowed, NotFound, NeedsReason, WrongState.
        Invalid: the objective has as many initiatives as there may be.
    """
    lock_moment(by, now=now)
    row = get_key_result(by, key_result_id)
    require(can_edit_goal, by, row, to="make an initiative of this key result")
    draft = InitiativeDraft(title=row.title, lead_id=row.lead_id)
    made = add_initiative(by=by, objective_id=row.objective_id, draft=draft, now=now)
    cancel_key_result(by=by, key_result_id=key_result_id, reason=reason, now=now)
    return made
