"""The goals of a cycle as a tree."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.okr.queries import branch_of, frame_facts, goals_page, past_cycles, pick_cycle
from milepost.okr.queries.goals import VIEWS
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import optional_id
from milepost.workspace.errors import NotFound

LABELS = {"all": "All", "attention": "Needs attention", "overdue": "Overdue check-in", "mine": "Mine"}
DEEPEST = 20


@require_GET
@page
def goals(request: PlacedRequest) -> HttpResponse:
    place = request.place
    facts = frame_facts(place.actor, today=place.today)
    request.frame_facts = facts  # the frame around the page needs the same
    cycles, _ = facts
    cycle = pick_cycle(cycles, today=place.today, wanted=optional_id(request.GET.get("cycle", "")))
    if cycle is None and cycles:
        raise NotFound
    context: dict[str, object] = {
        "cycle": cycle,
        "cycles": cycles,
        "lede": "Objectives say where we go, key results how we know.",
    }
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
        )
        context["page"] = shown
        context["is_in_review"] = place.today >= cycle.review_opens_on
        context["past"] = past_cycles(place.actor, cycles, today=place.today)
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
