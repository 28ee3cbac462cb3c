"""How an objective hangs together with others, and how it or its key results go elsewhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.core.numbers import parse_number
from milepost.okr import actions
from milepost.okr.queries import (
    AlignmentPage,
    ShareLine,
    alignment_page,
    get_key_result,
    get_objective,
    list_cycles,
    list_parents,
    servable,
)
from milepost.web.access import PlacedRequest, page
from milepost.web.format import edited
from milepost.web.forms.alignment import CloneForm, ParentForm, ServedForm, TransferForm
from milepost.web.forms.fields import REFUSALS, attempt, optional_id
from milepost.web.forms.versions import status_of
from milepost.workspace.errors import Invalid, NotAllowed, NotFound

RUNS = frozenset({"active", "paused"})


@require_http_methods(["GET", "POST"])
@page
def alignment(request: PlacedRequest, pk: int) -> HttpResponse:
    """Show what an objective hangs below and what hangs below it, with the forms to change it."""
    place = request.place
    shown = alignment_page(place.actor, pk)
    parents = [(str(one), title) for one, title in list_parents(place.actor, but=pk)]
    taken = {str(parent.id) for parent in shown.parents}
    form = ParentForm(
        request.POST if request.POST.get("do") == "add" else None,
        parents=[choice for choice in parents if choice[0] not in taken],
        runs=shown.state in RUNS,
    )
    serve_form = None
    if shown.can_edit:
        sent = request.POST if request.POST.get("do") == "serve" else None
        serve_form = ServedForm(sent, offered=servable(place.actor, pk), runs=shown.state in RUNS)
    error = ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "serve" and serve_form is not None:
            if serve_form.is_valid() and _serve(request, pk, serve_form):
                return redirect("goal_alignment", place.slug, pk)
        elif do == "add":
            if form.is_valid() and _add(request, pk, form):
                return redirect("goal_alignment", place.slug, pk)
        else:
            try:
                _do(request, shown, do)
            except (NotFound, NotAllowed):
                raise
            except REFUSALS as refusal:
                error = str(refusal)
            else:
                return redirect("goal_alignment", place.slug, pk)
    rows = [(row, *_typed(request, row)) for row in shown.shares]
    context = {
        "page": shown,
        "form": form,
        "serve_form": serve_form,
        "rows": rows,
        "error": error,
        "runs": shown.state in RUNS,
    }
    status = 422 if error else status_of(request, serve_form if serve_form and serve_form.is_bound else form)
    return render(request, "goals/alignment.html", context, status=status)


def _add(request: PlacedRequest, pk: int, form: ParentForm) -> bool:
    given = form.cleaned_data
    contributes = given["how"] == "contributes"
    counts = attempt(
        form,
        lambda: actions.add_parent(
            by=request.place.actor,
            objective_id=pk,
            parent_id=int(given["parent"]),
            contributes=contributes,
            why=given["why"],
            reason=given.get("reason", ""),
            now=clock.now(),
        ),
    )
    if counts is None:
        return False
    if contributes and not counts:
        messages.info(request, "Its lead was asked. Until the yes it supports that objective.")
    return True


def _serve(request: PlacedRequest, pk: int, form: ServedForm) -> bool:
    kind, _, which = form.cleaned_data["serves"].partition("-")
    made = attempt(
        form,
        lambda: actions.serve(
            by=request.place.actor,
            objective_id=pk,
            key_result_id=int(which) if kind == "key_result" else None,
            kpi=which if kind == "kpi" else None,
            reason=form.cleaned_data.get("reason", ""),
            now=clock.now(),
        ),
    )
    return made is not None


def _do(request: PlacedRequest, shown: AlignmentPage, do: str) -> None:
    by, now, sent = request.place.actor, clock.now(), request.POST
    reason = sent.get("reason", "")
    if do in {"yes", "no"}:
        wanted = optional_id(sent.get("request", ""))
        if wanted is None:
            raise NotFound
        actions.answer_request(by=by, request_id=wanted, accepted=do == "yes", answer=sent.get("answer", ""), now=now)
        return
    if do == "shares":
        drafts = [_share(request, row) for row in shown.shares]
        actions.set_shares(by=by, objective_id=shown.id, drafts=drafts, reason=reason, now=now)
        return
    if do == "stop":
        link = optional_id(sent.get("served", ""))
        if link is None:
            raise NotFound
        actions.stop_serving(by=by, objective_id=shown.id, served_id=link, reason=reason, now=now)
        return
    parent = optional_id(sent.get("parent", ""))
    if do not in {"primary", "contribute", "support", "remove"}:
        raise Invalid("Choose what to do with it.")
    if parent is None:
        raise NotFound
    about: dict[str, Any] = {"by": by, "objective_id": shown.id, "parent_id": parent, "reason": reason, "now": now}
    if do == "remove":
        actions.remove_parent(**about)
    elif do == "primary":
        actions.edit_parent(**about, is_primary=True)
    else:
        actions.edit_parent(**about, contributes=do == "contribute")


def _share(request: PlacedRequest, row: ShareLine) -> actions.ShareDraft:
    share, weight = (text.strip().removesuffix("%").strip() for text in _typed(request, row))
    return actions.ShareDraft(
        kind=row.kind,
        id=row.id,
        share=parse_number(share) / 100 if share else None,
        weight=parse_number(weight) if weight else 1.0,
    )


def _typed(request: PlacedRequest, row: ShareLine) -> tuple[str, str]:
    """Return what stands in the fields of a child: what was sent, else what was agreed."""
    share = "" if row.share is None else edited(round(100 * row.share, 10))
    key = f"{row.kind}-{row.id}"
    return request.POST.get(f"share-{key}", share), request.POST.get(f"weight-{key}", edited(row.weight))


@require_http_methods(["GET", "POST"])
@page
def transfer(request: PlacedRequest, pk: int) -> HttpResponse:
    """Move a key result to another objective."""
    place = request.place
    row = get_key_result(place.actor, pk)
    runs = row.state != "draft"
    cycle = row.objective.cycle_id if runs else None
    offered = [
        (str(one), title)
        for one, title in list_parents(place.actor, cycle_id=cycle, but=row.objective_id, only_running=runs)
    ]
    form = TransferForm(request.POST or None, objectives=offered, runs=runs)
    if request.method == "POST" and form.is_valid():
        target = int(form.cleaned_data["objective"])
        moved = attempt(
            form,
            lambda: (
                actions.transfer_key_result(
                    by=place.actor,
                    key_result_id=pk,
                    objective_id=target,
                    reason=form.cleaned_data.get("reason", ""),
                    now=clock.now(),
                )
                or True
            ),
        )
        if moved:
            return redirect("goal", place.slug, target)
    back = reverse("goal", args=[place.slug, row.objective_id])
    context = {
        "form": form,
        "rows": [{"css": "", "fields": list(form)}],
        "heading": f"Move {row.title}",
        "lede": "Its values, check-ins and history go with it. Both objectives keep a line of it.",
        "save_label": "Move key result",
        "back": back,
        "crumb": (back, row.objective.title),
    }
    return render(request, "goals/form.html", context, status=status_of(request, form))


@require_http_methods(["GET", "POST"])
@page
def clone(request: PlacedRequest, pk: int) -> HttpResponse:
    """Make a draft like an objective."""
    place = request.place
    source = get_objective(place.actor, pk)
    if not place.actor.can_write:
        raise NotAllowed("You may not add objectives here. Ask an admin if you should.")
    cycles = [(str(c.id), c.name) for c in list_cycles(place.actor, today=place.today) if c.last_day >= place.today]
    initial = {"title": source.title, "cycle": str(source.cycle_id), "with_key_results": True}
    form = CloneForm(request.POST or None, cycles=cycles, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form,
            lambda: actions.clone_objective(
                by=place.actor,
                objective_id=pk,
                cycle_id=int(given["cycle"]),
                title=given["title"],
                with_key_results=given["with_key_results"],
                now=clock.now(),
            ),
        )
        if made is not None:
            return redirect("goal", place.slug, made)
    back = reverse("goal", args=[place.slug, pk])
    context = {
        "form": form,
        "rows": [
            {"css": "", "fields": [form["title"]]},
            {"css": "g2", "fields": [form["cycle"], form["with_key_results"]]},
        ],
        "heading": "Clone this objective",
        "lede": "The copy is a draft. Values and check-ins stay behind.",
        "save_label": "Make the draft",
        "back": back,
        "crumb": (back, source.title),
    }
    return render(request, "goals/form.html", context, status=status_of(request, form))
