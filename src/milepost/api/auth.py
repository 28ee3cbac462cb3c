"""Who sends a request: a bearer token with a scope."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security.http import HttpBearer

from milepost import clock
from milepost.api.limits import Left, Limiter
from milepost.api.problems import OutOfScope, TooLarge, TooMany
from milepost.okr import actions as okr
from milepost.workspace import actions as workspace
from milepost.workspace.errors import NoToken
from milepost.workspace.queries import Place, TokenFacts, place_of_token

TOUCH_EVERY = timedelta(minutes=10)
MOST_BYTES = 5 * 1024 * 1024
limiter = Limiter()


class ApiRequest(HttpRequest):
    """A request of a token in force."""

    place: Place
    token: TokenFacts
    left: Left


class Bearer(HttpBearer):
    """Let a request through whose token is in force and has the scope; count it against the token's minute."""

    openapi_name = "token"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        """Return the place of the token's holder.

        Raises:
            NoToken, OutOfScope, TooMany, TooLarge.
        """
        size = request.META.get("CONTENT_LENGTH") or "0"
        if size.isdigit() and int(size) > MOST_BYTES:
            raise TooLarge(f"This body has {int(size):,} bytes. Send at most {MOST_BYTES:,} at once.")
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NoToken
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the place of the token's holder; as `__call__`."""
        now = clock.now()
        place, facts = place_of_token(token, now=now)
        left = limiter.take(facts.id, limit=settings.API_REQUESTS_A_MINUTE)
        request.left = left  # type: ignore[attr-defined] # ApiRequest
        if left.is_over:
            raise TooMany(left.seconds)
        if self.scope not in facts.scopes:
            raise OutOfScope(self.scope)
        if facts.last_used_at is None or now - facts.last_used_at > TOUCH_EVERY:
            workspace.touch_token(token_id=facts.id, now=now)
        if place.scores_are_old:
            okr.refresh_day(by=place.actor, now=now)
        request.place, request.token = place, facts  # type: ignore[attr-defined] # ApiRequest
        return place
