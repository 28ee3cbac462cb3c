"""Adding, changing, ordering and taking out key results."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from milepost import clock
from milepost.okr import actions
from milepost.okr.queries import KeyResultLine, get_key_result, objective_page
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt
from milepost.web.forms.goals import KeyResultForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.choices import objective_choices
from milepost.workspace.errors import NotAllowed, NotFound

ROWS = (
    ("", ("title",)),
    ("g4", ("kind", "lead", "kpi", "unit")),
    ("g2", ("start", "target")),
    ("g3", ("low", "high", "tolerance")),
    ("", ("steps",)),
    ("g4", ("weight", "share", "window", "ambition")),
    ("", ("reason",)),
)
HINTS = (
    "Reach a value: from where it stands to where it should be, up or down.",
    "Keep a level: each closed period that meets it counts; the score is the mean.",
    "Milestone: one step or several; tick them off at the check-in.",
)


@require_http_methods(["GET", "POST"])
@page
def new(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = objective_page(place.actor, pk, today=place.today)
    _must_edit(shown.can_edit)
    runs = shown.line.state in {"active", "paused"}
    initial = {
        "kind": "reach",
        "weight": "1",
        "window": "default",
        "ambition": shown.line.ambition,
        "lead": str(shown.line.lead_id or ""),
    }
    form = KeyResultForm(request.POST or None, choices=objective_choices(place), runs=runs, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.add_key_result(
                by=place.actor,
                objective_id=pk,
                draft=form.draft(),
                reason=form.cleaned_data.get("reason", ""),
                now=clock.now(),
            ),
        )
        if made is not None:
            return redirect(reverse("goal", args=[place.slug, pk]) + f"#kr-{made}")
    context = _context(form, place.slug, pk, shown.line.title, heading="Add a key result")
    return render(request, "goals/form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@page
def edit(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    row = get_key_result(place.actor, pk)
    objective_id = row.objective_id
    shown = objective_page(place.actor, objective_id, today=place.today)
    _must_edit(shown.can_edit)
    line = next((k for k in shown.key_results if k.id == pk), None)
    if line is None:
        raise NotFound
    runs = line.state != "draft"
    initial = _initial(line) | {"version": row.version}
    form = KeyResultForm(request.POST or None, choices=objective_choices(place), runs=runs, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt_on(
            form,
            lambda seen: (
                actions.edit_key_result(
                    by=place.actor,
                    key_result_id=pk,
                    draft=form.draft(),
                    reason=form.cleaned_data.get("reason", ""),
                    seen=seen,
                    now=clock.now(),
                )
                or True
            ),
        )
        if saved:
            return redirect(reverse("goal", args=[place.slug, objective_id]) + f"#kr-{pk}")
    context = _context(
        form,
        place.slug,
        objective_id,
        shown.line.title,
        heading="Amend the key result" if runs else "Edit the key result",
    )
    context["danger"] = {
        "title": "Take it out",
        "action": reverse("key_result_cancel", args=[place.slug, pk]),
        "reason": runs,
        "label": "Cancel key result" if runs else "Delete key result",
    }
    context["move"] = reverse("key_result_move", args=[place.slug, pk])
    return render(request, "goals/form.html", context, status=status_of(request, form))


@require_POST
@page
def cancel(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    objective_id = get_key_result(place.actor, pk).objective_id
    actions.cancel_key_result(by=place.actor, key_result_id=pk, reason=request.POST.get("reason", ""), now=clock.now())
    return redirect("goal", place.slug, objective_id)


@require_POST
@page
def move(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    objective_id = get_key_result(place.actor, pk).objective_id
    actions.move_key_result(by=place.actor, key_result_id=pk, up=request.POST.get("up") == "1", now=clock.now())
    return redirect(reverse("goal", args=[place.slug, objective_id]) + f"#kr-{pk}")


def _must_edit(can_edit: bool) -> None:
    if not can_edit:
        raise NotAllowed("You may not change this objective here. Ask its lead or an admin.")


def _initial(k: KeyResultLine) -> dict[str, Any]:
    steps = [f"{s.title}, {s.due_on.isoformat()}" if s.due_on else s.title for s in k.steps]
    return {
        "title": k.title,
        "kind": k.kind,
        "lead": str(k.lead_id),
        "kpi": k.kpi_slug or "",
        "unit": k.unit_code,
        "start": k.start,
        "target": k.target,
        "low": k.low,
        "high": k.high,
        "tolerance": k.tolerance or None,
        "weight": 1.0,
        "share": round(100 * (k.share or 0), 6) if k.is_share_fixed else None,
        "window": k.window,
        "ambition": k.ambition,
        "steps": "\n".join(steps),
        "step_ids": {s.title: s.id for s in k.steps},
    } | {"weight": k.weight}


def _context(form: KeyResultForm, workspace: str, objective_id: int, title: str, *, heading: str) -> dict[str, Any]:
    back = reverse("goal", args=[workspace, objective_id])
    rows = [{"css": css, "fields": [form[n] for n in names if n in form.fields]} for css, names in ROWS]
    return {
        "form": form,
        "rows": [r for r in rows if r["fields"]],
        "heading": heading,
        "back": back,
        "crumb": (back, title),
        "save_label": "Save key result",
        "hints": HINTS,
        "lede": "One measure that tells whether the objective comes true.",
    }
