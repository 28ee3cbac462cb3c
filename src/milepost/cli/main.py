"""The `milepost` command. Django is loaded only by the commands that need it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from milepost.cli import (
    alignment,
    away,
    changes,
    explain,
    kpis,
    lint,
    people,
    reviews,
    rules,
    strategy,
    talk,
    team_rhythms,
    views,
)

app = typer.Typer(no_args_is_help=True, help="A home for objectives, key results and KPIs.")
user_app = typer.Typer(no_args_is_help=True, help="People who can sign in.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit trail: is it what was written?")
person_app = typer.Typer(no_args_is_help=True, help="One person's data: handed over, or erased.")
workspace_app = typer.Typer(no_args_is_help=True, help="A workspace's settings.")
import_app = typer.Typer(no_args_is_help=True, help="Bring data in.")
app.add_typer(user_app, name="user")
app.add_typer(workspace_app, name="workspace")
app.add_typer(import_app, name="import")
app.add_typer(audit_app, name="audit")
app.add_typer(person_app, name="person")
people.add_to(app)
kpis.add()
explain.add_to(app)
talk.add_to(app)
lint.add_to(app)
reviews.add_to(app)
changes.add_to(app)
rules.add_to(app)
strategy.add_to(app)
away.add_to(app)
alignment.add_to(app)
views.add_to(app)
team_rhythms.add_to(app)
out = Console()
err = Console(stderr=True)
Password = Annotated[
    str,
    typer.Option(
        prompt=True,
        hide_input=True,
        confirmation_prompt=True,
        envvar="MILEPOST_PASSWORD",
        help="Asked for if left out.",
    ),
]


def setup() -> None:
    """Load Django, once, with settings from the environment; end with a sentence if they cannot be used."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.site.settings")
    import django  # noqa: PLC0415 - only the commands that need it pay for loading it

    from milepost.site.secret_key import Misconfigured  # noqa: PLC0415 - as above

    try:
        django.setup()
    except Misconfigured as error:
        raise refuse(str(error)) from None


def ready() -> None:
    """Load Django and prove that the database is there and of this version."""
    setup()
    from django.db import OperationalError, connection  # noqa: PLC0415 - after setup
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - after setup

    try:
        executor = MigrationExecutor(connection)
        is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except OperationalError as error:
        raise refuse(f"The database does not answer: {str(error).splitlines()[0]}") from None
    if is_behind:
        raise refuse("The database is new, or older than this version. Run: milepost init")


def refuse(sentence: str) -> typer.Exit:
    """Print a sentence to the error output and return the exit that ends the command."""
    err.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


@app.command()
def init() -> None:
    """Make or upgrade the installation: folder, secret key, database tables."""
    out.print(f"Ready in {_prepare()}. Start it with: milepost serve", soft_wrap=True)


def _prepare() -> Path:
    """Make or upgrade the installation and return its folder."""
    setup()
    from django.conf import settings  # noqa: PLC0415 - after setup
    from django.core.management import call_command  # noqa: PLC0415 - after setup

    call_command("migrate", verbosity=0, interactive=False)
    home: Path = settings.ENVIRONMENT.home
    return home


def _check_port() -> None:
    from milepost.cli.server import PortTaken, check_port  # noqa: PLC0415 - loads the server
    from milepost.site.secret_key import Misconfigured  # noqa: PLC0415 - as above

    try:
        check_port()
    except (PortTaken, Misconfigured) as error:
        raise refuse(str(error)) from None


@app.command()
def serve(
    no_work: Annotated[bool, typer.Option("--no-work", help="Leave jobs to `milepost work` processes.")] = False,
) -> None:
    """Serve the pages and run what is due, until Ctrl-C."""
    from milepost.cli.server import address, remember_stop, run  # noqa: PLC0415 - loads Django

    _check_port()
    home = _prepare()
    asked = remember_stop()
    out.print(f"Serving {address()} from {home}. Stop it with Ctrl-C.", soft_wrap=True)
    run(with_work=not no_work, asked=asked)


