"""The prefilled objective of a KPI, and the goals and verdicts on its page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.core.calendar import Frequency
from milepost.core.proposal import Proposal, propose
from milepost.core.series import Aggregation, Point, closed_points
from milepost.core.target import Direction, Target
from milepost.core.verdict import VerdictResult, stretches, verdict
from milepost.metrics.models import Metric
from milepost.metrics.queries.access import get_kpi
from milepost.metrics.queries.kpi import kpi_target
from milepost.metrics.queries.series import points_of
from milepost.okr.models import KeyResult
from milepost.okr.queries.cycles import CycleRow, list_cycles
from milepost.okr.queries.lines import KeyResultLine, key_result_lines_with
from milepost.workspace.permissions import Actor

LEAST_DAYS_LEFT = 21  # a cycle with less time left gives way to the next one

AROUND = (
    "objective__title", "objective__state", "objective__cycle__last_day", "activated_on", "closed_on",
    "objective__grade",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """What "Start an objective" opens with; values in the KPI's unit."""

    kpi: Metric
    proposal: Proposal
    target: Target | None
    cycle: CycleRow | None
    recent: tuple[tuple[date, float], ...]


def start_of(actor: Actor, slug: str, *, today: date, fiscal_month: int) -> Start:
    """Return the prefill for a KPI (rule K8).

    Raises:
        NotFound: the KPI is not the actor's to see.
    """
    kpi = get_kpi(actor, slug)
    frequency = Frequency(kpi.frequency)
    closed = closed_points(points_of([kpi.pk]).get(kpi.pk, ()), frequency=frequency, today=today)
    target = kpi_target(kpi, today=today, fiscal_month=fiscal_month)
    proposal = propose(
        closed,
        frequency=frequency,
        how=Aggregation(kpi.aggregation),
        target=target,
        direction=Direction(kpi.direction),
    )
    return Start(
        kpi=kpi,
        proposal=proposal,
        target=target,
        cycle=first_with_time_left(list_cycles(actor, today=today), today=today),
        recent=tuple((p.start, p.value) for p in closed[-26:]),
    )


def first_with_time_left(cycles: tuple[CycleRow, ...], *, today: date) -> CycleRow | None:
    """Return the first cycle to end that still has three weeks to work in; else the last to end."""
    open_cycles = sorted((c for c in cycles if c.last_day >= today), key=lambda c: (c.last_day, c.id))
    with_time = [c for c in open_cycles if (c.last_day - max(today, c.first_day)).days >= LEAST_DAYS_LEFT]
    return next(iter(with_time or open_cycles[-1:]), None)


@dataclass(frozen=True, slots=True)
class GoalOfKpi:
    """A key result that reads the KPI, with its objective's title; a closed one carries its verdict."""

    key_result: KeyResultLine
    objective_title: str
    state: str
    cycle_last_day: date
    verdict: VerdictResult | None
    closed_on: date | None
    objective_grade: float | None


def goals_of_kpi(
    actor: Actor, kpi: Metric, *, closed: Sequence[Point], target: Target | None, today: date
) -> tuple[GoalOfKpi, ...]:
    """Return the goals a KPI moves, the running ones first, and what closed ones did to it (rule K10): one query.

    Args:
        closed: its closed periods, oldest first.
        target: the one in force.
    """
    rows = KeyResult.objects.visible_to(actor).filter(metric=kpi).exclude(state="cancelled")
    frequency = Frequency(kpi.frequency)
    found = []
    for line, about in key_result_lines_with(rows, *AROUND):
        title, state, ends_on, activated_on, closed_on, grade = (about[name] for name in AROUND)
        result = None
        if closed_on is not None and activated_on is not None:
            seen = stretches(closed, frequency=frequency, activated_on=activated_on, closed_on=closed_on, today=today)
            result = verdict(
                before=seen.before,
                since=seen.since,
                target=target,
                direction=Direction(kpi.direction),
                in_cycle=seen.in_cycle,
            )
        found.append(GoalOfKpi(line, title, state, ends_on, result, closed_on, grade))
    return tuple(sorted(found, key=lambda g: (g.closed_on is not None, -(g.closed_on or date.min).toordinal())))


def running_objectives(actor: Actor, metric_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return for each KPI that a running key result reads: id and title of its objective; one query."""
    rows = KeyResult.objects.visible_to(actor).filter(
        metric_id__in=metric_ids, state="active", objective__state="active"
    )
    found = rows.order_by("-id").values_list("metric_id", "objective_id", "objective__title")
    return {metric: (pk, title) for metric, pk, title in found if metric is not None}
