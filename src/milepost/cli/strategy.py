"""The strategy, from a terminal, by the REST interface."""

from typing import Any

import typer

from milepost.cli.people import AsJson, ProfileName, guarded, out, print_json, remote_of


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(strategy)


def strategy(profile: ProfileName = "", as_json: AsJson = False) -> None:
    """Show what we are for, and how each pillar stands."""
    remote = guarded(lambda: remote_of(profile))
    texts = guarded(lambda: remote.get("strategy"))
    ids = [row["id"] for row in guarded(lambda: remote.every("pillars"))]
    pillars = guarded(lambda: [remote.get(f"pillars/{pk}") for pk in ids])
    pillars.sort(key=lambda row: row["position"])
    if as_json:
        print_json({**texts, "pillars": pillars})
        return
    for name in ("mission", "vision", "values"):
        if texts[name]:
            _say(f"{name.capitalize()}: {texts[name]}")
    for row in pillars:
        _say(f"{row['name']}: {_stands(row['health'])}{_kpis(row['kpi_words'])}")
    if not pillars and not any(texts[name] for name in ("mission", "vision", "values")):
        _say("Nothing is written down yet.")


def _stands(health: dict[str, Any]) -> str:
    if not health["total"]:
        return "no objective runs"
    words = ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in health["words"].items())
    if health["score"] is None:
        return f"no value yet; {words}"
    plan = "" if health["expected"] is None else f", plan {100 * health['expected']:.0f} %"
    return f"{100 * health['score']:.0f} %{plan}; {words}"


def _kpis(words: dict[str, int]) -> str:
    told = ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in words.items())
    return f"; KPIs: {told}" if told else ""


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)
