"""Cycles, and where today lies in them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from milepost.core.pace import elapsed
from milepost.okr.models import Cycle
from milepost.prepared import prepared
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import TELLING, telling_of


@dataclass(frozen=True, slots=True)
class CycleRow:
    """A cycle; `elapsed` is the share of its time that has passed, 0..1."""

    id: int
    name: str
    first_day: date
    last_day: date
    elapsed: float
    objectives: int = 0

    def week(self, today: date) -> int:
        """Return which week of the cycle it is, from 1."""
        return max(0, (min(today, self.last_day) - self.first_day).days) // 7 + 1

    @property
    def weeks(self) -> int:
        """Return how many weeks the cycle has, a started one counted."""
        return (self.last_day - self.first_day).days // 7 + 1 - ((self.last_day - self.first_day).days % 7 == 0)

    @property
    def days(self) -> int:
        """Return how many days lie between first and last (rule E1)."""
        return (self.last_day - self.first_day).days


def list_cycles(actor: Actor, *, today: date) -> tuple[CycleRow, ...]:
    """Return the workspace's cycles, the newest first."""
    return tuple(_row(*values, today=today) for values in _cycles(actor.workspace_id))


@prepared
def _cycles(workspace_id: int) -> QuerySet[Cycle, tuple[Any, ...]]:
    rows = Cycle.objects.filter(workspace_id=workspace_id).order_by("-first_day", "last_day", "-id")
    return rows.values_list("id", "name", "first_day", "last_day", *(f"workspace__{name}" for name in TELLING))


def list_cycles_with_counts(actor: Actor, *, today: date) -> tuple[CycleRow, ...]:
    """Return the workspace's cycles with how many objectives each holds; for the settings page."""
    rows = (
        Cycle.objects.filter(workspace_id=actor.workspace_id)
        .annotate(held=Count("objectives"))
        .order_by("-first_day", "last_day", "-id")
    )
    return tuple(
        replace(_row(*values, today=today), objectives=held)
        for *values, held in rows.values_list(
            "id", "name", "first_day", "last_day", *(f"workspace__{name}" for name in TELLING), "held"
        )
    )


def pick_cycle(cycles: tuple[CycleRow, ...], *, today: date, wanted: int | None = None) -> CycleRow | None:
    """Return the cycle asked for; else the shortest one that runs today; else the next; else the last."""
    if wanted is not None:
        return next((c for c in cycles if c.id == wanted), None)
    running = [c for c in cycles if c.first_day <= today <= c.last_day]
    if running:
        return min(running, key=lambda c: (c.days, c.id))
    coming = [c for c in cycles if c.first_day > today]
    if coming:
        return min(coming, key=lambda c: (c.first_day, c.days))
    return cycles[0] if cycles else None


def _row(pk: int, name: str, first_day: date, last_day: date, *telling: Any, today: date) -> CycleRow:
    return CycleRow(
        id=pk,
        name=name,
        first_day=first_day,
        last_day=last_day,
        elapsed=elapsed(first=first_day, last=last_day, day=today, calendar=telling_of(telling).days),
    )
