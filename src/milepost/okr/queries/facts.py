"""Loading what key results' score rows are made of, in a fixed number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import F, Max, Q, QuerySet
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from milepost.core.calendar import Frequency
from milepost.core.judgement import Judgement, Override
from milepost.core.measure import Kind
from milepost.core.pace import Ambition
from milepost.core.parts import Combine
from milepost.core.path import Checkpoint as CheckpointFact
from milepost.core.path import Curve
from milepost.core.plan import ends_of
from milepost.core.progress import Step as StepFact
from milepost.core.rhythm import Away
from milepost.core.rule_sets import Telling
from milepost.core.series import Aggregation, Point, Window
from milepost.metrics.models import Reading
from milepost.metrics.queries.series import points_of
from milepost.okr.bending import Change, bend_of
from milepost.okr.models import (
    WITH_METRIC,
    WITH_STEPS,
    CheckIn,
    Checkpoint,
    GoalState,
    KeyResult,
    KeyResultKind,
    KeyResultScore,
    Step,
)
from milepost.okr.queries.parts import COUNTING, PartEdge, edges_of, facts_of
from milepost.okr.queries.tree import parts_below
from milepost.okr.scoring import CheckInFact, Final, KeyResultFacts
from milepost.prepared import prepared
from milepost.workspace.models import Visibility
from milepost.workspace.queries import TELLING, telling_of

STORED = tuple(f.attname for f in KeyResultScore._meta.concrete_fields if f.attname != "computed_at")
FACTS = (
    "id", "workspace_id", "objective_id", "objective__cycle_id", "lead_id", "state", "objective__state", "kind",
    "objective__cycle__first_day", "objective__cycle__last_day", "ambition", "activated_on", "start", "target", "low",
    "high", "tolerance", "window", "metric_id", "metric__is_kpi", "metric__frequency", "metric__aggregation",
    "metric__unit_code", "final_value", "final_progress", "final_score", "final_expected", "objective__visibility",
    "at_close", "floor", "stretch", "curve", "bends", "combine", "override_score", "override_at", "override_kept",
    "lead__away", "objective__owner_team_id", "objective__owner_person__only_team_id",
    *(f"objective__workspace__{name}" for name in TELLING),
)  # fmt: skip

# By value: to look one up costs a fifth of calling the enum, and a list of 2,000 key results looks up 12,000.
AMBITIONS = {one.value: one for one in Ambition}
CURVES = {one.value: one for one in Curve}
FREQUENCIES = {one.value: one for one in Frequency}
AGGREGATIONS = {one.value: one for one in Aggregation}
WINDOWS = {one.value: one for one in Window}
COMBINES = {one.value: one for one in Combine}
ACTIVE, CLOSED, EVERYBODY = GoalState.ACTIVE.value, GoalState.CLOSED.value, Visibility.EVERYBODY.value


class LoadedKeyResult(NamedTuple):
    """A key result's facts with the keys its row is filed under, and the row that stands."""

    id: int
    workspace_id: int
    objective_id: int
    cycle_id: int
    lead_id: int
    counts: bool  # drafts, paused and cancelled ones are left out (R4, R8)
    is_public: bool  # everybody sees its objective
    facts: KeyResultFacts
    stored: tuple[Any, ...] | None
    team_id: int | None = None  # whose rhythm it goes by; None: the workspace's
    parts: tuple[PartEdge, ...] = ()  # what it is made of, that which is left out among it; not once it is closed


@dataclass(frozen=True, slots=True)
class JustRead:
    """What a write has read under the workspace's lock and not changed since, so that it is not asked again.

    Key results come with objective, cycle, metric and score row; points by metric, the oldest period first.
    """

    key_results: Mapping[int, KeyResult] = field(default_factory=dict)
    points: Mapping[int, tuple[Point, ...]] = field(default_factory=dict)


NOTHING_READ = JustRead()


