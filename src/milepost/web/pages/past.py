"""Days of the past: the same pages as they stood, and what became different since (A3)."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from milepost.metrics.queries import board_on, kpi_differences
from milepost.okr.queries import (
    CycleRow,
    Differences,
    branch_then,
    changes_page,
    cycle_differences,
    cycle_on,
    objective_on,
    past_page,
)
from milepost.okr.queries.as_of.page import VIEWS
from milepost.okr.queries.changes import VIEWS as CHANGE_VIEWS
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import optional_id
from milepost.workspace.errors import Invalid

LABELS = {
    "all": "All",
    "attention": "Needed attention",
    "overdue": "Overdue check-in",
    "mine": "Mine",
    "unaligned": "Not aligned",
}
CHANGE_LABELS = {"all": "All", "plan": "The plan", "people": "People", "words": "Wording", "life": "Its life"}
BECAME = {
    "new": "new", "came": "came in", "left": "not here any more", "closed": "closed", "reopened": "reopened",
    "state": "another state", "changed": "",
}  # fmt: skip
WORDS = {
    "amended": "amended", "sent_to_review": "sent to review", "activated": "started", "resumed": "let run again",
    "sent_back": "sent back",
}  # fmt: skip


def asked_day(request: PlacedRequest, name: str = "on") -> date | None:
    """Return the day an address asks for; None without one.

    Raises:
        Invalid: it is no day.
    """
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"“{text[:20]}” is no day. Write it as 2026-10-31.", field=name) from None


def past_goals(request: PlacedRequest, cycle: CycleRow, cycles: tuple[CycleRow, ...], on: date) -> HttpResponse:
    """Answer with the goals of a cycle as they stood, or with what is different beside another day."""
    place = request.place
    other = asked_day(request, "against")
    if other is not None:
        return _differences(request, cycle, min(on, other), max(on, other))
    past = cycle_on(place.actor, cycle.id, on, today=place.today)
    view = request.GET.get("view", "all")
    opened = [pk for text in request.GET.get("open", "").split(",")[:50] if (pk := optional_id(text))]
    shown = past_page(
        place.actor,
        past,
        view=view if view in VIEWS else "all",
        after=optional_id(request.GET.get("after", "")) or 0,
        opened=opened,
    )
    context = {
        "past": past,
        "on": on,
        "cycle": cycle,
        "cycles": cycles,
        "page": shown,
        "today": place.today,
        "back": f"{reverse('goals', args=[place.slug])}?cycle={cycle.id}",
        "tabs": [(key, LABELS[key], shown.counts[key]) for key in VIEWS],
        **_since(cycle, on),
    }
    return render(request, "past/goals.html", context)


def past_objective(request: PlacedRequest, pk: int, on: date) -> HttpResponse:
    """Answer with an objective as it stood."""
    place = request.place
    past = objective_on(place.actor, pk, on, today=place.today)
    branch = branch_then(past, pk, depth=0, is_open=True, deep=True)
    context = {
        "past": past,
        "on": on,
        "o": past.objectives[pk],
        "branch": branch,
        "why": past.why[pk],
        "tags": past.tags[pk],
    }
    return render(request, "past/objective.html", context)


def past_board(
    request: PlacedRequest, view: str, tag: str, tabs: tuple[tuple[str, str], ...], on: date
) -> HttpResponse:
    """Answer with the KPI board as it stood."""
    shown = board_on(request.place.actor, on, view=view, today=request.place.today, tag=tag)
    context = {
        "board": shown,
        "on": on,
        "view": view,
        "tag": tag,
        "tabs": [(key, label, shown.counts[key]) for key, label in tabs],
    }
    return render(request, "past/board.html", context)


@require_GET
@page
def changes(request: PlacedRequest, pk: int) -> HttpResponse:
    view = request.GET.get("view", "all")
    shown = changes_page(request.place.actor, pk, view=view if view in CHANGE_VIEWS else "all")
    context = {
        "page": shown,
        "changes": [(one, WORDS.get(one.verb, one.verb)) for one in shown.changes],
        "tabs": [(key, CHANGE_LABELS[key], shown.counts[key]) for key in CHANGE_VIEWS],
    }
    return render(request, "past/changes.html", context)


def _since(cycle: CycleRow, on: date) -> dict[str, Any]:
    """Return the days that a reader most likely compares with: the Monday before, and the start of the cycle."""
    monday = on - timedelta(days=on.weekday() or 7)
    return {"monday": monday, "start": cycle.first_day if cycle.first_day < on else None}


def _differences(request: PlacedRequest, cycle: CycleRow, since: date, until: date) -> HttpResponse:
    place = request.place
    found = cycle_differences(place.actor, cycle.id, since=since, until=until, today=place.today)
    context = {
        "cycle": cycle,
        "since": since,
        "on": until,
        "found": found,
        "goals": [(one, BECAME[one.what], _points(one.moved)) for one in found.goals],
        "kpis": kpi_differences(place.actor, since=since, until=until, today=place.today),
        "lede": difference_sentence(found),
        **_since(cycle, until),
    }
    return render(request, "past/differences.html", context)


def difference_sentence(found: Differences) -> str:
    """Return what became different in one sentence: 9 goals moved up and 5 down, 2 are new, 1 was closed."""
    moves = [one.moved for one in found.goals if one.moved is not None]
    up, down = sum(m > 0 for m in moves), sum(m < 0 for m in moves)
    amended = sum(bool(one.amended) for one in found.goals)
    parts = []
    if up or down:
        parts.append(f"{words.count(up, 'goal')} moved up and {down or 'none'} down")
    parts += [
        f"{words.count(n, one, many)}"
        for n, one, many in (
            (found.count("new"), "is new", "are new"),
            (found.count("closed"), "was closed", "were closed"),
            (amended, "was amended", "were amended"),
        )
        if n
    ]
    if not parts:
        return "Every goal stands as it did."
    said = ", ".join(parts)
    return f"{said[0].upper()}{said[1:]}; {words.count(found.same, 'stands', 'stand')} as before."


def _points(moved: float | None) -> str:
    if moved is None or abs(moved) < 0.0005:  # noqa: PLR2004 - less than is shown
        return ""
    return f"{100 * moved:+.1f}".replace("-", "−")
