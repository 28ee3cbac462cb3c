"""Talking about a goal or a KPI: comments, reactions, flags, who follows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost import clock
from milepost.okr.queries import names_in, objective_page
from milepost.rhythm import actions
from milepost.rhythm.queries import (
    Subject,
    Timeline,
    TimelineItem,
    get_comment,
    kpi_timeline,
    objective_timeline,
    show_comment,
    suggest_people,
)
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import REFUSALS, optional_id
from milepost.web.pages.audit_words import shown
from milepost.workspace.errors import NotAllowed, NotFound
from milepost.workspace.queries import Place

# Fields of a KPI whose old and new value tell nothing but of this KPI.
TOLD = frozenset(
    {"name", "unit", "direction", "frequency", "aggregation", "group", "lead", "owner_team", "target", "visibility"}
)


@dataclass(frozen=True, slots=True)
class Saying:
    """What stands in the comment field: empty, or what could not be saved, with why."""

    text: str = ""
    flag: str = ""
    reply_to: int | None = None
    error: str = ""


def objective_talk(request: PlacedRequest, objective_id: int, *, saying: Saying | None = None) -> dict[str, Any]:
    """Return the timeline of an objective's page and its comment field."""
    told = objective_timeline(
        request.place.actor, objective_id, **_asked(request, ("comments", "check_ins", "changes"))
    )
    filters = (("all", "All"), ("comments", "Comments"), ("check_ins", "Check-ins"), ("changes", "Changes"))
    return _talk(request, told, saying, filters, ("goal_comment", "goal_follow", "goal_people", objective_id))


def kpi_talk(request: PlacedRequest, metric_id: int, slug: str, *, saying: Saying | None = None) -> dict[str, Any]:
    """Return the timeline of a KPI's page and its comment field."""
    told = kpi_timeline(request.place.actor, metric_id, **_asked(request, ("comments", "changes")))
    told = replace(told, items=_with_words(request.place, told.items))
    filters = (("all", "All"), ("comments", "Comments"), ("changes", "Changes"))
    return _talk(request, told, saying, filters, ("kpi_comment", "kpi_follow", "kpi_people", slug))


def _talk(
    request: PlacedRequest,
    told: Timeline,
    saying: Saying | None,
    filters: tuple[tuple[str, str], ...],
    routes: tuple[str, str, str, int | str],
) -> dict[str, Any]:
    *names, key = routes
    post, follow, people = (reverse(name, args=[request.place.slug, key]) for name in names)
    return {
        "timeline": told,
        "saying": saying or Saying(),
        "talk_filters": filters,
        "talk_post": post,
        "talk_follow": follow,
        "talk_people": people,
    }


def _asked(request: PlacedRequest, known: tuple[str, ...]) -> dict[str, Any]:
    wanted = request.GET.get("timeline", "")
    return {"shows": wanted if wanted in known else "all", "before": _moment(request.GET.get("before", ""))}


