"""What the linter looks at; loaded by queries, or read from a form that is being filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from milepost.core.measure import Kind
from milepost.core.pace import Ambition
from milepost.core.series import Point

LEAST_POINTS = 8


class OwnerKind(StrEnum):
    """Whose an objective is."""

    COMPANY = "company"
    TEAM = "team"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """The company, a team or a person; the company has no id."""

    kind: OwnerKind = OwnerKind.COMPANY
    id: int | None = None
    name: str = "Company"


@dataclass(frozen=True, slots=True)
class KeyResultFacts:
    """A key result as far as the linter looks; numbers in its metric's unit.

    `source` names the KPI it reads or where its number comes from, "" when it is typed by hand.
    `author`, `lead` are memberships. `best_move` is the farthest that its KPI ever came in the direction
    of the target in as much time as the cycle has. None is unknown, and of what is unknown nothing is said.
    """

    title: str
    kind: Kind = Kind.REACH
    reference: str = ""
    start: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    source: str = ""
    ambition: Ambition = Ambition.COMMITTED
    priority: int | None = None
    author: int | None = None
    lead: int | None = None
    lead_name: str = ""
    best_move: float | None = None
    is_running: bool = False
    checked_in_on: date | None = None
    next_check_in_on: date | None = None


@dataclass(frozen=True, slots=True)
class ObjectiveFacts:
    """An objective as far as the linter looks.

    `has_lead`, `has_parent`, `is_reviewed` None: unknown, as in a form, or where no review is asked for.
    `counts_children`: its score is made of objectives below it as well, so it may do without key results.
    """

    title: str
    reference: str = ""
    owner: OwnerFacts = OwnerFacts()
    has_lead: bool | None = None
    has_parent: bool | None = None
    is_reviewed: bool | None = None
    counts_children: bool = False
    key_results: tuple[KeyResultFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """The objectives of a cycle that a reader sees, cancelled ones left out."""

    objectives: tuple[ObjectiveFacts, ...]


@dataclass(frozen=True, slots=True)
class KpiFacts:
    """A KPI as far as the linter looks.

    `target_text` keeps the words in which its target was given. `has_dates`: the target says itself when
    it holds, as a rising line or one a period does. `source` is where values come from: formula, api or
    file, "" by hand or none yet. `is_key` None: not marked either way. `readers` counts key results and
    formulas that read it; `used_on` is the day on which somebody last wrote a value or a note by hand.
    `has_lead`, `has_target`, `readers` and `made_on` None: unknown.
    """

    name: str
    reference: str = ""
    description: str = ""
    unit: str = ""
    board: str = ""
    has_lead: bool | None = None
    has_target: bool | None = None
    has_dates: bool = False
    target_text: str = ""
    source: str = ""
    is_key: bool | None = None
    readers: int | None = None
    used_on: date | None = None
    made_on: date | None = None


def best_move(points: Sequence[Point], *, days: int, up: bool) -> float | None:
    """Return the farthest a series ever came in one direction within so many days, 0 if it never did.

    None where that cannot be told: fewer than 8 values, or a history shorter than the time asked for.

    Args:
        points: closed periods, oldest first.

    Source: guidance, unrealistic.
    """
    if len(points) < LEAST_POINTS or (points[-1].start - points[0].start).days < days:
        return None
    sign = 1.0 if up else -1.0
    best = 0.0
    for place, later in enumerate(points):
        for earlier in reversed(points[:place]):
            if (later.start - earlier.start).days > days:
                break
            best = max(best, sign * (later.value - earlier.value))
    return best
