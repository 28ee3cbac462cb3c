"""Explain this number: what a goal's, a key result's or a KPI's numbers and word are made of."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from milepost.core.explain import Explained, Explanation, Input, Link
from milepost.core.explain.text import percent, quantity
from milepost.metrics import queries as metrics
from milepost.okr import queries
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page

HEADINGS = {
    "value": "Value", "progress": "Progress", "score": "Score", "expected": "Plan for today", "status": "Status",
    "grade": "Grade", "kpi_status": "Status",
}  # fmt: skip
CRUMBS = {"objective": ("goal", "The goal"), "key_result": ("key_result_plan", "Its plan"), "kpi": ("kpi", "The KPI")}
PAGES = {"objective": "goal_explanation", "key_result": "key_result_explanation", "kpi": "kpi_explanation"}
GRADES = {"reached": "grade_reached"}  # of a goal that runs the same word looks otherwise


@require_GET
@page
def objective(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    return _shown(request, queries.explained_objective(place.actor, pk, today=place.today))


@require_GET
@page
def key_result(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    return _shown(request, queries.explained_key_result(place.actor, pk, rhythms=place.rhythms, today=place.today))


@require_GET
@page
def kpi(request: PlacedRequest, slug: str) -> HttpResponse:
    place = request.place
    return _shown(request, metrics.explained_kpi(place.actor, slug, today=place.today))


def _shown(request: PlacedRequest, explained: Explained) -> HttpResponse:
    name, crumb = CRUMBS[explained.about.kind]
    context = {
        "explained": explained,
        "crumb": (reverse(name, args=[request.place.slug, explained.about.reference]), crumb),
        "sections": [_section(request, one) for one in explained.explanations],
    }
    return render(request, "explain/page.html", context)


def _section(request: PlacedRequest, one: Explanation) -> dict[str, object]:
    """Return an explanation as the page tells it, every number with as many digits as its sum has."""
    word = GRADES.get(one.word, one.word) if one.of == "grade" and one.word else one.word
    return {
        "one": one,
        "heading": HEADINGS[one.of],
        "word": word,
        "result": _result(one),
        "inputs": [_input(request, given) for given in one.inputs],
        "parts": [(part, _address(request, part.link)) for part in one.parts],
        "left_out": [(out, _address(request, out.link)) for out in one.left_out],
    }


def _result(one: Explanation) -> str:
    if one.value is None:
        return "" if one.word else "Unknown"
    if one.of in {"status", "kpi_status"}:
        return ""
    return percent(one.value) if one.unit is None else quantity(one.value, one.unit)


def _input(request: PlacedRequest, given: Input) -> Sequence[str]:
    """Return what a row shows: label, address, value, where it came from."""
    value = "" if given.value is None else quantity(given.value, given.unit)
    on = words.day(given.on, today=request.place.today) if given.on else ""
    source = ", ".join(part for part in (given.source, given.by, on) if part)
    return given.label or "–", _address(request, given.link), value, source


def _address(request: PlacedRequest, link: Link | None) -> str:
    """Return where something that takes part is explained itself, "" where there is nothing to open."""
    if link is None:
        return ""
    return reverse(PAGES[link.kind], args=[request.place.slug, link.reference])
