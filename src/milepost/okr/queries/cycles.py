"""Cycles, and where today lies in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from milepost.core.pace import elapsed
from milepost.okr.models import Cycle
from milepost.prepared import prepared
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import TELLING, telling_of

REVIEW_DAYS = 13  # before the last day: two weeks with it
COLUMNS = ("id", "name", "first_day", "last_day", "coach_id", "locked_at", *(f"workspace__{name}" for name in TELLING))


@dataclass(frozen=True, slots=True)
class CycleRow:
    """A cycle; `elapsed` is the share of its time that has passed, 0..1; `coach_id` helps with plan and review."""

    id: int
    name: str
    first_day: date
    last_day: date
    elapsed: float
    objectives: int = 0
    coach_id: int | None = None
    is_locked: bool = False  # its plan changes by admins and its coach alone
    locked_at: datetime | None = None

    def week(self, today: date) -> int:
        """Return which week of the cycle it is, from 1."""
        return max(0, (min(today, self.last_day) - self.first_day).days) // 7 + 1

    @property
    def weeks(self) -> int:
        """Return how many weeks the cycle has, a started one counted."""
        return (self.last_day - self.first_day).days // 7 + 1 - ((self.last_day - self.first_day).days % 7 == 0)

    @property
    def review_opens_on(self) -> date:
        """Return the day from which the review is open: two weeks before the end, at half of a shorter cycle."""
        return max(self.last_day - timedelta(days=REVIEW_DAYS), self.first_day + (self.last_day - self.first_day) / 2)

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
    return rows.values_list(*COLUMNS)


def list_cycles_with_counts(actor: Actor, *, today: date) -> tuple[CycleRow, ...]:
    """Return the workspace's cycles with how many objectives each holds; for the settings page."""
    rows = (
        Cycle.objects.filter(workspace_id=actor.workspace_id)
        .annotate(held=Count("objectives"))
        .order_by("-first_day", "last_day", "-id")
    )
    return tuple(
        replace(_row(*values, today=today), objectives=held) for *values, held in rows.values_list(*COLUMNS, "held")
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


def _row(
    pk: int,
    name: str,
    first_day: date,
    last_day: date,
    coach_id: int | None,
    locked_at: datetime | None,
    *telling: Any,
    today: date,
) -> CycleRow:
    return CycleRow(
        id=pk,
        name=name,
        first_day=first_day,
        last_day=last_day,
        coach_id=coach_id,
        is_locked=locked_at is not None,
        locked_at=locked_at,
        elapsed=elapsed(first=first_day, last=last_day, day=today, calendar=telling_of(telling).days),
    )


def follows(cycles: Sequence[CycleRow], cycle: CycleRow) -> CycleRow | None:
    """Return the cycle in which goals go on, None if there is none: the next to begin once this one is over.

    Of those that begin together it is the one nearest to this one's length, so a quarter follows a quarter.
    """
    later = [c for c in cycles if c.first_day > cycle.last_day]
    return min(later, key=lambda c: (c.first_day, abs(c.days - cycle.days), c.id), default=None)


def precedes(cycles: Sequence[CycleRow], cycle: CycleRow) -> CycleRow | None:
    """Return the cycle whose lessons matter to this one, None if there is none: the last one over before it begins.

    Of those that end together it is the one nearest to this one's length.
    """
    earlier = [c for c in cycles if c.last_day < cycle.first_day]
    return min(earlier, key=lambda c: (-c.last_day.toordinal(), abs(c.days - cycle.days), c.id), default=None)


def alike(cycles: Sequence[CycleRow], cycle: CycleRow, *, most: int) -> tuple[CycleRow, ...]:
    """Return this cycle and those before it that are about as long, the oldest first, so many at most."""
    found = [
        c
        for c in cycles
        if c.last_day <= cycle.last_day and 2 * abs(c.days - cycle.days) <= cycle.days and c.id != cycle.id
    ]
    found.sort(key=lambda c: (c.last_day, c.first_day, c.id))
    return (*found[-(most - 1) :], cycle)
