"""The KPI board: every KPI against its target."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.metrics.queries import Tile
from milepost.metrics.queries import board as board_of
from milepost.okr.queries import running_objectives
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.pages.past import asked_day, past_board
from milepost.web.words import LOOKS

VIEWS = (("all", "All"), ("attention", "Needs attention"), ("mine", "Mine"))
ORDER = ("off_target", "close", "unknown", "no_value", "watching")


@require_GET
@page
def board(request: PlacedRequest) -> HttpResponse:
    place = request.place
    view = request.GET.get("view", "all")
    view = view if view in dict(VIEWS) else "all"
    on = asked_day(request)
    tag = request.GET.get("tag", "").replace("\0", "")[:60]
    if on is not None:
        return past_board(request, view, tag, VIEWS, on)
    shown = board_of(place.actor, view=view, today=place.today, tag=tag)
    context = {
        "board": shown,
        "view": view,
        "tag": tag,
        "tabs": [(key, label, shown.counts[key]) for key, label in VIEWS],
        "lede": board_sentence(shown.words),
        "goals": goals_by_kpi(request, (tile for _, tiles in shown.groups for tile in tiles)),
    }
    return render(request, "kpis/board.html", context)


def board_sentence(counts: dict[str, int]) -> str:
    """Return "8 of 12 are on target. Two are off target, one is close." """
    total = sum(counts.values())
    if not total:
        return "A KPI is watched all the time against its target."
    parts = [
        f"{words.count(counts[word], 'is', 'are')} {LOOKS[word].label.lower()}" for word in ORDER if counts.get(word)
    ]
    tail = ", ".join(_number_first(part) for part in parts)
    return f"{counts.get('on_target', 0)} of {total} are on target." + (
        f" {tail[0].upper()}{tail[1:]}." if tail else ""
    )


def _number_first(text: str) -> str:
    return text.replace("is no value", "has no value").replace("are no value", "have no value")


def goals_by_kpi(request: PlacedRequest, tiles: Iterable[Tile]) -> dict[int, tuple[int, str]]:
    """Return the running objective of each KPI of the board: its id and title."""
    return running_objectives(request.place.actor, [tile.id for tile in tiles])
