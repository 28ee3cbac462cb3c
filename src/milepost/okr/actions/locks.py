"""The lock of a cycle's plan."""

from milepost.okr.errors import CycleLocked
from milepost.okr.models import Cycle
from milepost.okr.permissions import can_publish_cycle
from milepost.workspace.permissions import Actor


def refuse_locked(by: Actor, *cycles: Cycle) -> None:
    """Refuse to change the plan of a locked cycle to all but admins and its coach; what happens in it stays open.

    Raises:
        CycleLocked: one of these cycles is locked for the actor.
    """
    for cycle in cycles:
        if cycle.locked_at is not None and not can_publish_cycle.test(by, cycle):
            raise CycleLocked(cycle.name)
