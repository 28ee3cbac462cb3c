"""`milepost import readings`."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from milepost import clock
from milepost.cli.numbers import three_digits
from milepost.cli.workspaces import pick_workspace
from milepost.core.calendar import Frequency, last_day
from milepost.core.series import Aggregation
from milepost.core.target import Target, TargetRule, period_word
from milepost.exchange.readings_file import Columns, ReadFile, UnreadableFile, read_values
from milepost.metrics import actions as metrics
from milepost.metrics.queries import find_kpi, get_kpi, kpi_target
from milepost.okr import actions
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.queries import Place, find_lead, operator_place

SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed."""

    file: Path
    kpi: str
    date: str
    value: str | None
    numerator: str | None
    denominator: str | None
    where: tuple[str, ...]
    frequency: str
    unit: str
    aggregation: str
    at_least: float | None
    at_most: float | None
    workspace: str
    lead: str
    dry_run: bool


def run(given: Given, *, out: Console, err: Console) -> bool:
    """Import and print what happened; return whether it went well."""
    now = clock.now()
    place = operator_place(slug=pick_workspace(given.workspace), now=now, kind="import")
    slug = find_kpi(place.actor, given.kpi)
    frequency, how, unit = _definition(place, slug, given)
    try:
        data = given.file.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{given.file} cannot be read: {error.strerror}.") from None
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        lines = data.count(b"\n") or None
        task = bar.add_task("Reading", total=lines)
        read = read_values(
            data,
            _columns(given),
            frequency=frequency,
            how=how,
            unit_code=unit,
            today=place.today,
            fiscal_month=place.fiscal_month,
            progress=lambda row: bar.update(task, completed=row),
        )
    if read.problem_count:
        _print_problems(read, err)
        return False
    if given.dry_run:
        out.print(f"{_counts(read)} Nothing written: this was a dry run.", highlight=False, soft_wrap=True)
        return True
    if slug is None:
        slug = _create(place, given, now_frequency=frequency, how=how, unit=unit)
    stored = actions.record_readings(
        by=place.actor, kpi=slug, readings=read.periods, source=actions.ReadingSource.FILE, now=now
    )
    out.print(
        f"{_counts(read)} {len(stored.readings)} periods written, {stored.unchanged} stood there already.",
        highlight=False,
        soft_wrap=True,
    )
    out.print(_last(place, slug, read, frequency), markup=False, highlight=False, soft_wrap=True)
    return True


def _definition(place: Place, slug: str | None, given: Given) -> tuple[Frequency, Aggregation, str]:
    if slug is not None:
        kpi = get_kpi(place.actor, slug)
        return Frequency(kpi.frequency), Aggregation(kpi.aggregation), kpi.unit_code
    if given.frequency not in set(Frequency):
        raise Invalid(f"--frequency is day, week, month, quarter or year, not {given.frequency}.")
    if given.numerator:
        return Frequency(given.frequency), Aggregation.RATIO, given.unit or "%"
    if given.aggregation not in set(Aggregation):
        raise Invalid(f"--aggregation is one of {', '.join(Aggregation)}, not {given.aggregation}.")
    return Frequency(given.frequency), Aggregation(given.aggregation), given.unit


def _columns(given: Given) -> Columns:
    where = []
    for condition in given.where:
        name, equals, wanted = condition.partition("=")
        if not equals:
            raise UnreadableFile(f"“{condition[:60]}” is no condition. Write --where COLUMN=VALUE.")
        where.append((name.strip(), wanted.strip()))
    return Columns(
        date=given.date,
        value=given.value,
        numerator=given.numerator,
        denominator=given.denominator,
        where=tuple(where),
    )


def _create(place: Place, given: Given, *, now_frequency: Frequency, how: Aggregation, unit: str) -> str:
    target, direction = None, "higher"
    if given.at_least is not None and given.at_most is not None:
        target, direction = Target(TargetRule.WITHIN, low=given.at_least, high=given.at_most), "within"
    elif given.at_least is not None:
        target = Target(TargetRule.AT_LEAST, low=given.at_least)
    elif given.at_most is not None:
        target, direction = Target(TargetRule.AT_MOST, high=given.at_most), "lower"
    lead = find_lead(place.actor, given.lead)
    if lead is None:
        raise NotFound if not given.lead else Invalid(f"Nobody in {place.name} has the address {given.lead}.")
    draft = metrics.KpiDraft(
        name=given.kpi,
        unit=unit,
        direction=direction,
        frequency=now_frequency.value,
        aggregation=how.value,
        target=target,
        lead_id=lead,
    )
    return metrics.create_kpi(by=place.actor, draft=draft, today=place.today, now=clock.now())


def _counts(read: ReadFile) -> str:
    left_out = f", {read.left_out:,} left out" if read.left_out else ""
    return f"{read.rows:,} rows{left_out}: {len(read.periods):,} periods."


def _last(place: Place, slug: str, read: ReadFile, frequency: Frequency) -> str:
    if not read.periods:
        return "No period has a value."
    last = read.periods[-1]
    kpi = get_kpi(place.actor, slug)
    target = kpi_target(kpi, today=place.today, fiscal_month=place.fiscal_month)
    counts = ""
    if last.numerator is not None and last.denominator is not None:
        counts = f"{last.numerator:,.0f} / {last.denominator:,.0f} = "
    word = period_word(last.value or 0.0, target).value.replace("_", " ")
    return (
        f"The {frequency.value} to {last_day(last.day, frequency).isoformat()}: "
        f"{counts}{three_digits(last.value or 0.0)} {kpi.unit_code}".rstrip()
        + f", {word}."
    )


def _print_problems(read: ReadFile, err: Console) -> None:
    table = Table("row", "column", "value", "rule", "what is wrong", box=None)
    for p in read.problems[:SHOWN_PROBLEMS]:
        table.add_row(str(p.row), *map(escape, (p.column, p.value, p.rule, p.sentence)))
    err.print(table)
    shown = f" (the first {SHOWN_PROBLEMS} are shown)" if read.problem_count > SHOWN_PROBLEMS else ""
    count = "One problem" if read.problem_count == 1 else f"{read.problem_count:,} problems"
    err.print(f"[red]{count}{shown}: nothing was written.[/red]", highlight=False)
