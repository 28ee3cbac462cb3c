"""Ending what somebody is signed in with."""

from allauth.usersessions.models import UserSession


def end_sessions(user_id: int, *, but: str = "") -> int:
    """Sign a person out of every browser, `but` the one with this session key, and return of how many."""
    rows = list(UserSession.objects.filter(user=user_id).exclude(session_key=but))
    for row in rows:
        row.end()
    return len(rows)
