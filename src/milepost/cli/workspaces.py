"""Which workspace a command means, and its settings."""

from datetime import datetime
from typing import Any

from milepost.workspace import actions
from milepost.workspace.errors import Invalid
from milepost.workspace.queries import list_all_workspaces, operator_place, show_workspace

WORDS = {
    "name": "Name",
    "time_zone": "Time zone",
    "fiscal_month": "Year begins in month",
    "rhythm_weeks": "Weeks between check-ins (0: monthly)",
    "rhythm_weekday": "Check-ins on (0: Monday)",
    "rhythm_hour": "Asked for by mail from hour",
    "rhythm_skip_days": "Not asked after an update within days (0: always)",
    "rhythm_is_locked": "No team has a rhythm of its own",
    "reviewers": "Reviewers",
    "demands_second_step": "Everybody needs a second step",
}


def pick_workspace(slug: str) -> str:
    if slug:
        return slug
    every = list_all_workspaces()
    if len(every) == 1:
        return every[0][1]
    names = ", ".join(s for _, s, _ in every) or "none; run: milepost demo, or open the first page"
    raise Invalid(f"Say which workspace: --workspace. There are: {names}.")


def settings_of(workspace: str, *, now: datetime) -> tuple[str, list[tuple[str, str]]]:
    """Return a workspace's slug and its settings in words."""
    slug = pick_workspace(workspace)
    shown = show_workspace(operator_place(slug=slug, now=now).actor)
    return slug, [(words, _told(shown[name])) for name, words in WORDS.items()]


def change_settings(workspace: str, given: dict[str, Any], *, now: datetime) -> str:
    """Change what is given of a workspace's settings, leave the rest, and return its slug.

    Raises:
        Invalid: nothing is given, or a value cannot be used.
    """
    slug = pick_workspace(workspace)
    if not given:
        raise Invalid("Say what to change, such as --no-second-step; milepost workspace set --help lists it.")
    by = operator_place(slug=slug, now=now).actor
    there = show_workspace(by)
    known = {name: there[name] for name in actions.WorkspaceSettings.__dataclass_fields__}
    actions.change_settings(by=by, settings=actions.WorkspaceSettings(**(known | given)), now=now)
    return slug


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
