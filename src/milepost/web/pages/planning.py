"""The plan of a cycle: its drafts by owner, remarks before it is published, its lock, a copy of the last one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost import clock
from milepost.core.guidance import RULES, OwnerKind, Remark
from milepost.okr import actions, queries
from milepost.okr.errors import WrongState
from milepost.okr.queries import CycleRow, PlanningPage
from milepost.okr.queries.cycles import precedes
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import optional_id
from milepost.web.pages.plan_dates import steps_of
from milepost.web.pages.reviews import cycle_of
from milepost.workspace.errors import Invalid
from milepost.workspace.queries import Place

# Remarks that only time brings say nothing of a plan.
LATER = frozenset({"never-checked-in", "not-reviewed", "sole-author"})
# What gets a sentence of its own; the rest is counted as wording and measures.
APART = {"unaligned": "unlink", "no-lead": "users"}
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence before publishing: what it is called, about what, and where it can be put right."""

    icon: str
    name: str
    title: str
    address: str
    words: str
    fix: str = ""
    does: str = ""


@require_GET
@page
def plan(request: PlacedRequest, pk: int) -> HttpResponse:
    return _shown(request, cycle_of(request, pk))


def _shown(
    request: PlacedRequest, cycle: CycleRow, *, error: str = "", left: Iterable[actions.Left] = ()
) -> HttpResponse:
    place = request.place
    shown = queries.planning_page(place.actor, cycle, reviewers=place.reviewers)
    before = precedes(request.cycles, cycle)
    teams = sorted(place.actor.seen_teams | place.actor.managed_teams)
    context = {
        "cycle": cycle,
        "before": before,
        "page": shown,
        "lede": _lede(shown, cycle, place),
        "steps": steps_of(cycle, shown, place),
        "lessons": queries.lessons_for(place.actor, request.cycles, cycle_id=cycle.id, team_ids=teams),
        "reviewers": place.reviewers,
        "error": error,
        "left": left,
        "without": shown.without[:MOST_NAMED],
        "more": len(shown.without) - MOST_NAMED,
    }
    return render(request, "planning/page.html", context, status=422 if error else 200)


def _lede(shown: PlanningPage, cycle: CycleRow, place: Place) -> str:
    planned = shown.drafts + shown.in_review
    locked = " The plan is locked." if cycle.is_locked else ""
    if not planned:
        runs = cycle.first_day <= place.today <= cycle.last_day and any(c.running for c in shown.columns)
        return (f"{cycle.name} runs, and no draft waits." if runs else f"{cycle.name} holds no draft yet.") + locked
    teams = sum(c.kind == "team" for c in shown.columns if c.drafts)
    owners = [words.count(teams, "team")] if teams else []
    if any(c.kind == "company" for c in shown.columns if c.drafts):
        owners.append("the company")
    come_from = f" from {' and '.join(owners)}" if owners and not shown.has_more else ""
    waiting = ""
    if shown.in_review:
        verb = "waits" if shown.in_review == 1 else "wait"
        waiting = f" {_number(shown.in_review).capitalize()} {verb} for an answer."
    return f"{words.count(planned, 'draft').capitalize()}{come_from}.{waiting}{locked}"


def _number(n: int) -> str:
    return words.count(n, "x").split(" ")[0]


@require_GET
@page
def remarks(request: PlacedRequest, pk: int) -> HttpResponse:
    """Say what is worth a thought before a cycle is published: as a part of its page, or as a page of its own."""
    place = request.place
    cycle = cycle_of(request, pk)
    found = queries.cycle_guidance(place.actor, cycle.id, reviewers=0, today=place.today)
    kept = [one for one in found.remarks if one.key not in LATER]
    said = [*_apart(place, found, kept), *_loads(place, kept)]
    strategy = reverse("strategy", args=[place.slug])
    said += [
        Said("circle-dashed", "Empty pillar", name, strategy, f"has no objective in {cycle.name}.")
        for _, name in queries.empty_pillars(place.actor, cycle.id)
    ]
    rest = [one for one in kept if one.key not in APART and one.about.kind not in {"person", "team"}]
    context = {
        "cycle": cycle,
        "said": said,
        "wording": len(rest),
        "wording_words": words.count(len(rest), "hint").capitalize(),
        "owners": sorted({found.owner_of[one.about.objective].name for one in rest if one.about.objective}),
        "total": words.tally(len(said) + bool(rest), "remark"),
    }
    return render(request, "planning/_remarks.html" if request.htmx else "planning/remarks.html", context)


