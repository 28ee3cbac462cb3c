"""What a KPI is kept against, and the word for how it stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from milepost.core.calendar import Frequency, fiscal_month_of, last_closed, last_day, next_start
from milepost.core.numbers import mean, said
from milepost.core.series import Point

UNRATED_BELOW = 4  # expected periods (K3)
LEAST_FRESHNESS = 0.25  # K3
LEAST_RELIABILITY = 50.0  # K3, S4


class Direction(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    WITHIN = "within"


class TargetRule(StrEnum):
    """The forms a target may take (rule K2)."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    WITHIN = "within"


class KpiWord(StrEnum):
    """The words of rule K3."""

    UNKNOWN = "unknown"
    NO_VALUE = "no_value"
    WATCHING = "watching"
    OFF_TARGET = "off_target"
    CLOSE = "close"
    ON_TARGET = "on_target"


class BadTarget(ValueError):
    """A target that nothing could be held against."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target in the metric's unit: at least `low`, at most `high`, or within both, ends included.

    A miss of up to `tolerance` is close. `as_given` keeps the words it was given in: "Below 60 days".
    """

    rule: TargetRule
    low: float | None = None
    high: float | None = None
    tolerance: float = 0.0
    as_given: str = ""

    def validate(self) -> None:
        """Do nothing if the numbers fit the rule.

        Raises:
            BadTarget: with a sentence.

        Source: rule K2.
        """
        for value in (self.low, self.high, self.tolerance):
            if value is not None and not math.isfinite(value):
                raise BadTarget("A target is a finite number, such as 95.")
        if self.tolerance < 0:
            raise BadTarget(f"The tolerance is {said(self.tolerance)}. A tolerance is 0 or more.")
        if self.rule == TargetRule.AT_LEAST and (self.low is None or self.high is not None):
            raise BadTarget("Write the value it should be at least.")
        if self.rule == TargetRule.AT_MOST and (self.high is None or self.low is not None):
            raise BadTarget("Write the value it should be at most.")
        if self.rule == TargetRule.WITHIN:
            if self.low is None or self.high is None:
                raise BadTarget("Write both ends of the range.")
            if self.low >= self.high:
                raise BadTarget(
                    f"The range would go from {said(self.low)} to {said(self.high)}. Write the smaller one first."
                )

    @property
    def edge(self) -> float | None:
        """Return the one value to reach: the bound, or the middle of a range.

        Source: rule K2.
        """
        if self.rule == TargetRule.AT_LEAST:
            return self.low
        if self.rule == TargetRule.AT_MOST:
            return self.high
        return None if self.low is None or self.high is None else mean([self.low, self.high])


def miss(value: float, target: Target) -> float:
    """Return by how much a value misses its target, in the metric's unit; 0 when met, ends included.

    Source: rule K2.
    """
    if target.low is not None and value < target.low:
        return target.low - value
    if target.high is not None and value > target.high:
        return value - target.high
    return 0.0


def period_word(value: float, target: Target | None) -> KpiWord:
    """Return the word of one value against its target, dates aside.

    Source: rules K2, K3.
    """
    if target is None:
        return KpiWord.WATCHING
    distance = miss(value, target)
    if distance == 0:
        return KpiWord.ON_TARGET
    edge = target.low if target.low is not None and value < target.low else target.high
    near = 1e-12 * max(abs(value), abs(edge or 0.0))  # 30.1 - 30 is a hair more than .1
    return KpiWord.CLOSE if distance <= target.tolerance + near else KpiWord.OFF_TARGET


def freshness(*, last_start: date, frequency: Frequency, lag_days: int, today: date) -> float:
    """Return how fresh the newest value is: 1 until its successor is late, halved for each period after.

    Source: rule K3; reliability part F.
    """
    due = overdue_from(last_start=last_start, frequency=frequency, lag_days=lag_days)
    period_days = (next_start(last_start, frequency) - last_start).days
    late = max(0.0, (today - due).days / period_days)
    return float(2.0**-late)


def overdue_from(*, last_start: date, frequency: Frequency, lag_days: int) -> date:
    """Return the day from which the value after the newest one is late: its period and its lag are over.

    Source: rule K3.
    """
    return next_start(next_start(last_start, frequency), frequency) + timedelta(days=lag_days)


def kpi_word(
    *,
    last: Point | None,
    target: Target | None,
    frequency: Frequency,
    lag_days: int,
    today: date,
    expected_periods: int,
    reliability: float | None = None,
) -> KpiWord:
    """Return the status of a KPI.

    In this order: unknown, no value, watching, then the word of the last closed value. Until a closed
    period's lag is over, the last value's word stands.

    Args:
        last: newest closed period with a value, None if there is none.
        expected_periods: closed periods since the first value; with fewer than 4 it is unrated, so
            never unknown.
        reliability: 0..100; None where nobody has worked it out, then freshness alone may say unknown.

    Source: rule K3.
    """
    if last is None:
        return KpiWord.NO_VALUE
    fresh = freshness(last_start=last.start, frequency=frequency, lag_days=lag_days, today=today)
    unreliable = reliability is not None and reliability < LEAST_RELIABILITY
    if is_rated(expected_periods) and (unreliable or fresh < LEAST_FRESHNESS):
        return KpiWord.UNKNOWN
    if last.start < _newest_due(frequency, lag_days=lag_days, today=today, like=last.start):
        return KpiWord.NO_VALUE
    return period_word(last.value, target)


def is_rated(expected_periods: int) -> bool:
    """Return whether a KPI has had enough periods to be called unknown; below 4 it is unrated.

    Source: rule K3.
    """
    return expected_periods >= UNRATED_BELOW


def _newest_due(frequency: Frequency, *, lag_days: int, today: date, like: date) -> date:
    """Return the start of the newest period whose end and lag have passed, on the calendar of `like`."""
    day = today - timedelta(days=lag_days)
    start = last_closed(frequency, today=day, fiscal_month=fiscal_month_of(like, frequency))
    assert last_day(start, frequency) + timedelta(days=lag_days) < today  # noqa: S101 - what "newest due" means
    return start


def word_edges(target: Target) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the values at which the word changes: those to stay above, then those to stay below.

    In the metric's unit, each the target's own first; the better word holds at the edge itself, and
    which one it is says `period_word`.

    Source: rules K2, K3.
    """
    low = () if target.low is None else (target.low, target.low - target.tolerance)
    high = () if target.high is None else (target.high, target.high + target.tolerance)
    return tuple(dict.fromkeys(filter(math.isfinite, low))), tuple(dict.fromkeys(filter(math.isfinite, high)))


def off_streak(values: Sequence[float], target: Target | None) -> int:
    """Return how many values at the end of the series, newest last, are off target in a row.

    Source: rule K8.
    """
    count = 0
    for value in reversed(values):
        if period_word(value, target) != KpiWord.OFF_TARGET:
            break
        count += 1
    return count
