"""How long a browser stays signed in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from milepost import clock
from milepost.web.account import touch

TOUCH_EVERY = timedelta(minutes=10)
LONGEST_SESSION = timedelta(days=30)
SINCE, SEEN = "since", "seen"


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
                touch(request, now=now)
        return self.get_response(request)


def _moment(kept: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(kept)
    except (TypeError, ValueError):
        return None
