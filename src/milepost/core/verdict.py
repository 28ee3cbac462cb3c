"""What an objective did to its KPI."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from milepost.core.calendar import Frequency, is_closed, last_day, period_start, shift_periods
from milepost.core.limits import read_series
from milepost.core.numbers import mean
from milepost.core.series import Point
from milepost.core.target import Direction, KpiWord, Target, miss, period_word

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


@dataclass(frozen=True, slots=True)
class Stretches:
    """The values a verdict looks at: before activation, and from it to the verdict; oldest first.

    The first `in_cycle` of `since` are closed by the close.
    """

    before: tuple[float, ...]
    since: tuple[float, ...]
    in_cycle: int


def stretches(
    points: Sequence[Point],
    *,
    frequency: Frequency,
    activated_on: date,
    closed_on: date,
    today: date,
) -> Stretches:
    """Return what a verdict looks at: up to the close, or up to 8 periods after it once they are over.

    Args:
        points: the KPI's closed periods, oldest first.

    Source: rule K10.
    """
    fiscal = points[-1].start.month if points else 1  # quarters and years begin where those measured did
    at_close = period_start(closed_on, frequency, fiscal_month=fiscal)
    again = shift_periods(at_close, frequency, AFTER)  # the close's own period is the first after it
    until = again if is_closed(shift_periods(again, frequency, -1), frequency, today=today) else at_close
    before = [p.value for p in points if last_day(p.start, frequency) < activated_on]
    since = [p for p in points if last_day(p.start, frequency) >= activated_on and p.start < until]
    return Stretches(tuple(before), tuple(p.value for p in since), sum(p.start < at_close for p in since))


def verdict(
    *,
    before: Sequence[float],
    since: Sequence[float],
    target: Target | None,
    direction: Direction,
    in_cycle: int | None = None,
) -> VerdictResult:
    """Return what changed between the time before an objective and the verdict.

    Moved is a change of level for the better; it holds if it showed inside the cycle and the last 4
    values are on target.

    Args:
        before: values of the closed periods before activation, oldest first; the last 13 count.
        since: values of the closed periods from activation to the verdict, oldest first; the last 8 are
            "after".
        target: the one in force; a direction within says nothing of better and worse without it.
        in_cycle: how many of `since` lie in the cycle; None is all.

    Source: rule K10.
    """
    earlier, later = list(before)[-BEFORE:], list(since)[-AFTER:]
    level_before, level_after = mean(earlier), mean(later)
    word = Verdict.TOO_EARLY
    if len(earlier) >= LEAST_BEFORE and len(since) >= LEAST_AFTER:
        shifts = [s for s in read_series([*earlier, *since]).shifts if s.found_at >= len(earlier)]
        word = Verdict.NO_CHANGE
        if shifts and level_before is not None and level_after is not None:
            word = _moved(level_before, level_after, target, direction)
        ends = len(earlier) + (len(since) if in_cycle is None else in_cycle)
        good = [
            s for s in shifts if s.found_at < ends and _moved(s.before, s.after, target, direction) == Verdict.MOVED
        ]
        on_target = [period_word(v, target) == KpiWord.ON_TARGET for v in later[-HOLDS:]]
        if word == Verdict.MOVED and good and len(on_target) == HOLDS and all(on_target):
            word = Verdict.MOVED_AND_HOLDS
    return VerdictResult(word, level_before, level_after, len(earlier), len(later))


def _moved(before: float, after: float, target: Target | None, direction: Direction) -> Verdict:
    """Return whether a change of level is one for the better, for the worse, or neither."""
    if direction == Direction.WITHIN:
        if target is None or target.edge is None:
            return Verdict.NO_CHANGE
        # Inside the range nearer to its middle is better as well.
        ranks = [(miss(level, target), abs(level - target.edge)) for level in (before, after)]
        return Verdict.MOVED if ranks[1] < ranks[0] else Verdict.WORSE
    if before == after:
        return Verdict.NO_CHANGE
    return Verdict.MOVED if (after > before) == (direction == Direction.HIGHER) else Verdict.WORSE
