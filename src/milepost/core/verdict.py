"""What an objective did to its KPI."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from milepost.core.limits import read_series
from milepost.core.target import Direction, KpiWord, Target, period_word

BEFORE = 13  # closed periods looked at (K10)
AFTER = 8
LEAST_BEFORE = 8
LEAST_AFTER = 4
HOLDS = 4  # the last so many on target


class Verdict(StrEnum):
    """The words of rule K10."""

    MOVED_AND_HOLDS = "moved_and_holds"
    MOVED = "moved"
    NO_CHANGE = "no_change"
    WORSE = "worse"
    TOO_EARLY = "too_early"


@dataclass(frozen=True, slots=True)
class VerdictResult:
    """The verdict with the mean level before and after, None where nothing was measured."""

    verdict: Verdict
    before: float | None
    after: float | None
    before_count: int
    after_count: int


def verdict(
    *, before: Sequence[float], since: Sequence[float], target: Target | None, direction: Direction
) -> VerdictResult:
    """Return what changed between the time before an objective and now.

    Args:
        before: values of the closed periods before activation, oldest first; the last 13 count.
        since: values of the closed periods from activation to now, oldest first; the last 8 are
            "after".

    Source: rule K10.
    """
    earlier, later = list(before)[-BEFORE:], list(since)[-AFTER:]
    level_before, level_after = _mean(earlier), _mean(later)
    word = Verdict.TOO_EARLY
    if len(earlier) >= LEAST_BEFORE and len(since) >= LEAST_AFTER:
        shifts = [s for s in read_series([*earlier, *since]).shifts if s.found_at >= len(earlier)]
        word = Verdict.NO_CHANGE
        if shifts and level_before is not None and level_after is not None:
            better = _is_better(level_before, level_after, target, direction)
            word = Verdict.MOVED if better else Verdict.WORSE
            on_target = [period_word(v, target) == KpiWord.ON_TARGET for v in later[-HOLDS:]]
            if better and len(on_target) == HOLDS and all(on_target):
                word = Verdict.MOVED_AND_HOLDS
    return VerdictResult(word, level_before, level_after, len(earlier), len(later))


def _is_better(before: float, after: float, target: Target | None, direction: Direction) -> bool:
    if direction == Direction.WITHIN and target is not None and target.edge is not None:
        return abs(after - target.edge) < abs(before - target.edge)
    return (after > before) == (direction == Direction.HIGHER)


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
