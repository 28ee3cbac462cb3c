"""How status is told, from a terminal, by the REST interface."""

from typing import Annotated, Any

import typer

from milepost.cli.people import AsJson, ProfileName, guarded, out, print_json, remote_of

rules_app = typer.Typer(no_args_is_help=True, help="How status is told: thresholds, and the days that count.")
NEGATIVE = {"ignore_unknown_options": True}  # -10 is a threshold, not an option
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(rules_app, name="rules")


@rules_app.command("show")
def show(profile: ProfileName = "", as_json: AsJson = False) -> None:
    """Show the rules in force, and those before them."""
    _print(guarded(lambda: remote_of(profile).get("workspace/rules")), as_json=as_json)


@rules_app.command("set", context_settings=NEGATIVE)
def set_rules(
    reason: Annotated[str, typer.Option("--reason", "-m", help="Why; kept with the rules.")],
    kind: Annotated[str, typer.Option(help="gap, ratio or strict; it brings its own thresholds.")] = "",
    ahead: Annotated[float | None, typer.Option(help="Points beside the plan; of a ratio, percent of it.")] = None,
    on_track: Annotated[float | None, typer.Option(help="The same.")] = None,
    at_risk: Annotated[float | None, typer.Option(help="The same; below it a goal is off track.")] = None,
    early_until: Annotated[float | None, typer.Option(help="Percent of the time.")] = None,
    objective: Annotated[str, typer.Option(help="own or weakest_child.")] = "",
    days: Annotated[str, typer.Option(help="mon,tue,wed,thu,fri; all for every day.")] = "",
    country: Annotated[str, typer.Option(help="ES, DE …: its holidays do not count.")] = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Tell status by other rules, from today on; what is left out stays."""
    body: dict[str, Any] = {"reason": reason}
    numbers = {"ahead": ahead, "on_track": on_track, "at_risk": at_risk, "early_until": early_until}
    body |= {name: round(value / 100, 12) for name, value in numbers.items() if value is not None}
    body |= {
        name: text for name, text in {"kind": kind, "objective": objective, "holidays_of": country}.items() if text
    }
    if days:
        body["working_days"] = None if days == "all" else _weekdays(days)
    _print(guarded(lambda: remote_of(profile).patch("workspace/rules", body)), as_json=as_json)


def _weekdays(text: str) -> list[int]:
    names = [name.strip().lower()[:3] for name in text.split(",")]
    if unknown := [name for name in names if name not in DAYS]:
        raise typer.BadParameter(f"“{unknown[0]}” is no day. Write them as mon,tue,wed,thu,fri.")
    return sorted({DAYS.index(name) for name in names})


def _print(rules: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(rules)
        return
    for row in rules["versions"] or [rules]:
        since = row["since"] or "always"
        why = f"  {row['reason']}" if row["reason"] else ""
        out.print(f"{since}: {_words(row)}.{why}", markup=False, highlight=False, soft_wrap=True)


def _words(row: dict[str, Any]) -> str:
    names = {"ahead": "ahead", "on_track": "on track", "at_risk": "at risk"}
    unit = "% of the plan" if row["kind"] == "ratio" else "points"
    parts = [f"{label} from {100 * row[name]:.4g}" for name, label in names.items() if row[name] is not None]
    days = "every day" if row["working_days"] is None else " ".join(DAYS[day] for day in row["working_days"])
    off = f" without {len(row['holidays'])} holidays" if row["holidays"] else ""
    weakest = "; objectives: the weakest child" if row["objective"] == "weakest_child" else ""
    early = f"early until {100 * row['early_until']:.4g} %"
    return f"{row['kind']}: {', '.join(parts)} {unit}; {early}; {days}{off}{weakest}"
