"""Adding, changing, ordering and taking out key results."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from milepost import clock
from milepost.okr import actions
from milepost.okr.queries import (
    KeyResultLine,
    PartLine,
    StepLine,
    checkpoints_of,
    get_key_result,
    objective_page,
    offered_parts,
)
from milepost.web.access import PlacedRequest, page
from milepost.web.format import percent
from milepost.web.forms.fields import attempt
from milepost.web.forms.hints import give_hints
from milepost.web.forms.key_results import KeyResultForm, OverrideForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.choices import objective_choices
from milepost.workspace.errors import NotAllowed, NotFound

HINTS = (
    "Reach a value: from where it stands to where it should be, up or down.",
    "Keep a level: each closed period that meets it counts; the score is the mean.",
    "Floor, target and stretch: three levels that score 30, 70 and 100 %.",
    "Milestone: one step or several, with weights if you like; tick them off at the check-in.",
    "Made of other key results: the sum of their values, or the mean of their scores.",
    "Tasks: how many of them are done. Initiatives that move no number need no key result.",
    "No number yet? Measure a baseline first, and set the target when you know it.",
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
    form = KeyResultForm(
        request.POST or None,
        choices=objective_choices(place),
        offered=offered_parts(place.actor, first=shown.first_day, last=shown.last_day),
        runs=runs,
        initial=initial,
    )
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
    plan = checkpoints_of(pk) if line.curve == "checkpoints" else ()
    parts = shown.parts.get(pk, ())
    initial = _initial(line, plan, parts) | {"version": row.version}
    form = KeyResultForm(
        request.POST or None,
        choices=objective_choices(place),
        offered=offered_parts(
            place.actor, first=shown.first_day, last=shown.last_day, but=pk, also=[part.id for part in parts]
        ),
        runs=runs,
        initial=initial,
    )
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


@require_http_methods(["GET", "POST"])
@page
def override(request: PlacedRequest, pk: int) -> HttpResponse:
    """Set a score in the place of the computed one, or take it back."""
    place = request.place
    shown = objective_page(place.actor, get_key_result(place.actor, pk).objective_id, today=place.today)
    line = next((k for k in shown.key_results if k.id == pk), None)
    if line is None:
        raise NotFound
    _must_edit(shown.can_edit or (line.lead_id == shown.my_id and place.actor.can_write))
    back = reverse("goal", args=[place.slug, line.objective_id])
    if request.method == "POST" and request.POST.get("do") == "clear":
        actions.clear_override(by=place.actor, key_result_id=pk, reason=request.POST.get("reason", ""), now=clock.now())
        return redirect(f"{back}#kr-{pk}")
    there = line.override
    initial = {"score": round(100 * there.score, 6), "why": there.why, "kept": "1" * there.is_kept} if there else {}
    form = OverrideForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: (
                actions.set_override(
                    by=place.actor,
                    key_result_id=pk,
                    score=data["score"] / 100,
                    why=data["why"],
                    is_kept=data["kept"] == "1",
                    now=clock.now(),
                )
                or True
            ),
        )
        if done:
            return redirect(f"{back}#kr-{pk}")
    computed = "has no computed score yet" if line.computed is None else f"is computed as {percent(line.computed)}"
    context: dict[str, Any] = {
        "form": form,
        "rows": [{"css": "g2", "fields": [form["score"], form["kept"]]}, {"css": "", "fields": [form["why"]]}],
        "heading": "Set the score",
        "lede": f"{line.title} {computed}. That stays beside the score you set, with your name and why.",
        "back": back,
        "crumb": (back, line.title),
        "save_label": "Set the score",
    }
    if there is not None:
        context["danger"] = {
            "title": "Take it back",
            "action": reverse("key_result_override", args=[place.slug, pk]),
            "reason": True,
            "label": "Let the computed score count",
            "do": "clear",
        }
    return render(request, "goals/form.html", context, status=422 if request.method == "POST" else 200)


def _must_edit(can_edit: bool) -> None:
    if not can_edit:
        raise NotAllowed("You may not change this objective here. Ask its lead or an admin.")


def _initial(
    k: KeyResultLine, plan: tuple[tuple[date, float], ...], parts: tuple[PartLine, ...]
) -> dict[str, Any]:  # fmt: skip
    is_made = k.kind == "children"
    is_share = k.kind in {"tasks", "judged"}
    checkpoints = [f"{on}, {100 * value:.10g} %" if is_share else f"{on}, {value:.12g}" for on, value in plan]
    # What was measured first becomes the start, when a baseline turns into a way (P11).
    start = k.value if k.kind == "baseline" else k.start
    return {
        "title": k.title,
        "kind": k.kind,
        "lead": str(k.lead_id),
        "kpi": k.kpi_slug or "",
        "unit": k.unit_code,
        "start": None if is_made else start,
        "sum_start": k.start if is_made else None,
        "sum_target": k.target if is_made else None,
        "combine": k.combine or "mean",
        "parts": [str(part.id) for part in parts],
        "part_weights": {part.id: part.weight for part in parts},
        "floor": k.floor,
        "stretch": k.stretch,
        "target": None if is_made else k.target,
        "low": k.low,
        "high": k.high,
        "tolerance": k.tolerance or None,
        "weight": k.weight,
        "share": None if k.fixed_share is None else round(100 * k.fixed_share, 6),
        "window": k.window,
        "ambition": k.ambition,
        "steps": "\n".join(_step_line(s) for s in k.steps),
        "step_ids": {s.title: s.id for s in k.steps},
        "at_close": "1" if k.at_close else "",
        "curve": k.curve,
        "checkpoints": "\n".join(checkpoints),
        "priority": "" if k.priority is None else str(k.priority),
    }


def _step_line(step: StepLine) -> str:
    weight = f" x{step.weight:.12g}" if step.weight != 1 else ""
    due = f", {step.due_on.isoformat()}" if step.due_on else ""
    return f"{step.title}{weight}{due}{', cancelled' if step.is_cancelled else ''}"


def _context(form: KeyResultForm, workspace: str, objective_id: int, title: str, *, heading: str) -> dict[str, Any]:
    back = reverse("goal", args=[workspace, objective_id])
    give_hints(form, "key_result")
    return {
        "form": form,
        "rows": form.rows(),
        "heading": heading,
        "back": back,
        "crumb": (back, title),
        "save_label": "Save key result",
        "hints": HINTS,
        "hints_at": reverse("guidance_hints", args=[workspace]) + f"?form=key_result&of={objective_id}",
        "hints_at_once": True,
        "lede": "One measure that tells whether the objective comes true.",
    }