@app.command()
def demo(
    start: Annotated[bool, typer.Option("--serve", help="Serve it afterwards, until Ctrl-C.")] = False,
) -> None:
    """Make a sample company in a workspace of its own, to look around in."""
    from milepost.cli.server import address, remember_stop, run  # noqa: PLC0415 - loads Django

    if start:
        _check_port()
    home = _prepare()
    from milepost.cli.demo import make_demo  # noqa: PLC0415 - after setup

    made = make_demo()
    out.print(f"Sample company in {home}\n", soft_wrap=True)
    out.print(f"Address   [bold]{address()}[/bold]")
    out.print(f"Sign in   [bold]{made.email}[/bold]  password [bold]{made.password}[/bold]", highlight=False)
    out.print(f"Others    {', '.join(made.others)} (same password)", highlight=False, soft_wrap=True)
    if start:
        asked = remember_stop()
        out.print("Stop      Ctrl-C\n")
        run(with_work=True, asked=asked)


@app.command()
def work(
    once: Annotated[bool, typer.Option("--once", help="Stop when nothing is due any more.")] = False,
) -> None:
    """Run what is due; as many such processes as wanted share one PostgreSQL."""
    ready()
    from milepost.jobs.loop import work as loop  # noqa: PLC0415 - after setup

    try:
        done = loop(once=once)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    out.print(f"{done} jobs ran.")


@app.command()
def doctor() -> None:
    """Prove settings sound, score rows equal to a full rebuild, and no orphans."""
    ready()
    from milepost import clock  # noqa: PLC0415 - after setup
    from milepost.exchange.doctor import examine  # noqa: PLC0415 - after setup

    findings = examine(now=clock.now())
    table = Table("", "check", "found", box=None)
    for finding in findings:
        table.add_row("[green]✓[/green]" if finding.is_sound else "[red]✗[/red]", finding.check, finding.says)
    out.print(table)
    if not all(finding.is_sound for finding in findings):
        raise refuse("Not sound. What is marked ✗ needs a look; report it with the version you run.")


@app.command("mail-test")
def mail_test(to: Annotated[str, typer.Argument(help="Whom to write to.")]) -> None:
    """Send one mail with the settings of this installation and say what became of it."""
    setup()
    from milepost.cli.mail import send_test  # noqa: PLC0415 - after setup
    from milepost.mail import NotSent  # noqa: PLC0415 - after setup

    try:
        sentence = send_test(to)
    except NotSent as problem:
        raise refuse(f"Not sent. {problem}") from None
    out.print(sentence, markup=False, highlight=False, soft_wrap=True)


@audit_app.command("verify")
def audit_verify(
    workspace: Annotated[str, typer.Option(help="Slug; every workspace if left out.")] = "",
    head: Annotated[
        list[str] | None, typer.Option(help="A head you kept (milepost audit head); may be repeated.")
    ] = None,
) -> None:
    """Read the audit trail through and name the first row that is not as it was written."""
    ready()
    from milepost.cli.audit import verify  # noqa: PLC0415 - after setup

    lines, wrong = _listed(lambda: verify(workspace=workspace, heads=tuple(head or ())))
    for line in lines:
        out.print(line, highlight=False, soft_wrap=True)
    if wrong:
        raise refuse("\n".join(wrong))


@audit_app.command("head")
def audit_head(workspace: Annotated[str, typer.Option(help="Slug; every workspace if left out.")] = "") -> None:
    """Print where the trail ends. Keep it outside: it alone shows that nobody wrote the trail anew."""
    ready()
    from milepost.cli.audit import heads  # noqa: PLC0415 - after setup

    for line in _listed(lambda: (heads(workspace=workspace), []))[0]:
        out.print(line, highlight=False, soft_wrap=True)


@person_app.command("export")
def person_export(
    email: str,
    file: Annotated[Path | None, typer.Option(help="Where to; person-export.json here if left out.")] = None,
) -> None:
    """Write everything that is known of one person into a JSON file."""
    ready()
    from milepost import clock  # noqa: PLC0415 - after setup
    from milepost.cli.person import export  # noqa: PLC0415 - after setup

    path = file or Path("person-export.json")
    if path.exists():
        raise refuse(f"{path} is there already. Name another one with --file.")
    rows = _guarded(lambda: export(email=email, file=path, now=clock.now()))
    out.print(f"{rows} rows of {email} are in {path}. It is personal: hand it over, then delete it.", soft_wrap=True)


