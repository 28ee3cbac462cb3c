"""The small answers that need no words."""

from datetime import datetime

from django.db import transaction

from milepost.rhythm.errors import Withdrawn
from milepost.rhythm.models import Reaction, ReactionKind
from milepost.rhythm.permissions import can_react
from milepost.rhythm.queries.access import get_comment
from milepost.workspace.actions import lock_workspace
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Actor, require


@transaction.atomic
def set_reaction(*, by: Actor, comment_id: int, kind: str, is_on: bool | None = None, now: datetime) -> bool:
    """React to a comment or take the reaction back, and return whether it stands; one of each kind a person.

    Args:
        is_on: None turns it over.

    Raises:
        NotFound: the comment is not the actor's to see.
        NotAllowed: the actor only reads.
        Withdrawn: it is deleted.
        Invalid: there is no such reaction.
    """
    lock_workspace(by.workspace_id)
    comment = get_comment(by, comment_id)
    require(can_react, by, to="react to comments")
    if by.membership_id is None:
        raise Invalid("A reaction comes from a person.")
    if comment.deleted_at is not None:
        raise Withdrawn
    if kind not in ReactionKind.values:
        raise Invalid(f"React with one of {', '.join(ReactionKind.values)}.", field="kind")
    mine = Reaction.objects.filter(comment=comment, membership_id=by.membership_id, kind=kind)
    there = mine.exists()
    wanted = not there if is_on is None else is_on
    if there and not wanted:
        mine.delete()
    elif wanted and not there:
        Reaction.objects.create(comment=comment, membership_id=by.membership_id, kind=kind, at=now)
    return wanted
