"""The review of a cycle, in a terminal."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from milepost.cli import people
from milepost.cli.numbers import three_digits
from milepost.cli.people import AsJson, ProfileName
from milepost.cli.remote import Remote, RemoteProblem

WORDS = {
    "": "", "keep": "keep", "drop": "drop", "carry": "carry over", "kpi": "turn into KPI", "raise": "raise KPI target",
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(review)


def review(
    cycle: Annotated[str, typer.Argument(help="The beginning of its name; left out, the last one that is over.")] = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Show what a cycle came to: grades, lessons, and what becomes of each key result."""
    remote = people.remote_of(profile)

    def fetch() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        found = _find(remote, cycle)
        return found, _every(remote, found["id"])

    found, items = people.guarded(fetch)
    if as_json:
        people.print_json({"cycle": found, "items": items})
        return
    people.out.print(found["name"], style="bold", highlight=False)
    if not items:
        people.out.print("Nothing of it ran.", highlight=False)
        return
    table = Table("Key result", "Final", "Proposed", "Grade", "Word", "Becomes", "Lesson", box=None, pad_edge=False)
    for item in items:
        final = "–" if item["final"] is None else f"{three_digits(item['final'])} {item['unit']}".strip()
        grade = _two(item["grade"]) if item["is_graded"] else "waits"
        becomes = WORDS[item["outcome"]]
        title, lesson = escape(item["title"]), escape(item["lesson"])
        table.add_row(title, final, _two(item["proposed"]), grade, item["word"] or "", becomes, lesson)
    people.out.print(table)


def _two(score: float | None) -> str:
    return "–" if score is None else f"{score:.2f}"


def _find(remote: Remote, name: str) -> dict[str, Any]:
    """Return the cycle that is meant.

    Raises:
        RemoteProblem: none begins so; the sentence names those there are.
    """
    cycles = sorted(remote.every("cycles"), key=lambda one: (one["last_day"], one["first_day"]), reverse=True)
    if name:
        found = [one for one in cycles if one["name"].lower().startswith(name.lower())]
    else:
        today = remote.get("me")["today"]
        found = [one for one in cycles if one["last_day"] < today]
    if not found:
        there = ", ".join(one["name"] for one in cycles[:8]) or "none yet"
        wanted = f"No cycle begins with {name}" if name else "No cycle is over"
        raise RemoteProblem(f"{wanted}. There are: {there}.")
    return found[0]


def _every(remote: Remote, cycle_id: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = remote.get(f"cycles/{cycle_id}/reviews", cursor=cursor or None)
        items += page["items"]
        cursor = page["next"]
    return items
