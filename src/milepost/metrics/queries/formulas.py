"""Formulas of calculated KPIs: what they read, and how they are told to a reader (rule K7)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from milepost.core.calendar import Frequency
from milepost.core.formula import BadFormula, Node, Source, check_names, names, read_formula, rename
from milepost.core.formula.grammar import LONGEST
from milepost.core.series import Aggregation
from milepost.metrics.models import FormulaInput, Metric
from milepost.metrics.queries.series import Known, as_points
from milepost.prepared import prepared
from milepost.workspace.permissions import Actor

HIDDEN = "hidden"  # stands for an input that is not the reader's to see
LONGEST_KEPT = 10 * LONGEST  # with ids in place of short names


@dataclass(frozen=True, slots=True)
class InputRow:
    """A KPI that a formula reads, for those who may see it."""

    id: int
    slug: str
    name: str
    is_archived: bool
    frequency: str = ""
    aggregation: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What KPIs are called in formulas, for one reader: by name, where two have one by slug, at last by id."""

    kpis: Mapping[int, InputRow]
    _by_word: Mapping[str, list[int]] = field(repr=False)
    _by_slug: Mapping[str, int] = field(repr=False)

    def find(self, word: str) -> list[int]:
        """Return the KPIs that a word may mean: none, one, or several of one name."""
        by_name = self._by_word.get(_plain(word), [])
        if len(by_name) == 1 or not (other := self._by_slug.get(word.strip()) or self._by_id(word)):
            return by_name
        return [other]

    def word(self, kpi_id: int) -> str:
        """Return what a KPI is called so that `find` finds it and no other one."""
        kpi = self.kpis.get(kpi_id)
        if kpi is None:
            return HIDDEN
        free = [word for word in (" ".join(kpi.name.split()), kpi.slug) if not set(word) & {"[", "]"}]
        return next((word for word in free if self.find(word) == [kpi_id]), key_of(kpi_id))

    def _by_id(self, word: str) -> int | None:
        found = [pk for pk in self.kpis if key_of(pk) == word.strip()]
        return found[0] if found else None


def key_of(kpi_id: int) -> str:
    """Return the name under which a formula is kept: by id, so that a KPI may be renamed."""
    return f"#{kpi_id}"


def edges_of(workspace_id: int) -> dict[int, list[int]]:
    """Return for each calculated KPI of a workspace those it reads; one query."""
    found: dict[int, list[int]] = {}
    for kpi_id, input_id in _edges(workspace_id):
        found.setdefault(kpi_id, []).append(input_id)
    return found


def read_kept(formula: str) -> Node:
    """Return a kept formula; its names are ids as `key_of` writes them."""
    return read_formula(formula, longest=LONGEST_KEPT)


def vocabulary(actor: Actor, *, also: Collection[int] = ()) -> Vocabulary:
    """Return what the KPIs are called that the actor may put into a formula; one query.

    Args:
        also: archived ones that a formula reads already.
    """
    rows = Metric.objects.visible_to(actor).filter(Q(archived_at=None) | Q(pk__in=also), is_kpi=True).order_by("id")
    columns = ("id", "slug", "name", "archived_at", "frequency", "aggregation")
    kpis = {
        pk: InputRow(pk, slug or "", name, archived_at is not None, frequency, aggregation)
        for pk, slug, name, archived_at, frequency, aggregation in rows.values_list(*columns)
    }
    by_word: dict[str, list[int]] = {}
    for kpi in kpis.values():
        by_word.setdefault(_plain(kpi.name), []).append(kpi.id)
    return Vocabulary(kpis, by_word, {kpi.slug: kpi.id for kpi in kpis.values()})


def resolve(node: Node, words: Vocabulary) -> dict[str, int]:
    """Return the KPI that each name of a formula means.

    Raises:
        BadFormula: there is none, several have the name, or the formula reads no KPI at all.
    """
    found = {name: words.find(name) for name in names(node)}
    if not found:
        raise BadFormula(1, "the formula reads no KPI. Write the name of at least one.")
    for name, ids in found.items():
        if len(ids) > 1:
            slugs = " or ".join(f"[{words.kpis[pk].slug}]" for pk in ids[:5])
            raise BadFormula(
                _place(node, name), f"several KPIs are called “{name}”. Write {slugs} for the one you mean."
            )
    known = {name for name, ids in found.items() if ids}
    check_names(node, known | {kpi.name for kpi in words.kpis.values()} if len(known) < len(found) else known)
    return {name: ids[0] for name, ids in found.items()}


