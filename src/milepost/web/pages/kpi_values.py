"""Values of a KPI by hand and from a file, and notes on them."""

import base64
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from milepost import clock
from milepost.core.calendar import Frequency, parse_period
from milepost.core.numbers import NotANumber, parse_level
from milepost.core.series import Aggregation
from milepost.core.units import ratio_value
from milepost.exchange.readings_file import Columns, ReadFile, UnreadableFile, read_values
from milepost.metrics import actions as metrics
from milepost.metrics.errors import Calculated
from milepost.metrics.queries import get_kpi, kpi_page
from milepost.okr import actions
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt
from milepost.web.forms.kpis import MOST_BYTES, ImportForm, NoteForm, ValueForm
from milepost.web.pages.kpi_page import kpi_context
from milepost.workspace.errors import NotAllowed

HOLD_SECONDS = 3600
MOST_HELD = 3 * 1024 * 1024  # a larger file is sent again with the second step


@require_POST
@page
def values(request: PlacedRequest, slug: str) -> HttpResponse:
    place = request.place
    kpi = get_kpi(place.actor, slug)
    if kpi.formula:
        raise Calculated(kpi.name)
    frequency = Frequency(kpi.frequency)
    form = ValueForm(request.POST, is_ratio=kpi.aggregation == Aggregation.RATIO)

    def save() -> bool:
        data = form.cleaned_data
        day = parse_period(data["period"], frequency, fiscal_month=place.fiscal_month)
        reading = actions.NewReading(day=day, value=None, reason="taken back")
        if "withdraw" not in request.POST:
            reading = _typed(
                data, day, last=kpi_page(place.actor, slug, today=place.today).tile.value, unit=kpi.unit_code
            )
        stored = actions.record_readings(by=place.actor, kpi=slug, readings=[reading], now=clock.now())
        if data["note"]:
            metrics.add_note(
                by=place.actor,
                slug=slug,
                day=day,
                text=data["note"],
                fiscal_month=place.fiscal_month,
                now=clock.now(),
            )
        if "withdraw" in request.POST:
            messages.success(request, "The value is taken back; the history keeps it.")
        else:
            messages.success(request, "Value saved." if stored.readings else "This value stands there already.")
        return True

    if form.is_valid() and attempt(form, save):
        return redirect("kpi", place.slug, slug)
    return render(request, "kpis/page.html", kpi_context(request, slug, value_form=form), status=422)


def _typed(data: dict[str, Any], day: Any, *, last: float | None, unit: str) -> actions.NewReading:
    top, bottom = data.get("numerator"), data.get("denominator")
    if top is not None and bottom is not None:
        value = ratio_value(numerator=top, denominator=bottom, unit_code=unit)
        if value is None:
            raise NotANumber("Of nothing there is no ratio. Write a second count above 0.")
        return actions.NewReading(day=day, value=value, numerator=top, denominator=bottom)
    return actions.NewReading(day=day, value=parse_level(data["value"], last=last))


@require_POST
@page
def notes(request: PlacedRequest, slug: str) -> HttpResponse:
    place = request.place
    kpi = get_kpi(place.actor, slug)
    form = NoteForm(request.POST)

    def save_note() -> bool:
        day = parse_period(form.cleaned_data["period"], Frequency(kpi.frequency), fiscal_month=place.fiscal_month)
        metrics.add_note(
            by=place.actor,
            slug=slug,
            day=day,
            text=form.cleaned_data["text"],
            fiscal_month=place.fiscal_month,
            now=clock.now(),
        )
        return True

    if form.is_valid() and attempt(form, save_note):
        return redirect("kpi", place.slug, slug)
    return render(request, "kpis/page.html", kpi_context(request, slug, note_form=form), status=422)


@require_POST
@page
def delete_note(request: PlacedRequest, slug: str, pk: int) -> HttpResponse:
    metrics.withdraw_note(by=request.place.actor, slug=slug, note_id=pk, now=clock.now())
    return redirect("kpi", request.place.slug, slug)


