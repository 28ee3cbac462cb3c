"""Loading what score rows are made of, in a fixed number of queries."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from milepost.core.calendar import Frequency
from milepost.core.pace import Ambition
from milepost.core.progress import Step as StepFact
from milepost.core.series import Aggregation, Point, Window
from milepost.metrics.queries.series import points_of
from milepost.okr.models import CheckIn, GoalState, KeyResult, KeyResultKind, Step
from milepost.okr.scoring import CheckInFact, Final, KeyResultFacts


@dataclass(frozen=True, slots=True)
class LoadedKeyResult:
    """A key result's facts with the keys its row is filed under."""

    id: int
    workspace_id: int
    objective_id: int
    cycle_id: int
    lead_id: int
    counts: bool  # drafts, paused and cancelled ones are left out (R4, R8)
    facts: KeyResultFacts


def load_key_results(ids: Collection[int]) -> list[LoadedKeyResult]:
    """Return the facts of these key results: five queries at most, whatever their number."""
    rows = list(KeyResult.objects.filter(pk__in=ids).select_related("objective__cycle", "metric").order_by("id"))
    metrics = {row.metric_id for row in rows if row.metric_id is not None}
    points = points_of(metrics) if metrics else {}
    steps: dict[int, list[StepFact]] = {}
    if any(row.kind == KeyResultKind.MILESTONE for row in rows):
        for key_result_id, weight, done, due_on in (
            Step.objects.filter(key_result_id__in=ids)
            .order_by("key_result_id", "position", "id")
            .values_list("key_result_id", "weight", "done", "due_on")
        ):
            steps.setdefault(key_result_id, []).append(StepFact(weight=weight, done=done, due_on=due_on))
    check_ins = latest_check_ins(ids)
    return [
        _loaded(
            row,
            points=points.get(row.metric_id, ()) if row.metric_id is not None else (),
            steps=tuple(steps.get(row.pk, ())),
            check_ins=tuple(check_ins.get(row.pk, ())),
        )
        for row in rows
    ]


def latest_check_ins(ids: Collection[int]) -> dict[int, list[CheckInFact]]:
    """Return the two newest check-ins in force of each key result, the newest first."""
    found: dict[int, list[CheckInFact]] = {}
    rows = (
        CheckIn.objects.filter(Q(replaced_by=None), key_result_id__in=ids, withdrawn=False)
        .annotate(
            rank=Over(
                RowNumber(),
                partition_by=[F("key_result_id")],
                order_by=[F("valid_on").desc(), F("id").desc()],
            )
        )
        .filter(rank__lte=2)
        .order_by("key_result_id", "rank")
        .values_list("key_result_id", "valid_on", "confidence", "own_word")
    )
    for key_result_id, valid_on, confidence, own_word in rows:
        found.setdefault(key_result_id, []).append(CheckInFact(valid_on, confidence, own_word))
    return found


def _loaded(
    row: KeyResult,
    *,
    points: tuple[Point, ...],
    steps: tuple[StepFact, ...],
    check_ins: tuple[CheckInFact, ...],
) -> LoadedKeyResult:
    objective = row.objective
    cycle = objective.cycle
    metric = row.metric
    is_closed = row.state == GoalState.CLOSED
    facts = KeyResultFacts(
        kind=row.kind,
        first=cycle.first_day,
        last=cycle.last_day,
        is_live=row.state == GoalState.ACTIVE and objective.state == GoalState.ACTIVE,
        ambition=Ambition(row.ambition),
        active_since=row.activated_on or cycle.first_day,
        start=row.start,
        target=row.target,
        low=row.low,
        high=row.high,
        tolerance=row.tolerance,
        is_kpi=metric is not None and metric.is_kpi,
        frequency=Frequency(metric.frequency) if metric else Frequency.DAY,
        aggregation=Aggregation(metric.aggregation) if metric else Aggregation.STOCK,
        unit_code=metric.unit_code if metric else "",
        window=Window(row.window),
        points=points,
        steps=steps,
        check_ins=check_ins,
        final=Final(row.final_value, row.final_progress, row.final_score, row.final_expected) if is_closed else None,
    )
    counting = {GoalState.ACTIVE, GoalState.CLOSED}
    return LoadedKeyResult(
        id=row.pk,
        workspace_id=row.workspace_id,
        objective_id=row.objective_id,
        cycle_id=cycle.pk,
        lead_id=row.lead_id,
        counts=row.state in counting,
        facts=facts,
    )
