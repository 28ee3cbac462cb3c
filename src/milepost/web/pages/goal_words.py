"""What stands around the goals: tabs with counts, views to switch to, what is chosen, one sentence."""

from datetime import date
from typing import Any

from milepost.okr.queries import AlignmentChart, Asked, CycleRow, GoalFilter, GoalMap, write_filter
from milepost.okr.queries.filters import GROUPS, SORTS, STATES, STATUSES, TABS
from milepost.web import format as words
from milepost.web.pages.choices import Choices, people, pillars, teams
from milepost.web.words import look
from milepost.workspace.queries import Place

TAB_WORDS = {
    "all": "All", "attention": "Needs attention", "overdue": "Overdue check-in", "mine": "Mine",
    "unaligned": "Not aligned",
}  # fmt: skip
FORM_WORDS = {
    "list": ("List", "list"), "tree": ("Tree", "list-tree"), "map": ("Map", "map"), "chart": ("Alignment", "network"),
    "timeline": ("Timeline", "calendar-range"),
}  # fmt: skip
GROUP_WORDS = {
    "": "nothing", "team": "team", "owner": "owner", "lead": "lead", "pillar": "pillar", "status": "status",
}  # fmt: skip
SORT_WORDS = {"": "as they were made", "title": "title", "behind": "furthest behind plan", "check_in": "next check-in"}
COUNTED = 100


def tabs(asked: GoalFilter, counts: dict[str, int]) -> list[tuple[str, int, str, bool]]:
    """Return each tab with its count, address and whether it is the one shown."""
    return [(TAB_WORDS[tab], counts[tab], write_filter(asked, tab=tab), tab == asked.tab) for tab in TABS]


def switches(asked: GoalFilter) -> list[tuple[str, str, str, bool]]:
    """Return each view with its icon, the address that keeps the filter, and whether it is the one shown."""
    return [
        (word, icon, write_filter(asked, form=form), form == asked.form) for form, (word, icon) in FORM_WORDS.items()
    ]


def chips(asked: Asked) -> list[tuple[str, str]]:
    """Return what is chosen besides cycle and tab, each with the address without it."""
    chosen, found = asked.filter, []
    if chosen.team_id is not None:
        more = " and below" if len(asked.team_ids) > 1 else ""
        found.append((f"Team: {asked.team_name}{more}", write_filter(chosen, team_id=None)))
    if chosen.lead_id is not None:
        found.append((f"Lead: {asked.lead_name}", write_filter(chosen, lead_id=None)))
    if chosen.state:
        found.append((f"State: {look(chosen.state).label.lower()}", write_filter(chosen, state="")))
    if chosen.status:
        found.append((f"Status: {look(chosen.status).label.lower()}", write_filter(chosen, status="")))
    if chosen.pillar_id is not None:
        found.append((f"Pillar: {asked.pillar_name}", write_filter(chosen, pillar_id=None)))
    if chosen.tag:
        found.append((f"Tag: {chosen.tag}", write_filter(chosen, tag="")))
    if chosen.text:
        found.append((f"Text: {chosen.text}", write_filter(chosen, text="")))
    if chosen.group:
        found.append((f"By {GROUP_WORDS[chosen.group]}", write_filter(chosen, group="")))
    if chosen.sort:
        found.append((f"Order: {SORT_WORDS[chosen.sort]}", write_filter(chosen, sort="")))
    return found


def choices(place: Place, asked: GoalFilter) -> list[tuple[str, str, Choices, str]]:
    """Return each select of the filter: its name in the address, its label, what it offers, what is chosen."""
    anything = [("", "any")]
    return [
        ("team", "Team, with those below", anything + teams(place), str(asked.team_id or "")),
        ("lead", "Lead", anything + people(place), str(asked.lead_id or "")),
        ("pillar", "Pillar", anything + pillars(place)[1:], str(asked.pillar_id or "")),
        ("status", "Status", anything + [(word, look(word).label) for word in STATUSES], asked.status),
        ("state", "State", anything + [(word, look(word).label) for word in STATES], asked.state),
        ("group", "Group by", [(group, GROUP_WORDS[group]) for group in GROUPS], asked.group),
        ("sort", "Order", [(sort, SORT_WORDS[sort]) for sort in SORTS], asked.sort),
    ]


def lede(asked: Asked, cycle: CycleRow | None, shown: Any, *, today: date) -> str:
    """Return the sentence under the heading of a view."""
    if cycle is None or shown is None:
        return "Objectives say where we go, key results how we know."
    n, tops = shown.counts["all"], shown.counts["tops"]
    days = f"{max(0, min((today - cycle.first_day).days, cycle.days))} of {cycle.days} days in"
    match shown:
        case GoalMap():
            loose = shown.counts["unaligned"]
            said = "" if not loose else f" {_some(loose, 'objective')} {'hangs' if loose == 1 else 'hang'} on nothing."
            return f"{_some(n, 'objective')}, {days}, each to the right of the one it serves.{said}"
        case AlignmentChart():
            edges = sum(edge.goals for edge in shown.edges)
            if not edges:
                return "Nobody's goals hang on somebody else's yet. Choose a parent on a goal's page to link the two."
            return f"{_some(edges, 'link')} from a goal to the one it serves, counted by who owns the two."
    if asked.filter.form == "timeline":
        return f"{_some(n, 'objective')} over the days of {cycle.name}, {days}, with check-ins and steps that are due."
    if asked.filter.form == "list" or asked.filter.is_narrow:
        return f"{_some(n, 'objective')}, {days}. The flag on each bar marks where the plan says we should be today."
    return (
        f"{_some(tops, 'top objective')} and the goals that count towards them, {days}. "
        "The flag on each bar marks where the plan says we should be today."
    )


def _some(n: int, one: str) -> str:
    found = f"more than {COUNTED} {one}s" if n > COUNTED else words.count(n, one)
    return found[0].upper() + found[1:]
