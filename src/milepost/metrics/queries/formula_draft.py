"""A formula as somebody types it: what it reads, or what is wrong with it and where (rule K7)."""

from dataclasses import dataclass
from datetime import date

from milepost.core.calendar import Frequency
from milepost.core.circles import Circle, find_circle
from milepost.core.formula import (
    BadFormula,
    BadInput,
    TooMuchWork,
    check_source,
    formula_points,
    read_formula,
    rename,
)
from milepost.core.series import Aggregation, Point
from milepost.metrics.models import Metric, Reading, ReadingSource
from milepost.metrics.queries.formulas import (
    InputRow,
    Vocabulary,
    edges_of,
    ids_in,
    key_of,
    read_kept,
    resolve,
    sources_of,
    vocabulary,
)
from milepost.metrics.queries.series import known_readings
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Actor

FIELD = "formula"


@dataclass(frozen=True, slots=True)
class Draft:
    """A formula that can be kept: as typed with ids in place of names, and what it reads in the order of its text."""

    kept: str
    input_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a formula reads, and the last value it would have by now; None where there is none."""

    inputs: tuple[InputRow, ...]
    last: Point | None


EMPTY = Draft("", ())


def read_draft(text: str, words: Vocabulary, *, kpi: Metric) -> Draft:
    """Return a formula that a KPI could have.

    Args:
        words: what the KPIs are called for who writes it.
        kpi: the KPI it is for; one that is not saved yet is read by none.

    Raises:
        Invalid: no formula, no such KPI, a circle, an input with longer periods, or the KPI has values of its own.
    """
    if kpi.pk is not None and not kpi.formula:
        _refuse_values(kpi)
    try:
        node = read_formula(text)
        ids = resolve(node, words)
        for pk in ids.values():
            one = words.kpis[pk]
            have, how = Frequency(one.frequency), Aggregation(one.aggregation)
            check_source(one.name, have=have, how=how, want=Frequency(kpi.frequency), calculated=kpi.name)
    except (BadFormula, BadInput) as error:
        raise Invalid(str(error), field=FIELD) from None
    if kpi.pk is not None:
        _refuse_circle(kpi, set(ids.values()), words)
    kept = rename(text, node, {name: key_of(pk) for name, pk in ids.items()})
    return Draft(kept, tuple(ids.values()))


def try_formula(
    actor: Actor, text: str, *, slug: str, name: str, frequency: str, today: date, fiscal_month: int
) -> Tried:
    """Return what a formula would read and come to, before it is saved; five queries at most.

    Args:
        slug: of the KPI it is for, "" for a new one, of which `name` and `frequency` are typed.

    Raises:
        Invalid: as `read_draft`.
    """
    kpi = Metric(workspace_id=actor.workspace_id)
    if slug:
        kpi = Metric.objects.visible_to(actor).filter(slug=slug, is_kpi=True).first() or kpi
    kpi.name, kpi.frequency = name.strip() or "this KPI", frequency if frequency in set(Frequency) else Frequency.WEEK
    words = vocabulary(actor, also=ids_in(read_kept(kpi.formula)) if kpi.formula else ())
    draft = read_draft(text.strip(), words, kpi=kpi)
    inputs = {one.pk: one for one in Metric.objects.filter(pk__in=draft.input_ids)}
    node = read_kept(draft.kept)
    sources = sources_of(kpi, node, inputs, known_readings(inputs))
    try:
        points = formula_points(
            node, sources, frequency=Frequency(kpi.frequency), fiscal_month=fiscal_month, today=today
        )
    except TooMuchWork as error:
        raise Invalid(f"A formula takes too long. {error}", field=FIELD) from None
    return Tried(tuple(words.kpis[pk] for pk in draft.input_ids), points[-1] if points else None)


def _refuse_values(kpi: Metric) -> None:
    if Reading.objects.filter(metric=kpi).exclude(source=ReadingSource.FORMULA).exists():
        raise Invalid("This KPI has values of its own, and they stay. Add a new KPI for the formula.", field=FIELD)


def _refuse_circle(kpi: Metric, ids: set[int], words: Vocabulary) -> None:
    """Refuse a formula that reads its own KPI, directly or through others; the path is told by names."""
    edges: dict[int, list[int]] = {**edges_of(kpi.workspace_id), kpi.pk: sorted(ids)}
    circle = find_circle(edges)
    if circle is not None:
        called = {pk: one.name for pk, one in words.kpis.items()}
        path = [kpi.name if pk == kpi.pk else called.get(pk, "a KPI you do not see") for pk in _from(kpi.pk, circle)]
        raise Invalid(str(Circle(path, fix="Take one of them out of a formula.")), field=FIELD)


def _from(kpi_id: int, circle: tuple[int, ...]) -> tuple[int, ...]:
    """Return a circle as the path that begins and ends with the KPI in hand."""
    at = circle.index(kpi_id) if kpi_id in circle else 0
    around = circle[:-1]
    return (*around[at:], *around[:at], around[at])
