"""In which rhythm a team checks in, from a terminal, by the REST interface."""

from typing import Annotated, Any

import typer

from milepost.cli.people import AsJson, ProfileName, guarded, out, print_json, remote_of
from milepost.cli.remote import Remote, RemoteProblem

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(rhythm)


def rhythm(
    team: Annotated[str, typer.Argument(help="Name of the team, or its beginning.")],
    weeks: Annotated[int | None, typer.Option(help="Weeks between check-ins, 1 to 3; 0: monthly.")] = None,
    on: Annotated[str, typer.Option(help="The day they are due on, such as tue.")] = "",
    hour: Annotated[int | None, typer.Option(help="The hour they are asked for by mail, 0 to 23.")] = None,
    skip_days: Annotated[
        int | None, typer.Option(help="Who updated in so many days before is not asked; 0: everybody.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Follow what is above the team.")] = False,
    lock: Annotated[
        bool | None, typer.Option("--lock/--unlock", help="Whether teams below follow, whatever they set.")
    ] = None,
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Show in which rhythm a team checks in, or give it one of its own; what is left out stays."""
    remote = remote_of(profile)
    given = {"weeks": weeks, "weekday": _weekday(on), "hour": hour, "skip_days": skip_days, "is_locked": lock}
    changes = {name: value for name, value in given.items() if value is not None}
    shown = guarded(lambda: _run(remote, team, changes, follow=follow))
    if as_json:
        print_json(shown)
        return
    whose = f"inherited from {shown['set_by']}" if shown["is_inherited"] else "its own"
    lines = [f"{shown['words'][:1].upper()}{shown['words'][1:]} ({whose})."]
    if shown["locked_by"]:
        lines.append(f"{shown['locked_by']} has locked its rhythm, so every team below it follows.")
    if shown["is_locked"]:
        lines.append("Teams below follow it, whatever they set.")
    for line in lines:
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def _run(remote: Remote, team: str, changes: dict[str, Any], *, follow: bool) -> Any:
    path = f"teams/{_find(remote, team)}/rhythm"
    if not changes and not follow:
        return remote.get(path)
    there = remote.get(path)
    is_locked = changes.get("is_locked", there["is_locked"])
    if follow:
        return remote.put(path, {"is_locked": is_locked})
    if changes.keys() == {"is_locked"} and there["own"] is None:
        return remote.put(path, changes)
    base = there["own"] or {name: there[name] for name in ("weeks", "weekday", "hour", "skip_days")}
    return remote.put(path, {**base, "is_locked": is_locked, **changes})


def _find(remote: Remote, text: str) -> int:
    wanted = text.strip().lower()
    teams = remote.every("teams")
    found = [one for one in teams if one["name"].lower() == wanted]
    found = found or [one for one in teams if one["name"].lower().startswith(wanted)]
    if len(found) != 1:
        raise RemoteProblem(f"{'Several teams begin' if found else 'No team begins'} with {text}. Write its name.")
    return int(found[0]["id"])


def _weekday(text: str) -> int | None:
    name = text.strip().lower()[:3]
    if not name:
        return None
    if name not in DAYS:
        raise typer.BadParameter(f"“{text}” is no day. Write it as mon, tue, wed, thu, fri, sat or sun.")
    return DAYS.index(name)