def shown_formula(actor: Actor, kpi: Metric) -> str:
    """Return a KPI's formula as it was typed, each input by its present name; "" where it is measured."""
    return shown_formulas(actor, {kpi.pk: kpi.formula})[kpi.pk]


def shown_formulas(actor: Actor, kept: Mapping[int, str]) -> dict[int, str]:
    """Return formulas of KPIs that the actor was shown, as `shown_formula`; one query, none without a formula."""
    nodes = {pk: read_kept(formula) for pk, formula in kept.items() if formula}
    if not nodes:
        return dict(kept)
    words = vocabulary(actor, also={input_id for node in nodes.values() for input_id in ids_in(node)})
    return {pk: tell(formula, words) if formula else "" for pk, formula in kept.items()}


def tell(formula: str, words: Vocabulary) -> str:
    """Return a kept formula in a reader's words."""
    node = read_kept(formula)
    return rename(formula, node, {key_of(pk): words.word(pk) for pk in ids_in(node)})


def ids_in(node: Node) -> list[int]:
    """Return the KPIs that a kept formula reads, in the order of its text."""
    return [int(name.removeprefix("#")) for name in names(node)]


def inputs_shown(actor: Actor, kpi: Metric) -> tuple[str, tuple[InputRow, ...]]:
    """Return a KPI's formula as `shown_formula`, and those KPIs it reads that the actor may see; one query.

    They stand in the order of the formula; a KPI that is measured has neither.
    """
    if not kpi.formula:
        return "", ()
    ids = ids_in(read_kept(kpi.formula))
    words = vocabulary(actor, also=ids)
    return tell(kpi.formula, words), tuple(words.kpis[pk] for pk in ids if pk in words.kpis)


def source_of(kpi: Metric, known: Mapping[date, Known]) -> Source:
    """Return a KPI as a formula reads it."""
    return Source(as_points(known), Frequency(kpi.frequency), Aggregation(kpi.aggregation), kpi.unit_code, kpi.lag_days)


def sources_of(
    kpi: Metric, node: Node, kpis: Mapping[int, Metric], known: Mapping[int, Mapping[date, Known]]
) -> dict[str, Source]:
    """Return what a KPI's kept formula reads.

    An id that leads into another workspace, which no action writes, is an input without values.
    """
    nothing = Source((), Frequency(kpi.frequency), Aggregation.STOCK)
    return {key_of(pk): source_of(kpis[pk], known.get(pk, {})) if pk in kpis else nothing for pk in ids_in(node)}


@prepared
def _edges(workspace_id: int) -> QuerySet[FormulaInput, tuple[Any, ...]]:
    """No edge leads into another workspace, whatever a table says."""
    rows = FormulaInput.objects.filter(metric__workspace_id=workspace_id, input__workspace_id=F("metric__workspace_id"))
    return rows.order_by("metric_id", "input_id").values_list("metric_id", "input_id")


def downstream(edges: Mapping[int, Collection[int]], moved: Iterable[int]) -> set[int]:
    """Return the calculated KPIs among `moved` and those that read any of them, directly or through others."""
    readers: dict[int, list[int]] = {}
    for kpi_id, inputs in edges.items():
        for one in inputs:
            readers.setdefault(one, []).append(kpi_id)
    waiting, found = list(moved), set()
    while waiting:
        kpi_id = waiting.pop()
        if kpi_id not in found:
            found.add(kpi_id)
            waiting += readers.get(kpi_id, ())
    return found & edges.keys()


def _plain(word: str) -> str:
    return " ".join(word.split()).casefold()


def _place(node: Node, name: str) -> int:
    try:
        check_names(node, set(names(node)) - {name})
    except BadFormula as error:
        return error.position
    return 1
