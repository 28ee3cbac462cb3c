"""Ending what somebody is signed in with."""

from allauth.usersessions.models import UserSession


def end_sessions(user_id: int) -> int:
    """Sign a person out of every browser, and return of how many."""
    rows = list(UserSession.objects.filter(user=user_id))
    for row in rows:
        row.end()
    return len(rows)
