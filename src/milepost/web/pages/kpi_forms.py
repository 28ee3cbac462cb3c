"""Adding, changing and archiving a KPI."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from milepost import clock
from milepost.metrics import actions as metrics
from milepost.metrics import queries
from milepost.metrics.queries import contributor_ids, get_kpi, kpi_plan, shown_formula
from milepost.okr import actions
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.examples import chosen, kpi_fields
from milepost.web.forms.fields import attempt
from milepost.web.forms.hints import give_hints
from milepost.web.forms.kpis import FORMULA_HELP, KpiForm, target_fields
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.choices import kpi_choices
from milepost.web.words import FREQUENCIES
from milepost.workspace.errors import Invalid, NotAllowed
from milepost.workspace.permissions import WHO_SEES, Visibility
from milepost.workspace.queries import show_pillar


@require_http_methods(["GET", "POST"])
@page
def new(request: PlacedRequest) -> HttpResponse:
    place = request.place
    if not place.actor.can_write:
        raise NotAllowed("You may not add KPIs here. Ask an admin if you should.")
    initial = {
        "lead": str(place.actor.membership_id),
        "frequency": "week",
        "aggregation": "stock",
        "direction": "higher",
        "rule": "fixed",
    }
    example = chosen(place.actor, request.GET, kind="kpi")
    initial |= kpi_fields(example) if example else {}
    form = _form(request, initial, slug="")
    if request.method == "POST" and form.is_valid():
        slug = attempt(
            form,
            lambda: metrics.create_kpi(by=place.actor, draft=form.draft(), today=place.today, now=clock.now()),
        )
        if slug is not None:
            return redirect("kpi", place.slug, slug)
    context = _form_context(form, place.slug, heading="Add a KPI", back=reverse("kpis", args=[place.slug]))
    return render(request, "goals/form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@page
def edit(request: PlacedRequest, slug: str) -> HttpResponse:
    place = request.place
    found = get_kpi(place.actor, slug)
    initial = {
        "name": found.name,
        "description": found.description,
        "unit": found.unit_code,
        "frequency": found.frequency,
        "direction": found.direction,
        "aggregation": found.aggregation,
        **target_fields(kpi_plan(found, today=place.today)),
        "lead": str(found.lead_id),
        "team": str(found.owner_team_id or ""),
        "group": found.group,
        "pillar": str(found.pillar_id or ""),
        "tags": ", ".join(found.tags),
        "lag_days": found.lag_days,
        "visibility": WHO_SEES[Visibility(found.visibility)],
        "contributors": [str(pk) for pk in contributor_ids(found.pk)],
        "formula": shown_formula(place.actor, found),
        "version": found.version,
    }
    form = _form(request, initial, slug=slug, found=found)
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
    context = _form_context(form, place.slug, heading="Edit the KPI", back=back)
    context["crumb"] = (back, found.name)
    context["danger"] = {
        "title": "Archive",
        "action": reverse("kpi_archive", args=[place.slug, slug]),
        "label": f"Archive {found.name}",
    }
    return render(request, "goals/form.html", context, status=status_of(request, form))


def _form(request: PlacedRequest, initial: dict[str, Any], *, slug: str, found: Any = None) -> KpiForm:
    place = request.place
    pillar = None
    if found is not None and found.pillar_id is not None:
        pillar = (found.pillar_id, show_pillar(place.actor, found.pillar_id)["name"])
    try_at = f"{reverse('kpi_formula', args=[place.slug])}?of={slug}"
    return KpiForm(
        request.POST or None,
        choices=kpi_choices(place, pillar=pillar, team=found and found.owner_team_id),
        fiscal_month=place.fiscal_month,
        try_at=try_at,
        initial=initial,
    )


@require_POST
@page
def try_formula(request: PlacedRequest) -> HttpResponse:
    """Say what a formula that is being typed reads and would come to, or what is wrong with it."""
    place = request.place
    said: dict[str, Any] = {"help": FORMULA_HELP}
    text = request.POST.get("formula", "")
    if text.strip():
        try:
            said["tried"] = queries.try_formula(
                place.actor,
                text,
                slug=request.GET.get("of", ""),
                name=request.POST.get("name", ""),
                frequency=request.POST.get("frequency", ""),
                today=place.today,
                fiscal_month=place.fiscal_month,
            )
            frequency = request.POST.get("frequency", "")
            said |= {"frequency": frequency if frequency in FREQUENCIES else "week"}
            said |= {"unit": request.POST.get("unit", "").strip()[:20]}
        except Invalid as error:
            said["error"] = str(error)
    return render(request, "kpis/_formula_said.html", said)


def _form_context(form: KpiForm, workspace: str, *, heading: str, back: str) -> dict[str, Any]:
    give_hints(form, "kpi")
    rows = (
        ("", ("name",)),
        ("", ("description",)),
        ("g4", ("unit", "frequency", "direction", "aggregation")),
        ("", ("formula",)),
        ("g3 target-rule", ("rule", "tolerance", "target_since")),
        ("g2 target-fixed", ("low", "high")),
        ("g3 target-ramp", ("start", "start_on", "goals")),
        ("target-periods", ("periods",)),
        ("target-given", ("as_given",)),
        ("g3", ("lead", "team", "pillar")),
        ("g3", ("group", "tags", "lag_days")),
        ("g2", ("visibility", "contributors")),
    )
    return {
        "form": form,
        "rows": [{"css": css, "fields": [form[n] for n in names]} for css, names in rows],
        "heading": heading,
        "lede": "A measure that is watched against a target, without an end.",
        "save_label": "Save KPI",
        "back": back,
        "hints_at": f"{reverse('guidance_hints', args=[workspace])}?form=kpi",
        "hints_at_once": True,
        "hints": (
            "Write what is measured so that two people would count the same.",
            "Without a target it is only watched. “Still close” forgives a small miss.",
            "A ratio keeps its two counts, so weeks add up to a quarter correctly.",
            "A formula names KPIs; a name with spaces stands in brackets: [lost deals]. Days and weeks are put "
            "together to the rhythm of this KPI first. Where one has no value, the result has none.",
        ),
    }


@require_POST
@page
def archive(request: PlacedRequest, slug: str) -> HttpResponse:
    metrics.archive_kpi(by=request.place.actor, slug=slug, now=clock.now())
    return redirect("kpis", request.place.slug)