def _apart(place: Place, found: queries.CycleGuidance, kept: Iterable[Remark]) -> Iterable[Said]:
    for one in kept:
        if one.key not in APART or one.about.kind != "objective":
            continue
        owner = found.owner_of[one.about.objective]
        whose = "" if owner.kind == OwnerKind.COMPANY else f"({owner.name}). "
        fix = reverse("goal_edit", args=[place.slug, one.about.objective]) + f"#id_{one.field}"
        may = one.about.objective in found.can_edit
        yield Said(
            icon=APART[one.key],
            name=RULES[one.key].title,
            title=one.about.title,
            address=reverse("goal", args=[place.slug, one.about.objective]),
            words=f"{whose}{one.how}",
            fix=fix if may else "",
            does="Choose one" if may else "",
        )


def _loads(place: Place, kept: Iterable[Remark]) -> Iterable[Said]:
    """Who takes on much: people by their key results, teams by their objectives."""
    for one in kept:
        if one.about.kind == "person":
            address = reverse("person", args=[place.slug, one.about.reference])
            yield Said("users", "Load", "", "", one.why, address, f"See what {one.about.title} leads")
        elif one.about.kind == "team":
            yield Said("users", "Many", "", "", f"{one.why} {one.how}")


@require_POST
@page
def publish(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    cycle = cycle_of(request, pk)
    try:
        done = actions.publish_cycle(by=place.actor, cycle_id=cycle.id, now=clock.now())
    except WrongState as refusal:
        return _shown(request, cycle, error=str(refusal))
    said = []
    if done.started:
        verb = "runs" if len(done.started) == 1 else "run"
        said.append(f"{words.count(len(done.started), 'objective').capitalize()} of {cycle.name} now {verb}.")
    if done.in_review:
        said.append(f"{words.count(len(done.in_review), 'objective').capitalize()} of {cycle.name} went to review.")
    messages.success(request, " ".join(said))
    if done.left:
        return _shown(request, cycle, left=done.left)
    return redirect("plan", place.slug, cycle.id)


@require_POST
@page
def lock(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    cycle = cycle_of(request, pk)
    try:
        if request.POST.get("do") == "unlock":
            reason = request.POST.get("reason", "")
            actions.unlock_cycle(by=place.actor, cycle_id=cycle.id, reason=reason, now=clock.now())
            messages.success(request, f"The plan of {cycle.name} is open again.")
        else:
            actions.lock_cycle(by=place.actor, cycle_id=cycle.id, now=clock.now())
            messages.success(request, f"The plan of {cycle.name} is locked. Check-ins and comments go on.")
    except (WrongState, Invalid) as refusal:
        return _shown(request, cycle, error=str(refusal))
    return redirect("plan", place.slug, cycle.id)


@require_http_methods(["GET", "POST"])
@page
def copy(request: PlacedRequest, pk: int) -> HttpResponse:
    """Choose objectives of an earlier cycle and copy them as drafts."""
    place = request.place
    cycle = cycle_of(request, pk)
    earlier = [c for c in request.cycles if c.first_day < cycle.first_day]
    wanted = optional_id(request.GET.get("from", ""))
    before = next((c for c in earlier if c.id == wanted), None) or precedes(request.cycles, cycle)
    chosen = [one for text in request.POST.getlist("copy")[:200] if (one := optional_id(text))]
    error = ""
    if request.method == "POST":
        try:
            made = actions.copy_cycle(by=place.actor, cycle_id=cycle.id, objective_ids=chosen, now=clock.now())
        except (WrongState, Invalid) as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"Copied {words.count(len(made), 'objective')} to {cycle.name}, as drafts.")
            return redirect("plan", place.slug, cycle.id)
    context: dict[str, Any] = {
        "cycle": cycle,
        "before": before,
        "earlier": earlier,
        "rows": queries.copyable(place.actor, before, cycle) if before else (),
        "chosen": chosen,
        "error": error,
    }
    return render(request, "planning/copy.html", context, status=422 if error else 200)
