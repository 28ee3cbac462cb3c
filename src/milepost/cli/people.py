"""What people do from a terminal, by the REST interface: the week, check-ins, goals, KPIs."""

import json
import os
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from milepost.cli import profiles
from milepost.cli.numbers import three_digits
from milepost.cli.profiles import NoProfile, Profile
from milepost.cli.remote import NotThere, Remote, RemoteProblem

T = TypeVar("T")
out = Console()
err = Console(stderr=True)
kpi_app = typer.Typer(no_args_is_help=True, help="KPIs: list them, look at one, send a value.")
ProfileName = Annotated[str, typer.Option("--profile", "-p", help="Which installation, of those you logged in to.")]
NEGATIVE = {"ignore_unknown_options": True}  # -5 is a value, not an option
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]
WIDE = 1000
WORDS = {
    "off_track": "[red]off track[/]", "at_risk": "[yellow]at risk[/]", "on_track": "[green]on track[/]",
    "ahead": "[green]ahead[/]", "reached": "[green]reached[/]", "off_target": "[red]off target[/]",
    "close": "[yellow]close[/]", "on_target": "[green]on target[/]",
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (login, week, checkin, goals, open_page):
        settings = NEGATIVE if command is checkin else None
        app.command("open" if command is open_page else None, context_settings=settings)(command)
    app.add_typer(kpi_app, name="kpi")


def login(
    address: Annotated[str, typer.Argument(help="Such as https://okr.example.org")],
    token: Annotated[str, typer.Option(prompt="Token (Settings, Tokens)", hide_input=True, envvar="MILEPOST_TOKEN")],
    profile: ProfileName = profiles.DEFAULT,
) -> None:
    """Remember an installation and your token for it."""
    made = Profile(profile, address.rstrip("/"), token.strip())
    me = guarded(lambda: Remote(made).get("me"))
    path = profiles.save(made)
    who = f"{me['name']} at {me['workspace_name']}, {', '.join(me['scopes'])}."
    out.print(f"{who} Kept in {path}.", markup=False, soft_wrap=True)


def week(profile: ProfileName = "", as_json: AsJson = False) -> None:
    """Show what is due from you."""
    due = guarded(lambda: remote_of(profile).get("week"))
    if as_json:
        print_json(due)
        return
    if not due["due"]:
        opens = due["next_opens_on"]
        out.print(f"Nothing is due. The next check-in opens on {opens}." if opens else "Nothing is due.")
        return
    table = Table("key result", "value", "confidence", "status", "due", "of", box=None)
    for line in due["due"]:
        when = f"[yellow]{line['due_on']}[/]" if line["is_overdue"] else line["due_on"]
        table.add_row(
            escape(line["title"]), _value(line["value"], line["unit"]), _or_dash(line["confidence"]),
            word(line["status"]), when, escape(line["objective"]),
        )  # fmt: skip
    _print_table(table)
    out.print('Check in: milepost checkin "first words" VALUE -c CONFIDENCE -m "what changed"', style="dim")


def checkin(
    key_result: Annotated[str, typer.Argument(help="The beginning of its words, or its number.")],
    value: Annotated[
        float | None,
        typer.Argument(help="In its unit; of a judged one percent. Left out with --done, --same or a KPI."),
    ] = None,
    confidence: Annotated[int | None, typer.Option("-c", "--confidence", min=1, max=10, help="As before.")] = None,
    message: Annotated[str, typer.Option("-m", "--message", help="What changed, in one line.")] = "",
    done: Annotated[
        list[str] | None, typer.Option("--done", help="Beginning of a step or task that is done; may be repeated.")
    ] = None,
    same: Annotated[bool, typer.Option("--same", help="Nothing changed.")] = False,
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Check in on a key result."""
    remote = remote_of(profile)

    def send() -> tuple[dict[str, Any], dict[str, Any]]:
        pk = _key_result(remote, key_result)
        before = remote.get(f"key-results/{pk}")
        is_judged = before["kind"] == "judged"
        body = {
            "key_result_id": pk, "value": None if is_judged else value,
            "judged": value / 100 if is_judged and value is not None else None,
            "steps": _done(before, done or []), "confidence": confidence or before["confidence"] or 5,
            "note": message, "nothing_changed": same,
        }  # fmt: skip
        return remote.post("check-ins", body), remote.get(f"key-results/{pk}")

    made, shown = guarded(send)
    if as_json:
        print_json({**made, "key_result": shown})
        return
    out.print(
        f"Checked in on {escape(shown['title'])}: {_stands(shown)}{_percent(_counts(shown))}, "
        f"{word(shown['status'])}, confidence {shown['confidence']}.",
        soft_wrap=True,
    )


def goals(
    mine: Annotated[bool, typer.Option("--mine", help="Only those you lead.")] = False,
    tag: Annotated[str, typer.Option(help="Only those with this tag.")] = "",
    state: Annotated[str, typer.Option(help="draft, in_review, active, paused, cancelled or closed.")] = "active",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """List objectives with their key results."""
    remote = remote_of(profile)

    def fetch() -> list[dict[str, Any]]:
        lead = remote.get("me")["person_id"] if mine else None
        return remote.every("objectives", state=state, lead_id=lead, tag=tag or None, include="key_results")

    found = guarded(fetch)
    if as_json:
        print_json(found)
        return
    table = Table("goal", "progress", "plan", "status", "confidence", box=None)
    for o in found:
        table.add_row(
            f"[bold]{escape(o['title'])}[/]", _percent(o["score"]), _percent(o["expected"]), word(o["status"]),
            _or_dash(o["confidence"]),
        )  # fmt: skip
        for k in o["key_results"]:
            table.add_row(
                f"  {escape(k['title'])}{_aside(k)}", _percent(_counts(k)), _percent(k["expected"]), word(k["status"]),
                _or_dash(k["confidence"]),
            )  # fmt: skip
    _print_table(table, otherwise="No objectives.")


def open_page(
    what: Annotated[str, typer.Argument(help="The beginning of its words; nothing for My week.")] = "",
    show: Annotated[bool, typer.Option("--print", help="Print the address instead.")] = False,
    profile: ProfileName = "",
) -> None:
    """Open the page of a goal, KPI, person or team in the browser."""
    remote = remote_of(profile)

    def address() -> str:
        base = f"{remote.profile.url}/w/{remote.get('me')['workspace']}/"
        if not what:
            return f"{base}week/"
        found = remote.get("search", q=what)["items"]
        if not found:
            raise RemoteProblem(f"Nothing begins with {what}.")
        first = found[0]
        if first["kind"] == "key_result":
            goal = remote.get(f"key-results/{first['reference']}")["objective_id"]
            return f"{base}goals/{goal}/#kr-{first['reference']}"
        folder = {"objective": "goals", "kpi": "kpis", "person": "person", "team": "team"}[first["kind"]]
        return f"{base}{folder}/{first['reference']}/"

    url = guarded(address)
    out.print(url, highlight=False, soft_wrap=True)
    if not show:
        webbrowser.open(url)


@kpi_app.command("list")
def kpi_list(profile: ProfileName = "", as_json: AsJson = False) -> None:
    """List KPIs, the worst first."""
    found = guarded(lambda: remote_of(profile).every("kpis"))
    order = {"off_target": 0, "close": 1, "unknown": 2, "no_value": 3, "on_target": 4}
    found.sort(key=lambda k: (order.get(k["status"], 5), k["name"]))
    if as_json:
        print_json(found)
        return
    table = Table("KPI", "value", "period", "target", "status", Column("slug", no_wrap=True), box=None)
    for k in found:
        table.add_row(
            escape(k["name"]), _value(k["value"], k["unit"]), _or_dash(k["period"]), _target(k), word(k["status"]),
            k["slug"],
        )  # fmt: skip
    _print_table(table, otherwise="No KPIs.")


@kpi_app.command("show")
def kpi_show(
    name: Annotated[str, typer.Argument(help="Its slug, or the beginning of its words.")],
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Show one KPI with its last values."""
    remote = remote_of(profile)

    def fetch() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        slug = kpi_slug(remote, name)
        return remote.get(f"kpis/{slug}"), remote.get(f"kpis/{slug}/readings", limit=13)["items"]

    kpi, readings = guarded(fetch)
    if as_json:
        print_json({**kpi, "readings": readings})
        return
    stands = f"{_value(kpi['value'], kpi['unit'])}  {word(kpi['status'])}  {_target(kpi)}"
    out.print(f"[bold]{escape(kpi['name'])}[/]  {stands}")
    if kpi["changed_on"]:
        out.print(
            f"Since {kpi['changed_on']} about {_value(kpi['level'], kpi['unit'])}, "
            f"before {_value(kpi['level_before'], kpi['unit'])}."
        )
    table = Table("period", "value", "known", "by", box=None)
    for r in readings:
        shown = "taken back" if r["value"] is None else _value(r["value"], kpi["unit"])
        table.add_row(r["period"], shown, r["known_at"][:16].replace("T", " "), escape(_or_dash(r["author_name"])))
    _print_table(table)


@kpi_app.command("push", context_settings=NEGATIVE)
def kpi_push(
    name: Annotated[str, typer.Argument(help="Its slug, or the beginning of its words.")],
    value: Annotated[float, typer.Argument(help="In the KPI's unit.")],
    period: Annotated[str, typer.Option(help="2026-11-16, 2026-W47, 2026-11 …; the one that runs.")] = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Send a value of a KPI; sent twice, it is stored once. Made for cron."""
    remote = remote_of(profile)
    body: dict[str, Any] = {"value": value} | ({"period": period} if period else {})
    stored = guarded(lambda: remote.post(f"kpis/{kpi_slug(remote, name)}/readings", body))
    if as_json:
        print_json(stored)
        return
    kpi = stored["kpi"]
    said = "written" if stored["written"] else "stood there already"
    out.print(f"{escape(kpi['name'])}: {_value(value, kpi['unit'])} {said}; {word(kpi['status'])}.", soft_wrap=True)


def _done(key_result: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """Return the steps that these words begin, as done."""
    found = []
    for name in names:
        begin = [s for s in key_result["steps"] if s["title"].lower().startswith(name.lower())]
        if len(begin) != 1:
            steps = "; ".join(s["title"] for s in key_result["steps"]) or "none"
            how_many = "Several steps begin" if begin else "No step begins"
            raise RemoteProblem(f"{how_many} with {name}. Its steps: {steps}.")
        found.append({"id": begin[0]["id"], "done": 1.0})
    return found


def _stands(key_result: dict[str, Any]) -> str:
    """Return the value of a key result that has one, with the comma after it."""
    if key_result["kind"] in {"milestone", "tasks", "judged"} or key_result.get("combine", "") not in {"", "sum"}:
        return ""
    return f"{_value(key_result['value'], key_result['unit'])}, "


def _counts(key_result: dict[str, Any]) -> float | None:
    """Return how far a key result counts as come: the score that was set by hand, else its progress."""
    counts: float | None = key_result["score"] if key_result["is_overridden"] else key_result["progress"]
    return counts


def _aside(key_result: dict[str, Any]) -> str:
    """Return what a line of a list adds to the words of a key result."""
    said = []
    if key_result["priority"] is not None:
        said.append(f"P{key_result['priority']}")
    if key_result["kind"] == "baseline":
        said.append("waiting for a baseline")
    if key_result["is_overridden"]:
        said.append(f"score set by hand, computed {_percent(key_result['computed_score'])}")
    return f" [dim]({', '.join(said)})[/]" if said else ""


def remote_of(profile: str) -> Remote:
    return Remote(guarded(lambda: profiles.load(profile)))


def kpi_slug(remote: Remote, name: str) -> str:
    """Return the slug of the KPI that begins with these words."""
    return str(found_one(remote, name, kind="kpi", noun="KPI"))


def _key_result(remote: Remote, name: str) -> int:
    if name.isdigit():
        return int(name)
    words = name.lower().split()
    due = remote.get("week")["due"]
    mine = [line for line in due if all(any(w.startswith(p) for w in line["title"].lower().split()) for p in words)]
    begins = [line for line in mine if line["title"].lower().startswith(name.lower())]
    for found in (begins, mine):
        if len(found) == 1:
            return int(found[0]["key_result_id"])
    return int(found_one(remote, name, kind="key_result", noun="key result"))


def found_one(remote: Remote, name: str, *, kind: str, noun: str) -> str:
    """Return the reference of the one thing of a kind that begins with these words.

    Raises:
        RemoteProblem: there is none, or there are several.
    """
    found = [hit for hit in remote.get("search", q=name)["items"] if hit["kind"] == kind]
    exact = [hit for hit in found if name.lower() in {hit["reference"].lower(), hit["title"].lower()}]
    begins = [hit for hit in found if hit["title"].lower().startswith(name.lower())]
    found = exact if len(exact) == 1 else begins if len(begins) == 1 else found
    if not found and kind == "kpi":
        with suppress(NotThere):  # a slug whose words begin with something else
            return str(remote.get(f"kpis/{quote(name, safe='')}")["slug"])
    if len(found) != 1:
        names = "; ".join(f"{hit['title']} ({hit['reference']})" for hit in found)
        raise RemoteProblem(f"No {noun} begins with {name}." if not found else f"Several do: {names}. Say more of it.")
    return str(found[0]["reference"])


def guarded(do: Callable[[], T]) -> T:
    try:
        return do()
    except (RemoteProblem, NoProfile) as error:
        err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


def _print_table(table: Table, *, otherwise: str = "") -> None:
    """Print rows, each on one line when another program reads them."""
    is_read_by_a_program = not out.is_terminal and "COLUMNS" not in os.environ
    console = Console(width=WIDE) if is_read_by_a_program else out
    console.print(table if table.row_count else otherwise)


def print_json(data: Any) -> None:
    out.print_json(json.dumps(data))


def word(status: str | None) -> str:
    return WORDS.get(status or "", (status or "no value").replace("_", " "))


def _value(value: float | None, unit: str | None) -> str:
    return "–" if value is None else escape(f"{three_digits(value)} {unit or ''}".strip())


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _target(kpi: dict[str, Any]) -> str:
    target = kpi["target"]
    if target is None:
        return "no target"
    if target["rule"] == "within":
        return f"{three_digits(target['low'])} to {three_digits(target['high'])}"
    return f"≥ {three_digits(target['low'])}" if target["rule"] == "at_least" else f"≤ {three_digits(target['high'])}"


def _or_dash(value: object) -> str:
    return "–" if value is None else str(value)
