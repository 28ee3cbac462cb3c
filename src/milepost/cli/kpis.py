"""What a KPI is kept against and calculated from, from a terminal."""

from typing import Annotated, Any

import typer

from milepost.cli.numbers import three_digits
from milepost.cli.people import NEGATIVE, AsJson, ProfileName, guarded, kpi_app, kpi_slug, out, print_json, remote_of


def add() -> None:
    """Add the commands of this module to `milepost kpi`."""
    kpi_app.command("target", context_settings=NEGATIVE)(kpi_target)
    kpi_app.command("formula", context_settings=NEGATIVE)(kpi_formula)


def kpi_target(
    name: Annotated[str, typer.Argument(help="Its slug, or the beginning of its words.")],
    at_least: Annotated[float | None, typer.Option(help="For every period; with --at-most a range.")] = None,
    at_most: Annotated[float | None, typer.Option(help="For every period.")] = None,
    start: Annotated[str, typer.Option("--from", help="A line begins: 2026-10-01=48.")] = "",
    to: Annotated[list[str] | None, typer.Option(help="It comes to: 2026-12-31=30; may be repeated.")] = None,
    period: Annotated[list[str] | None, typer.Option(help="2026-Q4=1200; may be repeated.")] = None,
    tolerance: Annotated[float, typer.Option(help="A miss of up to this much is close.")] = 0.0,
    words: Annotated[str, typer.Option(help="The words it was given in.")] = "",
    since: Annotated[str, typer.Option(help="In force from this day; from today if left out.")] = "",
    none: Annotated[bool, typer.Option("--none", help="From then on it is only watched.")] = False,
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Set what a KPI is kept against, or show every target it had."""
    remote = remote_of(profile)
    body: dict[str, Any] = {}
    if at_least is not None or at_most is not None:
        body = {"low": at_least, "high": at_most}
    if start or to:
        on, value = _dated(start)
        goals = [{"day": day, "value": reached} for day, reached in map(_dated, to or ())]
        body |= {"start": value, "start_on": on, "goals": goals}
    if period:
        kpi = guarded(lambda: remote.get(f"kpis/{kpi_slug(remote, name)}"))
        end = "high" if kpi["direction"] == "lower" else "low"
        body |= {"periods": [{"period": day, end: value} for day, value in map(_dated, period)]}
    slug = guarded(lambda: kpi_slug(remote, name))
    if body or none:
        target = None if none else {**body, "tolerance": tolerance, "as_given": words}
        sent = {"target": target} | ({"target_since": since} if since else {})
        guarded(lambda: remote.patch(f"kpis/{slug}", sent))
    versions = guarded(lambda: remote.get(f"kpis/{slug}/targets"))["items"]
    if as_json:
        print_json(versions)
        return
    for version in reversed(versions):
        said = f"  “{version['target']['as_given']}”" if version["target"] and version["target"]["as_given"] else ""
        line = f"since {version['since'] or 'the beginning'}: {_plan(version['target'])}{said}"
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    if not versions:
        out.print("No target: it is only watched.")


def kpi_formula(
    name: Annotated[str, typer.Argument(help="Its slug, or the beginning of its words.")],
    formula: Annotated[str, typer.Argument(help="Such as '100 × won ÷ (won + [lost deals])'; left out: show it.")] = "",
    none: Annotated[bool, typer.Option("--none", help="From now on its values are measured.")] = False,
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Calculate a KPI from others, or show what it is calculated from."""
    remote = remote_of(profile)
    slug = guarded(lambda: kpi_slug(remote, name))
    if formula and none:
        raise typer.BadParameter("Write a formula or --none, not both.")
    if formula or none:
        kpi = guarded(lambda: remote.patch(f"kpis/{slug}", {"formula": formula}))
    else:
        kpi = guarded(lambda: remote.get(f"kpis/{slug}"))
    if as_json:
        print_json({name: kpi[name] for name in ("slug", "name", "unit", "formula", "value", "period", "status")})
        return
    if not kpi["formula"]:
        out.print(f"{kpi['name']} is measured.", markup=False, highlight=False, soft_wrap=True)
        return
    value = "no value yet" if kpi["value"] is None else f"{three_digits(kpi['value'])} {kpi['unit']}".strip()
    since = f" ({kpi['period']})" if kpi["period"] else ""
    out.print(f"{kpi['name']} = {kpi['formula']}", markup=False, highlight=False, soft_wrap=True)
    out.print(f"{value}{since}", markup=False, highlight=False, soft_wrap=True)


def _dated(text: str) -> tuple[str, float]:
    day, _, value = text.partition("=")
    try:
        return day, float(value)
    except ValueError:
        raise typer.BadParameter(f"“{text[:40]}” is no day or period with a value. Write 2026-12-31=30.") from None


def _plan(target: dict[str, Any] | None) -> str:
    """Return a target as a line: ≤ 30, from 48 on 2026-10-01 to 30 by 2026-12-31, 2026-10-01 ≥ 1200."""
    if target is None:
        return "only watched"
    if target["rule"] == "ramp":
        steps = ", ".join(f"to {three_digits(goal['value'])} by {goal['day']}" for goal in target["goals"])
        return f"from {three_digits(target['start'])} on {target['start_on']} {steps}"
    if target["rule"] == "per_period":
        return ", ".join(f"{one['period']} {_ends(one['low'], one['high'])}" for one in target["periods"])
    return _ends(target["low"], target["high"])


def _ends(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{three_digits(low)} to {three_digits(high)}"
    return f"≥ {three_digits(low)}" if low is not None else f"≤ {three_digits(high or 0.0)}"
