"""What is worth a thought: a list for a cycle, a panel beside an objective, hints beside the fields of forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from milepost.core.guidance import (
    RULES,
    Limit,
    ObjectiveFacts,
    OwnerFacts,
    OwnerKind,
    Remark,
    lint_kpi,
    lint_objective,
    owner_limit,
)
from milepost.core.guidance.cycle import too_many
from milepost.metrics.queries import list_kpis
from milepost.okr import queries
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms import hints as typed
from milepost.web.forms.fields import optional_id
from milepost.workspace.errors import NotFound
from milepost.workspace.queries import Place, list_teams

OF_THE_OBJECTIVE = "key_results"  # the room for what is said about all of its key results


@dataclass(frozen=True, slots=True)
class Line:
    """A remark with the title of its rule and where it can be put right, "" where the reader may not."""

    remark: Remark
    title: str
    address: str
    does: str


@dataclass(frozen=True, slots=True)
class Group:
    """The remarks on one thing."""

    title: str
    address: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs to one owner, with how much that owner has taken on."""

    name: str
    limit: Limit | None
    groups: tuple[Group, ...]


@require_GET
@page
def listing(request: PlacedRequest) -> HttpResponse:
    place = request.place
    cycles = queries.list_cycles(place.actor, today=place.today)
    request.cycles = cycles  # the frame around the page needs the same
    if request.GET.get("of") == "kpis":
        found = queries.kpi_guidance(place.actor, today=place.today)
        sections = _by_board(place, found)
        shown = {"of": "kpis", "heading": "Remarks on KPIs", "sections": sections, "lede": _lede(found)}
        return render(request, "guidance/page.html", shown)
    cycle = queries.pick_cycle(cycles, today=place.today, wanted=optional_id(request.GET.get("cycle", "")))
    if cycle is None:
        if cycles:
            raise NotFound
        return render(request, "guidance/page.html", {"of": "goals", "heading": "Remarks", "sections": ()})
    remarked = queries.cycle_guidance(place.actor, cycle.id, reviewers=place.reviewers, today=place.today)
    context = {
        "of": "goals",
        "heading": f"Remarks on {cycle.name}",
        "cycle": cycle,
        "cycles": cycles,
        "sections": _by_owner(place, remarked),
        "people": _groups(place, [r for r in remarked.remarks if r.about.kind == "person"], can_edit=frozenset()),
        "lede": _lede(remarked.remarks),
    }
    return render(request, "guidance/page.html", context)


@require_GET
@page
def objective(request: PlacedRequest, pk: int) -> HttpResponse:
    """Show the remarks on one objective: as a panel of its page, or as a page of their own."""
    place = request.place
    found = queries.objective_guidance(place.actor, pk, reviewers=place.reviewers, today=place.today)
    title = queries.get_objective(place.actor, pk).title
    lines = tuple(_line(place, one, can_edit=place.actor.can_write) for one in found)
    context = {"lines": lines, "pk": pk, "title": title, "lede": _lede(found)}
    return render(request, "guidance/_panel.html" if request.htmx else "guidance/objective.html", context)


@require_POST
@page
def hints(request: PlacedRequest) -> HttpResponse:
    """Say what is worth a thought in a form that is being filled in; nothing is saved, and nothing blocks."""
    kind = request.GET.get("form", "")
    if kind == "kpi":
        rooms = _kpi_hints(request)
    elif kind == "key_result":
        rooms = _key_result_hints(request)
    else:
        rooms = _objective_hints(request)
    return render(request, "guidance/_hints.html", rooms)


def _objective_hints(request: PlacedRequest) -> dict[str, Any]:
    place, sent = request.place, request.POST
    of = optional_id(request.GET.get("of", ""))
    names = {f"team-{t.id}": t.name for t in list_teams(place.actor)}
    owner = typed.owner_of(sent, names)
    slugs = [str(sent[name]) for n in range(typed.MOST_ROWS) if sent.get(name := f"kr-{n}-kpi")]
    context = queries.draft_context(
        place.actor,
        cycle_id=optional_id(str(sent.get("cycle", ""))),
        owner_team_id=owner.id if owner.kind == OwnerKind.TEAM else None,
        but=of,
        slugs=slugs,
        today=place.today,
    )
    facts, read = typed.objective_of(sent, owner=owner, context=context, is_new=of is None)
    remarks = [r for r in lint_objective(facts) if facts.title or r.about.kind == "key_result"]
    # Each row is told of the KPI that it could read, instead of all of them that they read none.
    remarks = [r for r in remarks if r.key != "no-source"]
    rows = (ObjectiveFacts(title="", counts_children=True, key_results=(k,)) for k in facts.key_results)
    remarks += [r for row in rows for r in lint_objective(row) if r.key == "no-source"]
    kpis = list_kpis(place.actor) if facts.key_results else ()
    rooms: dict[str, list[typed.Hint]] = {name: [] for name in typed.HINTED["objective"]}
    if of is None:
        rooms |= {OF_THE_OBJECTIVE: []} | {f"kr-{n}": [] for n in range(_rows(sent))}
    for remark in remarks:
        hint = typed.with_buttons(remark, sent, kpis=kpis, kind="objective")
        is_row = remark.about.kind == "key_result"
        room = remark.about.reference if is_row else remark.field
        if hint is not None:
            rooms.setdefault(room if room in rooms or is_row else OF_THE_OBJECTIVE, []).append(hint)
    surplus = _surplus(owner, context.objectives + 1)
    rooms["owner"] += surplus
    is_counted = owner.kind != OwnerKind.PERSON
    work = {prefix for prefix in read if typed.is_work(sent, prefix)}
    return {
        "rooms": rooms,
        "read": read,
        "work": work,
        "limit": owner_limit(context.objectives + 1) if is_counted else None,
    }


