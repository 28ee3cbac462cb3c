"""What is worth a thought in goals and KPIs, in a terminal: advice, never a refusal."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape

from milepost.cli.people import AsJson, ProfileName, guarded, out, print_json, remote_of
from milepost.cli.remote import Remote, RemoteProblem

KINDS = {"team": "Team", "person": "Person", "board": "Board", "kpi": "KPI"}


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(lint)


def lint(
    cycle: Annotated[str, typer.Option("--cycle", "-c", help="Its name or number; the running one if left out.")] = "",
    kpis: Annotated[bool, typer.Option("--kpis", help="Look at the KPIs instead.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 if there is any remark.")] = False,
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Remark on goals that have no number, no lead, too many key results and the like."""
    remote = remote_of(profile)

    def fetch() -> dict[str, Any]:
        given = {"of": "kpis"} if kpis else {"cycle": _cycle(remote, cycle) if cycle else None}
        found: dict[str, Any] = remote.get("guidance", **given)
        return found

    found = guarded(fetch)
    if as_json:
        print_json(found)
    else:
        _print(found)
    if strict and found["items"]:
        raise typer.Exit(1)


def _cycle(remote: Remote, text: str) -> int:
    if text.isdigit():
        return int(text)
    cycles = remote.every("cycles")
    found = [c["id"] for c in cycles if c["name"].lower() == text.lower()]
    if not found:
        names = ", ".join(c["name"] for c in cycles) or "none yet"
        raise RemoteProblem(f"No cycle is called {text}. There are: {names}.")
    return int(found[0])


def _print(found: dict[str, Any]) -> None:
    items = found["items"]
    of = f" on {found['cycle']['name']}" if found["cycle"] else ""
    if not items:
        _say(f"No remarks{escape(of)}.")
        return
    for group in _groups(items):
        first = group[0]["about"]
        if first["objective"]:
            _say(f"[bold]{escape(first['within'])}[/]")
        else:
            _say(f"[bold]{escape(first['title'])}[/]  [dim]{KINDS.get(first['kind'], '')}[/]")
        for one in group:
            about = one["about"]
            of_what = f"{escape(about['title'])}: " if about["kind"] == "key_result" else ""
            _say(f"  {of_what}{escape(one['why'])} {escape(one['how'])}  [dim]{one['key']}[/]")
    count = len(items)
    _say(f"[dim]{count} {'remark' if count == 1 else 'remarks'}{escape(of)}, nothing blocks.[/]")


def _groups(items: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the remarks of each objective together, and those of each other thing, in the order they came in."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in items:
        about = one["about"]
        key = ("objective", about["objective"]) if about["objective"] else (about["kind"], about["reference"])
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _say(line: str) -> None:
    out.print(line, highlight=False, soft_wrap=True)
