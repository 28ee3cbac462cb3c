"""From draft to running: start, approve, ask for changes; back to where one came from."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from milepost import clock
from milepost.okr import actions
from milepost.okr.queries import get_objective
from milepost.web.access import PlacedRequest, page
from milepost.web.pages.objectives import with_reason


@require_POST
@page
def activate(request: PlacedRequest, pk: int) -> HttpResponse:
    """Start a draft, or approve what waits."""
    place = request.place
    actions.activate_objective(by=place.actor, objective_id=pk, now=clock.now())
    found = get_objective(place.actor, pk)
    if found.state == "active":
        messages.success(request, f"“{found.title}” runs now.")
    else:
        messages.success(request, f"“{found.title}” is in review.")
    return redirect(_from_plan(request, found.cycle_id) or reverse("goal", args=[place.slug, pk]))


@require_http_methods(["GET", "POST"])
@page
def send_back(request: PlacedRequest, pk: int) -> HttpResponse:
    """Ask for changes, in a line."""
    return with_reason(
        request,
        pk,
        do=actions.send_back,
        heading="Ask for changes",
        label="Send back as a draft",
        lede="It becomes a draft again, with your reason in its history; approvals given so far end.",
        back=_from_plan(request, get_objective(request.place.actor, pk).cycle_id),
    )


def _from_plan(request: PlacedRequest, cycle_id: int) -> str:
    """Return the plan of the cycle, "" for who came from elsewhere."""
    return reverse("plan", args=[request.place.slug, cycle_id]) if request.GET.get("from") == "plan" else ""
