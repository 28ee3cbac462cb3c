"""What became different between two days, in a terminal."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from milepost.cli import people
from milepost.cli.numbers import three_digits
from milepost.cli.people import AsJson, ProfileName
from milepost.cli.remote import Remote, RemoteProblem

BECAME = {
    "new": "new", "came": "came in", "left": "not here any more", "closed": "closed", "reopened": "reopened",
    "state": "another state", "changed": "",
}  # fmt: skip
LEAST = 0.005  # less than is shown


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(changes)


def changes(
    since: Annotated[str, typer.Argument(help="The earlier day: 2026-10-31.")],
    until: Annotated[str, typer.Argument(help="The later day; today if left out.")] = "",
    cycle: Annotated[
        str, typer.Option("--cycle", "-c", help="The beginning of its name; the running one if left out.")
    ] = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Show what became different in a cycle between the ends of two days, the largest change first."""
    remote = people.remote_of(profile)

    def fetch() -> tuple[dict[str, Any], dict[str, Any]]:
        found = _cycle(remote, cycle)
        return found, remote.get(f"cycles/{found['id']}/differences", since=since, until=until or None)

    of, found = people.guarded(fetch)
    if as_json:
        people.print_json(found)
        return
    people.out.print(f"{of['name']}, {found['since']} to {found['until']}", style="bold", markup=False, highlight=False)
    if found["goals"]:
        table = Table("Goal", "Was", "Is", "Moved", "Status", "What", box=None, pad_edge=False)
        for goal in found["goals"]:
            table.add_row(*_goal(goal))
        people.out.print(table)
    people.out.print(f"{found['same']} stand as they did." if found["goals"] else "Every goal stands as it did.")
    if found["kpis"]:
        table = Table("KPI", "Was", "Is", "Status", box=None, pad_edge=False)
        for kpi in found["kpis"]:
            table.add_row(*_kpi(kpi))
        people.out.print(table)


def _goal(goal: dict[str, Any]) -> tuple[str, ...]:
    before, after = goal["before"], goal["after"]
    indent = "  " if goal["kind"] == "key_result" else ""
    moved = "" if goal["moved"] is None or abs(goal["moved"]) < LEAST else f"{goal['moved']:+.2f}"
    amended = [(one["field"], *_apart(one["before"], one["after"])) for one in goal["amended"]]
    said = [BECAME[goal["what"]], *(f"{field} {was} → {is_now}" for field, was, is_now in amended)]
    if before and after and before["confidence"] != after["confidence"]:
        said.append(f"confidence {before['confidence'] or '–'} → {after['confidence'] or '–'}")
    what = ", ".join(filter(None, said))
    return f"{indent}{escape(goal['title'])}", _score(before), _score(after), moved, _words(before, after), what


def _kpi(kpi: dict[str, Any]) -> tuple[str, ...]:
    stood = kpi["before"], kpi["after"]
    was, is_now = _apart(*(None if one is None else one["value"] for one in stood))
    unit = kpi["unit"]
    return escape(kpi["name"]), f"{was} {unit}".strip(), f"{is_now} {unit}".strip(), _words(*stood)


def _words(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    was, is_now = ("" if stood is None else stood["status"].replace("_", " ") for stood in (before, after))
    return is_now if was == is_now or not was else f"{was} → {is_now}" if is_now else was


def _score(stood: dict[str, Any] | None) -> str:
    return "–" if stood is None or stood["score"] is None else f"{stood['score']:.2f}"


def _apart(was: float | None, is_now: float | None) -> tuple[str, str]:
    """Return two values with as many digits as it takes to tell them apart, three if they are the same."""
    told = _number(was), _number(is_now)
    if was is None or is_now is None or was == is_now:
        return told
    more = (f"{value:,.{digits}g}" for digits in range(4, 15) for value in (was, is_now))
    pairs = [told, *zip(more, more, strict=True)]
    return next((pair for pair in pairs if pair[0] != pair[1]), told)


def _number(value: float | None) -> str:
    return "–" if value is None else three_digits(value)


def _cycle(remote: Remote, name: str) -> dict[str, Any]:
    """Return the cycle that is meant; of several that run the one that ends first, and began last.

    Raises:
        RemoteProblem: none begins so, or none runs; the sentence names those there are.
    """
    every: list[dict[str, Any]] = remote.every("cycles")
    newest_first = sorted(every, key=lambda one: one["first_day"], reverse=True)
    cycles = sorted(newest_first, key=lambda one: one["last_day"])
    found: list[dict[str, Any]]
    if name:
        found = [one for one in reversed(cycles) if one["name"].lower().startswith(name.lower())]
    else:
        today: str = remote.get("me")["today"]
        found = [one for one in cycles if one["first_day"] <= today <= one["last_day"]]
    if not found:
        there = ", ".join(one["name"] for one in reversed(cycles)) or "none yet"
        raise RemoteProblem(f"{f'No cycle begins with {name}' if name else 'No cycle runs'}. There are: {there}.")
    return found[0]
