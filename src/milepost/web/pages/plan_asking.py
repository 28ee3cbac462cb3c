"""Asking teams for their drafts of a cycle, by a day."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.core.calendar import local_day
from milepost.okr import actions, queries
from milepost.okr.errors import WrongState
from milepost.okr.permissions import can_publish_cycle
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import optional_id
from milepost.web.pages.reviews import cycle_of
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import require


@require_http_methods(["GET", "POST"])
@page
def ask(request: PlacedRequest, pk: int) -> HttpResponse:
    """Choose teams and a day; those without drafts that were not asked today are chosen to begin with."""
    place = request.place
    cycle = cycle_of(request, pk)
    require(can_publish_cycle, place.actor, queries.get_cycle(place.actor, pk), to="ask for drafts of this cycle")
    rows = queries.askable_teams(place.actor, cycle)
    asked_today = {
        row.id for row in rows if row.request and local_day(row.request.asked_at, place.time_zone) == place.today
    }
    chosen = {row.id for row in rows if not row.count} - asked_today
    wanted = request.POST.get("wanted_by", "").strip()
    error = ""
    if request.method == "POST":
        chosen = {one for text in request.POST.getlist("team")[:500] if (one := optional_id(text))}
        try:
            asked = actions.ask_for_drafts(
                by=place.actor, cycle_id=cycle.id, wanted_by=_day(wanted), team_ids=chosen, now=clock.now()
            )
        except (WrongState, Invalid) as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"Asked {words.count(len(asked), 'team')} for drafts of {cycle.name}.")
            return redirect("plan", place.slug, cycle.id)
    context = {
        "cycle": cycle,
        "rows": rows,
        "chosen": chosen,
        "asked_today": asked_today,
        "wanted": wanted,
        "error": error,
    }
    return render(request, "planning/ask.html", context, status=422 if error else 200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("Choose the day by which the drafts are wanted.", field="wanted_by") from None
