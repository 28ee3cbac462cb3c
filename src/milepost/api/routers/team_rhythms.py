"""Rhythms of teams."""

from typing import Any

from django.http import HttpResponse
from ninja import Path, Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.base import Id
from milepost.api.schemas.team_rhythms import TeamRhythmIn, TeamRhythmOut
from milepost.core.rhythm import Rhythm
from milepost.core.team_rhythms import rhythm_in_words
from milepost.workspace import actions, queries
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Scope

router = Router(tags=["People"])


@route(
    router, "GET", "/teams/{team_id}/rhythm", scope=Scope.READ, answer=TeamRhythmOut,
    summary="Show in which rhythm a team checks in, and who set it",
)  # fmt: skip
def show_team_rhythm(request: ApiRequest, team_id: Path[Id]) -> HttpResponse:
    return _answer(queries.team_rhythm(request.place.actor, team_id))


@route(
    router, "PUT", "/teams/{team_id}/rhythm", scope=Scope.ADMIN, answer=TeamRhythmOut, versioned=True,
    summary="Give a team a rhythm of its own, or lock the one it follows",
)  # fmt: skip
def set_team_rhythm(request: ApiRequest, team_id: Path[Id], body: TeamRhythmIn) -> HttpResponse:
    if (body.weeks is None) != (body.weekday is None):
        missing = "weeks" if body.weeks is None else "weekday"
        raise Invalid("A rhythm has weeks and a weekday. Send both, or neither to follow.", field=f"body.{missing}")
    own = None
    if body.weeks is not None and body.weekday is not None:
        own = actions.TeamRhythm(body.weeks, body.weekday, body.hour, body.skip_days)
    return _set(request, team_id, own, is_locked=body.is_locked)


@route(
    router, "DELETE", "/teams/{team_id}/rhythm", scope=Scope.ADMIN, answer=TeamRhythmOut, versioned=True,
    summary="Let a team follow the rhythm of what is above it",
)  # fmt: skip
def clear_team_rhythm(request: ApiRequest, team_id: Path[Id]) -> HttpResponse:
    return _set(request, team_id, None, is_locked=False)


def _set(request: ApiRequest, team_id: int, own: actions.TeamRhythm | None, *, is_locked: bool) -> HttpResponse:
    actor = request.place.actor
    there = queries.team_rhythm(actor, team_id)
    actions.set_team_rhythm(
        by=actor,
        team_id=team_id,
        rhythm=own,
        is_locked=is_locked,
        seen=seen_version(request, {"version": there.version}),
        now=clock.now(),
    )
    return _answer(queries.team_rhythm(actor, team_id))


def _answer(shown: queries.TeamRhythmPage) -> HttpResponse:
    said = {
        **_columns(shown.rhythm),
        "team_id": shown.id,
        "words": rhythm_in_words(shown.rhythm),
        "set_by": shown.set_by,
        "is_inherited": shown.is_inherited,
        "own": None if shown.own is None else _columns(shown.own),
        "is_locked": shown.is_locked,
        "locked_by": shown.locked_by,
        "version": shown.version,
    }
    return reply(said, version=shown.version)


def _columns(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "weeks": 0 if rhythm.monthly else rhythm.every_weeks,
        "weekday": rhythm.weekday,
        "hour": rhythm.hour,
        "skip_days": rhythm.skip_days or 0,
    }
