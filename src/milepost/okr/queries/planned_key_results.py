"""What single key results come to by the plan of the day their objective was first started (rule G2)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from milepost.core.measure import measure_progress
from milepost.core.progress import Step as StepFact
from milepost.metrics.queries.series import points_of
from milepost.okr.models import WITH_METRIC, WITH_STEPS, GoalState, KeyResult, KeyResultKind
from milepost.okr.queries.as_of.check_ins import judgements_now
from milepost.okr.queries.as_of.key_results import METRIC, load_ids, metric_rows
from milepost.okr.queries.as_of.lists import steps_from, steps_now
from milepost.okr.queries.as_of.objectives import CYCLE, cycles_of
from milepost.okr.queries.facts import More, loaded_of
from milepost.okr.queries.lines import StepLine
from milepost.okr.scoring import see
from milepost.prepared import prepared
from milepost.workspace.queries import TELLING, all_said, put_back, said_at, telling_of

INSTANT = timedelta(microseconds=1)  # the start itself belongs to the plan
ABOUT = (
    "id", "created_at", "objective__activated_at", "objective_id", "objective__cycle_id", "objective__visibility",
    "objective__closed_on", "score__status_on", *(f"objective__cycle__{name}" for name in CYCLE),
)  # fmt: skip


def planned_key_results(ids: Collection[int]) -> dict[int, float | None]:
    """Return the score 0..1 of key results by the numbers, steps and days of the first plan; nine queries at most.

    As of the day its score row is of, with the values and steps done of then; of what is closed up to the close.
    None: it was not in the first plan, its objective was never started, or other key results make it up.

    Source: rule G2.
    """
    asked = _about(ids)
    about = {row[0]: dict(zip(ABOUT, row, strict=False)) for row in asked}
    told = {row[0]: telling_of(tuple(row[len(ABOUT) :])) for row in asked}
    starts = {pk: k["objective__activated_at"] + INSTANT for pk, k in about.items() if k["objective__activated_at"]}
    starts = {pk: at for pk, at in starts.items() if about[pk]["created_at"] < at}
    if not starts:
        return dict.fromkeys(ids)
    rows, said = _as_planned(about, starts)
    points = points_of({k["metric_id"] for k in rows.values() if k["kind"] in WITH_METRIC})
    judged = judgements_now([pk for pk, k in rows.items() if k["kind"] == KeyResultKind.JUDGED])
    now = steps_now([pk for pk, k in rows.items() if k["kind"] in WITH_STEPS])
    steps = steps_from(rows, said, now)
    found: dict[int, float | None] = dict.fromkeys(ids)
    for pk, k in rows.items():
        facts = loaded_of(
            k,
            points=points.get(k["metric_id"], ()) if k["kind"] in WITH_METRIC else (),
            steps=_done(steps.get(pk, ()), now.get(pk, ())),
            check_ins=(),
            more=More(judged=judged),
            telling=told[pk],
        ).facts
        if facts.kind == KeyResultKind.REACH and (facts.start is None or facts.target is None):
            continue
        day = about[pk]["objective__closed_on"] or about[pk]["score__status_on"]
        found[pk] = measure_progress(facts.measure, see(facts, today=day)[0]).score
    return found


def _as_planned(
    about: Mapping[int, Mapping[str, Any]], starts: Mapping[int, datetime]
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """Return the columns of key results as they were at the start of their objectives, and what says else today."""
    rows = load_ids(starts)
    today = {k["metric_id"]: {name: k[f"metric__{name}"] for name in METRIC} for k in rows.values()}
    first = min(starts.values())
    objectives = {about[pk]["objective_id"] for pk in starts}
    past = all_said({"key_result": rows, "objective": objectives}, first)
    said = {pk: said_at(past["key_result"].get(pk, ()), starts[pk]) for pk in rows}
    for pk, columns in said.items():
        put_back(rows[pk], columns)
    # What stood elsewhere or was a draft then was not agreed; what is made of others has no plan of its own.
    rows = {
        pk: k
        for pk, k in rows.items()
        if k["objective_id"] == about[pk]["objective_id"]
        and k["state"] == GoalState.ACTIVE
        and k["kind"] != KeyResultKind.CHILDREN
    }
    cycle_of = {
        pk: said_at(past["objective"].get(about[pk]["objective_id"], ()), starts[pk]).get(
            "cycle_id", about[pk]["objective__cycle_id"]
        )
        for pk in rows
    }
    cycles = {
        k["objective__cycle_id"]: {name: k[f"objective__cycle__{name}"] for name in CYCLE} for k in about.values()
    }
    for pk, *row in cycles_of(set(cycle_of.values()) - cycles.keys()):
        cycles[pk] = dict(zip(CYCLE, row, strict=True))
    metrics = {pk: metric for pk, metric in today.items() if pk is not None}
    metrics |= metric_rows({k["metric_id"] for k in rows.values() if k["metric_id"]} - metrics.keys())
    below = all_said({"metric": metrics, "cycle": cycles}, first)
    for pk, k in rows.items():
        metric = metrics.get(k["metric_id"], {}) | said_at(below["metric"].get(k["metric_id"], ()), starts[pk])
        k.update({f"metric__{name}": metric.get(name) for name in METRIC})
        days = cycles[cycle_of[pk]] | said_at(below["cycle"].get(cycle_of[pk], ()), starts[pk])
        k.update(
            objective__cycle_id=cycle_of[pk],
            objective__state=GoalState.ACTIVE.value,
            objective__cycle__first_day=days["first_day"],
            objective__cycle__last_day=days["last_day"],
            objective__visibility=about[pk]["objective__visibility"],
            objective__owner_team_id=None,  # when check-ins are due is no part of a plan
            objective__owner_person__only_team_id=None,
            bends=None,
            override_at=None,
        )
    return rows, said


def _done(then: Collection[StepLine], now: Collection[StepLine]) -> tuple[StepFact, ...]:
    """Return the steps of then, each with what is done of it today; one taken out since, with what was done."""
    done = {step.id: step.done for step in now}
    return tuple(
        StepFact(weight=step.weight, done=done.get(step.id, step.done), due_on=None)
        for step in then
        if not step.is_cancelled
    )


@prepared
def _about(ids: Collection[int]) -> QuerySet[KeyResult, tuple[Any, ...]]:
    rows = KeyResult.objects.filter(pk__in=ids)
    return rows.values_list(*ABOUT, *(f"objective__workspace__{name}" for name in TELLING))
