"""What the frame around every page shows."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest

from milepost.okr.queries import CycleRow, list_cycles, pick_cycle
from milepost.rhythm.queries import waiting_counts
from milepost.web.format import initials
from milepost.workspace.queries import Place, list_workspaces

THEMES = ("auto", "light", "dark")


# Addresses of things that are found under another entry of the menu.
BELONGS = {
    "team": "people", "person": "people", "key-results": "goals", "check-ins": "goals", "guidance": "goals",
    "examples": "goals", "initiatives": "goals", "cycles": "goals",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """The rail and the top line; `cycle_share` 0..1, None without a cycle."""

    workspace_name: str
    workspace_slug: str
    me_id: int | None
    me_name: str
    me_initials: str
    role: str
    is_admin: bool
    can_write: bool
    due_count: int
    unread_count: int
    teams: tuple[tuple[int, str], ...]
    cycle_words: str
    cycle_share: float | None
    section: str


def shell(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "auto")
    common: dict[str, Any] = {
        "theme": theme if theme in THEMES else "auto",
        "has_fonts": has_fonts(),
        "csp_nonce": getattr(request, "csp_nonce", ""),  # a page made outside a request has none
    }
    place: Place | None = getattr(request, "place", None)
    if place is None:
        return common
    cycles = getattr(request, "cycles", None) or list_cycles(place.actor, today=place.today)
    due, unread = waiting_counts(place.actor, today=place.today)
    cycle = pick_cycle(cycles, today=place.today)
    path = request.path_info.split("/")
    section = path[3] if len(path) > 3 else ""  # noqa: PLR2004 - /w/<slug>/<section>/
    common["frame"] = Frame(
        workspace_name=place.name,
        workspace_slug=place.slug,
        me_id=place.actor.membership_id,
        me_name=place.user_name,
        me_initials=initials(place.user_name),
        role=place.actor.role.value,
        is_admin=place.actor.is_admin,
        can_write=place.actor.can_write,
        due_count=due,
        unread_count=unread,
        teams=place.teams,
        cycle_words=_cycle_words(cycle, place),
        cycle_share=cycle.elapsed if cycle else None,
        section=BELONGS.get(section, section),
    )
    common["ws"] = place.slug
    common["base"] = f"/w/{place.slug}/"  # for rows: reversing an address for each of hundreds costs the page
    common["today"] = place.today
    return common


def _cycle_words(cycle: CycleRow | None, place: Place) -> str:
    if cycle is None:
        return "No cycle yet"
    if place.today > cycle.last_day:
        return f"{cycle.name}, ended {cycle.last_day:%-d %b}"
    if place.today < cycle.first_day:
        return f"{cycle.name}, from {cycle.first_day:%-d %b}"
    return f"{cycle.name}, week {cycle.week(place.today)} of {cycle.weeks}"


@lru_cache(maxsize=1)
def has_fonts() -> bool:
    return finders.find("milepost/fonts/public-sans-latin-wght-normal.woff2") is not None


def workspaces_of(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    return list_workspaces(request.user) if request.user.is_authenticated else ()
