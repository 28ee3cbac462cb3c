"""The plan of a key result, drawn with what came of it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.okr.queries import plan_page
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.charts.plan import draw_plan, value_by, weekly
from milepost.web.words import CURVES

WITHOUT = {
    "keep": "A level is planned to be kept from the first closed period on, so there is no way to draw.",
    "milestone": "A milestone is planned by the due days of its steps, so there is no way to draw.",
    "baseline": "It waits for a baseline: with a target there will be a plan.",
}


@require_GET
@page
def plan(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = plan_page(place.actor, pk)
    k = shown.key_result
    factor, unit = (100.0, "%") if shown.is_share else (1.0, k.unit_code)
    planned = [(day, factor * value) for day, value in shown.planned]
    values = [(day, factor * value) for day, value in shown.values]
    drawings = {
        name: draw_plan(
            planned,
            values,
            checkpoints=[(day, factor * value) for day, value in shown.checkpoints],
            amended=[day for day, _ in shown.amended],
            unit=unit,
            today=place.today,
            wide=name == "wide",
        )
        for name in ("wide", "narrow")
    }
    rows = [
        (
            words.day(day, today=place.today),
            words.with_unit(value, unit),
            words.with_unit(value_by(values, day), unit) if day <= place.today else "",
        )
        for day, value in weekly(planned, today=place.today)
    ]
    lede = CURVES[k.curve].split(":", maxsplit=1)[0] + "."
    if shown.amended:
        day = words.day(shown.amended[-1][0], today=place.today)
        lede = f"Amended: since {day} a straight line to the target."
    context = {
        "k": k,
        "plan": shown,
        "rows": rows,
        "lede": lede if planned else "How far it should have come by which day.",
        "otherwise": WITHOUT.get(k.kind, "There is no plan yet."),
        **drawings,
    }
    return render(request, "goals/plan.html", context)
