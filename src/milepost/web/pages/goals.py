"""The goals of a cycle, as a list, a tree, a map, a chart of who supports whom, or a timeline."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from milepost.okr import queries
from milepost.okr.queries import Asked, CycleRow, branch_of, goals_page, list_cycles, past_cycles, pick_cycle
from milepost.web.access import PlacedRequest, page
from milepost.web.charts.timeline import Axis, Track, axis, track
from milepost.web.forms.fields import optional_id
from milepost.web.pages.goal_words import chips, choices, lede, switches, tabs
from milepost.web.pages.past import asked_day, past_goals
from milepost.workspace.errors import NotFound

DEEPEST = 20
TITLES = {
    "list": "Goals for {}",
    "tree": "Goals for {}",
    "map": "Strategy map for {}",
    "chart": "Who supports whom in {}",
    "timeline": "Timeline of {}",
}


@require_GET
@page
def goals(request: PlacedRequest) -> HttpResponse:
    place = request.place
    if not request.GET:
        kept = queries.default_view(place.actor)
        if kept is not None:
            return redirect(f"{reverse('goals', args=[place.slug])}?{kept}")
    if "" in request.GET.values():  # of a form: the address to share is the short one
        wanted, _ = queries.read_filter(request.GET.dict())
        return redirect(f"{reverse('goals', args=[place.slug])}?{queries.write_filter(wanted)}")
    cycle, cycles = _cycle_of(request)
    on = asked_day(request)
    if cycle is not None and on is not None:
        return past_goals(request, cycle, cycles, on)
    asked, left_out = asked_of(request)
    context: dict[str, Any] = {"cycle": cycle, "cycles": cycles, "asked": asked.filter, "left_out": left_out}
    context["title"] = TITLES[asked.filter.form].format(cycle.name) if cycle else "Goals"
    if cycle is not None:
        context |= _SHOWN[asked.filter.form](request, asked, cycle)
        shown = context["shown"]
        context |= {
            "tabs": tabs(asked.filter, shown.counts),
            "switches": switches(asked.filter),
            "chips": chips(asked),
            "query": queries.write_filter(asked.filter),
            "others": _hidden(asked),
            "views": queries.list_views(place.actor),
            "is_planned": place.today < cycle.first_day or queries.has_drafts(place.actor, cycle.id),
            "is_in_review": place.today >= cycle.review_opens_on,
            "past": past_cycles(place.actor, cycles, today=place.today),
            "page_number": _page_number(request),
            "body": f"goals/_as_{'tree' if asked.filter.form == 'list' else asked.filter.form}.html",
        }
    context["lede"] = lede(asked, cycle, context.get("shown"), today=place.today)
    return render(request, "goals/page.html", context)


@require_GET
@page
def branch(request: PlacedRequest, pk: int) -> HttpResponse:
    depth = min(DEEPEST, optional_id(request.GET.get("depth", "")) or 0)
    found = branch_of(request.place.actor, pk, depth=depth)
    return render(request, "goals/_branch.html", {"branch": found})


@require_GET
@page
def choose(request: PlacedRequest) -> HttpResponse:
    """What the goals can be narrowed to, with what is chosen: put into the page, or a page of its own."""
    asked, _ = asked_of(request)
    context = {"asked": asked.filter, "fields": choices(request.place, asked.filter), "others": _hidden(asked)}
    return render(request, "goals/_choose.html" if request.htmx else "goals/choose.html", context)


def asked_of(request: PlacedRequest) -> tuple[Asked, tuple[str, ...]]:
    """Return the filter of the address, and a sentence for each choice in it that there is not."""
    wanted, left_out = queries.read_filter(request.GET.dict())
    asked = queries.ask(request.place.actor, wanted)
    return asked, (*left_out, *asked.left_out)


def _cycle_of(request: PlacedRequest) -> tuple[CycleRow | None, tuple[CycleRow, ...]]:
    place = request.place
    cycles = list_cycles(place.actor, today=place.today)
    request.cycles = cycles  # the frame around the page needs the same
    cycle = pick_cycle(cycles, today=place.today, wanted=optional_id(request.GET.get("cycle", "")))
    if cycle is None and cycles:
        raise NotFound
    return cycle, cycles


def _page_number(request: PlacedRequest) -> int:
    return min(optional_id(request.GET.get("page", "")) or 1, 2000)


def _hidden(asked: Asked) -> list[tuple[str, str]]:
    """Return the state as pairs, for forms that change one of it."""
    return parse_qsl(queries.write_filter(asked.filter))


def _rows(request: PlacedRequest, asked: Asked, cycle: CycleRow) -> dict[str, Any]:
    opened = [pk for text in request.GET.get("open", "").split(",")[:50] if (pk := optional_id(text))]
    place = request.place
    shown = goals_page(
        place.actor, asked, cycle_id=cycle.id, today=place.today, page=_page_number(request), opened=opened
    )
    return {"shown": shown}


def _map(request: PlacedRequest, asked: Asked, cycle: CycleRow) -> dict[str, Any]:
    shown = queries.goal_map(
        request.place.actor, asked, cycle_id=cycle.id, today=request.place.today, page=_page_number(request),
        follow=optional_id(request.GET.get("follow", "")),
    )  # fmt: skip
    return {"shown": shown}


def _chart(request: PlacedRequest, asked: Asked, cycle: CycleRow) -> dict[str, Any]:
    shown = queries.alignment_chart(request.place.actor, asked, cycle_id=cycle.id, today=request.place.today)
    table = [
        (row, [shown.between(row, column) for column in shown.columns], shown.loose.get(row, 0)) for row in shown.rows
    ]
    return {"shown": shown, "table": table}


def _timeline(request: PlacedRequest, asked: Asked, cycle: CycleRow) -> dict[str, Any]:
    place = request.place
    shown = queries.timeline(
        place.actor, asked, cycle_id=cycle.id, first=cycle.first_day, last=cycle.last_day, today=place.today,
        page=_page_number(request),
    )  # fmt: skip
    days = axis(cycle.first_day, cycle.last_day)
    rows = [(heading, [(span, _track(days, span)) for span in spans]) for heading, spans in shown.groups]
    here = days.middle(place.today) if days.holds(place.today) else None
    return {"shown": shown, "rows": rows, "axis": days, "here": here}


def _track(days: Axis, span: queries.Span) -> Track:
    line = span.objective
    return track(
        days, first=span.first, last=span.last, score=line.score,
        steps=[(step.due_on, step.is_done) for step in span.steps], check_in=line.next_check_in_on,
    )  # fmt: skip


_SHOWN: dict[str, Callable[[PlacedRequest, Asked, CycleRow], dict[str, Any]]] = {
    "list": _rows,
    "tree": _rows,
    "map": _map,
    "chart": _chart,
    "timeline": _timeline,
}
