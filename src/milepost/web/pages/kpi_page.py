"""One KPI: its number, its chart, what changed and what it moves."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.core.calendar import Frequency, period_start
from milepost.core.limits import FIRM_POINTS, LEAST_POINTS
from milepost.core.series import closed_points
from milepost.core.targets import given_words
from milepost.links import absolute
from milepost.metrics.queries import KpiPage, Tile, kpi_page
from milepost.okr.queries import goals_of_kpi, serving_kpi
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.charts.series import Aim, Level, SeriesInput, SeriesPoint, draw_series
from milepost.web.forms.kpis import NoteForm, ValueForm
from milepost.web.pages.kpi_comparison import comparison_words
from milepost.web.pages.kpi_targets import beside, target_versions
from milepost.web.pages.talk import Saying, kpi_talk
from milepost.web.words import AGGREGATIONS, FREQUENCIES, LOOKS

RANGES = (("26", 26), ("52", 52), ("all", 100_000))


@require_GET
@page
def kpi(request: PlacedRequest, slug: str) -> HttpResponse:
    return render(request, "kpis/page.html", kpi_context(request, slug))


def kpi_context(
    request: PlacedRequest,
    slug: str,
    *,
    value_form: ValueForm | None = None,
    note_form: NoteForm | None = None,
    saying: Saying | None = None,
) -> dict[str, Any]:
    """Return what the page of a KPI needs; a form that could not be saved is shown again."""
    place = request.place
    shown = kpi_page(place.actor, slug, today=place.today, all_rows=request.GET.get("values") == "all")
    tile = shown.tile
    closed = closed_points(shown.points, frequency=Frequency(tile.frequency), today=place.today)
    goals = goals_of_kpi(place.actor, shown.metric, closed=closed, target=tile.target, today=place.today)
    range_key = request.GET.get("range", "52")
    last = dict(RANGES).get(range_key, 52)
    given = chart_input(shown, today=place.today, last=last)
    now = period_start(place.today, Frequency(tile.frequency), fiscal_month=place.fiscal_month)
    kept_against = words.plan_words(shown.plan, tile.unit_code, today=place.today)
    return kpi_talk(request, shown.metric.pk, slug, saying=saying) | {
        "page": shown,
        "running": [g for g in goals if g.closed_on is None],
        "serving": serving_kpi(place.actor, shown.metric.pk),
        "closed": [g for g in goals if g.closed_on is not None][:3],
        "wide": draw_series(given, wide=True),
        "narrow": draw_series(given, wide=False),
        "ranges": [("26", "26"), ("52", "52"), ("all", "All")],
        "range": range_key,
        "says": says(shown, today=place.today),
        "findings": findings(shown),
        "foot": foot(shown),
        "compared": [comparison_words(one, tile, today=place.today) for one in shown.compared],
        "beside": beside(shown),
        "plan_words": kept_against,
        "given_words": given_words(shown.plan) if shown.plan else "",
        "versions": target_versions(shown, today=place.today),
        "rhythm": FREQUENCIES[tile.frequency],
        "counting": AGGREGATIONS[shown.aggregation],
        "lede": f"{FREQUENCIES[tile.frequency].capitalize()}, {kept_against}.",
        "value_form": value_form
        or ValueForm(is_ratio=shown.aggregation == "ratio", initial={"period": now.isoformat()}),
        "curl": _curl(request, slug, now.isoformat(), words.edited(tile.value) or "43"),
        "push_value": words.edited(tile.value) or "43",
        "note_form": note_form or NoteForm(initial={"period": (tile.valid_on or now).isoformat()}),
    }


def _curl(request: PlacedRequest, slug: str, period: str, value: str) -> str:
    """Return the line that sends a value of this KPI from a terminal."""
    address = absolute(request, f"/api/v1/kpis/{slug}/readings")
    body = f'[{{"period":"{period}","value":{value}}}]'
    return f"curl --json '{body}' -H \"Authorization: Bearer $MILEPOST_TOKEN\" {address}"


def chart_input(shown: KpiPage, *, today: date, last: int) -> SeriesInput:
    """Return what the chart of a KPI draws: the newest `last` closed periods, gaps included, and the open one."""
    tile = shown.tile
    values = {p.start: p.value for p in shown.points}
    marks = {shown.starts[s.found_at]: _mark(tile, s.before, s.after) for s in shown.reading.shifts}
    starts = shown.starts[-last:]
    points = [SeriesPoint(start, values.get(start), mark=marks.get(start, "")) for start in starts]
    points += [SeriesPoint(p.start, p.value, is_open=True) for p in shown.points if not starts or p.start > starts[-1]]
    levels = [
        Level(
            first=shown.starts[phase.first],
            last=shown.starts[phase.last],
            mean=phase.mean,
            lower=phase.limits.lower if phase.limits else None,
            upper=phase.limits.upper if phase.limits else None,
        )
        for phase in shown.reading.phases
    ]
    return SeriesInput(
        points=tuple(points),
        levels=tuple(lv for lv in levels if starts and lv.last >= starts[0]),
        targets=(
            tuple(_aim(shown, p.start, "low") for p in points),
            tuple(_aim(shown, p.start, "high") for p in points),
        ),
        notes=tuple((n.start, n.text) for n in shown.notes),
        unit=tile.unit_code,
        frequency=tile.frequency,
        today=today,
    )


def _aim(shown: KpiPage, start: date, end: str) -> Aim | None:
    """Return one end of the target of a period, None where it has none."""
    target = shown.target_of(start)
    value = getattr(target, end) if target else None
    return None if value is None else Aim(value, is_sloped=shown.is_sloped(start))


def _mark(tile: Tile, before: float, after: float) -> str:
    if tile.direction == "within":
        return "neutral"
    return "good" if (after > before) == (tile.direction == "higher") else "bad"


def says(shown: KpiPage, *, today: date) -> tuple[str, str]:
    """Return what changed, since when, by how much: a first part in bold and the rest."""
    tile = shown.tile
    if tile.value is None:
        return "No closed period has a value yet.", ""
    if tile.word in {"unknown", "no_value"} and tile.missing_on:
        verdict = LOOKS[tile.value_word].label.lower()
        against = "" if tile.target is None else f", {verdict} ({words.target_words(tile.target, tile.unit_code)})"
        return (
            f"No value for the {words.period(tile.missing_on, tile.frequency, today=today)}.",
            f"The last one, {words.with_unit(tile.value, tile.unit_code, full=True)}, is of the "
            f"{words.period(tile.valid_on, tile.frequency, today=today)}{against}.",
        )
    if shown.shift_on is None or shown.shift_level is None or shown.shift_before is None:
        off = f" Off target {words.count(tile.off_streak, 'time')} in a row." if tile.off_streak > 1 else ""
        return "No change beyond ordinary variation.", off.strip()
    way = {
        True: "Something changed, for the better.",
        False: "Something changed, for the worse.",
        None: "Something changed.",
    }
    level = words.with_unit(shown.shift_level, tile.unit_code)
    before = words.with_unit(shown.shift_before, tile.unit_code)
    since = words.period(shown.shift_on, tile.frequency, today=today)
    off = f" Off target {words.count(tile.off_streak, 'time')} in a row." if tile.off_streak > 1 else ""
    return way[shown.shift_is_better], f"Since the {since} the level is about {level} instead of {before}.{off}"


def findings(shown: KpiPage) -> list[dict[str, Any]]:
    """Return the last three changes of level, the newest first."""
    rows = []
    for shift in list(shown.reading.shifts)[-3:][::-1]:
        mark = _mark(shown.tile, shift.before, shift.after)
        way = {"good": "For the better", "bad": "For the worse", "neutral": "Changed"}[mark]
        unit = shown.tile.unit_code
        rows.append(
            {
                "on": shown.starts[shift.index],
                "css": {"good": "s", "bad": "bad", "neutral": "n"}[mark],
                "text": f"{way}: about {words.with_unit(shift.after, unit)} "
                f"instead of {words.with_unit(shift.before, unit)}",
            }
        )
    return rows


def foot(shown: KpiPage) -> str:
    closed = sum(v is not None for v in shown.tile.spark)
    limits = shown.reading.phases[-1].limits if shown.reading.phases else None
    if limits is None:
        so_far = closed if closed < LEAST_POINTS else "fewer"
        return f"Closed periods only. Limits need {LEAST_POINTS} values of one level; there are {so_far} so far."
    firm = "" if limits.is_firm else f", provisional until {FIRM_POINTS}"
    return f"Closed periods only. Limits from {limits.count} values{firm}; the open period takes no part."
