"""The status word of a KPI."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from milepost.core.calendar import Frequency, fiscal_month_of, last_closed, next_start
from milepost.core.explain.shape import Change, Compare, Explanation, Input, Link
from milepost.core.explain.text import counted, day, number, percent, period, quantity, words
from milepost.core.series import Point
from milepost.core.target import (
    LEAST_FRESHNESS,
    LEAST_RELIABILITY,
    UNRATED_BELOW,
    KpiWord,
    Target,
    TargetRule,
    freshness,
    kpi_word,
    miss,
    overdue_from,
    period_word,
    word_edges,
)

BESIDE = 1e-6  # of the size of the numbers compared: what lies just outside an edge


def explain_kpi(
    *,
    last: Point | None,
    target: Target | None,
    frequency: Frequency,
    lag_days: int,
    today: date,
    expected_periods: int,
    unit: str,
    inputs: Sequence[Input] = (),
    link: Link | None = None,
    reliability: float | None = None,
    target_of: Callable[[date], Target | None] | None = None,
) -> Explanation:
    """Return a KPI's word with the value, the target and the dates that make it, and the values at its edges.

    Args:
        last, target, frequency, lag_days, today, expected_periods, reliability: as `core.target.kpi_word`
            takes them.
        inputs: where value and target come from.
        target_of: the target of the period that begins on a day; None has the last one's go on.

    Source: rules K2, K3.
    """
    word = kpi_word(
        last=last,
        target=target,
        frequency=frequency,
        lag_days=lag_days,
        today=today,
        expected_periods=expected_periods,
        reliability=reliability,
    )
    facts = [*inputs, Input("lag", float(lag_days), "day" if lag_days == 1 else "days", source="definition")]
    fiscal = fiscal_month_of(last.start, frequency) if last else 1
    newest = last_closed(frequency, today=today, fiscal_month=fiscal)
    start = newest if last is None else max(newest, next_start(last.start, frequency))
    then = target if target_of is None else target_of(start)
    unreliable = reliability is not None and reliability < LEAST_RELIABILITY
    ahead = () if unreliable else _next_value(start, then, unit, frequency, link)
    if last is None:
        return Explanation(
            "kpi_status", ("K3",), "no closed period has a value", word=word.value, inputs=tuple(facts),
            changes=(*_edges(target, unit, None), *ahead),
        )  # fmt: skip
    judged = _judged(last, target, unit, frequency)
    late = _late(last, word, frequency=frequency, lag_days=lag_days, today=today)
    if word == KpiWord.UNKNOWN:
        fresh = freshness(last_start=last.start, frequency=frequency, lag_days=lag_days, today=today)
        reasons = [late] * (today >= overdue_from(last_start=last.start, frequency=frequency, lag_days=lag_days))
        if fresh < LEAST_FRESHNESS:
            reasons.append(f"freshness {percent(fresh)} is below {percent(LEAST_FRESHNESS)}")
        if reliability is not None and reliability < LEAST_RELIABILITY:
            reasons.append(f"reliability {number(reliability)} is below {number(LEAST_RELIABILITY)}")
        late = "; ".join(reasons)
    elif word == KpiWord.NO_VALUE and expected_periods < UNRATED_BELOW:
        late += f"; unrated with fewer than {UNRATED_BELOW} periods"
    formula = f"{late}; the last one: {judged}" if late else judged
    return Explanation(
        "kpi_status", ("K2", "K3"), formula, value=last.value, unit=unit, word=word.value, inputs=tuple(facts),
        changes=(*_edges(target, unit, last.value), *ahead, *_by_time(last, word, frequency, lag_days, link)),
    )  # fmt: skip


def _judged(last: Point, target: Target | None, unit: str, frequency: Frequency) -> str:
    """Return the comparison of one value with its target: 43 min − 30 min = 13 min over, more than 5 min."""
    word = words(period_word(last.value, target))
    shown = f"{quantity(last.value, unit)}, {period(last.start, frequency)}"
    if target is None:
        return f"{shown}, has no target: {word}"
    distance = miss(last.value, target)
    if distance == 0:
        return f"{shown}, is {_aim(target, unit)}: {word}"
    if target.low is not None and last.value < target.low:
        edge, sums = target.low, f"{number(target.low)} − {number(last.value, distance=distance)}"
    else:
        edge = target.high or 0.0
        sums = f"{number(last.value, distance=distance)} − {number(edge)}"
    missed = f"{sums} = {quantity(distance, unit, distance=distance)}"
    if target.tolerance:
        beside = "within" if period_word(last.value, target) == KpiWord.CLOSE else "more than"
        missed += f", {beside} the tolerance of {quantity(target.tolerance, unit)}"
    return f"{shown}, is not {_aim(target, unit)}: {missed}: {word}"


def _aim(target: Target, unit: str) -> str:
    if target.rule == TargetRule.AT_LEAST:
        return f"at least {quantity(target.low or 0.0, unit)}"
    if target.rule == TargetRule.AT_MOST:
        return f"at most {quantity(target.high or 0.0, unit)}"
    return f"within {number(target.low or 0.0)} to {quantity(target.high or 0.0, unit)}"


def _late(last: Point, word: KpiWord, *, frequency: Frequency, lag_days: int, today: date) -> str:
    """Return what is missing since when, "" while nothing is."""
    if word not in {KpiWord.NO_VALUE, KpiWord.UNKNOWN}:
        return ""
    due = overdue_from(last_start=last.start, frequency=frequency, lag_days=lag_days) - timedelta(days=1)
    missing = period(next_start(last.start, frequency), frequency)
    return f"no value for the {missing}, expected by {day(due)}, {counted((today - due).days, 'day')} ago"


def _edges(target: Target | None, unit: str, value: float | None) -> tuple[Change, ...]:
    """Return what the value would have to be for another word, on the side where it lies."""
    if target is None:
        return ()
    stay_above, stay_below = word_edges(target)
    if value is not None and target.high is not None and value > target.high:
        stay_above = ()
    elif value is not None and target.low is not None and value < target.low:
        stay_below = ()
    now = None if value is None else period_word(value, target)
    changes = []
    for edges, outwards in ((stay_above, -1), (stay_below, 1)):
        for edge in edges:
            word = period_word(edge, target)
            beyond = period_word(edge + outwards * _beside(edge, target), target)
            is_beyond = now is None or (outwards * ((value or 0.0) - edge) > 0 and now != word)
            changes.append(_edge(edge, unit, word if is_beyond else beyond, is_beyond, outwards))
    return tuple(changes)


def _beside(edge: float, target: Target) -> float:
    near = BESIDE * max(1.0, abs(edge))
    return min(near, target.tolerance / 2) if target.tolerance else near


def _edge(edge: float, unit: str, word: KpiWord, is_beyond: bool, outwards: int) -> Change:
    if is_beyond:
        side = Compare.AT_LEAST if outwards < 0 else Compare.AT_MOST
    else:
        side = Compare.BELOW if outwards < 0 else Compare.ABOVE
    return Change(f"{side.value.replace('_', ' ')} {quantity(edge, unit)}: {words(word)}", side, edge, unit, word.value)


def _next_value(
    start: date, target: Target | None, unit: str, frequency: Frequency, link: Link | None
) -> tuple[Change, ...]:
    """Return what the next value has to be: that of the newest closed period, or of the one that comes."""
    name = period(start, frequency)
    if target is None:
        text = f"with a target from the {name} on, the value is judged by it; without one: {words(KpiWord.WATCHING)}"
        return (Change(text, word=KpiWord.WATCHING.value, on=start, link=link),)
    side, at = {
        TargetRule.AT_LEAST: (Compare.AT_LEAST, target.low),
        TargetRule.AT_MOST: (Compare.AT_MOST, target.high),
    }.get(target.rule, (None, None))
    on_target = KpiWord.ON_TARGET
    text = f"a value for the {name} {_aim(target, unit)}: {words(on_target)}"
    return (Change(text, side, at, unit, on_target.value, on=start, link=link),)


def _by_time(last: Point, word: KpiWord, frequency: Frequency, lag_days: int, link: Link | None) -> tuple[Change, ...]:
    """Return the day on which the word falls away if no newer value comes."""
    if word in {KpiWord.NO_VALUE, KpiWord.UNKNOWN}:
        return ()
    on = overdue_from(last_start=last.start, frequency=frequency, lag_days=lag_days)
    missing = period(next_start(last.start, frequency), frequency)
    text = f"without a value for the {missing} by {day(on - timedelta(days=1))}: {words(KpiWord.NO_VALUE)}"
    return (Change(text, word=KpiWord.NO_VALUE.value, on=on, link=link),)
