"""In which rhythm a team checks in: what holds, who set it, and a form for one of its own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.core.rhythm import Rhythm
from milepost.core.team_rhythms import rhythm_in_words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.team_rhythms import TeamRhythmForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.workspace import actions
from milepost.workspace.errors import NotAllowed
from milepost.workspace.queries import TeamRhythmPage, team_rhythm


@require_http_methods(["GET", "POST"])
@page
def rhythm(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = team_rhythm(place.actor, pk)
    if request.method == "POST" and not shown.can_edit:
        raise NotAllowed("Only admins and its managers set the rhythm of a team. Ask one of them.")
    form = TeamRhythmForm(request.POST or None, initial=_initial(shown))
    if request.method == "POST" and form.is_valid():
        saved = attempt_on(
            form,
            lambda seen: (
                actions.set_team_rhythm(
                    by=place.actor,
                    team_id=pk,
                    rhythm=form.own(),
                    is_locked=form.cleaned_data["is_locked"],
                    seen=seen,
                    now=clock.now(),
                )
                or True
            ),
        )
        if saved:
            messages.success(request, "Rhythm saved.")
            return redirect("team", place.slug, pk)
    context = {
        "team": shown,
        "form": form,
        "words": rhythm_in_words(shown.rhythm),
        "above": rhythm_in_words(shown.above),
        "own": rhythm_in_words(shown.own) if shown.own is not None else "",
    }
    return render(request, "people/rhythm.html", context, status=status_of(request, form))


def _initial(shown: TeamRhythmPage) -> dict[str, object]:
    starts: Rhythm = shown.own or shown.rhythm
    return {
        "whose": "follow" if shown.own is None else "own",
        "weeks": 0 if starts.monthly else starts.every_weeks,
        "weekday": starts.weekday,
        "hour": starts.hour,
        "skip_days": starts.skip_days or 0,
        "is_locked": shown.is_locked,
        "version": shown.version,
    }
