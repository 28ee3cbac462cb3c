"""From the ledger of amendments to the path of a plan (rule E5): pure, no database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from milepost.core.path import Amended
from milepost.okr.scoring import Bend

NUMBERS = frozenset({"start", "target"})
DAYS = frozenset({"first_day", "last_day"})
KINDS = frozenset({"kind", "combine"})  # what the numbers are of
SHAPING = NUMBERS | DAYS | KINDS  # fields of the ledger that shape a plan
WITH_ENDS = frozenset({"reach", "levels"})  # kinds whose start and target are typed


@dataclass(frozen=True, slots=True)
class Change:
    """One amended field; those of one moment have the same `moment`, `on` is its day in the workspace's zone."""

    moment: datetime
    on: date
    field: str
    old: str
    new: str

    def told(self) -> list[str]:
        """Return the change as a row keeps it."""
        return [self.moment.isoformat(), self.on.isoformat(), self.field, self.old, self.new]

    @classmethod
    def read(cls, told: Sequence[str]) -> Self:
        """Return a change that a row kept."""
        at, on, field, old, new = told
        return cls(datetime.fromisoformat(at), date.fromisoformat(on), field, old, new)


@dataclass(frozen=True, slots=True)
class _State:
    start: float | None
    target: float | None
    first: date
    last: date


def bend_of(
    changes: Sequence[Change], *, ends: tuple[float, float] | None, first: date, last: date, is_typed: bool
) -> Bend | None:
    """Return how amendments shaped a plan; None where there was no plan to bend.

    Args:
        changes: of the key result and of its objective's days, the oldest first.
        ends: where its way begins and ends today, in its own numbers; None of a kind without a way.
        first, last: the days of its cycle today.
        is_typed: start and target are typed, not given by the kind.

    Source: rule E5.
    """
    if ends is None:
        return None
    now = _State(*ends, first, last)
    was = _before(now, changes)
    begins, at, amendments = was, was, list[Amended]()
    for index, change in enumerate(changes):
        at = _set(at, change.field, change.new)
        if index + 1 < len(changes) and changes[index + 1].moment == change.moment:
            continue
        group = [one for one in changes if one.moment == change.moment]
        is_last = index + 1 == len(changes)
        here = now if is_last else at if is_typed else replace(at, start=ends[0], target=ends[1])
        if any(one.field in KINDS for one in group) and not _goes_on(group):
            begins, amendments = replace(here, first=min(max(change.on, here.first), here.last)), []
        elif here.start is not None and here.target is not None:
            amendments.append(Amended(change.on, here.start, here.target, here.last))
    if begins.start is None or begins.target is None:
        return None
    return Bend(begins.first, begins.last, (begins.start, begins.target), tuple(amendments))


def _goes_on(group: Sequence[Change]) -> bool:
    """Return whether another kind goes on from the plan of the old one: no number of it came or went."""
    return all(one.old and one.new for one in group if one.field in NUMBERS) and not any(
        one.field == "kind" and one.old not in WITH_ENDS for one in group
    )


def _before(state: _State, changes: Sequence[Change]) -> _State:
    for change in reversed(changes):
        state = _set(state, change.field, change.old)
    return state


def _set(state: _State, field: str, text: str) -> _State:
    match field:
        case "start":
            return replace(state, start=float(text) if text else None)
        case "target":
            return replace(state, target=float(text) if text else None)
        case "first_day":
            return replace(state, first=date.fromisoformat(text))
        case "last_day":
            return replace(state, last=date.fromisoformat(text))
    return state
