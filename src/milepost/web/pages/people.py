"""People and teams."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost import clock
from milepost.core.team_rhythms import rhythm_in_words
from milepost.metrics.queries import team_tiles
from milepost.okr import actions as okr
from milepost.okr.queries import PersonPage, people_page, person_page, team_page
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt, optional_id
from milepost.web.forms.people import AwayForm, TeamForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.choices import all_teams as team_choices
from milepost.web.pages.choices import people as person_choices
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
    return render(request, "people/person.html", _person_context(request, shown))


def _person_context(request: PlacedRequest, shown: PersonPage, form: AwayForm | None = None) -> dict[str, Any]:
    place = request.place
    context: dict[str, Any] = {
        "person_page": shown,
        "lede": f"Leads {words.count(shown.load.leads, 'key result')} that run.",
    }
    if shown.can_set_away:
        context["form"] = form or _away_form(request, shown.id)
    if shown.load.away is not None:
        context["lede"] += f" Away until {words.day(shown.load.away.last_day, today=place.today)}."
    return context


def _away_form(request: PlacedRequest, pk: int) -> AwayForm:
    others = [choice for choice in person_choices(request.place) if choice[0] != str(pk)]
    return AwayForm(request.POST or None, people=others)


@require_POST
@page
def away(request: PlacedRequest, pk: int) -> HttpResponse:
    """Say when somebody is away, or take that back."""
    place = request.place
    shown = person_page(place.actor, pk, today=place.today)
    if not shown.can_set_away:
        raise NotAllowed("Only they and admins say when somebody is away. Ask one of them.")
    if request.POST.get("do") == "end":
        wanted = optional_id(request.POST.get("away", ""))
        if wanted not in {row.id for row in shown.away}:
            raise NotFound
        okr.end_away(by=place.actor, away_id=wanted or 0, now=clock.now())
        return redirect("person", place.slug, pk)
    form = _away_form(request, pk)
    if form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form,
            lambda: okr.add_away(
                by=place.actor,
                membership_id=pk,
                first_day=given["first_day"],
                last_day=given["last_day"],
                stand_in_id=optional_id(given["stand_in"]),
                note=given["note"],
                now=clock.now(),
            ),
        )
        if made is not None:
            return redirect("person", place.slug, pk)
    return render(request, "people/person.html", _person_context(request, shown, form), status=422)


@require_GET
@page
def team(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = team_page(place.actor, pk, today=place.today)
    tiles = team_tiles(place.actor, pk, today=place.today)
    inside = {member for member, *_ in shown.members}
    others = [p for p in list_people(place.actor) if p.id not in inside] if shown.can_edit else []
    running = sum(o.state == "active" for o in shown.objectives)
    members = words.count(len(shown.members), "person", "people").capitalize()
    lede = f"{members}, {words.count(running, 'running objective')}."
    if shown.ends_on is not None:
        day = words.day(shown.ends_on, today=place.today)
        lede += f" Ended on {day}: it takes no new goals." if shown.has_ended else f" Ends on {day}."
    rhythm = place.rhythms.of(pk)
    context = {
        "team": shown,
        "rhythm": rhythm_in_words(rhythm),
        "is_own_rhythm": shown.own_rhythm == rhythm,
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
                by=place.actor,
                name=data["name"],
                parent_id=optional_id(data["parent"]),
                ends_on=data["ends_on"],
                now=clock.now(),
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
    shown = team_page(place.actor, pk, today=place.today)
    if not shown.can_edit:
        raise NotAllowed("Only admins and its managers change a team. Ask one of them.")
    choices = [choice for choice in team_choices(place) if choice[0] != str(pk)]
    form = TeamForm(
        request.POST or None,
        teams=choices,
        initial={
            "name": shown.name,
            "parent": str(shown.parent_id or ""),
            "ends_on": shown.ends_on,
            "version": shown.version,
        },
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
                    ends_on=data["ends_on"],
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
        "rhythm": reverse("team_rhythm", args=[place.slug, pk]),
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
