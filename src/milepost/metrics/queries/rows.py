"""The score row of a KPI, from what is known of it: what a refresh writes, and what a day of the past is told by."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from milepost.core.calendar import Frequency, previous_start
from milepost.core.proposal import propose
from milepost.core.series import Aggregation, Point, open_point
from milepost.core.target import Direction, KpiWord, period_word
from milepost.metrics.models import KpiScore, Metric
from milepost.metrics.queries.series import Known, as_points
from milepost.metrics.scoring import Versions, judge, target_of_period

SPARK_LENGTH = 13
SEVERITY = {
    KpiWord.OFF_TARGET: 0,
    KpiWord.CLOSE: 1,
    KpiWord.UNKNOWN: 2,
    KpiWord.NO_VALUE: 3,
    KpiWord.WATCHING: 5,
    KpiWord.ON_TARGET: 4,
}


def kpi_row(
    kpi: Metric,
    known: Mapping[date, Known],
    versions: Versions,
    *,
    today: date,
    now: datetime,
) -> KpiScore:
    """Return the score row of a KPI on a day, not saved.

    Args:
        known: what counts for each of its periods, the oldest first.
        versions: its targets as (in force since, plan), the oldest first.
    """
    frequency = Frequency(kpi.frequency)
    points = as_points(known)
    judged = judge(points, versions, frequency=frequency, lag_days=kpi.lag_days, today=today)
    closed, last, target, word = judged.closed, judged.last, judged.target, judged.word
    opened = open_point(points, frequency=frequency, today=today)
    before = _value_at(closed, previous_start(last.start, frequency)) if last else None
    streak = _streak(closed, versions, frequency)
    proposal = propose(
        closed,
        frequency=frequency,
        how=Aggregation(kpi.aggregation),
        target=target,
        direction=Direction(kpi.direction),
    )
    latest = max(known.values(), key=lambda k: (k.known_at, k.id), default=None)
    level, earlier = proposal.level, proposal.before
    better = None
    if level is not None and earlier is not None and kpi.direction != Direction.WITHIN:
        better = (level > earlier) == (kpi.direction == Direction.HIGHER)
    return KpiScore(
        metric=kpi,
        workspace_id=kpi.workspace_id,
        word=word.value,
        severity=SEVERITY[word],
        valid_on=last.start if last else None,
        value=last.value if last else None,
        before=before,
        open_value=opened.value if opened else None,
        value_word=period_word(last.value, target).value if last else KpiWord.NO_VALUE.value,
        missing_on=_missing(last, word, judged.newest),
        off_streak=len(streak),
        off_since=streak[0].start if streak else None,
        shift_on=proposal.shift_on,
        shift_before=earlier,
        shift_level=level,
        shift_is_better=better,
        wants_objective=proposal.is_primary,
        spark=_spark(closed, judged.newest, frequency),
        last_known_at=latest.known_at if latest else None,
        last_source=latest.source if latest else "",
        readings=len(points),
        status_on=today,
        computed_at=now,
    )


def _value_at(points: Sequence[Point], start: date) -> float | None:
    for point in reversed(points):
        if point.start <= start:
            return point.value if point.start == start else None
    return None


def _missing(last: Point | None, word: KpiWord, newest: date) -> date | None:
    """Return the newest closed period if it has no value and the word says so."""
    if word not in {KpiWord.NO_VALUE, KpiWord.UNKNOWN}:
        return None
    if last is not None and last.start == newest:
        return None
    return newest


def _streak(closed: Sequence[Point], versions: Versions, frequency: Frequency) -> list[Point]:
    """Return the run of off-target periods that ends with the last one, oldest first."""
    run: list[Point] = []
    for point in reversed(closed):
        target = target_of_period(versions, point.start, frequency)
        if period_word(point.value, target) != KpiWord.OFF_TARGET:
            break
        run.append(point)
    return run[::-1]


def _spark(closed: Sequence[Point], newest: date, frequency: Frequency) -> list[float | None]:
    """Return the values of the 13 periods that end with the last closed one with a value."""
    if not closed:
        return []
    values = {point.start: point.value for point in closed}
    start = min(closed[-1].start, newest)
    starts = [start]
    for _ in range(SPARK_LENGTH - 1):
        starts.append(previous_start(starts[-1], frequency))
    found = [values.get(day) for day in reversed(starts)]
    while found and found[0] is None:  # a young KPI has no gap before its first value
        found.pop(0)
    return found
