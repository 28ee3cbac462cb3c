"""Where somebody is signed in is written down, and ended."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from milepost.workspace.errors import NotFound

LONGEST_AGENT = UserSession._meta.get_field("user_agent").max_length or 0


def touch_session(*, user_id: int, session_key: str, address: str, user_agent: str, now: datetime) -> None:
    """Write down that a browser was used, when, and from which address; no event, it is a use and no change."""
    used = {"user_id": user_id, "ip": address, "last_seen_at": now}
    own = UserSession.objects.filter(session_key=session_key)
    if not own.update(**used):
        first = {**used, "created_at": now, "user_agent": user_agent[:LONGEST_AGENT]}
        UserSession.objects.get_or_create(session_key=session_key, defaults=first)


@transaction.atomic
def end_session(*, user_id: int, session_id: int, but: str) -> None:
    """Sign a person out of one browser; the one with the session key `but` they leave by signing out.

    Raises:
        NotFound: there is no such session, or it is somebody else's.
    """
    row = UserSession.objects.filter(user=user_id, pk=session_id).exclude(session_key=but).first()
    if row is None:
        raise NotFound
    row.end()


@transaction.atomic
def end_sessions(user_id: int, *, but: str = "") -> int:
    """Sign a person out of every browser, `but` the one with this session key, and return of how many."""
    ended = 0
    for row in UserSession.objects.filter(user=user_id).exclude(session_key=but):
        ended += row.exists()  # what ended by itself may still have its row
        row.end()
    return ended