def load_key_results(ids: Collection[int], *, read: JustRead = NOTHING_READ) -> list[LoadedKeyResult]:
    """Return the facts of these key results: four queries, and one for each thing that only some of them have."""
    rows = [_row_of(read.key_results[pk]) for pk in ids if pk in read.key_results]
    others = [pk for pk in ids if pk not in read.key_results]
    rows += [(dict(zip(FACTS, row, strict=False)), row[len(FACTS) :]) for row in _key_results(others)]
    metrics = {k["metric_id"] for k, _ in rows if k["kind"] in WITH_METRIC}
    points = {**points_of(metrics - read.points.keys()), **read.points}
    steps: dict[int, list[StepFact]] = {}
    stepped = [k["id"] for k, _ in rows if k["kind"] in WITH_STEPS]
    for key_result_id, weight, done, due_on in _steps(stepped):
        steps.setdefault(key_result_id, []).append(StepFact(weight=weight, done=done, due_on=due_on))
    check_ins: dict[int, list[CheckInFact]] = {}
    for key_result_id, valid_on, confidence, own_word in _latest_check_ins(ids):
        check_ins.setdefault(key_result_id, []).append(CheckInFact(valid_on, confidence, own_word))
    asked = [k for k, _ in rows]
    more = More(
        judged=_last_by_id(_judgements([k["id"] for k in asked if k["kind"] == KeyResultKind.JUDGED])),
        value_at=_value_moments(asked),
        checkpoints=_checkpoints_of(asked),
        parts=edges_of(
            [k["id"] for k in asked if k["kind"] == KeyResultKind.CHILDREN and k["state"] != GoalState.CLOSED]
        ),
    )
    return [
        _loaded(
            k,
            points=points.get(k["metric_id"], ()) if k["kind"] in WITH_METRIC else (),
            steps=tuple(steps.get(k["id"], ())),
            check_ins=tuple(check_ins.get(k["id"], ())),
            more=more,
            stored=stored if stored[0] is not None else None,
        )
        for k, stored in rows
    ]


@dataclass(frozen=True, slots=True)
class More:
    """What only some key results have, by key result: a judgement, an override that waits, checkpoints, parts."""

    judged: Mapping[int, tuple[Any, ...]] = field(default_factory=dict)
    value_at: Mapping[int, datetime] = field(default_factory=dict)
    checkpoints: Mapping[int, tuple[CheckpointFact, ...]] = field(default_factory=dict)
    parts: Mapping[int, list[PartEdge]] = field(default_factory=dict)


