"""The KPI board, one KPI, and the way from a KPI to an objective."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost import clock
from milepost.core.calendar import Frequency, period_start
from milepost.core.limits import FIRM_POINTS, LEAST_POINTS
from milepost.core.series import closed_points
from milepost.core.target import miss
from milepost.links import absolute
from milepost.metrics import actions as metrics
from milepost.metrics.queries import KpiPage, Tile, contributor_ids, get_kpi, kpi_page, kpi_target
from milepost.metrics.queries import board as board_of
from milepost.okr import actions
from milepost.okr.queries import Start, goals_of_kpi, running_objectives, start_of
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.charts.series import Level, SeriesInput, SeriesPoint, draw_series
from milepost.web.forms.fields import attempt, optional_id
from milepost.web.forms.kpis import KpiForm, NoteForm, StartObjectiveForm, ValueForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.choices import kpi_choices, objective_choices
from milepost.web.words import AGGREGATIONS, FREQUENCIES, LOOKS
from milepost.workspace.permissions import WHO_SEES, Visibility

VIEWS = (("all", "All"), ("attention", "Needs attention"), ("mine", "Mine"))
RANGES = (("26", 26), ("52", 52), ("all", 100_000))
ORDER = ("off_target", "close", "unknown", "no_value", "watching")


@require_GET
@page
def board(request: PlacedRequest) -> HttpResponse:
    place = request.place
    view = request.GET.get("view", "all")
    view = view if view in dict(VIEWS) else "all"
    shown = board_of(place.actor, view=view, today=place.today)
    context = {
        "board": shown,
        "view": view,
        "tabs": [(key, label, shown.counts[key]) for key, label in VIEWS],
        "lede": board_sentence(shown.words),
        "goals": goals_by_kpi(request, (tile for _, tiles in shown.groups for tile in tiles)),
    }
    return render(request, "kpis/board.html", context)


def board_sentence(counts: dict[str, int]) -> str:
    """Return "8 of 12 are on target. Two are off target, one is close." """
    total = sum(counts.values())
    if not total:
        return "A KPI is watched all the time against its target."
    parts = [
        f"{words.count(counts[word], 'is', 'are')} {LOOKS[word].label.lower()}" for word in ORDER if counts.get(word)
    ]
    tail = ", ".join(_number_first(part) for part in parts)
    return f"{counts.get('on_target', 0)} of {total} are on target." + (
        f" {tail[0].upper()}{tail[1:]}." if tail else ""
    )


def _number_first(text: str) -> str:
    return text.replace("is no value", "has no value").replace("are no value", "have no value")


def goals_by_kpi(request: PlacedRequest, tiles: Iterable[Tile]) -> dict[int, tuple[int, str]]:
    """Return the running objective of each KPI of the board: its id and title."""
    return running_objectives(request.place.actor, [tile.id for tile in tiles])


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
) -> dict[str, Any]:
    """Return what the page of a KPI needs; a form that could not be saved is shown again."""
    place = request.place
    shown = kpi_page(place.actor, slug, today=place.today, all_rows=request.GET.get("values") == "all")
    tile = shown.tile
    closed = closed_points(shown.points, frequency=Frequency(tile.frequency), today=place.today)
    goals = goals_of_kpi(place.actor, shown.metric, closed=closed, target=tile.target)
    range_key = request.GET.get("range", "52")
    last = dict(RANGES).get(range_key, 52)
    given = chart_input(shown, today=place.today, last=last)
    now = period_start(place.today, Frequency(tile.frequency), fiscal_month=place.fiscal_month)
    year_delta = None if tile.value is None or shown.year_before is None else tile.value - shown.year_before
    return {
        "page": shown,
        "running": [g for g in goals if g.closed_on is None],
        "closed": [g for g in goals if g.closed_on is not None][:3],
        "wide": draw_series(given, wide=True),
        "narrow": draw_series(given, wide=False),
        "ranges": [("26", "26"), ("52", "52"), ("all", "All")],
        "range": range_key,
        "says": says(shown, today=place.today),
        "findings": findings(shown),
        "foot": foot(shown),
        "against_target": against_target(tile),
        "year_delta": year_delta,
        "year_is_better": None
        if not year_delta or tile.direction == "within"
        else (year_delta > 0) == (tile.direction == "higher"),
        "rhythm": FREQUENCIES[tile.frequency],
        "counting": AGGREGATIONS[shown.aggregation],
        "lede": f"{FREQUENCIES[tile.frequency].capitalize()}, {words.target_words(tile.target, tile.unit_code)}.",
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
    target = tile.target
    return SeriesInput(
        points=tuple(points),
        levels=tuple(lv for lv in levels if starts and lv.last >= starts[0]),
        targets=tuple(t for t in (target.low, target.high) if t is not None) if target else (),
        notes=tuple((n.start, n.text) for n in shown.notes),
        unit=tile.unit_code,
        frequency=tile.frequency,
        today=today,
    )


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


def against_target(tile: Tile) -> str:
    if tile.target is None or tile.value is None:
        return ""
    distance = miss(tile.value, tile.target)
    if distance == 0:
        return "met"
    low = tile.target.low
    side = "under" if low is not None and tile.value < low else "over"
    return f"{words.change(distance, tile.unit_code).lstrip('+')} {side}"


@require_http_methods(["GET", "POST"])
@page
def new(request: PlacedRequest) -> HttpResponse:
    place = request.place
    initial = {
        "lead": str(place.actor.membership_id),
        "frequency": "week",
        "aggregation": "stock",
        "direction": "higher",
    }
    form = KpiForm(request.POST or None, choices=kpi_choices(place), initial=initial)
    if request.method == "POST" and form.is_valid():
        slug = attempt(
            form,
            lambda: metrics.create_kpi(by=place.actor, draft=form.draft(), today=place.today, now=clock.now()),
        )
        if slug is not None:
            return redirect("kpi", place.slug, slug)
    context = _form_context(form, heading="Add a KPI", back=reverse("kpis", args=[place.slug]))
    return render(request, "goals/form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@page
def edit(request: PlacedRequest, slug: str) -> HttpResponse:
    place = request.place
    found = get_kpi(place.actor, slug)
    target = kpi_target(found, today=place.today)
    initial = {
        "name": found.name,
        "description": found.description,
        "unit": found.unit_code,
        "frequency": found.frequency,
        "direction": found.direction,
        "aggregation": found.aggregation,
        "low": target.low if target else None,
        "high": target.high if target else None,
        "tolerance": (target.tolerance or None) if target else None,
        "lead": str(found.lead_id),
        "team": str(found.owner_team_id or ""),
        "group": found.group,
        "lag_days": found.lag_days,
        "visibility": WHO_SEES[Visibility(found.visibility)],
        "contributors": [str(pk) for pk in contributor_ids(found.pk)],
        "version": found.version,
    }
    form = KpiForm(request.POST or None, choices=kpi_choices(place), initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt_on(
            form,
            lambda seen: (
                actions.edit_kpi(
                    by=place.actor, slug=slug, draft=form.draft(), today=place.today, seen=seen, now=clock.now()
                )
                or True
            ),
        )
        if saved:
            return redirect("kpi", place.slug, slug)
    back = reverse("kpi", args=[place.slug, slug])
    context = _form_context(form, heading="Edit the KPI", back=back)
    context["crumb"] = (back, found.name)
    context["danger"] = {
        "title": "Archive",
        "action": reverse("kpi_archive", args=[place.slug, slug]),
        "label": f"Archive {found.name}",
    }
    return render(request, "goals/form.html", context, status=status_of(request, form))


def _form_context(form: KpiForm, *, heading: str, back: str) -> dict[str, Any]:
    rows = (
        ("", ("name",)),
        ("", ("description",)),
        ("g4", ("unit", "frequency", "direction", "aggregation")),
        ("g3", ("low", "high", "tolerance")),
        ("g4", ("lead", "team", "group", "lag_days")),
        ("g2", ("visibility", "contributors")),
    )
    return {
        "form": form,
        "rows": [{"css": css, "fields": [form[n] for n in names]} for css, names in rows],
        "heading": heading,
        "lede": "A measure that is watched against a target, without an end.",
        "save_label": "Save KPI",
        "back": back,
        "hints": (
            "Write what is measured so that two people would count the same.",
            "Without a target it is only watched. “Still close” forgives a small miss.",
            "A ratio keeps its two counts, so weeks add up to a quarter correctly.",
        ),
    }


@require_POST
@page
def archive(request: PlacedRequest, slug: str) -> HttpResponse:
    metrics.archive_kpi(by=request.place.actor, slug=slug, now=clock.now())
    return redirect("kpis", request.place.slug)


@require_http_methods(["GET", "POST"])
@page
def start_objective(request: PlacedRequest, slug: str) -> HttpResponse:
    place = request.place
    start = start_of(place.actor, slug, today=place.today)
    choices = objective_choices(place)
    form = StartObjectiveForm(request.POST or None, choices=choices, initial=prefill(start, today=place.today))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kind, _, owner = data["owner"].partition("-")
        draft = actions.ObjectiveDraft(
            title=data["title"],
            why=data["why"],
            cycle_id=int(data["cycle"]),
            lead_id=optional_id(data["lead"]),
            owner_team_id=optional_id(owner) if kind == "team" else None,
            owner_person_id=optional_id(owner) if kind == "person" else None,
            parent_id=optional_id(data["parent"]),
            ambition=data["ambition"],
            visibility=WHO_SEES[Visibility(start.kpi.visibility)],  # whoever sees the objective sees the KPI's values
        )
        key_result = actions.KeyResultDraft(title=start.kpi.name, kpi=slug, start=data["start"], target=data["target"])
        pk = attempt(
            form,
            lambda: actions.create_objective(
                by=place.actor,
                draft=draft,
                key_results=[key_result],
                activate=request.POST.get("save") != "draft",
                now=clock.now(),
            ),
        )
        if pk is not None:
            return redirect("goal", place.slug, pk)
    tile = kpi_page(place.actor, slug, today=place.today).tile
    unit = start.kpi.unit_code
    context = {
        "start": start,
        "form": form,
        "tile": tile,
        "evidence": evidence(start, tile, today=place.today),
        "from_to": _from_to(start, unit),
        "unit_words": unit,
        "target_text": words.target_words(start.target, unit),
        "reach": reach(start, today=place.today),
        "save_label": "Save objective" if not place.reviewers else "Send to review",
    }
    return render(request, "kpis/start_objective.html", context, status=422 if request.method == "POST" else 200)


def prefill(start: Start, *, today: date) -> dict[str, Any]:
    """Return the filled-in fields: what changed, since when, by how much; start, target, cycle (rule K8)."""
    kpi, proposal, target = start.kpi, start.proposal, start.target
    edge = target.edge if target else None
    back = words.with_unit(edge, kpi.unit_code, full=True) if edge is not None else ""
    better = {"higher": "Raise", "lower": "Lower", "within": "Bring"}[kpi.direction]
    first = proposal.start
    return {
        "title": f"{better} {kpi.name[0].lower()}{kpi.name[1:]} to {back}"
        if back
        else f"Improve {kpi.name[0].lower()}{kpi.name[1:]}",
        "why": why_now(start, today=today),
        "lead": str(kpi.lead_id or ""),
        "owner": f"team-{kpi.owner_team_id}" if kpi.owner_team_id else "",
        "cycle": str(start.cycle.id) if start.cycle else "",
        "start": None if first is None else float(f"{first:.4g}"),
        "target": edge,
        "ambition": "committed",
    }


def why_now(start: Start, *, today: date) -> str:
    kpi, p, unit = start.kpi, start.proposal, start.kpi.unit_code
    parts = []
    if p.shift_on is not None and p.level is not None and p.before is not None:
        verb = "rose" if p.level > p.before else "fell"
        by = words.change(p.level - p.before, unit).lstrip("+" + words.MINUS)
        parts.append(
            f"{kpi.name} {verb} from about {words.with_unit(p.before, unit)} to {words.with_unit(p.level, unit)} "
            f"in the {words.period(p.shift_on, kpi.frequency, today=today)} and has stayed there: "
            f"{by}, more than ordinary variation."
        )
    elif p.last is not None:
        parts.append(f"{kpi.name} stands at {words.with_unit(p.last, unit)}.")
    if p.off_streak:
        parts.append(f"It is off target {words.count(p.off_streak, 'time')} in a row.")
    if start.target is not None:
        parts.append(f"The target is {words.target_words(start.target, unit)}.")
    return " ".join(parts)


def evidence(start: Start, tile: Tile, *, today: date) -> list[tuple[str, str]]:
    p, unit = start.proposal, start.kpi.unit_code
    why = {
        "since_shift": "level since the change",
        "mean_of_last_4": "mean of the last 4 periods",
        "flow_from_zero": "a flow starts at 0",
    }
    rows = []
    if p.shift_on is not None:
        rows.append(("Since", words.period(p.shift_on, start.kpi.frequency, today=today)))
    if p.level is not None and p.before is not None:
        rows.append(("By", words.change(p.level - p.before, unit)))
    rows.append(("Last value", words.with_unit(tile.value, unit, full=True)))
    if p.off_streak:
        rows.append(("Off target", f"{p.off_streak} in a row"))
    rows.append(("Start", why.get(p.start_why, "")))
    return rows


def reach(start: Start, *, today: date) -> str:
    """Return whether any of the last periods met the target: evidence, no forecast."""
    if start.target is None:
        return "This KPI has no target yet, so choose the value to reach."
    values = [v for _, v in start.recent[-13:]]
    if not values:
        return "No closed period has a value yet."
    met = sum(miss(v, start.target) == 0 for v in values)
    span = f"{words.number(min(values), digits=4)} and {words.with_unit(max(values), start.kpi.unit_code, full=True)}"
    told = (
        "none reached it. Waiting will not do, a change in the work can."
        if met == 0
        else f"{words.count(met, 'time')} it was met."
    )
    return f"The last {words.count(len(values), 'period')} lay between {span}; {told}"


def _from_to(start: Start, unit: str) -> str:
    p = start.proposal
    if p.before is not None and p.level is not None:
        return f"{words.short(p.before, unit)[0]} → {words.short(p.level, unit)[0]}"
    return words.short(p.last, unit)[0] if p.last is not None else words.DASH
