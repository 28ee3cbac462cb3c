"""Saying something about a goal or a KPI, from a terminal."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from milepost.cli.explain import find_one
from milepost.cli.people import AsJson, ProfileName, guarded, out, print_json, remote_of
from milepost.cli.remote import Remote


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(comment)


def comment(
    name: Annotated[str, typer.Argument(help="The beginning of its words, its number or its slug.")],
    text: Annotated[str, typer.Argument(help="What to say; @Name mentions somebody.")],
    flag: Annotated[str, typer.Option("--flag", "-f", help="risk or opportunity.")] = "",
    kind: Annotated[str, typer.Option("--kind", "-k", help="goal, key-result or kpi, where several are found.")] = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Comment on a goal, a key result or a KPI."""
    remote = remote_of(profile)

    def send() -> tuple[dict[str, Any], str]:
        path, key_result, title = _place(remote, *find_one(remote, name, kind))
        body: dict[str, Any] = {"text": text, "flag": flag or None}
        if key_result is not None:
            body["key_result_id"] = key_result
        return remote.post(f"{path}/comments", body), title

    made, title = guarded(send)
    if as_json:
        print_json(made)
        return
    out.print(f"Commented on {escape(title)}.", soft_wrap=True)


def _place(remote: Remote, kind: str, reference: str) -> tuple[str, int | None, str]:
    """Return where comments on a thing stand, the key result that is meant if there is one, and its title."""
    if kind == "kpi":
        return f"kpis/{reference}", None, remote.get(f"kpis/{reference}")["name"]
    if kind == "objective":
        return f"objectives/{reference}", None, remote.get(f"objectives/{reference}")["title"]
    found = remote.get(f"key-results/{reference}")
    return f"objectives/{found['objective_id']}", int(reference), found["title"]
