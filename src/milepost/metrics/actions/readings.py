"""Storing readings; `okr.actions.record_readings` is the only door to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.calendar import Frequency, period_start
from milepost.core.numbers import finite
from milepost.core.series import median
from milepost.core.units import check_scale
from milepost.metrics.errors import FutureValue
from milepost.metrics.models import Metric, Reading, ReadingSource
from milepost.metrics.queries.series import Known, readings_by_period
from milepost.prepared import insert_all
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class NewReading:
    """A value to store.

    `day` is any day of the period; `value` is in the metric's unit, None withdraws what is there; a
    ratio may bring its two counts, from which later periods are added up.
    """

    day: date
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing did: the new rows in order, how many values stood there already, and what the rows replace.

    `known` is what counts for each period now, the oldest first, as `known_readings` would return it.
    """

    readings: tuple[Reading, ...]
    unchanged: int
    known: Mapping[date, Known]
    before: tuple[float | None, ...] = ()


def store_readings(
    *,
    by: Actor,
    metric: Metric,
    batch: Sequence[NewReading],
    source: ReadingSource,
    today: date,
    fiscal_month: int,
    now: datetime,
) -> Stored:
    """Append readings that say something new; called under the workspace's lock.

    A file or a program writes only where its value differs from its own last one, so a person's
    correction stands until then (rule K6). A person writes where the value in use differs.

    Raises:
        FutureValue: a period that has not begun.
        Invalid: one period twice in the batch, or a withdrawal of nothing.
        NotANumber: NaN or an infinity.
        ScaleMixedUp: shares of 1 where percent are kept, or so it seems.
    """
    frequency = Frequency(metric.frequency)
    by_period: dict[date, NewReading] = {}
    for new in batch:
        start = period_start(new.day, frequency, fiscal_month=fiscal_month)
        if new.day > today:
            raise FutureValue(new.day.isoformat())
        if start in by_period:
            raise Invalid(f"The period of {start.isoformat()} stands in this list twice. Keep one.", field="period")
        by_period[start] = new
    there = readings_by_period(metric.pk)
    known = dict(there)
    if not by_period:
        return Stored((), 0, known)
    values = [finite(new.value, name="value") for new in by_period.values() if new.value is not None]
    in_use = [k.value for k in known.values() if k.value is not None]
    check_scale(values, stored_median=median(in_use), unit_code=metric.unit_code)
    own = known if source == ReadingSource.HAND else {day: k for day, k in there if k.source == source}
    rows = [
        Reading(
            workspace_id=metric.workspace_id,
            metric_id=metric.pk,
            valid_on=start,
            value=new.value,
            numerator=new.numerator,
            denominator=new.denominator,
            known_at=now,
            author_id=by.membership_id,
            source=source,
            reason=new.reason,
        )
        for start, new in by_period.items()
        if not _says_the_same(own.get(start), new)
    ]
    insert_all(rows)
    before = tuple(known[row.valid_on].value if row.valid_on in known else None for row in rows)
    return Stored(tuple(rows), len(by_period) - len(rows), with_rows(known, rows), before)


def with_rows(known: dict[date, Known], rows: Sequence[Reading]) -> dict[date, Known]:
    """Return what counts for each period once these rows stand beside what was known."""
    fresh = {
        row.valid_on: Known(
            row.pk, _float(row.value), _float(row.numerator), _float(row.denominator), row.known_at, str(row.source)
        )
        for row in rows
        if row.valid_on not in known or known[row.valid_on].known_at <= row.known_at
    }
    return dict(sorted((known | fresh).items()))


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)  # as the database gives it back


def _says_the_same(known: Known | None, new: NewReading) -> bool:
    if known is None:
        return new.value is None  # nothing there to withdraw
    if known.value != new.value:
        return False
    counts = (known.numerator, known.denominator)
    return new.numerator is None or counts == (new.numerator, new.denominator)
