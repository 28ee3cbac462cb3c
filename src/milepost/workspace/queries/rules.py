"""How a workspace tells status: the rule set in force and those before it."""

from datetime import date
from functools import lru_cache
from typing import Any

from milepost.core.rule_sets import USUAL, ObjectiveRule, RuleKind, RuleSet, Telling
from milepost.core.workdays import WorkCalendar
from milepost.workspace.models import RuleSetVersion, Workspace
from milepost.workspace.permissions import Actor

COLUMNS = ("kind", "ahead", "on_track", "at_risk", "early_until", "objective", "working_days", "holidays")
TELLING = tuple(f"rules__{name}" for name in COLUMNS)  # from a workspace's row
KEPT = 32  # in memory; a process serves few workspaces, and most have none of their own


@lru_cache(maxsize=KEPT)
def telling_of(values: tuple[Any, ...]) -> Telling:
    """Return how status is told by the columns of `TELLING`; without a row, as Milepost has it."""
    kind, ahead, on_track, at_risk, early_until, objective, working_days, holidays = values
    if kind is None:
        return USUAL
    rules = RuleSet(RuleKind(kind), ahead, on_track, at_risk, early_until, ObjectiveRule(objective))
    return Telling(rules, read_days(working_days, holidays))


def read_days(working_days: str, holidays: str) -> WorkCalendar | None:
    """Return the calendar of a version's columns; None counts every day."""
    if not working_days:
        return None
    return WorkCalendar(frozenset(map(int, working_days)), frozenset(map(date.fromisoformat, holidays.split())))


def show_rules(actor: Actor) -> dict[str, Any]:
    """Return the rule set in force in the actor's workspace, as a program reads it, with the workspace's version."""
    row = Workspace.objects.filter(pk=actor.workspace_id)
    *told, version = row.values_list(*TELLING, "rules__since", "rules__reason", "rules__actor_id", "version").get()
    *columns, since, reason, by_id = told
    return {**shown_rules(telling_of(tuple(columns))), "since": since, "reason": reason or "", "by_id": by_id,
            "version": version}  # fmt: skip


def list_rules(actor: Actor) -> list[dict[str, Any]]:
    """Return every rule set that was ever chosen, the newest first, with who chose it and why (A1)."""
    rows = RuleSetVersion.objects.filter(workspace_id=actor.workspace_id).order_by("-id")
    told = rows.values_list(*COLUMNS, "since", "reason", "actor_id", "actor__user__name")
    return [
        {**shown_rules(telling_of(tuple(columns))), "since": since, "reason": reason, "by_id": by_id, "by": name or ""}
        for *columns, since, reason, by_id, name in told
    ]


def rules_in_force(workspace_id: int) -> Telling:
    """Return how status is told in a workspace now."""
    return telling_of(Workspace.objects.filter(pk=workspace_id).values_list(*TELLING).get())


def shown_rules(telling: Telling) -> dict[str, Any]:
    """Return a rule set by name; `working_days` None: every day counts."""
    rules, days = telling.rules, telling.days
    return {
        "kind": rules.kind.value,
        "ahead": rules.ahead,
        "on_track": rules.on_track,
        "at_risk": rules.at_risk,
        "early_until": rules.early_until,
        "objective": rules.objective.value,
        "working_days": None if days is None else sorted(days.weekdays),
        "holidays": [] if days is None else sorted(days.holidays),
    }
