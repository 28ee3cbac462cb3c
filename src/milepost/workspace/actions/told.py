"""What happens to a person's way in is told to each workspace they are in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from milepost.workspace.actions.events import Changes, record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.models import ActorKind, Membership, Role, User
from milepost.workspace.permissions import Actor


@dataclass(slots=True)
class Told:
    """The event to be: what changed, or empty where nothing did and nothing is told; None needs no old and new."""

    changes: Changes | None = None


@contextmanager
def told(user: User, *, verb: str, now: datetime, by_operator: bool = False) -> Iterator[Told]:
    """Lock every workspace that a person is in, and write down in each what was done to their way in.

    Inside a transaction. It was the person's own hand, or the operator's.
    """
    places = list(Membership.objects.filter(user=user, removed_at=None).order_by("workspace_id"))
    for place in places:
        lock_workspace(place.workspace_id)
    event = Told()
    yield event
    if event.changes is not None and not event.changes:
        return
    for place in places:
        record_event(
            by=_hand(place, by_operator=by_operator),
            verb=verb,
            kind="person",
            object_id=place.pk,
            now=now,
            changes=event.changes,
        )


def _hand(place: Membership, *, by_operator: bool) -> Actor:
    if by_operator:
        return Actor(workspace_id=place.workspace_id, membership_id=None, role=Role.ADMIN, kind=ActorKind.OPERATOR)
    return Actor(workspace_id=place.workspace_id, membership_id=place.pk, role=Role(place.role))
