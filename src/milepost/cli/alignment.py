"""How goals hang together, from a terminal, by the REST interface."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from milepost.cli.people import (
    AsJson,
    ProfileName,
    found_one,
    guarded,
    kpi_slug,
    out,
    print_json,
    remote_of,
)
from milepost.cli.remote import Remote, RemoteProblem

align_app = typer.Typer(no_args_is_help=True, help="What goals contribute to: look, link, serve, answer.")
Goal = Annotated[str, typer.Argument(help="The beginning of its words, or its number.")]
Reason = Annotated[str, typer.Option("-m", "--reason", help="Why; needed once the objective runs.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(align_app, name="align")


@align_app.command("show")
def show(goal: Goal, profile: ProfileName = "", as_json: AsJson = False) -> None:
    """Show what an objective hangs below, what else it serves, and what it is made of."""
    remote = remote_of(profile)
    about = guarded(lambda: _around(remote, objective_id(remote, goal)))
    if as_json:
        print_json(about)
        return
    _say(f"[bold]{escape(about['title'])}[/]")
    for parent in about["parents"]:
        how = "counts towards" if parent["contributes"] else "supports"
        more = ", first of all" if parent["is_primary"] and len(about["parents"]) > 1 else ""
        waits = f", waits for the yes of {parent['lead_name'] or 'its lead'}" if parent["waits"] else ""
        _say(f"  {how} {escape(parent['title'])}{more}{escape(waits)}")
    for line in about["served"]:
        what = f"the KPI {line['title']}" if line["kpi"] else f"{line['title']}, of {line['objective_title']}"
        _say(f"  serves {escape(what)}")
    if not about["parents"] and not about["served"]:
        _say("  hangs on nothing")
    for child in about["shares"]:
        share = "left out" if child["counts_with"] is None else f"{100 * child['counts_with']:.0f} %"
        kind = "objective" if child["kind"] == "objective" else "key result"
        _say(f"  made of {escape(child['title'])} ({kind}): {share}")


@align_app.command("to")
def to(
    goal: Goal,
    parent: Annotated[str, typer.Argument(help="The objective above, as the goal.")],
    support: Annotated[bool, typer.Option("--support", help="Only support it; no number moves.")] = False,
    primary: Annotated[bool, typer.Option("--first", help="Make it the first parent: its place in the tree.")] = False,
    word: Annotated[str, typer.Option("--word", help="A word for its lead, if another team's.")] = "",
    reason: Reason = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Hang an objective below one more."""
    remote = remote_of(profile)

    def send() -> tuple[dict[str, Any], int]:
        child, above = objective_id(remote, goal), objective_id(remote, parent)
        body = {"parent_id": above, "contributes": not support, "is_primary": primary, "why": word, "reason": reason}
        return remote.post(f"objectives/{child}/parents", body), above

    made, above = guarded(send)
    if as_json:
        print_json(made)
        return
    line = next(one for one in made["items"] if one["id"] == above)
    how = "It counts towards" if line["contributes"] else "It supports"
    asked = f" {line['lead_name'] or 'Its lead'} was asked whether it may count." if line["waits"] else ""
    _say(escape(f"{how} {line['title']}.{asked}"))


@align_app.command("serve")
def serve(
    goal: Goal,
    kpi: Annotated[str, typer.Option("--kpi", help="Its slug, or the beginning of its words.")] = "",
    key_result: Annotated[
        str, typer.Option("--key-result", help="Of another objective: the beginning of its words, or its number.")
    ] = "",
    reason: Reason = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Say that an objective is there to move a key result or a KPI; no number moves by it."""
    remote = remote_of(profile)
    if bool(kpi) == bool(key_result):
        raise typer.BadParameter("Name one of the two: --kpi or --key-result.")

    def send() -> dict[str, Any]:
        body: dict[str, Any] = {"reason": reason}
        if kpi:
            body["kpi"] = kpi_slug(remote, kpi)
        else:
            body["key_result_id"] = found_one(remote, key_result, kind="key_result", noun="key result")
        answer: dict[str, Any] = remote.post(f"objectives/{objective_id(remote, goal)}/served", body)
        return answer

    made = guarded(send)
    if as_json:
        print_json(made)
        return
    _say(escape(f"It serves {made['items'][-1]['title']}."))


@align_app.command("undo")
def undo(
    goal: Goal,
    what: Annotated[str, typer.Argument(help="The beginning of the words of what it hangs below or serves.")],
    reason: Reason = "",
    profile: ProfileName = "",
) -> None:
    """Take an objective away from below another one, or from what it serves."""
    remote = remote_of(profile)

    def send() -> str:
        pk = objective_id(remote, goal)
        about = _around(remote, pk)
        links = [(f"parents/{one['id']}", one["title"]) for one in about["parents"]]
        links += [(f"served/{one['id']}", one["title"]) for one in about["served"]]
        begin = [link for link in links if link[1].lower().startswith(what.lower())]
        if len(begin) != 1:
            names = "; ".join(title for _, title in links) or "nothing"
            how_many = "Several of them begin" if begin else "None of them begins"
            raise RemoteProblem(f"{how_many} with {what}. It hangs on: {names}.")
        remote.delete(f"objectives/{pk}/{begin[0][0]}", reason=reason)
        return str(begin[0][1])

    _say(escape(f"No more: {guarded(send)}."))


@align_app.command("requests")
def requests(profile: ProfileName = "", as_json: AsJson = False) -> None:
    """Show who asks you whether their goal may count towards yours."""
    rows = guarded(lambda: remote_of(profile).get("alignment-requests"))["items"]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        asked = f"{row['who']} asks whether {row['child_title']} may count towards {row['parent_title']}"
        _say(escape(f"{row['id']}  {asked}{': ' if row['why'] else ''}{row['why']}"))
    if not rows:
        _say("Nobody waits for an answer of yours.")


@align_app.command("answer")
def answer(
    request: Annotated[int, typer.Argument(help="Its number, as `milepost align requests` shows it.")],
    yes: Annotated[bool, typer.Option("--yes/--no", help="May it count?")],
    word: Annotated[str, typer.Option("--word", help="A word with it.")] = "",
    profile: ProfileName = "",
) -> None:
    """Say whether a goal may count towards yours."""
    body = {"accepted": yes, "answer": word}
    guarded(lambda: remote_of(profile).post(f"alignment-requests/{request}/answer", body))
    _say("It may count from now on." if yes else "It goes on supporting, and does not count.")


def objective_id(remote: Remote, name: str) -> int:
    """Return the number of the objective that begins with these words."""
    return int(name) if name.isdigit() else int(found_one(remote, name, kind="objective", noun="objective"))


def _around(remote: Remote, pk: int) -> dict[str, Any]:
    """Return an objective's title with its parents, what it serves and its shares."""
    return {
        "id": pk,
        "title": remote.get(f"objectives/{pk}")["title"],
        "parents": remote.get(f"objectives/{pk}/parents")["items"],
        "served": remote.get(f"objectives/{pk}/served")["items"],
        "shares": remote.get(f"objectives/{pk}/shares")["items"],
    }


def _say(text: str) -> None:
    out.print(text, highlight=False, soft_wrap=True)
