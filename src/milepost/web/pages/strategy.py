"""The strategy: mission, vision, values, and the pillars with what hangs on them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost import clock
from milepost.okr.queries import PillarLine, StrategyPage, strategy_page
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt
from milepost.web.forms.strategy import PillarForm, StrategyForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.workspace import actions
from milepost.workspace.errors import NotAllowed
from milepost.workspace.queries import show_pillar, show_strategy

CONCERNS = ("off_track", "at_risk")


@require_GET
@page
def strategy(request: PlacedRequest) -> HttpResponse:
    shown = strategy_page(request.place.actor, today=request.place.today)
    texts = [("Mission", shown.mission), ("Vision", shown.vision), ("Values", shown.values)]
    context = {"page": shown, "texts": [(name, text) for name, text in texts if text], "lede": _lede(shown)}
    return render(request, "strategy/page.html", context)


def _lede(shown: StrategyPage) -> str:
    if not shown.pillars:
        return "What we are for, and the few directions that goals and KPIs follow."
    lede = f"{words.count(len(shown.pillars), 'pillar').capitalize()}."
    behind = [pillar.name for pillar in shown.pillars if _is_behind(pillar)]
    if behind:
        lede += f" {', '.join(behind)} {'needs' if len(behind) == 1 else 'need'} a look."
    return lede


def _is_behind(pillar: PillarLine) -> bool:
    return any(word in CONCERNS for word, _ in pillar.health.words)


@require_http_methods(["GET", "POST"])
@page
def edit(request: PlacedRequest) -> HttpResponse:
    place = request.place
    _admins_only(request)
    form = StrategyForm(request.POST or None, initial=show_strategy(place.actor))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("mission", "vision", "values")}
        saved = attempt_on(
            form, lambda seen: actions.edit_strategy(by=place.actor, seen=seen, now=clock.now(), **given) or True
        )
        if saved:
            return redirect("strategy", place.slug)
    context = {
        "form": form,
        "rows": [{"css": "", "fields": [form[name]]} for name in ("mission", "vision", "values")],
        "heading": "Edit the strategy",
        "lede": "Everybody in the workspace reads it. What stood here before stays in the audit trail.",
        "save_label": "Save strategy",
        "back": reverse("strategy", args=[place.slug]),
        "crumb": (reverse("strategy", args=[place.slug]), "Strategy"),
    }
    return render(request, "goals/form.html", context, status=status_of(request, form))


@require_http_methods(["GET", "POST"])
@page
def new_pillar(request: PlacedRequest) -> HttpResponse:
    place = request.place
    _admins_only(request)
    form = PillarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.create_pillar(by=place.actor, now=clock.now(), **form.given()))
        if made is not None:
            return redirect("strategy", place.slug)
    return _form(request, form, heading="Add a pillar")


@require_http_methods(["GET", "POST"])
@page
def edit_pillar(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    _admins_only(request)
    there = show_pillar(place.actor, pk)
    form = PillarForm(request.POST or None, initial=there)
    if request.method == "POST" and form.is_valid():
        saved = attempt_on(
            form,
            lambda seen: (
                actions.edit_pillar(by=place.actor, pillar_id=pk, seen=seen, now=clock.now(), **form.given()) or True
            ),
        )
        if saved:
            return redirect("strategy", place.slug)
    is_archived = there["archived_at"] is not None
    more = {
        "danger": {
            "title": "Take it up again" if is_archived else "Archive",
            "action": reverse("pillar_archive", args=[place.slug, pk]),
            "label": f"Take up {there['name']} again" if is_archived else f"Archive {there['name']}",
            "do": "restore" if is_archived else "archive",
        },
        "move": None if is_archived else reverse("pillar_move", args=[place.slug, pk]),
    }
    return _form(request, form, heading=f"Edit {there['name']}", **more)


def _form(request: PlacedRequest, form: PillarForm, *, heading: str, **more: object) -> HttpResponse:
    back = reverse("strategy", args=[request.place.slug])
    context = {
        "form": form,
        "rows": [
            {"css": "g2", "fields": [form["name"], form["perspective"]]},
            {"css": "", "fields": [form["description"]]},
        ],
        "heading": heading,
        "lede": "A direction that goals and KPIs follow for years, not a goal of its own.",
        "save_label": "Save pillar",
        "hints": (
            "Three to five pillars are enough to say where you go.",
            "An objective without a pillar of its own stands on that of the one it contributes to.",
            "An archived pillar is offered no more; what hangs on it stays.",
        ),
        "back": back,
        "crumb": (back, "Strategy"),
        **more,
    }
    return render(request, "goals/form.html", context, status=status_of(request, form))


@require_POST
@page
def move_pillar(request: PlacedRequest, pk: int) -> HttpResponse:
    up = request.POST.get("up") == "1"
    actions.move_pillar(by=request.place.actor, pillar_id=pk, up=up, now=clock.now())
    return redirect("strategy", request.place.slug)


@require_POST
@page
def archive_pillar(request: PlacedRequest, pk: int) -> HttpResponse:
    archived = request.POST.get("do") != "restore"
    actions.archive_pillar(by=request.place.actor, pillar_id=pk, archived=archived, now=clock.now())
    return redirect("strategy", request.place.slug)


def _admins_only(request: PlacedRequest) -> None:
    if not request.place.actor.is_admin:
        raise NotAllowed("The strategy is written by admins. Ask one of them.")
