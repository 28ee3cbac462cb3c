"""Views of goals that somebody keeps, from a terminal, by the REST interface."""

import webbrowser
from typing import Annotated, Any

import typer

from milepost.cli.people import AsJson, ProfileName, guarded, out, print_json, remote_of
from milepost.cli.remote import Remote, RemoteProblem

view_app = typer.Typer(no_args_is_help=True, help="Views of the Goals page, kept under a name.")
Name = Annotated[str, typer.Argument(help="The beginning of its name.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(view_app, name="view")


@view_app.command("list")
def list_views(profile: ProfileName = "", as_json: AsJson = False) -> None:
    """List your own views and the shared ones."""
    rows = guarded(lambda: remote_of(profile).every("views"))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        whose = "yours" if row["is_mine"] else row["owner_name"]
        shared = ", shared" if row["is_shared"] else ""
        opens = ", opens Goals" if row["is_default"] else ""
        _say(f"{row['name']}  ({whose}{shared}{opens})  {row['query']}")
    if not rows:
        _say("No views. Keep one with: milepost view keep NAME QUERY")


@view_app.command("keep")
def keep(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    query: Annotated[str, typer.Argument(help="What stands behind the ? of the address of the Goals page.")],
    shared: Annotated[bool, typer.Option("--shared", help="For everybody; each sees what they may see.")] = False,
    default: Annotated[bool, typer.Option("--default", help="Open your own Goals page with it.")] = False,
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Keep a filter of the Goals page under a name."""
    body = {"name": name, "query": query, "is_shared": shared, "is_default": default}
    made = guarded(lambda: remote_of(profile).post("views", body))
    if as_json:
        print_json(made)
        return
    _say(f"Kept: {made['name']}  {made['query']}")


@view_app.command("open")
def open_view(
    name: Name,
    show: Annotated[bool, typer.Option("--print", help="Print the address instead.")] = False,
    profile: ProfileName = "",
) -> None:
    """Open the Goals page with a view."""
    remote = remote_of(profile)

    def address() -> str:
        found = _find(remote, name)
        return f"{remote.profile.url}/w/{remote.get('me')['workspace']}/goals/?{found['query']}"

    url = guarded(address)
    _say(url)
    if not show:
        webbrowser.open(url)


@view_app.command("delete")
def delete(name: Name, profile: ProfileName = "") -> None:
    """Delete a view of yours."""
    remote = remote_of(profile)

    def send() -> str:
        found = _find(remote, name)
        remote.delete(f"views/{found['id']}")
        return str(found["name"])

    _say(f"Deleted: {guarded(send)}")


def _find(remote: Remote, name: str) -> dict[str, Any]:
    rows = [row for row in remote.every("views") if row["name"].lower().startswith(name.lower())]
    exact = [row for row in rows if row["name"].lower() == name.lower()]
    rows = exact or rows
    if len(rows) != 1:
        names = "; ".join(row["name"] for row in rows)
        raise RemoteProblem(f"No view begins with {name}." if not rows else f"Several do: {names}. Say more of it.")
    return rows[0]


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)
