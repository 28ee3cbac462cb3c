"""When somebody is away, from a terminal, by the REST interface."""

from datetime import date
from typing import Annotated, Any

import typer

from milepost.cli.people import AsJson, ProfileName, guarded, out, print_json, remote_of
from milepost.cli.remote import Remote, RemoteProblem

Day = Annotated[str, typer.Argument(help="Such as 2026-12-21; both days included.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(away)


def away(
    first: Day = "",
    last: Day = "",
    stand_in: Annotated[str, typer.Option(help="Address, or the beginning of a name.")] = "",
    message: Annotated[str, typer.Option("-m", "--message", help="A note that everybody reads.")] = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Say when you are away; without days, show who is."""
    remote = remote_of(profile)
    if first:
        days = {"first_day": _day(first), "last_day": _day(last or first), "note": message}
        made = guarded(lambda: _send(remote, days, stand_in))
        if as_json:
            print_json(made)
            return
        who = f" {made['stand_in_name']} stands in." if made["stand_in_name"] else ""
        _say(f"Away from {made['first_day']} to {made['last_day']}.{who}")
        return
    rows = guarded(lambda: remote.get("away"))["items"]
    if as_json:
        print_json(rows)
        return
    people = {one["id"]: one["name"] for one in guarded(lambda: remote.every("people"))} if rows else {}
    for row in rows:
        who = f", {row['stand_in_name']} stands in" if row["stand_in_name"] else ""
        _say(f"{people.get(row['person_id'], '')}: {row['first_day']} to {row['last_day']}{who}")
    if not rows:
        _say("Nobody is away.")


def _send(remote: Remote, days: dict[str, Any], stand_in: str) -> Any:
    me = remote.get("me")["person_id"]
    if me is None:
        raise RemoteProblem("This token stands for the workspace, which is never away. Use your own.")
    body = {**days, "stand_in_id": _find(remote, stand_in) if stand_in else None}
    return remote.post(f"people/{me}/away", body)


def _find(remote: Remote, text: str) -> int:
    wanted = text.lower()
    people = remote.every("people")
    found = [one for one in people if one["email"].lower() == wanted or one["name"].lower().startswith(wanted)]
    if len(found) != 1:
        raise RemoteProblem(f"{'Several people begin' if found else 'Nobody begins'} with {text}. Write the address.")
    return int(found[0]["id"])


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise typer.BadParameter(f"“{text}” is no day. Write it as 2026-12-21.") from None


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)
