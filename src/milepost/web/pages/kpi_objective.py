"""The way from a KPI to an objective: a form filled in from what the values say."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.core.target import miss
from milepost.metrics.queries import Tile, kpi_page
from milepost.okr import actions
from milepost.okr.queries import Start, start_of
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt, optional_id
from milepost.web.forms.kpis import StartObjectiveForm
from milepost.web.pages.choices import objective_choices
from milepost.workspace.permissions import WHO_SEES, Visibility


@require_http_methods(["GET", "POST"])
@page
def start_objective(request: PlacedRequest, slug: str) -> HttpResponse:
    place = request.place
    start = start_of(place.actor, slug, today=place.today, fiscal_month=place.fiscal_month)
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
            pillar_id=optional_id(data["pillar"]),
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
        "pillar": str(kpi.pillar_id or ""),  # an archived one is not among the choices
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