@require_http_methods(["GET", "POST"])
@page
def import_file(request: PlacedRequest, slug: str) -> HttpResponse:
    place = request.place
    kpi = get_kpi(place.actor, slug)
    if kpi.formula:
        raise Calculated(kpi.name)
    if not kpi_page(place.actor, slug, today=place.today).can_write_values:
        raise NotAllowed("You may not write values of this KPI here. Ask its lead or an admin.")
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"kpi": kpi, "form": form, "held": "", "read": None}
    status = 200
    if request.method == "POST" and form.is_valid():
        status = 422
        data, name = _data(request, form)
        if data is None:
            form.add_error("file", "Choose a CSV file.")
            return render(request, "kpis/import.html", context, status=status)
        context |= {"held": _hold(data, name, slug), "held_name": name}
        read = attempt(form, lambda: _read(request, data, form.cleaned_data, slug))
        if read is not None:
            context |= {"read": read, "last_words": last_words(read, kpi.unit_code)}
            status = 422 if read.problem_count else 200
            if request.POST.get("step") == "import" and not read.problem_count:
                stored = attempt(
                    form,
                    lambda: actions.record_readings(
                        by=place.actor,
                        kpi=slug,
                        readings=read.periods,
                        source=actions.ReadingSource.FILE,
                        now=clock.now(),
                    ),
                )
                if stored is not None:
                    n = len(stored.readings)
                    messages.success(request, f"{n} periods written, {stored.unchanged} stood there already.")
                    return redirect(reverse("kpi", args=[place.slug, slug]))
                status = 422
    elif request.method == "POST":
        status = 422
    return render(request, "kpis/import.html", context, status=status)


def last_words(read: ReadFile, unit: str) -> str:
    """Return the newest period in words: 68.9 % (18 830 of 27 336)."""
    if not read.periods:
        return words.DASH
    last = read.periods[-1]
    text = words.with_unit(last.value, unit)
    if last.numerator is not None and last.denominator is not None:
        text += f" ({words.number(last.numerator)} of {words.number(last.denominator)})"
    return text


def _read(request: PlacedRequest, data: bytes, given: dict[str, Any], slug: str) -> ReadFile:
    place = request.place
    kpi = get_kpi(place.actor, slug)
    where = []
    for line in given["where"].splitlines():
        if line.strip():
            name, equals, wanted = line.partition("=")
            if not equals:
                raise UnreadableFile(f"“{line[:60]}” is no condition. Write COLUMN=VALUE.")
            where.append((name.strip(), wanted.strip()))
    columns = Columns(
        date=given["date"],
        value=given["value"] or None,
        numerator=given["numerator"] or None,
        denominator=given["denominator"] or None,
        where=tuple(where),
    )
    return read_values(
        data,
        columns,
        frequency=Frequency(kpi.frequency),
        how=Aggregation(kpi.aggregation),
        unit_code=kpi.unit_code,
        today=place.today,
        fiscal_month=place.fiscal_month,
    )


def _data(request: PlacedRequest, form: ImportForm) -> tuple[bytes | None, str]:
    """Return the file that came with this request, or the one held in the form since the step before."""
    file = form.cleaned_data["file"]
    if file is not None:
        return file.read(MOST_BYTES + 1), str(file.name)[:80]
    held = request.POST.get("held", "")
    if held:
        try:
            kept = signing.loads(held, salt="milepost.import", max_age=HOLD_SECONDS)
        except signing.BadSignature:
            return None, ""
        return base64.b64decode(kept["data"]), kept["name"]
    return None, ""


def _hold(data: bytes, name: str, slug: str) -> str:
    if len(data) > MOST_HELD:
        return ""
    kept = {"data": base64.b64encode(data).decode(), "name": name, "kpi": slug}
    return signing.dumps(kept, salt="milepost.import", compress=True)