def _last_by_id(rows: Iterable[tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
    return {pk: tuple(values) for pk, *values in rows}


def _value_moments(asked: Sequence[Mapping[str, Any]]) -> dict[int, datetime]:
    """Return when the newest value became known, of those whose override gives way to the next one.

    Of one that is made of others it is the newest of all below it.
    """
    waiting = [k for k in asked if k["override_at"] is not None and not k["override_kept"]]
    made = [k["id"] for k in waiting if k["kind"] == KeyResultKind.CHILDREN]
    below = [(top, child) for top, _, child in parts_below(made)] if made else []
    rows = [(k["id"], k["id"], k["kind"], k["metric_id"]) for k in waiting if k["kind"] != KeyResultKind.CHILDREN]
    kinds = {pk: (kind, metric) for pk, kind, metric in _kinds(list({child for _, child in below}))}
    rows += [(top, child, *kinds[child]) for top, child in below if child in kinds]
    read = dict(_last_readings(list({metric for *_, kind, metric in rows if kind in WITH_METRIC})))
    said = dict(_last_said(list({pk for _, pk, kind, _ in rows if kind not in WITH_METRIC | {KeyResultKind.CHILDREN}})))
    found: dict[int, datetime] = {}
    for top, pk, kind, metric in rows:
        at = read.get(metric) if kind in WITH_METRIC else said.get(pk)
        if at is not None:
            found[top] = max(at, found.get(top, at))
    return found


def _checkpoints_of(asked: Sequence[Mapping[str, Any]]) -> dict[int, tuple[CheckpointFact, ...]]:
    found: dict[int, list[CheckpointFact]] = {}
    for key_result_id, on, value in _checkpoints([k["id"] for k in asked if k["curve"] == Curve.CHECKPOINTS]):
        found.setdefault(key_result_id, []).append(CheckpointFact(on, value))
    return {pk: tuple(rows) for pk, rows in found.items()}


def _row_of(key_result: KeyResult) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return of a key result what the query of facts would: by name, and its score row."""
    facts: dict[str, Any] = {}
    for name in FACTS:
        value: Any = key_result
        for part in name.split("__"):
            value = getattr(value, part) if value is not None else None
        facts[name] = value
    score = getattr(key_result, "score", None)
    return facts, tuple(getattr(score, name, None) for name in STORED)


@prepared
def _key_results(ids: Collection[int]) -> QuerySet[KeyResult, tuple[Any, ...]]:
    rows = KeyResult.objects.filter(pk__in=ids).order_by("id")
    return rows.values_list(*FACTS, *(f"score__{name}" for name in STORED))


@prepared
def _steps(key_result_ids: Collection[int]) -> QuerySet[Step, tuple[Any, ...]]:
    rows = Step.objects.filter(key_result_id__in=key_result_ids, is_cancelled=False)
    rows = rows.order_by("key_result_id", "position", "id")
    return rows.values_list("key_result_id", "weight", "done", "due_on")


@prepared
def _latest_check_ins(ids: Collection[int]) -> QuerySet[CheckIn, tuple[Any, ...]]:
    """The two newest check-ins in force of each key result, the newest first."""
    newest_first = Over(RowNumber(), partition_by=[F("key_result_id")], order_by=[F("valid_on").desc(), F("id").desc()])
    return (
        CheckIn.objects.filter(Q(replaced_by=None), key_result_id__in=ids, withdrawn=False)
        .annotate(rank=newest_first)
        .filter(rank__lte=2)
        .order_by("key_result_id", "rank")
        .values_list("key_result_id", "valid_on", "confidence", "own_word")
    )


@prepared
def _judgements(key_result_ids: Collection[int]) -> QuerySet[CheckIn, tuple[Any, ...]]:
    """Every judgement in force, the one that counts last."""
    rows = CheckIn.objects.filter(key_result_id__in=key_result_ids, judged__isnull=False)
    rows = rows.filter(Q(replaced_by=None), withdrawn=False).order_by("key_result_id", "valid_on", "id")
    return rows.values_list("key_result_id", "judged", "note", "valid_on")


@prepared
def _kinds(key_result_ids: Collection[int]) -> QuerySet[KeyResult, tuple[Any, ...]]:
    return KeyResult.objects.filter(pk__in=key_result_ids).values_list("id", "kind", "metric_id")


@prepared
def _last_readings(metric_ids: Collection[int]) -> QuerySet[Reading, tuple[Any, ...]]:
    rows = Reading.objects.filter(metric_id__in=metric_ids, value__isnull=False).order_by()
    return rows.values("metric_id").annotate(at=Max("known_at")).values_list("metric_id", "at")


@prepared
def _last_said(key_result_ids: Collection[int]) -> QuerySet[CheckIn, tuple[Any, ...]]:
    rows = CheckIn.objects.filter(key_result_id__in=key_result_ids, nothing_changed=False)
    rows = rows.filter(Q(replaced_by=None), withdrawn=False).order_by()
    return rows.values("key_result_id").annotate(last=Max("at")).values_list("key_result_id", "last")


@prepared
def _checkpoints(key_result_ids: Collection[int]) -> QuerySet[Checkpoint, tuple[Any, ...]]:
    rows = Checkpoint.objects.filter(key_result_id__in=key_result_ids).order_by("key_result_id", "on")
    return rows.values_list("key_result_id", "on", "value")


def _loaded(
    k: dict[str, Any],
    *,
    points: tuple[Point, ...],
    steps: tuple[StepFact, ...],
    check_ins: tuple[CheckInFact, ...],
    more: More,
    stored: tuple[Any, ...] | None,
) -> LoadedKeyResult:
    telling = telling_of(tuple(k[f"objective__workspace__{name}"] for name in TELLING))
    return loaded_of(k, points=points, steps=steps, check_ins=check_ins, more=more, telling=telling, stored=stored)


def loaded_of(
    k: Mapping[str, Any],
    *,
    points: tuple[Point, ...],
    steps: tuple[StepFact, ...],
    check_ins: tuple[CheckInFact, ...],
    more: More,
    telling: Telling,
    stored: tuple[Any, ...] | None = None,
) -> LoadedKeyResult:
    """Return a key result's facts from the columns of `FACTS`, as they are or as they stood on a day."""
    state = k["state"]
    parts = tuple(more.parts.get(k["id"], ()))
    score, why, judged_on = more.judged.get(k["id"], (None, "", None))
    override = None
    if k["override_at"] is not None:
        override = Override(k["override_score"], "", "", k["override_at"], k["override_kept"])
    facts = KeyResultFacts(
        kind=k["kind"],
        first=k["objective__cycle__first_day"],
        last=k["objective__cycle__last_day"],
        is_live=state == ACTIVE and k["objective__state"] == ACTIVE,
        ambition=AMBITIONS[k["ambition"]],
        active_since=k["activated_on"] or k["objective__cycle__first_day"],
        start=k["start"],
        target=k["target"],
        low=k["low"],
        high=k["high"],
        tolerance=k["tolerance"],
        at_close=k["at_close"],
        floor=k["floor"],
        stretch=k["stretch"],
        curve=CURVES[k["curve"]],
        checkpoints=more.checkpoints.get(k["id"], ()),
        is_kpi=bool(k["metric__is_kpi"]),
        frequency=FREQUENCIES[k["metric__frequency"]] if k["metric__frequency"] else Frequency.DAY,
        aggregation=AGGREGATIONS[k["metric__aggregation"]] if k["metric__aggregation"] else Aggregation.STOCK,
        unit_code=k["metric__unit_code"] or "",
        window=WINDOWS[k["window"]],
        points=points,
        steps=steps,
        combine=COMBINES[k["combine"]] if k["combine"] else Combine.MEAN,
        parts=facts_of(parts) if parts else (),
        judgement=None if score is None else Judgement(score, why),
        judged_on=judged_on,
        check_ins=check_ins,
        override=override,
        value_at=more.value_at.get(k["id"]),
        final=Final(k["final_value"], k["final_progress"], k["final_score"], k["final_expected"])
        if state == CLOSED
        else None,
        away=tuple(Away(date.fromisoformat(a), date.fromisoformat(b)) for a, b in k["lead__away"] or ()),
        telling=telling,
    )
    if k["bends"]:
        bend = bend_of(
            [Change.read(told) for told in k["bends"]],
            ends=ends_of(facts.measure),
            first=facts.first,
            last=facts.last,
            is_typed=facts.kind in {Kind.REACH, Kind.LEVELS, Kind.CHILDREN},
        )
        facts = facts._replace(bend=bend)
    return LoadedKeyResult(
        id=k["id"],
        workspace_id=k["workspace_id"],
        objective_id=k["objective_id"],
        cycle_id=k["objective__cycle_id"],
        lead_id=k["lead_id"],
        counts=state in COUNTING,
        is_public=k["objective__visibility"] == EVERYBODY,
        facts=facts,
        stored=stored,
        team_id=k["objective__owner_team_id"] or k["objective__owner_person__only_team_id"],
        parts=parts,
    )
