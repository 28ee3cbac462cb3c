"""Explain this number, in a terminal."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from milepost.cli import people
from milepost.cli.numbers import three_digits
from milepost.cli.people import AsJson, ProfileName
from milepost.cli.remote import Remote, RemoteProblem

FOLDERS = {"objective": "objectives", "key_result": "key-results", "kpi": "kpis"}
KINDS = {"goal": "objective", "objective": "objective", "key-result": "key_result", "kpi": "kpi"}
NAMES = {"objective": "goal", "key_result": "key-result", "kpi": "kpi"}
HEADINGS = {
    "value": "Value", "progress": "Progress", "score": "Score", "expected": "Plan for today", "status": "Status",
    "grade": "Grade", "kpi_status": "Status",
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(explain)


def explain(
    name: Annotated[str, typer.Argument(help="The beginning of its words, its number or its slug.")],
    kind: Annotated[str, typer.Option("--kind", "-k", help="goal, key-result or kpi, where several are found.")] = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Explain the numbers and the word of a goal, a key result or a KPI."""
    remote = people.remote_of(profile)

    def fetch() -> dict[str, Any]:
        found, reference = find_one(remote, name, kind)
        explained: dict[str, Any] = remote.get(f"{FOLDERS[found]}/{reference}/explanation")
        return explained

    explained = people.guarded(fetch)
    if as_json:
        people.print_json(explained)
        return
    _print(explained)


def find_one(remote: Remote, name: str, kind: str) -> tuple[str, str]:
    """Return kind and reference of the one thing that is meant.

    Raises:
        RemoteProblem: nothing or several things begin so; the sentence says what to type.
    """
    if kind and kind not in KINDS:
        raise RemoteProblem(f"{kind} is no kind. Choose goal, key-result or kpi.")
    wanted = {KINDS[kind]} if kind else set(FOLDERS)
    if name.isdigit() and wanted != {"kpi"}:
        return (KINDS[kind] if kind else "key_result"), name
    found = [hit for hit in remote.get("search", q=name)["items"] if hit["kind"] in wanted]
    exact = [hit for hit in found if name.lower() in {hit["reference"].lower(), hit["title"].lower()}]
    begins = [hit for hit in found if hit["title"].lower().startswith(name.lower())]
    found = exact or begins or found
    if len(found) == 1:
        return found[0]["kind"], found[0]["reference"]
    if found:
        names = "; ".join(f"{hit['title']} ({NAMES[hit['kind']]} {hit['reference']})" for hit in found)
        same = len({hit["kind"] for hit in found}) == 1
        hint = "Say more of it, or its number." if same else "Say which with --kind."
        raise RemoteProblem(f"Several do: {names}. {hint}")
    if wanted == {"kpi"} or ("-" in name and not kind):
        return "kpi", name  # a slug whose words begin with something else; the answer says if there is none
    raise RemoteProblem(f"No {kind or 'goal, key result or KPI'} begins with {name}.")


def _print(explained: dict[str, Any]) -> None:
    what = f"{NAMES[explained['about']['kind']]} {explained['about']['reference']}, {explained['on']}"
    _say(f"[bold]{escape(explained['title'])}[/]  [dim]{escape(what)}[/]")
    for one in explained["explanations"]:
        heading = HEADINGS.get(one["of"], one["of"])
        _say(f"\n[bold]{heading}[/]  {_result(one)}  [dim]rules {', '.join(one['rules'])}[/]")
        _say(f"  {escape(one['formula'])}")
        if one["set_by"] and one["set_by"]["why"]:
            _say(f"  “{escape(one['set_by']['why'])}”")
        for title, table in (
            ("Values", _table([_input(i) for i in one["inputs"] if i["value"] is not None])),
            ("Parts, in percent", _parts(one)),
            ("Left out", _table([(_dash(o["label"]), f"{o['why']} ({o['rule']})") for o in one["left_out"]])),
            ("What would change it", _table([(c["text"],) for c in one["changes"]])),
        ):
            if table is not None:
                _say(f"  [dim]{title}[/]")
                people.out.print(table)


def _say(line: str) -> None:
    people.out.print(line, highlight=False, soft_wrap=True)


def _result(one: dict[str, Any]) -> str:
    if one["of"] == "grade" and one["value"] is not None:
        return f"{100 * one['value']:.1f} %{', ' + one['word'] if one['word'] else ''}"
    if one["word"] is not None:
        return people.word(one["word"])
    if one["value"] is None:
        return "unknown"
    if one["unit"] is None:
        return f"{100 * one['value']:.1f} %"
    return escape(f"{three_digits(one['value'])} {one['unit']}".strip())


def _input(given: dict[str, Any]) -> tuple[str, str, str]:
    shown = f"{100 * given['value']:.4g} %" if given["unit"] is None else _exact(given["value"], given["unit"])
    where = ", ".join(part for part in (given["source"], given["by"], given["on"]) if part)
    return _dash(given["label"]), shown, where


def _parts(one: dict[str, Any]) -> Table | None:
    if not one["parts"]:
        return None
    table = Table("", "share", "×", "adds", "", box=None, padding=(0, 2, 0, 2), header_style="dim")
    for column in table.columns[1:4]:
        column.justify = "right"
    for part in one["parts"]:
        table.add_row(
            escape(part["label"]), part["share_text"], part["value_text"], part["adds_text"], escape(part["how"])
        )
    table.add_row("sum", "", "", f"[bold]{one['total_text']}[/]", "")
    return table


def _table(rows: Sequence[tuple[str, ...]]) -> Table | None:
    if not rows:
        return None
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 2))
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def _exact(value: float, unit: str) -> str:
    typed = float(f"{value:.9g}") == value  # a computed number has no end, and here nobody types it again
    return f"{value:.{9 if typed else 6}g} {unit}".strip()


def _dash(label: str) -> str:
    return label or "–"