def _surplus(owner: OwnerFacts, count: int) -> list[typed.Hint]:
    found = too_many(owner, count)
    return [typed.Hint(found)] if found else []


def _rows(sent: Mapping[str, Any]) -> int:
    """Return how many rows of key results the form has."""
    return min(typed.MOST_ROWS, optional_id(str(sent.get("kr-TOTAL_FORMS", ""))) or 0)


def _key_result_hints(request: PlacedRequest) -> dict[str, Any]:
    place, sent = request.place, request.POST
    of = optional_id(request.GET.get("of", ""))
    slug = str(sent.get("kpi", ""))
    context = queries.draft_context(
        place.actor,
        cycle_id=queries.get_objective(place.actor, of).cycle_id if of is not None and slug else None,
        owner_team_id=None,
        but=None,
        slugs=[slug] if slug else [],
        today=place.today,
    )
    fact = typed.key_result_of(sent, context)
    alone = ObjectiveFacts(title="", counts_children=True, key_results=(fact,) if fact.title else ())
    remarks = [r for r in lint_objective(alone) if r.about.kind == "key_result"]
    kpis = list_kpis(place.actor) if remarks else ()
    return {"rooms": _in_rooms("key_result", "title", remarks, sent, kpis=kpis)}


def _kpi_hints(request: PlacedRequest) -> dict[str, Any]:
    facts = typed.kpi_of(request.POST)
    remarks = lint_kpi(facts) if facts.name else ()
    return {"rooms": _in_rooms("kpi", "name", remarks, request.POST, kpis=())}


def _in_rooms(
    kind: str, usual: str, remarks: Iterable[Remark], sent: Mapping[str, Any], *, kpis: tuple[tuple[str, str], ...]
) -> dict[str, list[typed.Hint]]:
    rooms: dict[str, list[typed.Hint]] = {name: [] for name in typed.HINTED[kind]}
    for remark in remarks:
        hint = typed.with_buttons(remark, sent, kpis=kpis, kind=kind)
        if hint is not None:
            rooms[remark.field if remark.field in rooms else usual].append(hint)
    return rooms


def _by_owner(place: Place, shown: queries.CycleGuidance) -> tuple[Section, ...]:
    sections = []
    for row in shown.owners:
        own = [r for r in shown.remarks if r.about.objective and shown.owner_of[r.about.objective] == row.owner]
        reference = "" if row.owner.id is None else str(row.owner.id)
        too_much = [
            r
            for r in shown.remarks
            if r.about.kind == "team" and r.about.reference == reference and row.owner.kind != OwnerKind.PERSON
        ]
        groups = _groups(place, [*too_much, *own], can_edit=shown.can_edit)
        limit = owner_limit(row.objectives) if row.owner.kind != OwnerKind.PERSON else None
        sections.append(Section(row.owner.name, limit, groups))
    return tuple(sections)


def _by_board(place: Place, remarks: Iterable[Remark]) -> tuple[Section, ...]:
    can_edit = frozenset({""}) if place.actor.can_write else frozenset()
    groups = _groups(place, remarks, can_edit=can_edit)
    return (Section("", None, groups),) if groups else ()


def _groups(place: Place, remarks: Iterable[Remark], *, can_edit: frozenset[str]) -> tuple[Group, ...]:
    """Return remarks by the thing they are about, an objective together with its key results."""
    found: dict[tuple[str, str], list[Remark]] = {}
    for one in remarks:
        about = one.about
        key = ("objective", about.objective) if about.objective else (about.kind, about.reference)
        found.setdefault(key, []).append(one)
    groups = []
    for (kind, reference), own in found.items():
        first = own[0].about
        lines = tuple(_line(place, one, can_edit=one.about.objective in can_edit) for one in own)
        groups.append(Group(first.within or first.title, _address(place, kind, reference), lines))
    return tuple(groups)


def _address(place: Place, kind: str, reference: str) -> str:
    routes = {"objective": "goal", "kpi": "kpi", "team": "team", "person": "person"}
    if kind not in routes or not reference:
        return ""
    return reverse(routes[kind], args=[place.slug, reference])


def _line(place: Place, one: Remark, *, can_edit: bool) -> Line:
    address, does = _fix(place, one) if can_edit else ("", "")
    return Line(one, RULES[one.key].title, address, does)


def _fix(place: Place, one: Remark) -> tuple[str, str]:
    """Return where a remark can be put right, and the words of the link."""
    about, ws = one.about, place.slug
    at = f"#id_{one.field}" if one.field else ""
    if one.key == "too-few":
        return reverse("key_result_new", args=[ws, about.reference]), "Add a key result"
    if one.key == "never-checked-in":
        return f"{reverse('goal', args=[ws, about.objective])}?check_in={about.reference}", "Check in"
    if one.key == "activity" and about.kind == "key_result":
        return reverse("key_result_initiative", args=[ws, about.reference]), "Make it an initiative"
    if about.kind == "key_result":
        return f"{reverse('key_result_edit', args=[ws, about.reference])}{at}", "Change it"
    if about.kind == "objective" and one.field in {"title", "lead", "parent"}:
        return f"{reverse('goal_edit', args=[ws, about.reference])}{at}", "Change it"
    if about.kind == "kpi" and one.field:
        return f"{reverse('kpi_edit', args=[ws, about.reference])}{at}", "Change it"
    address = _address(place, about.kind, about.reference)
    return (address, "Look") if address else ("", "")


def _lede(remarks: Iterable[Remark]) -> str:
    count = len(tuple(remarks))
    if not count:
        return "No remarks. That says nothing about whether it is right, only that nothing usual is missing."
    return f"{words.count(count, 'remark').capitalize()}. They are advice: nothing blocks, nothing has to be done."