@person_app.command("erase")
def person_erase(
    email: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take a person's name and address out of every table, for good; what they did stays."""
    ready()
    from milepost import clock  # noqa: PLC0415 - after setup
    from milepost.cli.person import erase  # noqa: PLC0415 - after setup

    if not yes:
        typer.confirm(f"Erase {email}? Nothing brings name and address back.", abort=True)
    if not _guarded(lambda: erase(email=email, now=clock.now())):
        out.print("The database was busy: bytes of the name stay in its file until their room is used again.")
    out.print("Erased. Older backups hold the name: delete them, or erase again after restoring one.", soft_wrap=True)


@user_app.command("add")
def user_add(
    email: str,
    name: Annotated[str, typer.Option(help="As colleagues know them.")],
    password: Password,
    workspace: Annotated[str, typer.Option(help="Slug; may be left out when there is only one.")] = "",
    role: Annotated[str, typer.Option(help="admin, member or viewer.")] = "member",
) -> None:
    """Add a person to a workspace."""
    ready()
    from milepost.cli.users import add  # noqa: PLC0415 - after setup

    slug = _guarded(lambda: add(email=email, name=name, workspace=workspace, role=role, password=password))
    out.print(f"{email} can sign in to {slug}.", highlight=False, soft_wrap=True)


@user_app.command("password")
def user_password(email: str, password: Password) -> None:
    """Set a person's password."""
    ready()
    from milepost.cli.users import set_password  # noqa: PLC0415 - after setup

    _guarded(lambda: set_password(email=email, password=password))
    out.print(f"The password of {email} is set.")


@user_app.command("forget-steps")
def user_forget_steps(email: str) -> None:
    """Take away a person's second steps when phone, passkeys and recovery codes are lost; sign them out everywhere."""
    ready()
    from milepost.cli.users import forget_steps  # noqa: PLC0415 - after setup

    count = _guarded(lambda: forget_steps(email=email))
    out.print(f"{email} signs in with the password alone now; {count} second steps are forgotten.", soft_wrap=True)


@workspace_app.command("show")
def workspace_show(
    workspace: Annotated[str, typer.Option(help="Slug; may be left out when there is only one.")] = "",
) -> None:
    """Show a workspace's settings."""
    ready()
    from milepost import clock  # noqa: PLC0415 - after setup
    from milepost.cli.workspaces import settings_of  # noqa: PLC0415 - after setup

    found: list[tuple[str, list[tuple[str, str]]]] = []
    _guarded(lambda: found.append(settings_of(workspace, now=clock.now())))
    slug, rows = found[0]
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for words, value in [("Slug", slug), *rows]:
        table.add_row(words, escape(value))
    out.print(table)


@workspace_app.command("set")
def workspace_set(
    workspace: Annotated[str, typer.Option(help="Slug; may be left out when there is only one.")] = "",
    name: Annotated[str | None, typer.Option(help="Its name.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as Europe/Madrid.")] = None,
    fiscal_month: Annotated[int | None, typer.Option(help="The month a year begins in, 1 to 12.")] = None,
    rhythm_weeks: Annotated[int | None, typer.Option(help="Weeks between check-ins, 1 to 3; 0: monthly.")] = None,
    rhythm_weekday: Annotated[int | None, typer.Option(help="The day they are due on; 0: Monday.")] = None,
    rhythm_hour: Annotated[int | None, typer.Option(help="The hour they are asked for by mail, 0 to 23.")] = None,
    rhythm_skip_days: Annotated[
        int | None, typer.Option(help="Who updated in so many days before is not asked; 0: everybody.")
    ] = None,
    lock_rhythm: Annotated[
        bool | None, typer.Option("--lock-rhythm/--unlock-rhythm", help="Whether no team has a rhythm of its own.")
    ] = None,
    reviewers: Annotated[int | None, typer.Option(help="How many review a new objective, 0 to 2.")] = None,
    second_step: Annotated[
        bool | None, typer.Option("--second-step/--no-second-step", help="Whether everybody needs one.")
    ] = None,
) -> None:
    """Change some of a workspace's settings; what is not named stays."""
    ready()
    from milepost import clock  # noqa: PLC0415 - after setup
    from milepost.cli.workspaces import change_settings  # noqa: PLC0415 - after setup

    named = {
        "name": name,
        "time_zone": time_zone,
        "fiscal_month": fiscal_month,
        "rhythm_weeks": rhythm_weeks,
        "rhythm_weekday": rhythm_weekday,
        "rhythm_hour": rhythm_hour,
        "rhythm_skip_days": rhythm_skip_days,
        "rhythm_is_locked": lock_rhythm,
        "reviewers": reviewers,
        "demands_second_step": second_step,
    }
    given = {key: value for key, value in named.items() if value is not None}
    slug = _guarded(lambda: change_settings(workspace, given, now=clock.now()))
    out.print(f"The settings of {slug} are saved.", highlight=False, soft_wrap=True)


@app.command()
def token(
    email: Annotated[str, typer.Argument(help="Whom it stands for; left out with --for-workspace.")] = "",
    name: Annotated[str, typer.Option(help="What uses it.")] = "Command line",
    scope: Annotated[
        list[str] | None, typer.Option(help="read, checkin:write, kpi:write, goal:write, export, admin.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it works; 0 is for ever.")] = 90,
    workspace: Annotated[str, typer.Option(help="Slug; may be left out when there is only one.")] = "",
    for_workspace: Annotated[bool, typer.Option("--for-workspace", help="It stands for nobody.")] = False,
) -> None:
    """Make a token for a program and print it, this once."""
    ready()
    from milepost import clock  # noqa: PLC0415 - after setup
    from milepost.cli.tokens import make  # noqa: PLC0415 - after setup

    secret = _guarded(
        lambda: make(
            email=email,
            name=name,
            scopes=tuple(scope or ("read", "checkin:write", "kpi:write")),
            days=days or None,
            workspace=workspace,
            for_workspace=for_workspace,
            now=clock.now(),
        )
    )
    out.print(str(secret), highlight=False, soft_wrap=True)


@import_app.command("readings")
def import_readings(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header line.")],
    kpi: Annotated[str, typer.Option(help="Name or slug of the KPI; made if there is none of this name.")],
    date: Annotated[str, typer.Option(help="Column of the date.")],
    value: Annotated[str, typer.Option(help="Column of the value.")] = "",
    numerator: Annotated[str, typer.Option(help="Column of the part, for a ratio.")] = "",
    denominator: Annotated[str, typer.Option(help="Column of the whole.")] = "",
    where: Annotated[list[str] | None, typer.Option(help="COLUMN=VALUE; nothing after the = is an empty cell.")] = None,
    frequency: Annotated[str, typer.Option(help="day, week, month, quarter or year; for a new KPI.")] = "week",
    unit: Annotated[str, typer.Option(help="For a new KPI: %, €, min …; a ratio is %.")] = "",
    aggregation: Annotated[
        str, typer.Option(help="For a new KPI: flow, stock, stock_mean, max, min, distinct.")
    ] = "stock",
    at_least: Annotated[float | None, typer.Option(help="Target of a new KPI.")] = None,
    at_most: Annotated[float | None, typer.Option(help="Target of a new KPI.")] = None,
    workspace: Annotated[str, typer.Option(help="Slug; may be left out when there is only one.")] = "",
    lead: Annotated[str, typer.Option(help="E-mail of a new KPI's lead; the first admin if left out.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check, write nothing.")] = False,
) -> None:
    """Bring values of a KPI in, rows of one period added up; all or nothing, and again without harm."""
    ready()
    from milepost.cli.imports import Given, run  # noqa: PLC0415 - after setup

    given = Given(
        file=file,
        kpi=kpi,
        date=date,
        value=value or None,
        numerator=numerator or None,
        denominator=denominator or None,
        where=tuple(where or ()),
        frequency=frequency,
        unit=unit,
        aggregation=aggregation,
        at_least=at_least,
        at_most=at_most,
        workspace=workspace,
        lead=lead,
        dry_run=dry_run,
    )
    if not _guarded(lambda: run(given, out=out, err=err)):
        raise typer.Exit(1)


def _listed(do: Callable[[], tuple[list[str], list[str]]]) -> tuple[list[str], list[str]]:
    found: list[tuple[list[str], list[str]]] = []
    _guarded(lambda: found.append(do()))
    return found[0]


def _guarded(do: Callable[[], object]) -> object:
    """Run what may be refused and print the refusal as a sentence."""
    from milepost.core.target import BadTarget  # noqa: PLC0415 - with the rest
    from milepost.exchange.readings_file import UnreadableFile  # noqa: PLC0415 - after setup
    from milepost.workspace.errors import DomainError  # noqa: PLC0415 - after setup

    try:
        return do()
    except (DomainError, UnreadableFile, BadTarget, ValueError) as error:
        raise refuse(str(error)) from None


def main() -> None:
    """Run the command line."""
    sys.exit(app())
