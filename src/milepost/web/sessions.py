"""Where somebody is signed in, and how that ends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse

from milepost import clock
from milepost.web.account import browser_words, sender_of

TOUCH_EVERY = timedelta(minutes=10)
LONGEST_SESSION = timedelta(days=30)
SINCE, SEEN = "since", "seen"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser that is signed in; `place` is the address it was last seen at."""

    id: int
    device: str
    place: str
    since: datetime
    seen: datetime
    is_current: bool


class SessionUse:
    """Writes down when and from where a session was used, to ten minutes, and ends it after 30 days.

    Use keeps a session alive for the two weeks of its cookie; 30 days end it in any case.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            now = clock.now()
            since, seen = (_moment(request.session.get(name)) for name in (SINCE, SEEN))
            if since is not None and now - since > LONGEST_SESSION:
                logout(request)
            elif seen is None or now - seen > TOUCH_EVERY:
                request.session[SINCE] = (since or now).isoformat()
                request.session[SEEN] = now.isoformat()
                _write_down(request, now)
        return self.get_response(request)


def _write_down(request: HttpRequest, now: datetime) -> None:
    own = UserSession.objects.filter(session_key=request.session.session_key)
    if not own.update(last_seen_at=now, ip=sender_of(request) or "0.0.0.0"):  # noqa: S104 - no address, no binding
        UserSession.objects.create_from_request(request)


def _moment(kept: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(kept)
    except (TypeError, ValueError):
        return None


def list_sessions(request: HttpRequest, *, now: datetime) -> tuple[SessionRow, ...]:
    """Return the browsers this person is signed in with: this one first, then the last used."""
    rows = list(UserSession.objects.filter(user=request.user.pk).order_by("-last_seen_at", "-pk"))
    alive = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=now).values_list(
            "session_key", flat=True
        )
    )
    shown = [
        SessionRow(
            id=row.pk,
            device=browser_words(row.user_agent) or "An unknown program",
            place=row.ip,
            since=row.created_at,
            seen=row.last_seen_at,
            is_current=row.session_key == request.session.session_key,
        )
        for row in rows
        if row.session_key in alive
    ]
    return tuple(sorted(shown, key=lambda row: not row.is_current))


def end_session(request: HttpRequest, session_id: int) -> bool:
    """End one other session of this person; return whether there was one."""
    row = UserSession.objects.filter(user=request.user.pk, pk=session_id).first()
    if row is None or row.session_key == request.session.session_key:
        return False
    row.end()
    return True


def end_other_sessions(request: HttpRequest) -> int:
    """End every other session of this person and return how many there were."""
    others = UserSession.objects.filter(user=request.user.pk).exclude(session_key=request.session.session_key)
    ended = 0
    for row in others:
        ended += row.exists()
        row.end()
    return ended
