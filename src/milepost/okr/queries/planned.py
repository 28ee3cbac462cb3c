"""What the plan of the first start would have come to: the second score of an objective (G2)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from milepost.core.measure import Seen
from milepost.core.planned import PlannedKeyResult, as_planned
from milepost.core.progress import Step as StepFact
from milepost.core.rollup import Child
from milepost.metrics.queries.series import points_of
from milepost.okr.models import (
    WITH_METRIC,
    WITH_STEPS,
    Counts,
    GoalState,
    KeyResultKind,
    KeyResultScore,
    Objective,
    ObjectiveScore,
    Step,
)
from milepost.okr.queries.as_of.check_ins import judgements_now
from milepost.okr.queries.as_of.edges import edges_then, parts_then
from milepost.okr.queries.as_of.key_results import METRIC, PastKeyResults, load_all, metric_rows
from milepost.okr.queries.facts import More, loaded_of
from milepost.okr.queries.family import load_family
from milepost.okr.queries.parts import COUNTING
from milepost.okr.scoring import KeyResultFacts, PartFact, see
from milepost.workspace.queries import TELLING, all_stood, put_back, telling_of

INSTANT = timedelta(microseconds=1)  # the start itself belongs to the plan, whatever came after it does not


def planned_score(objective: Objective, *, today: date) -> float | None:
    """Return the score 0..1 by the plan of the day an objective was first started; None unknown, or never started.

    Key results, weights, shares, targets and days are those of then, values and steps done those of
    today. What was added later is left out, what was cancelled counts with its last value.

    Args:
        objective: with its cycle.

    Source: rule G2.
    """
    if objective.activated_at is None:
        return None
    until = objective.activated_at + INSTANT
    found = load_all(objective.pk, until)
    cycle = objective.cycle
    was = all_stood(
        {
            "objective": [objective.pk],
            "key_result": found.rows,
            "metric": {k["metric_id"] for k in found.rows.values() if k["metric_id"]},
            "cycle": [cycle.pk],
        },
        until,
    )
    then = was["objective"].get(objective.pk, {})
    days = _days(objective, then, was["cycle"], until)
    for pk, said in was["key_result"].items():
        put_back(found.rows[pk], said)
        found.said[pk] = said
    planned = {pk: k for pk, k in found.rows.items() if k["state"] in COUNTING and k["objective_id"] == objective.pk}
    _read_then(planned, was["metric"])
    facts = _facts(objective, found, planned, days, until)
    counts = then.get("counts", objective.counts)
    agreed = [
        PlannedKeyResult(pk, one.measure, weight=planned[pk]["weight"], share=planned[pk]["share"])
        for pk, one in facts.items()
        if counts != Counts.OBJECTIVES and _has_numbers(one)
    ]
    seen: dict[Any, Seen] = {pk: see(one, today=today)[0] for pk, one in facts.items()}
    below = _below(objective, until) if counts != Counts.KEY_RESULTS else []
    return as_planned(agreed, seen, others=below).score


def _days(
    objective: Objective, then: Mapping[str, Any], cycles: Mapping[int, Mapping[str, Any]], until: datetime
) -> tuple[date, date]:
    """Return the first and last day of the cycle that it stood in, as they were."""
    cycle = objective.cycle
    if then.get("cycle_id", cycle.pk) != cycle.pk:
        cycle = type(cycle).objects.get(pk=then["cycle_id"])
        cycles = all_stood({"cycle": [cycle.pk]}, until)["cycle"]
    said = cycles.get(cycle.pk, {})
    return said.get("first_day", cycle.first_day), said.get("last_day", cycle.last_day)


def _read_then(planned: Mapping[int, dict[str, Any]], metrics: Mapping[int, Mapping[str, Any]]) -> None:
    """Write into rows the metric that was read then, where another one is read today."""
    moved = [k for k in planned.values() if k["metric_id"] != k["metric_now"]]
    known = metric_rows([k["metric_id"] for k in moved if k["metric_id"]])
    for k in moved:
        k.update({f"metric__{name}": known.get(k["metric_id"], {}).get(name) for name in METRIC})
    for k in planned.values():
        put_back(k, metrics.get(k["metric_id"], {}), prefix="metric__")


def _facts(
    objective: Objective,
    found: PastKeyResults,
    planned: Mapping[int, dict[str, Any]],
    days: tuple[date, date],
    until: datetime,
) -> dict[int, KeyResultFacts]:
    points = points_of({k["metric_id"] for k in planned.values() if k["kind"] in WITH_METRIC})
    judged = [pk for pk, k in planned.items() if k["kind"] == KeyResultKind.JUDGED]
    more = More(judged=judgements_now(judged))
    steps = _steps(found, planned)
    parts = _parts(planned, until)
    told = Objective.objects.filter(pk=objective.pk).values_list(*(f"workspace__{name}" for name in TELLING)).get()
    facts = {}
    for pk, k in planned.items():
        row = {
            **k,
            "state": GoalState.ACTIVE.value,
            "bends": None,
            "override_at": None,
            "objective__cycle_id": objective.cycle_id,
            "objective__state": GoalState.ACTIVE.value,
            "objective__cycle__first_day": days[0],
            "objective__cycle__last_day": days[1],
            "objective__visibility": objective.visibility,
            "objective__owner_team_id": objective.owner_team_id,
            "objective__owner_person__only_team_id": None,  # when check-ins are due is no part of a plan
        }
        loaded = loaded_of(
            row,
            points=points.get(k["metric_id"], ()) if k["kind"] in WITH_METRIC else (),
            steps=steps.get(pk, ()),
            check_ins=(),
            more=more,
            telling=telling_of(tuple(told)),
        )
        facts[pk] = _with_parts(loaded.facts, parts.get(pk, ()))
    return facts


def _with_parts(facts: KeyResultFacts, parts: tuple[PartFact, ...]) -> KeyResultFacts:
    return facts if not parts else facts._replace(parts=parts)


def _steps(found: PastKeyResults, planned: Mapping[int, Mapping[str, Any]]) -> dict[int, tuple[StepFact, ...]]:
    """Return the steps of then, each with what is done of it today; one taken out since, with what was done."""
    stepped = [pk for pk, k in planned.items() if k["kind"] in WITH_STEPS]
    if not stepped:
        return {}
    rows: dict[int, list[tuple[Any, ...]]] = {}
    done = {}
    today = Step.objects.filter(key_result_id__in=stepped).order_by("position", "id")
    for key_result, pk, weight, share, is_cancelled in today.values_list(
        "key_result_id", "id", "weight", "done", "is_cancelled"
    ):
        done[pk] = share
        rows.setdefault(key_result, []).append((pk, weight, share, is_cancelled))
    steps = {}
    for key_result in stepped:
        was = found.said.get(key_result, {}).get("steps")
        told = rows.get(key_result, []) if was is None else [(s[0], s[2], s[3], s[5]) for s in was]
        steps[key_result] = tuple(
            StepFact(weight=weight, done=done.get(pk, share), due_on=None)
            for pk, weight, share, is_cancelled in told
            if not is_cancelled
        )
    return steps


def _parts(planned: Mapping[int, Mapping[str, Any]], until: datetime) -> dict[int, tuple[PartFact, ...]]:
    """Return what key results were made of then, each part with its value and score of today."""
    made = [pk for pk, k in planned.items() if k["kind"] == KeyResultKind.CHILDREN]
    edges = [edge for edge in parts_then(made, until) if edge[0] in planned]
    scores = KeyResultScore.objects.filter(key_result_id__in=[child for _, child, _ in edges])
    rows = scores.values_list("key_result_id", "value", "key_result__metric__unit_code", "score", "expected")
    by_child: dict[int, Any] = {pk: values for pk, *values in rows} if edges else {}
    found: dict[int, list[PartFact]] = {}
    for parent, child, weight in edges:
        if child in by_child:
            value, unit, score, expected = by_child[child]
            found.setdefault(parent, []).append(PartFact(child, value, unit or "", score, expected, weight))
    return {pk: tuple(facts) for pk, facts in found.items()}


def _below(objective: Objective, until: datetime) -> list[Child]:
    """Return the child objectives of then that may move the number, with their scores of today."""
    edges = [edge for edge in edges_then([objective.pk], until) if edge.contributes]
    open_today = {edge.child_id: edge for family in load_family([objective.pk]) for edge in family.edges}
    rows = ObjectiveScore.objects.filter(objective_id__in=[edge.child_id for edge in edges])
    scores = dict(rows.exclude(is_live=False).values_list("objective_id", "score"))
    return [
        Child(
            key=("objective", e.child_id), score=scores.get(e.child_id), expected=None, weight=e.weight, share=e.share
        )
        for e in edges
        if e.child_id not in open_today or open_today[e.child_id].is_open
    ]  # fmt: skip


def _has_numbers(facts: KeyResultFacts) -> bool:
    return facts.kind != KeyResultKind.REACH or (facts.start is not None and facts.target is not None)
