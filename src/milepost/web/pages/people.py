"""People and teams."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost import clock
from milepost.metrics.queries import team_tiles
from milepost.okr.queries import people_page, person_page, team_page
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt, optional_id
from milepost.web.forms.people import TeamForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.choices import teams as team_choices
from milepost.web.pages.kpi_board import goals_by_kpi
from milepost.workspace import actions
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.queries import list_people


@require_GET
@page
def people(request: PlacedRequest) -> HttpResponse:
    persons, teams = people_page(request.place.actor, today=request.place.today)
    overdue = sum(p.overdue for p in persons)
    lede = f"{words.count(len(persons), 'person', 'people').capitalize()} in {words.count(len(teams), 'team')}."
    if overdue:
        lede += f" {words.count(overdue, 'check-in is', 'check-ins are').capitalize()} overdue."
    return render(request, "people/page.html", {"people": persons, "teams": teams, "lede": lede})


@require_GET
@page
def person(request: PlacedRequest, pk: int) -> HttpResponse:
    shown = person_page(request.place.actor, pk, today=request.place.today)
    lede = f"Leads {words.count(shown.load.leads, 'key result')} that run."
    return render(request, "people/person.html", {"person_page": shown, "lede": lede})


@require_GET
@page
def team(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = team_page(place.actor, pk)
    tiles = team_tiles(place.actor, pk, today=place.today)
    inside = {member for member, *_ in shown.members}
    others = [p for p in list_people(place.actor) if p.id not in inside] if shown.can_edit else []
    running = sum(o.state == "active" for o in shown.objectives)
    members = words.count(len(shown.members), "person", "people").capitalize()
    lede = f"{members}, {words.count(running, 'running objective')}."
    context = {
        "team": shown,
        "tiles": tiles,
        "others": others,
        "lede": lede,
        "goals": goals_by_kpi(request, tiles),
    }
    return render(request, "people/team.html", context)


@require_http_methods(["GET", "POST"])
@page
def new_team(request: PlacedRequest) -> HttpResponse:
    place = request.place
    parent = request.GET.get("parent", "")
    if (
        not place.actor.is_admin
        and optional_id(parent or request.POST.get("parent", "")) not in place.actor.managed_teams
    ):
        raise NotAllowed("Only admins and team managers make teams. Ask one of them.")
    form = TeamForm(request.POST or None, teams=team_choices(place), initial={"parent": parent})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        pk = attempt(
            form,
            lambda: actions.create_team(
                by=place.actor, name=data["name"], parent_id=optional_id(data["parent"]), now=clock.now()
            ),
        )
        if pk is not None:
            return redirect("team", place.slug, pk)
    context = {"form": form, "heading": "Add a team", "back": reverse("people", args=[place.slug])}
    return render(request, "people/team_form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@page
def edit_team(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = team_page(place.actor, pk)
    if not shown.can_edit:
        raise NotAllowed("Only admins and its managers change a team. Ask one of them.")
    choices = [choice for choice in team_choices(place) if choice[0] != str(pk)]
    form = TeamForm(
        request.POST or None,
        teams=choices,
        initial={"name": shown.name, "parent": str(shown.parent_id or ""), "version": shown.version},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        saved = attempt_on(
            form,
            lambda seen: (
                actions.edit_team(
                    by=place.actor,
                    team_id=pk,
                    name=data["name"],
                    parent_id=optional_id(data["parent"]),
                    seen=seen,
                    now=clock.now(),
                )
                or True
            ),
        )
        if saved:
            return redirect("team", place.slug, pk)
    context: dict[str, Any] = {
        "form": form,
        "heading": f"Edit {shown.name}",
        "heading_name": shown.name,
        "back": reverse("team", args=[place.slug, pk]),
    }
    if place.actor.is_admin:
        context["delete"] = reverse("team_delete", args=[place.slug, pk])
    return render(request, "people/team_form.html", context, status=status_of(request, form))


@require_POST
@page
def delete_team(request: PlacedRequest, pk: int) -> HttpResponse:
    actions.delete_team(by=request.place.actor, team_id=pk, now=clock.now())
    return redirect("people", request.place.slug)


@require_POST
@page
def team_members(request: PlacedRequest, pk: int) -> HttpResponse:
    do = request.POST.get("do", "")
    person_id = optional_id(request.POST.get("person", ""))
    if do not in {"member", "manager", "out"}:
        raise Invalid("Choose what to do: make a member, make a manager or take out.")
    if person_id is None:
        raise NotFound
    actions.set_team_member(
        by=request.place.actor,
        team_id=pk,
        membership_id=person_id,
        is_manager=do == "manager",
        is_member=do != "out",
        now=clock.now(),
    )
    return redirect("team", request.place.slug, pk)
