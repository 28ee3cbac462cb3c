"""Checking in from an objective, and mending a check-in."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from milepost import clock
from milepost.okr import actions
from milepost.okr.queries import get_check_in, key_result_line, objective_page
from milepost.web.access import PlacedRequest, page
from milepost.web.format import edited
from milepost.web.forms.fields import REFUSALS
from milepost.web.pages.check_in_items import OWN_WORDS, draft_of, item_of, judged_text, typed
from milepost.web.pages.objectives import objective_context
from milepost.workspace.errors import NotAllowed, NotFound


@require_POST
@page
def check_in(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    line = key_result_line(place.actor, pk)
    item = item_of(line)
    try:
        draft = draft_of(item, request.POST, nothing_changed=request.POST.get("save") == "nothing")
        actions.record_check_in(by=place.actor, draft=draft, now=clock.now())
    except (NotFound, NotAllowed):
        raise
    except REFUSALS as error:
        shown = objective_page(place.actor, line.objective_id, today=place.today)
        sent = replace(typed(item, request.POST), error=str(error))
        return render(request, "goals/objective.html", objective_context(request, shown, sent=sent), status=422)
    messages.success(request, f"Checked in on {line.title}.")
    return redirect(reverse("goal", args=[place.slug, line.objective_id]) + f"#kr-{pk}")


@require_http_methods(["GET", "POST"])
@page
def edit(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    old = get_check_in(place.actor, pk)
    line = key_result_line(place.actor, old.key_result_id)
    if old.author_id != place.actor.membership_id and not place.actor.is_admin:
        raise NotFound
    item = replace(
        item_of(line),
        value=edited(old.value) if old.judged is None else judged_text(old.judged),
        confidence=old.confidence,
        note=old.note,
        own=old.own_word,
        blockers=old.blockers,
        request_key="",
    )
    status = 200
    if request.method == "POST":
        try:
            draft = replace(draft_of(item, request.POST), request_key=None)
            actions.edit_check_in(by=place.actor, check_in_id=pk, draft=draft, now=clock.now())
            return redirect("goal", place.slug, line.objective_id)
        except (NotFound, NotAllowed):
            raise
        except REFUSALS as error:
            item, status = replace(typed(item, request.POST), error=str(error)), 422
    context = {"check_in": old, "item": item, "k": line, "own_words": OWN_WORDS}
    return render(request, "goals/check_in.html", context, status=status)


@require_POST
@page
def delete(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    objective_id = get_check_in(place.actor, pk).key_result.objective_id
    actions.delete_check_in(by=place.actor, check_in_id=pk, now=clock.now())
    messages.success(request, "The check-in is deleted; the history keeps it.")
    return redirect("goal", place.slug, objective_id)
