"""Views of the goals that somebody keeps: a list, and a form for one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.okr import actions, queries
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt
from milepost.web.forms.saved_views import ViewForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.goal_words import FORM_WORDS, TAB_WORDS, chips
from milepost.web.pages.goals import asked_of


@require_http_methods(["GET", "POST"])
@page
def views(request: PlacedRequest) -> HttpResponse:
    """The views that there are, and what is looked at as a new one."""
    place = request.place
    asked, _ = asked_of(request)
    query = queries.write_filter(asked.filter)
    form = ViewForm(request.POST or None, initial={"query": query})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = attempt(
            form,
            lambda: actions.save_view(
                by=place.actor, name=data["name"], query=data["query"] or query, is_shared=data["seen_by"] == "all",
                is_default=data["opens"] == "this", now=clock.now(),
            ),
        )  # fmt: skip
        if made:
            messages.success(request, f"{data['name']} is saved.")
            return redirect(f"{reverse('goals', args=[place.slug])}?{data['query'] or query}")
    parts = [FORM_WORDS[asked.filter.form][0], TAB_WORDS[asked.filter.tab].lower(), *(text for text, _ in chips(asked))]
    context: dict[str, object] = {
        "form": form if place.actor.can_write else None,
        "form_heading": "Save what you look at",
        "what": ", ".join(parts),
        "back": f"{reverse('goals', args=[place.slug])}?{query}",
    }
    return _page(request, form, context)


@require_http_methods(["GET", "POST"])
@page
def view(request: PlacedRequest, pk: int) -> HttpResponse:
    """One view: its name, who sees it, what one's Goals page opens with."""
    place = request.place
    kept = queries.get_view(place.actor, pk)
    is_mine = kept.owner_id == place.actor.membership_id
    initial = {
        "name": kept.name, "query": kept.query, "seen_by": "all" if kept.is_shared else "",
        "opens": "this" if kept.is_default else "", "version": kept.version,
    }  # fmt: skip
    form = ViewForm(request.POST or None, initial=initial)
    if not is_mine:
        del form.fields["opens"]
    if request.method == "POST":
        if request.POST.get("do") == "delete":
            actions.delete_view(by=place.actor, view_id=pk, now=clock.now())
            messages.success(request, f"{kept.name} is deleted. No goal was touched.")
            return redirect("goal_views", place.slug)
        if form.is_valid() and _change(request, form, pk):
            messages.success(request, f"{form.cleaned_data['name']} is saved.")
            return redirect("goal_views", place.slug)
    context: dict[str, object] = {
        "form": form if place.actor.can_write else None,
        "form_heading": f"Change {kept.name}",
        "editing": kept,
        "back": f"{reverse('goals', args=[place.slug])}?{kept.query}",
    }
    return _page(request, form, context)


def _change(request: PlacedRequest, form: ViewForm, pk: int) -> bool:
    data = form.cleaned_data
    saved = attempt_on(
        form,
        lambda seen: actions.change_view(
            by=request.place.actor, view_id=pk, name=data["name"], is_shared=data["seen_by"] == "all",
            is_default=data["opens"] == "this" if "opens" in data else None, seen=seen, now=clock.now(),
        ) or True,
    )  # fmt: skip
    return bool(saved)


def _page(request: PlacedRequest, form: ViewForm, context: dict[str, object]) -> HttpResponse:
    found = queries.list_views(request.place.actor)
    shared = sum(kept.is_shared for kept in found)
    context |= {
        "views": found,
        "lede": f"{words.count(len(found), 'view').capitalize()} of goals{f', {shared} shared' if shared else ''}. "
        "A view keeps a filter, never a goal.",
    }
    return render(request, "goals/views.html", context, status=status_of(request, form))
