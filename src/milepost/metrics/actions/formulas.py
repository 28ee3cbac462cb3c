"""Writing the formula of a calculated KPI (rule K7)."""

from collections.abc import Mapping

from milepost.core.alignment import is_inside
from milepost.core.calendar import Frequency
from milepost.core.formula import BadInput, check_source
from milepost.core.series import Aggregation
from milepost.metrics.models import FormulaInput, Metric
from milepost.metrics.queries.audience import kpi_audiences, upwards
from milepost.metrics.queries.formula_draft import EMPTY, FIELD, read_draft
from milepost.metrics.queries.formulas import ids_in, read_kept, tell, vocabulary
from milepost.workspace.actions.text import clean_text
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Team, Visibility
from milepost.workspace.permissions import Actor


def set_formula(kpi: Metric, text: str, *, by: Actor) -> tuple[str, str] | None:
    """Write a KPI's formula and what it reads, "" to have it measured; return old and new text, None if it stays.

    It is kept as it was typed, with the id of each input in place of its name. Who writes it sees every
    input: names of others mean nothing.

    Args:
        kpi: saved, under the workspace's lock.

    Raises:
        Invalid: no formula, no such KPI, a circle, an input with longer periods, or a KPI that has values of its own.
    """
    if not text and not kpi.formula:
        return None
    text = clean_text(text, field=FIELD, most=100_000)  # the grammar says how long it may be
    there = ids_in(read_kept(kpi.formula)) if kpi.formula else []
    words = vocabulary(by, also=there)
    before = tell(kpi.formula, words) if kpi.formula else ""
    if text == before:
        return None
    draft = read_draft(text, words, kpi=kpi) if text else EMPTY
    if draft.kept == kpi.formula:
        return None
    kpi.formula = draft.kept
    kpi.save(update_fields=["formula"])
    FormulaInput.objects.filter(metric=kpi).delete()
    FormulaInput.objects.bulk_create(FormulaInput(metric=kpi, input_id=pk) for pk in sorted(set(draft.input_ids)))
    return before, tell(draft.kept, words) if draft.kept else ""


def check_grains(kpi: Metric, *, by: Actor) -> None:
    """Refuse a KPI whose inputs have longer periods than it, or that has longer ones than what reads it.

    Raises:
        Invalid: with the input named if the actor sees it, or with how many KPIs read this one.
    """
    for one in Metric.objects.filter(read_by__metric=kpi).order_by("id"):
        try:
            _check_grain(one, kpi)
        except BadInput as error:
            if Metric.objects.visible_to(by).filter(pk=one.pk).exists():
                raise Invalid(str(error), field=FIELD) from None
            raise Invalid("An input of the formula has longer periods than these.", field="frequency") from None
    count = 0
    for reader in Metric.objects.filter(formula_inputs__input=kpi):
        try:
            _check_grain(kpi, reader)
        except BadInput:
            count += 1
    if count:
        raise Invalid(
            f"{_so_many(count)} this one and could not with these periods. Change that first.", field="frequency"
        )


def guard_inputs(kpi: Metric, *, by: Actor) -> None:
    """Refuse a calculated KPI through which somebody would see numbers of an input they may not see (M5, R6).

    Called whenever the formula or who sees the KPI changes, for what it reads and for what reads it.

    Raises:
        Invalid: with an input named if the actor sees it, or with how many KPIs read this one.
    """
    edges = FormulaInput.objects.filter(metric=kpi) | FormulaInput.objects.filter(input=kpi)
    rows = list(edges.values_list("metric_id", "input_id", "input__visibility"))
    narrow = [(reader, read) for reader, read, visibility in rows if visibility != Visibility.EVERYBODY]
    if not narrow:
        return
    ids = {pk for edge in narrow for pk in edge}
    kpis = {one.pk: one for one in Metric.objects.filter(pk__in=ids)}
    may_see = kpi_audiences(ids)
    parents: dict[int, int | None] = dict(
        Team.objects.filter(workspace_id=kpi.workspace_id).values_list("id", "parent_id")
    )
    leaks = [
        (reader, read)
        for reader, read in narrow
        if not is_inside(may_see[reader], may_see[read]) or not _stays_inside(kpis[reader], kpis[read], parents)
    ]
    readers = sum(read == kpi.pk for _, read in leaks)
    if readers:
        raise Invalid(
            f"{_so_many(readers)} this one and would be seen by more people than it. Let fewer see that first.",
            field="visibility",
        )
    if leaks:
        shown = Metric.objects.visible_to(by).filter(pk__in=[read for _, read in leaks]).order_by("id").first()
        which = f"“{shown.name}”" if shown else "An input of the formula"
        raise Invalid(
            f"{which} is seen by fewer people than this KPI. Let fewer see this one, or take it out of the formula.",
            field="visibility" if kpi.visibility != Visibility.EVERYBODY else FIELD,
        )


def _stays_inside(reader: Metric, read: Metric, parents: Mapping[int, int | None]) -> bool:
    """Return whether who joins the reader's team later sees the input too: a team's goals are seen from above it."""
    if reader.visibility != Visibility.TEAM:
        return True
    return read.visibility == Visibility.TEAM and reader.owner_team_id in set(upwards(read.owner_team_id, parents))


def _check_grain(one: Metric, reader: Metric) -> None:
    check_source(
        one.name,
        have=Frequency(one.frequency),
        how=Aggregation(one.aggregation),
        want=Frequency(reader.frequency),
        calculated=reader.name,
    )


def _so_many(count: int) -> str:
    return f"{count} calculated KPI reads" if count == 1 else f"{count} calculated KPIs read"
