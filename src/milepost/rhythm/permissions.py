"""Who may say something about a goal or a KPI, and change what was said."""

from rules.predicates import predicate

from milepost.rhythm.models import Comment
from milepost.workspace.permissions import Actor, can_write, is_admin


@predicate
def wrote_it(actor: Actor, comment: Comment | None) -> bool:
    """Return whether the actor is the author of the comment and still more than a viewer."""
    return comment is not None and actor.can_write and comment.author_id == actor.membership_id


@predicate
def leads_what_it_is_about(actor: Actor, comment: Comment | None) -> bool:
    """Return whether the actor leads the objective, the key result or the KPI that was commented on."""
    if comment is None or not actor.can_write or actor.membership_id is None:
        return False
    things = (comment.objective, comment.key_result, comment.metric)
    return actor.membership_id in {thing.lead_id for thing in things if thing is not None}


can_comment = can_write
can_react = can_write
can_edit_comment = wrote_it
can_delete_comment = wrote_it | is_admin
can_settle_flag = wrote_it | leads_what_it_is_about | is_admin
