"""The work under a goal: adding it, its page, where it stands."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost import clock
from milepost.okr import actions
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries import InitiativePage, get_key_result, initiative_page, objective_page, task_key_results
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import REFUSALS, attempt, optional_id
from milepost.web.forms.initiatives import InitiativeForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.choices import people
from milepost.web.words import INITIATIVE_STATES
from milepost.workspace.errors import NotAllowed, NotFound
from milepost.workspace.queries import Place

HINTS = (
    "An initiative is work; whether it helped is what the key results say.",
    "It moves no number, unless it is one of the tasks of a key result made of tasks.",
    "Link it to the issue or the sprint goal where the work itself is kept.",
)
ROWS = (
    ("g1", ("title",)),
    ("g2", ("lead", "due_on")),
    ("g2", ("key_result", "counts")),
    ("g1", ("items",)),
    ("g1", ("link",)),
    ("g1", ("note",)),
    ("g1", ("reason",)),
)


@require_http_methods(["GET", "POST"])
@page
def new(request: PlacedRequest, pk: int) -> HttpResponse:
    """Add an initiative to an objective; from its page with the title alone."""
    place = request.place
    shown = objective_page(place.actor, pk, today=place.today)
    leads_one = any(k.lead_id == shown.my_id for k in shown.key_results) and place.actor.can_write
    if not (shown.can_check_in or leads_one):
        raise NotAllowed("Initiatives are added by who leads, owns or helps with the objective. Ask its lead.")
    initial = {"lead": str(place.actor.membership_id or ""), "key_result": request.GET.get("key_result", "")}
    is_quick = "quick" in request.POST
    data: Any = request.POST or None
    if is_quick:
        data = {"title": request.POST.get("title", ""), "lead": initial["lead"]}
    form = InitiativeForm(data, choices=_choices(place, pk), initial=initial)
    back = reverse("goal", args=[place.slug, pk])
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.add_initiative(
                by=place.actor,
                objective_id=pk,
                draft=form.draft(),
                reason=form.cleaned_data.get("reason", ""),
                now=clock.now(),
            ),
        )
        if made is not None:
            return redirect(f"{back}#initiatives")
    context = _context(form, back, shown.line.title, heading="Add an initiative")
    return render(request, "goals/form.html", context, status=status_of(request, form))


@require_http_methods(["GET", "POST"])
@page
def of_key_result(request: PlacedRequest, pk: int) -> HttpResponse:
    """Make an initiative of a key result that is work."""
    place = request.place
    row = get_key_result(place.actor, pk)
    error = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            actions.make_initiative(by=place.actor, key_result_id=pk, reason=reason, now=clock.now())
        except (NotFound, NotAllowed):
            raise
        except REFUSALS as refusal:
            error = str(refusal)
        else:
            return redirect(reverse("goal", args=[place.slug, row.objective_id]) + "#initiatives")
    elif not can_edit_goal.test(place.actor, row):
        raise NotAllowed("You may not change this key result. Ask its lead.")
    context = {
        "objective": row.objective,
        "heading": f"Make an initiative of {row.title}",
        "label": "Make it an initiative",
        "lede": "It goes on as work under the objective, with its lead, and moves the number no more.",
        "error": error,
    }
    return render(request, "goals/reason.html", context, status=422 if error else 200)


@require_GET
@page
def initiative(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = initiative_page(place.actor, pk)
    line = shown.line
    lede = f"{INITIATIVE_STATES[line.state]}."
    if line.done_on:
        lede = f"Done {words.day(line.done_on, today=place.today)}."
    elif line.due_on and line.is_open:
        due = words.day(line.due_on, today=place.today)
        lede = f"{INITIATIVE_STATES[line.state]}, {'was due' if line.is_late(place.today) else 'due'} {due}."
    if line.items:
        lede += f" {line.items_done} of {line.items} lines of its checklist are done."
    context = {"page": shown, "i": line, "lede": lede, "is_late": line.is_late(place.today), "moves": _moves(shown)}
    return render(request, "initiatives/page.html", context)


@require_http_methods(["GET", "POST"])
@page
def edit(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = initiative_page(place.actor, pk)
    _must_edit(shown)
    line = shown.line
    initial = {
        "title": line.title,
        "lead": str(line.lead_id or ""),
        "due_on": line.due_on,
        "key_result": str(line.key_result_id or ""),
        "counts": "1" if line.counts else "",
        "items": "\n".join(item.title for item in shown.checklist),
        "link": line.link,
        "note": shown.note,
        "version": shown.version,
    }
    form = InitiativeForm(
        request.POST or None, choices=_choices(place, line.objective_id), there=shown.checklist, initial=initial
    )
    back = reverse("initiative", args=[place.slug, pk])
    if request.method == "POST" and form.is_valid():
        saved = attempt_on(
            form,
            lambda seen: (
                actions.edit_initiative(
                    by=place.actor,
                    initiative_id=pk,
                    draft=form.draft(),
                    reason=form.cleaned_data.get("reason", ""),
                    seen=seen,
                    now=clock.now(),
                )
                or True
            ),
        )
        if saved:
            return redirect(back)
    context = _context(form, back, line.title, heading="Change the initiative")
    if not line.counts:
        context["danger"] = {
            "title": "Take it out",
            "action": reverse("initiative_delete", args=[place.slug, pk]),
            "reason": False,
            "label": "Delete initiative",
        }
    return render(request, "goals/form.html", context, status=status_of(request, form))


@require_POST
@page
def move(request: PlacedRequest, pk: int) -> HttpResponse:
    """Say where the work stands, or tick a line of its checklist."""
    place = request.place
    line = initiative_page(place.actor, pk).line
    item = optional_id(request.POST.get("item", ""))
    try:
        if item is not None:
            actions.tick_item(
                by=place.actor,
                initiative_id=pk,
                item_id=item,
                is_done=request.POST.get("done") == "1",
                now=clock.now(),
            )
        else:
            actions.set_initiative_state(
                by=place.actor,
                initiative_id=pk,
                state=request.POST.get("state", ""),
                reason=request.POST.get("reason", ""),
                now=clock.now(),
            )
    except (NotFound, NotAllowed):
        raise
    except REFUSALS as error:
        messages.error(request, str(error))
        return redirect("initiative", place.slug, pk)
    if request.POST.get("from") == "goal":
        return redirect(reverse("goal", args=[place.slug, line.objective_id]) + "#initiatives")
    return redirect("initiative", place.slug, pk)


@require_POST
@page
def delete(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    line = initiative_page(place.actor, pk).line
    actions.delete_initiative(by=place.actor, initiative_id=pk, now=clock.now())
    messages.success(request, f"“{line.title}” is deleted.")
    return redirect(reverse("goal", args=[place.slug, line.objective_id]) + "#initiatives")


def _moves(shown: InitiativePage) -> tuple[tuple[str, str], ...]:
    """Return the states it may go to from here, the likeliest first, with the word of the button."""
    to = {
        "planned": (("done", "Mark as done"), ("doing", "Begin")),
        "doing": (("done", "Mark as done"), ("planned", "Not begun after all")),
        "done": (("doing", "Not done after all"),),
        "cancelled": (("planned", "Take it up again"),),
    }
    return to[shown.line.state] if shown.can_edit else ()


def _must_edit(shown: InitiativePage) -> None:
    if not shown.can_edit:
        raise NotAllowed("You may not change this initiative here. Ask its lead, or the lead of its objective.")


def _choices(place: Place, objective_id: int) -> dict[str, list[tuple[str, str]]]:
    offered = task_key_results(place.actor, objective_id)
    return {
        "lead": [("", "nobody yet"), *people(place)],
        "key_result": [
            ("", "the objective as a whole"),
            *((str(pk), f"{title}{' (made of tasks)' if is_tasks else ''}") for pk, title, is_tasks in offered),
        ],
    }


def _context(form: InitiativeForm, back: str, title: str, *, heading: str) -> dict[str, Any]:
    return {
        "form": form,
        "rows": [{"css": css, "fields": [form[name] for name in names]} for css, names in ROWS],
        "heading": heading,
        "lede": "Work that is meant to move a key result.",
        "back": back,
        "crumb": (back, title),
        "save_label": "Save initiative",
        "hints": HINTS,
    }
