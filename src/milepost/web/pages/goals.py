"""The goals of a cycle as a tree."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.okr.queries import branch_of, goals_page, list_cycles, pick_cycle
from milepost.okr.queries.goals import VIEWS
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import optional_id
from milepost.web.pages.past import asked_day, past_goals
from milepost.workspace.errors import NotFound

LABELS = {
    "all": "All",
    "attention": "Needs attention",
    "overdue": "Overdue check-in",
    "mine": "Mine",
    "unaligned": "Unaligned",
}
DEEPEST = 20


@require_GET
@page
def goals(request: PlacedRequest) -> HttpResponse:
    place = request.place
    cycles = list_cycles(place.actor, today=place.today)
    request.cycles = cycles  # the frame around the page needs the same
    cycle = pick_cycle(cycles, today=place.today, wanted=optional_id(request.GET.get("cycle", "")))
    if cycle is None and cycles:
        raise NotFound
    context: dict[str, object] = {
        "cycle": cycle,
        "cycles": cycles,
        "lede": "Objectives say where we go, key results how we know.",
    }
    on = asked_day(request)
    if cycle is not None and on is not None:
        return past_goals(request, cycle, cycles, on)
    if cycle is not None:
        view = request.GET.get("view", "all")
        opened = [pk for text in request.GET.get("open", "").split(",")[:50] if (pk := optional_id(text))]
        shown = goals_page(
            place.actor,
            cycle_id=cycle.id,
            view=view if view in VIEWS else "all",
            today=place.today,
            after=optional_id(request.GET.get("after", "")) or 0,
            opened=opened,
            tag=request.GET.get("tag", "").replace("\0", "")[:60],
        )
        context["page"] = shown
        context["tabs"] = [(key, LABELS[key], shown.counts[key]) for key in VIEWS]
        n = shown.counts["all"]
        tops = "More than 100 top objectives" if n > 100 else words.count(n, "top objective").capitalize()  # noqa: PLR2004 - the page counts no further
        days = max(0, min((place.today - cycle.first_day).days, cycle.days))
        context["lede"] = (
            f"{tops} and the goals that count towards them, {days} of {cycle.days} days in. "
            "The flag on each bar marks where the plan says we should be today."
        )
    return render(request, "goals/page.html", context)


@require_GET
@page
def branch(request: PlacedRequest, pk: int) -> HttpResponse:
    depth = min(DEEPEST, optional_id(request.GET.get("depth", "")) or 0)
    found = branch_of(request.place.actor, pk, depth=depth)
    return render(request, "goals/_branch.html", {"branch": found})
