"""Find or do anything."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.core.calendar import Frequency, period_start
from milepost.core.numbers import parse_number
from milepost.metrics.queries import get_kpi
from milepost.okr import actions
from milepost.okr.queries import find as find_things
from milepost.okr.queries import get_key_result
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import REFUSALS, optional_id
from milepost.workspace.errors import NotAllowed, NotFound

LONGEST = 200


@require_http_methods(["GET", "POST"])
@page
def find(request: PlacedRequest) -> HttpResponse:
    if request.method == "POST":
        return _write(request)
    q = request.GET.get("q", "")[:LONGEST]
    context = {"q": q, "hits": find_things(request.place.actor, q)}
    template = "find/hits" if "hits" in request.GET else "find/palette" if "palette" in request.GET else ""
    return render(request, f"find/_{template[5:]}.html" if template else "find/page.html", context)


def _write(request: PlacedRequest) -> HttpResponse:
    """Write a typed number to what was found: a KPI's running period, or a key result's check-in."""
    place = request.place
    kind, reference = request.POST.get("kind", ""), request.POST.get("reference", "")
    try:
        value = parse_number(request.POST.get("value", ""))
        if kind == "kpi":
            kpi = get_kpi(place.actor, reference)
            day = period_start(place.today, Frequency(kpi.frequency), fiscal_month=place.fiscal_month)
            actions.record_readings(
                by=place.actor,
                kpi=reference,
                readings=[actions.NewReading(day=day, value=value)],
                now=clock.now(),
            )
            messages.success(request, f"Written to {kpi.name}.")
            return redirect("kpi", place.slug, reference)
        key_result = get_key_result(place.actor, optional_id(reference) or 0)
        last = find_confidence(key_result)
        actions.record_check_in(
            by=place.actor,
            draft=actions.CheckInDraft(key_result_id=key_result.pk, confidence=last, value=value),
            now=clock.now(),
        )
        messages.success(request, f"Checked in on {key_result.title}.")
        return redirect(reverse("goal", args=[place.slug, key_result.objective_id]) + f"#kr-{key_result.pk}")
    except (NotFound, NotAllowed):
        raise
    except REFUSALS as error:
        messages.error(request, str(error))
        return redirect("find", place.slug)


def find_confidence(key_result: object) -> int:
    """Return the last confidence of a key result, 5 before the first (rule S6)."""
    score = getattr(key_result, "score", None)
    return (score.confidence if score is not None else None) or 5
