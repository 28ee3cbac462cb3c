"""What a formula reads: the values of other KPIs, put onto the grain of the calculated one (rule K7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from milepost.core.calendar import Frequency, default_lag_days, is_closed, last_day, next_start
from milepost.core.formula.evaluate import calculate
from milepost.core.formula.tree import Node, names
from milepost.core.series import Aggregation, Point
from milepost.core.windows import Grained, regrain

_ORDER = list(Frequency)


class BadInput(ValueError):
    """A KPI that a formula cannot read; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A KPI that a formula reads: its values in its unit, and how several of its periods go together.

    `points` oldest first; `lag_days` None is the default of its frequency (K3).
    """

    points: Sequence[Point]
    frequency: Frequency
    how: Aggregation
    unit_code: str = ""
    lag_days: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What one input went in with: its value, of how many of its periods, how many there could have been."""

    value: float | None
    parts: int
    expected: int


def check_source(name: str, *, have: Frequency, how: Aggregation, want: Frequency, calculated: str) -> None:
    """Do nothing if a KPI's values can be put onto the grain of a calculated one.

    Args:
        name, calculated: the input and the KPI that reads it, as people call them.

    Raises:
        BadInput: it has fewer values than that, or they cannot be put together.

    Source: rules K4, K7.
    """
    if _ORDER.index(have) > _ORDER.index(want):
        raise BadInput(
            f"“{name}” has one value a {have.value} and “{calculated}” one a {want.value}: a longer period cannot be "
            f"cut. Count “{calculated}” by {have.value}, or take “{name}” out."
        )
    if have != want and how == Aggregation.DISTINCT:
        raise BadInput(
            f"“{name}” counts anew each {have.value}, and such counts are never added up to a {want.value}. "
            f"Count “{calculated}” by {have.value}, or take “{name}” out."
        )


def on_grain(source: Source, *, want: Frequency, fiscal_month: int) -> dict[date, Grained]:
    """Return an input's values by period of the calculated KPI, by the input's own aggregation.

    A week belongs to the period in which its last day lies, as it does to a cycle (P8): so a period that
    is over has all its weeks behind it.

    Source: rules K4, K7, P8.
    """
    grained = regrain(
        source.points,
        have=source.frequency,
        want=want,
        how=source.how,
        unit_code=source.unit_code,
        fiscal_month=fiscal_month,
        belongs=last_day,
    )
    return {one.start: one for one in grained}


def is_settled(grained: Grained | None, start: date, source: Source, *, want: Frequency, today: date) -> bool:
    """Return whether what an input says of a period can be taken as it is.

    That is when the period is over and each part has its value, or when the input's lag has passed
    since, so that what is missing is missing and not on its way.

    Source: rules K3, K7.
    """
    if not is_closed(start, want, today=today):
        return False
    if grained is not None and grained.is_whole:
        return True
    lag_days = default_lag_days(source.frequency) if source.lag_days is None else source.lag_days
    return today - next_start(start, want) >= timedelta(days=lag_days)


def formula_points(
    node: Node, sources: Mapping[str, Source], *, frequency: Frequency, fiscal_month: int, today: date
) -> tuple[Point, ...]:
    """Return the values of a calculated KPI, oldest first: of each period that is settled in all inputs.

    The open period has none: with one input in it and the other still to come, the result would look
    like a value and be none.

    Args:
        sources: each name of the formula.
        frequency: of the calculated KPI.

    Raises:
        FinerGrain: an input has longer periods than the calculated KPI.
        TooMuchWork: parts times periods are more than a calculation may take.

    Source: rule K7.
    """
    grained = {name: on_grain(sources[name], want=frequency, fiscal_month=fiscal_month) for name in names(node)}
    starts = sorted({start for values in grained.values() for start in values})
    settled = {
        start
        for start in starts
        if all(
            is_settled(values.get(start), start, sources[name], want=frequency, today=today)
            for name, values in grained.items()
        )
    }
    inputs = {
        name: [Point(start, g.value) for start, g in values.items() if g.value is not None and start in settled]
        for name, values in grained.items()
    }
    return calculate(node, inputs)


def read_at(
    node: Node, sources: Mapping[str, Source], start: date, *, frequency: Frequency, fiscal_month: int
) -> dict[str, Read]:
    """Return what each input of a formula goes in with in one period, in the order of the text.

    Source: rule K7.
    """
    found = {}
    for name in names(node):
        grained = on_grain(sources[name], want=frequency, fiscal_month=fiscal_month).get(start)
        found[name] = Read(grained.value, grained.parts, grained.expected) if grained else Read(None, 0, 0)
    return found
