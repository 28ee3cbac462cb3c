"""One KPI: number, chart, values, notes, definition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.calendar import Frequency, OutOfCalendar, default_lag_days, is_closed, last_day
from milepost.core.compare import Against, Comparison, compare, compare_with_target, counterpart
from milepost.core.limits import Reading as SeriesReading
from milepost.core.proposal import read_points
from milepost.core.ramp import Beside, Ramp, beside_status
from milepost.core.series import Aggregation, Point, closed_points, open_point
from milepost.core.target import Direction, Target
from milepost.core.targets import TargetPlan
from milepost.metrics.models import Metric, Note, Reading
from milepost.metrics.permissions import can_edit_kpi, can_write_values
from milepost.metrics.queries.board import Tile, tile_of
from milepost.metrics.queries.formulas import InputRow, inputs_shown
from milepost.metrics.queries.series import Known, as_points
from milepost.metrics.queries.targets import targets_of
from milepost.metrics.scoring import Versions, plan_on, target_of_period, target_today
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One period of the table of values; `revisions` counts the older values kept below it."""

    start: date
    value: float
    change: float | None
    is_open: bool
    source: str
    author: str
    known_at: datetime
    numerator: float | None
    denominator: float | None
    revisions: tuple["Revision", ...]
    notes: tuple["NoteRow", ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """An older value of a period; value None was a withdrawal."""

    value: float | None
    known_at: datetime
    author: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note on a period; `is_mine` lets its author take it back."""

    id: int
    start: date
    text: str
    author: str
    at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """The value shown against another one (rule K5); `comparison` None where one of the two is missing.

    `start` is the period of the other one, `remark` what has to be said about it.
    """

    against: Against
    start: date | None
    comparison: Comparison | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class KpiPage:
    """Everything the page of a KPI says; `series` are its closed periods and `open` the running one.

    A calculated one takes no typed values: `formula` makes them, from `inputs` and others that the reader
    may not see.

    `reading` holds phases and shifts by index into `starts`, which includes gaps.
    """

    tile: Tile
    description: str
    aggregation: str
    lag_days: int
    owner_name: str
    owner_team_id: int | None
    pillar: tuple[int, str] | None
    tags: tuple[str, ...]
    created_at: datetime
    is_archived: bool
    can_edit: bool
    can_write_values: bool
    open_value: float | None
    compared: tuple[Compared, ...]
    shift_on: date | None
    shift_before: float | None
    shift_level: float | None
    shift_is_better: bool | None
    points: tuple[Point, ...]
    starts: tuple[date, ...]
    reading: SeriesReading
    rows: tuple[ValueRow, ...]
    rows_left: int
    notes: tuple[NoteRow, ...]
    targets: Versions
    plan: TargetPlan | None
    beside: Beside | None
    formula: str
    inputs: tuple[InputRow, ...]
    metric: Metric

    def target_of(self, start: date) -> Target | None:
        """Return the target that judges a period."""
        return target_of_period(self.targets, start, Frequency(self.tile.frequency))

    def is_sloped(self, start: date) -> bool:
        """Return whether the target of a period lies on a line that rises or falls."""
        return isinstance(plan_on(self.targets, last_day(start, Frequency(self.tile.frequency))), Ramp)


SHOWN_ROWS = 13


def kpi_page(actor: Actor, slug: str, *, today: date, all_rows: bool = False) -> KpiPage:
    """Return the page of a KPI: a fixed number of queries.

    Raises:
        NotFound: it is not the actor's to see.
    """
    kpi = (
        Metric.objects.visible_to(actor)
        .select_related("score", "owner_team", "lead__user", "pillar")
        .filter(slug=slug, is_kpi=True)
        .first()
    )
    if kpi is None:
        raise NotFound
    score = kpi.score
    targets = targets_of([kpi.pk]).get(kpi.pk, ())
    tile = tile_of(kpi, targets, today=today)
    history = _history(kpi)
    known = {start: known for start, (known, _) in history.items()}
    points = as_points(known)
    frequency = Frequency(kpi.frequency)
    closed = closed_points(points, frequency=frequency, today=today)
    starts, reading = read_points(closed, frequency=frequency)
    notes = _notes(actor, kpi)
    shown = points if all_rows else points[-SHOWN_ROWS:]
    rows = _rows(shown, points, history, notes, frequency=frequency, today=today)
    team = kpi.owner_team
    formula, inputs = inputs_shown(actor, kpi)
    return KpiPage(
        tile=tile,
        description=kpi.description,
        aggregation=kpi.aggregation,
        lag_days=default_lag_days(frequency) if kpi.lag_days is None else kpi.lag_days,
        owner_name=team.name if team else "Company",
        owner_team_id=kpi.owner_team_id,
        tags=tuple(kpi.tags),
        pillar=(kpi.pillar.pk, kpi.pillar.name) if kpi.pillar else None,
        created_at=kpi.created_at,
        is_archived=kpi.archived_at is not None,
        can_edit=can_edit_kpi.test(actor, kpi),
        can_write_values=not kpi.formula and can_write_values.test(actor, kpi),
        open_value=score.open_value,
        compared=_compared(tile, points, frequency),
        shift_on=score.shift_on,
        shift_before=score.shift_before,
        shift_level=score.shift_level,
        shift_is_better=score.shift_is_better,
        points=points,
        starts=tuple(starts),
        reading=reading,
        rows=rows,
        rows_left=len(points) - len(rows),
        notes=tuple(notes),
        targets=targets,
        plan=plan_on(targets, today),
        beside=_beside(kpi, points, targets, today=today),
        formula=formula,
        inputs=inputs,
        metric=kpi,
    )


def _compared(tile: Tile, points: Sequence[Point], frequency: Frequency) -> tuple[Compared, ...]:
    """Return the value shown against the period before, the year before, and its target."""
    values = {point.start: point.value for point in points}
    found = []
    for against in (Against.PREVIOUS, Against.YEAR_BEFORE):
        start, remark, other = None, "", None
        if tile.valid_on is not None:
            try:
                there = counterpart(tile.valid_on, frequency, against)
                start, remark, other = there.start, there.remark, values.get(there.start)
            except OutOfCalendar:  # in the first years that a calendar has
                pass
        comparison = None
        if tile.value is not None and other is not None:
            comparison = compare(tile.value, other, direction=Direction(tile.direction), target=tile.target)
        found.append(Compared(against, start, comparison, remark if comparison else ""))
    judged = None
    if tile.value is not None and tile.target is not None:
        judged = compare_with_target(tile.value, tile.target)
    return (*found, Compared(Against.TARGET, tile.valid_on, judged))


def list_kpis(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Return (slug, name) of the workspace's KPIs by name, to choose one a key result reads."""
    rows = Metric.objects.visible_to(actor).filter(is_kpi=True, archived_at=None)
    return tuple((slug or "", name) for slug, name in rows.order_by("name", "id").values_list("slug", "name"))


def kpi_target(kpi: Metric, *, today: date, fiscal_month: int) -> Target | None:
    """Return the target of the period that runs today."""
    versions = targets_of([kpi.pk]).get(kpi.pk, ())
    return target_today(versions, Frequency(kpi.frequency), today=today, fiscal_month=fiscal_month)


def kpi_plan(kpi: Metric, *, today: date) -> TargetPlan | None:
    """Return what a KPI is kept against from today on: a target, a ramp, or one for each period."""
    return plan_on(targets_of([kpi.pk]).get(kpi.pk, ()), today)


def _beside(kpi: Metric, points: Sequence[Point], versions: Versions, *, today: date) -> Beside | None:
    """Return how the open period stands on a ramp (K2); None without one or without a value so far."""
    frequency = Frequency(kpi.frequency)
    opened = open_point(points, frequency=frequency, today=today)
    plan = plan_on(versions, today)
    if opened is None or not isinstance(plan, Ramp):
        return None
    how = Aggregation(kpi.aggregation)
    return beside_status(plan, start=opened.start, value=opened.value, frequency=frequency, how=how, today=today)


def _notes(actor: Actor, kpi: Metric) -> list[NoteRow]:
    rows = Note.objects.filter(metric=kpi, withdrawn_at=None).order_by("valid_on", "id")
    return [
        NoteRow(pk, start, text, author or "", at, is_mine=author_id == actor.membership_id or actor.is_admin)
        for pk, start, text, author, at, author_id in rows.values_list(
            "id", "valid_on", "text", "author__user__name", "at", "author_id"
        )
    ]


def _history(kpi: Metric) -> dict[date, tuple[Known, list["Revision"]]]:
    """Return for each period the reading in use and every reading of it, by when it was known; one query."""
    found: dict[date, tuple[Known, list[Revision]]] = {}
    rows = Reading.objects.filter(metric=kpi).order_by("valid_on", "known_at", "id")
    for day, *values, author, reason in rows.values_list(
        "valid_on", "id", "value", "numerator", "denominator", "known_at", "source", "author__user__name", "reason"
    ):
        known = Known(*values)  # type: ignore[arg-type] # the columns stand in the order of its fields
        revisions = found[day][1] if day in found else []
        revisions.append(Revision(known.value, known.known_at, str(author or ""), known.source, str(reason)))
        found[day] = (known, revisions)
    return found


def _rows(
    shown: Sequence[Point],
    points: Sequence[Point],
    history: dict[date, tuple[Known, list["Revision"]]],
    notes: Sequence[NoteRow],
    *,
    frequency: Frequency,
    today: date,
) -> tuple[ValueRow, ...]:
    """Return the rows of the table, the newest first."""
    by_day: dict[date, list[NoteRow]] = {}
    for note in notes:
        by_day.setdefault(note.start, []).append(note)
    out = []
    for before, point in zip([None, *points], points, strict=False):
        if point.start < shown[0].start:
            continue
        known, revisions = history[point.start]
        out.append(
            ValueRow(
                start=point.start,
                value=point.value,
                change=point.value - before.value if before is not None else None,
                is_open=not is_closed(point.start, frequency, today=today),
                source=known.source,
                author=revisions[-1].author,
                known_at=known.known_at,
                numerator=known.numerator,
                denominator=known.denominator,
                revisions=tuple(reversed(revisions[:-1])),
                notes=tuple(by_day.get(point.start, ())),
            )
        )
    return tuple(reversed(out))
