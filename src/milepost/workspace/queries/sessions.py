"""Where somebody is signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser that is signed in; `address` is the one it was last seen at."""

    id: int
    user_agent: str
    address: str
    since: datetime
    seen: datetime
    is_current: bool


def list_sessions(user_id: int, *, session_key: str, now: datetime) -> tuple[SessionRow, ...]:
    """Return the browsers a person is signed in with: the one with this session key first, then the last used."""
    rows = list(UserSession.objects.filter(user=user_id).order_by("-last_seen_at", "-pk"))
    keys = [row.session_key for row in rows]
    alive = set(Session.objects.filter(session_key__in=keys, expire_date__gt=now).values_list("session_key", flat=True))
    shown = [
        SessionRow(
            id=row.pk,
            user_agent=row.user_agent,
            address=row.ip,
            since=row.created_at,
            seen=row.last_seen_at,
            is_current=row.session_key == session_key,
        )
        for row in rows
        if row.session_key in alive
    ]
    return tuple(sorted(shown, key=lambda row: not row.is_current))