def _moment(text: str) -> datetime | None:
    """Return a moment of an address, None for anything that is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year > 1 else None


def _with_words(place: Place, items: tuple[TimelineItem, ...]) -> tuple[TimelineItem, ...]:
    """Return what happened to a KPI with old and new as people read them."""
    changed = [{"changes": {name: (old, new) for name, old, new in i.fields}, "about": {}} for i in items if i.fields]
    names = names_in(place.actor, changed) if changed else {}
    return tuple(replace(item, fields=tuple(_words(field, names) for field in item.fields)) for item in items)


def _words(field: tuple[str, Any, Any], names: Mapping[int, str]) -> tuple[str, str, str]:
    name, old, new = field
    return (name, shown(name, old, names), shown(name, new, names)) if name in TOLD else (name, "", "changed")


@require_POST
@page
def comment_goal(request: PlacedRequest, pk: int) -> HttpResponse:
    from milepost.web.pages.objectives import objective_context  # noqa: PLC0415 - that page shows this one's field

    place = request.place
    saying = _said(request)
    key_result = optional_id(request.POST.get("key_result", ""))
    try:
        made = _post(request, Subject(objective_id=pk, key_result_id=key_result), saying)
    except (NotFound, NotAllowed):
        raise
    except REFUSALS as error:
        found = objective_page(place.actor, pk, today=place.today, reviewers=place.reviewers)
        context = objective_context(request, found, saying=replace(saying, error=str(error)))
        return render(request, "goals/objective.html", context, status=422)
    return redirect(reverse("goal", args=[place.slug, pk]) + f"#comment-{made}")


@require_POST
@page
def comment_kpi(request: PlacedRequest, slug: str) -> HttpResponse:
    from milepost.web.pages.kpi_page import kpi_context  # noqa: PLC0415 - as above

    saying = _said(request)
    try:
        made = _post(request, Subject(kpi=slug), saying)
    except (NotFound, NotAllowed):
        raise
    except REFUSALS as error:
        context = kpi_context(request, slug, saying=replace(saying, error=str(error)))
        return render(request, "kpis/page.html", context, status=422)
    return redirect(reverse("kpi", args=[request.place.slug, slug]) + f"#comment-{made}")


def _said(request: PlacedRequest) -> Saying:
    sent = request.POST
    return Saying(sent.get("text", ""), sent.get("flag", ""), optional_id(sent.get("reply_to", "")))


def _post(request: PlacedRequest, subject: Subject, saying: Saying) -> int:
    draft = actions.CommentDraft(text=saying.text, flag=saying.flag, reply_to=saying.reply_to)
    return actions.post_comment(by=request.place.actor, subject=subject, draft=draft, now=clock.now())


@require_http_methods(["GET", "POST"])
@page
def edit(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown_now = show_comment(place.actor, pk)
    line = shown_now.line
    if not line.can_edit:
        raise NotAllowed("Only who wrote a comment changes it, while it stands.")
    saying, status = Saying(line.text, line.flag), 200
    if request.method == "POST":
        saying = _said(request)
        flag = saying.flag if "flag" in request.POST else None
        try:
            actions.edit_comment(by=place.actor, comment_id=pk, text=saying.text, flag=flag, now=clock.now())
            return redirect(_place_of(request, pk))
        except (NotFound, NotAllowed):
            raise
        except REFUSALS as error:
            saying, status = replace(saying, error=str(error)), 422
    people = ("kpi_people", shown_now.kpi) if shown_now.kpi else ("goal_people", shown_now.objective_id)
    context = {
        "line": line,
        "saying": saying,
        "back": _place_of(request, pk),
        "talk_people": reverse(people[0], args=[place.slug, people[1]]),
    }
    return render(request, "talk/edit.html", context, status=status)


@require_POST
@page
def delete(request: PlacedRequest, pk: int) -> HttpResponse:
    actions.delete_comment(by=request.place.actor, comment_id=pk, now=clock.now())
    messages.success(request, "The comment is deleted.")
    return redirect(_place_of(request, pk))


@require_POST
@page
def settle(request: PlacedRequest, pk: int) -> HttpResponse:
    actions.settle_flag(by=request.place.actor, comment_id=pk, now=clock.now())
    return redirect(_place_of(request, pk))


@require_POST
@page
def react(request: PlacedRequest, pk: int) -> HttpResponse:
    kind = request.POST.get("kind", "")
    actions.set_reaction(by=request.place.actor, comment_id=pk, kind=kind, now=clock.now())
    return redirect(_place_of(request, pk))


def _place_of(request: PlacedRequest, pk: int) -> str:
    """Return where a comment stands."""
    comment = get_comment(request.place.actor, pk)
    route = ("kpi", comment.metric.slug) if comment.metric is not None else ("goal", comment.objective_id)
    return f"{reverse(route[0], args=[request.place.slug, route[1]])}#comment-{pk}"


@require_POST
@page
def follow_goal(request: PlacedRequest, pk: int) -> HttpResponse:
    _follow(request, Subject(objective_id=pk))
    return redirect("goal", request.place.slug, pk)


@require_POST
@page
def follow_kpi(request: PlacedRequest, slug: str) -> HttpResponse:
    _follow(request, Subject(kpi=slug))
    return redirect("kpi", request.place.slug, slug)


def _follow(request: PlacedRequest, subject: Subject) -> None:
    is_on = request.POST.get("on") == "1"
    actions.set_follow(by=request.place.actor, subject=subject, is_on=is_on, now=clock.now())


@require_GET
@page
def people_of_goal(request: PlacedRequest, pk: int) -> HttpResponse:
    return _people(request, Subject(objective_id=pk))


@require_GET
@page
def people_of_kpi(request: PlacedRequest, slug: str) -> HttpResponse:
    return _people(request, Subject(kpi=slug))


def _people(request: PlacedRequest, subject: Subject) -> HttpResponse:
    """Return who may be named and whose name begins as typed: the list under a comment field."""
    found = suggest_people(request.place.actor, subject, typed=request.GET.get("q", "")[:80])
    return render(request, "talk/_people.html", {"people": found})
