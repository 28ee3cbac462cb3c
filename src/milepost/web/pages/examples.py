"""Examples to begin with, and the workspace's own templates."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost import clock
from milepost.metrics.queries import get_kpi
from milepost.okr import actions
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries import TemplateRow, get_objective, list_templates
from milepost.okr.queries.templates import DEPARTMENTS, INDUSTRIES
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import Styled, attempt
from milepost.web.words import DIRECTIONS, FREQUENCIES
from milepost.workspace.errors import NotAllowed

KINDS = {"objective": "Objectives", "kpi": "KPIs"}
CASED = {"it & security": "IT and security"}


class TemplateForm(Styled):
    """What a template is called."""

    name = forms.CharField(max_length=200, label="Name of the template")


@dataclass(frozen=True, slots=True)
class Card:
    """An example with where it is used."""

    row: TemplateRow
    use: str
    about: str


@require_GET
@page
def examples(request: PlacedRequest) -> HttpResponse:
    place = request.place
    asked = {name: request.GET.get(name, "")[:80] for name in ("kind", "q", "department", "industry")}
    asked["kind"] = asked["kind"] if asked["kind"] in KINDS else "objective"
    asked["department"] = asked["department"] if asked["department"] in DEPARTMENTS else ""
    asked["industry"] = asked["industry"] if asked["industry"] in INDUSTRIES else ""
    rows = list_templates(place.actor, **asked)
    own = [_card(request, row) for row in rows if row.id is not None]
    ours = [_card(request, row) for row in rows if row.id is None]
    groups: dict[str, list[Card]] = {}
    for card in ours:
        groups.setdefault(_cased(card.row.department), []).append(card)
    noun = "objective" if asked["kind"] == "objective" else "KPI"
    narrowed = any(asked[name] for name in ("q", "department", "industry"))
    counted = words.count(len(rows), noun)
    context = {
        "asked": asked,
        "kinds": [(key, label, urlencode(asked | {"kind": key})) for key, label in KINDS.items()],
        "departments": [(key, _cased(key)) for key in DEPARTMENTS],
        "industries": [(key, _cased(key)) for key in INDUSTRIES],
        "own": own,
        "groups": groups,
        "noun": noun,
        "narrowed": narrowed,
        "lede": f"{counted[0].upper()}{counted[1:]} to begin with. Take one and put in your own words and numbers.",
    }
    return render(request, "examples/page.html", context)


@require_POST
@page
def change(request: PlacedRequest, pk: int) -> HttpResponse:
    """Rename or delete a template of the workspace."""
    place = request.place
    if request.POST.get("do") == "delete":
        actions.delete_template(by=place.actor, template_id=pk, now=clock.now())
    else:
        actions.rename_template(by=place.actor, template_id=pk, name=request.POST.get("name", ""), now=clock.now())
    kind = request.POST.get("kind", "")
    return redirect(reverse("examples", args=[place.slug]) + (f"?kind={kind}" if kind in KINDS else ""))


@require_http_methods(["GET", "POST"])
@page
def save_objective(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    found = get_objective(place.actor, pk)
    if not can_edit_goal.test(place.actor, found):
        raise NotAllowed("You may not make a template of this objective. Ask its lead or an admin.")
    return _save(
        request,
        title=found.title,
        back=reverse("goal", args=[place.slug, pk]),
        kind="objective",
        do=lambda name: actions.save_objective_template(by=place.actor, objective_id=pk, name=name, now=clock.now()),
    )


@require_http_methods(["GET", "POST"])
@page
def save_kpi(request: PlacedRequest, slug: str) -> HttpResponse:
    place = request.place
    found = get_kpi(place.actor, slug)
    return _save(
        request,
        title=found.name,
        back=reverse("kpi", args=[place.slug, slug]),
        kind="kpi",
        do=lambda name: actions.save_kpi_template(by=place.actor, slug=slug, name=name, now=clock.now()),
    )


def _save(request: PlacedRequest, *, title: str, back: str, kind: str, do: Any) -> HttpResponse:
    form = TemplateForm(request.POST or None, initial={"name": title})
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: do(form.cleaned_data["name"]))
        if made is not None:
            return redirect(reverse("examples", args=[request.place.slug]) + f"?kind={kind}#own")
    kept = "its words, the kinds and units of its key results" if kind == "objective" else "its definition"
    context = {
        "form": form,
        "rows": [{"css": "", "fields": [form["name"]]}],
        "heading": "Save as a template",
        "lede": f"Everybody here will see the template, whoever sees “{title}” today. It keeps {kept}, and no values.",
        "back": back,
        "crumb": (back, title),
        "save_label": "Save template",
    }
    return render(request, "goals/form.html", context, status=422 if request.method == "POST" else 200)


def _card(request: PlacedRequest, row: TemplateRow) -> Card:
    name = "goal_new" if row.kind == "objective" else "kpi_new"
    asked = {"example": row.slug} if row.slug else {"template": row.id}
    about = ""
    if row.kind == "kpi":
        about = f"{FREQUENCIES.get(row.frequency, row.frequency)}, good is {DIRECTIONS.get(row.direction, '')}"
    return Card(row, f"{reverse(name, args=[request.place.slug])}?{urlencode(asked)}", about)


def _cased(text: str) -> str:
    return CASED.get(text, text.capitalize())
