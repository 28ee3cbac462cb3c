"""Key results as they stood at the end of a day, with everything their score rows are made of."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from milepost.core.path import Checkpoint as CheckpointFact
from milepost.core.path import Curve
from milepost.core.progress import Step as StepFact
from milepost.metrics.models import Metric, Reading
from milepost.metrics.queries.as_of import Readings, readings_then
from milepost.okr.models import WITH_METRIC, WITH_STEPS, CheckIn, Checkpoint, KeyResult, KeyResultKind, Step
from milepost.okr.queries.as_of.edges import parts_then
from milepost.okr.queries.facts import FACTS, More
from milepost.okr.queries.lines import KEY_RESULT_VALUES, StepLine
from milepost.okr.scoring import CheckInFact
from milepost.prepared import prepared
from milepost.workspace.queries import TELLING, Then, put_back, stood

TOLD = frozenset(f"objective__workspace__{name}" for name in TELLING)
COLUMNS = tuple(
    dict.fromkeys(
        name
        for name in (*FACTS, *KEY_RESULT_VALUES, "position", "override_by_id")
        if name not in TOLD and not name.startswith("score__")
    )
)
METRIC = ("is_kpi", "frequency", "aggregation", "unit_code", "slug", "name")
TYPED = WITH_METRIC - {KeyResultKind.KEEP}  # of an own metric only the last value is looked at


@dataclass(slots=True)
class PastKeyResults:
    """Rows by the names of `COLUMNS` as they stood, and what hung on them; `read` by metric."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    read: Readings = field(default_factory=lambda: Readings({}, {}))
    steps: dict[int, list[StepLine]] = field(default_factory=dict)
    check_ins: dict[int, list[CheckInFact]] = field(default_factory=dict)
    parts: list[tuple[int, int, float]] = field(default_factory=list)
    more: More = field(default_factory=More)
    said: dict[int, dict[str, Any]] = field(default_factory=dict)  # what says something else today

    def step_facts(self, key_result_id: int) -> tuple[StepFact, ...]:
        """Return its steps as the score takes them."""
        found = self.steps.get(key_result_id, ())
        return tuple(StepFact(weight=s.weight, done=s.done, due_on=s.due_on) for s in found if not s.is_cancelled)


def key_results_then(objective_ids: Collection[int], then: Then) -> PastKeyResults:
    """Return the key results of objectives as they stood, and those that they were made of.

    Their objectives' columns are today's: the caller puts those back. Five queries, and one for each
    thing that only some of them have.
    """
    found = PastKeyResults()
    _load(found, _of_objectives(list(objective_ids), then.until, then.day, then.until), then)
    made = [pk for pk, k in found.rows.items() if k["kind"] == KeyResultKind.CHILDREN]
    found.parts = parts_then(made, then.until)
    others = {child for _, child, _ in found.parts} - found.rows.keys()
    if others:
        _load(found, _by_id(list(others), then.until, then.day, then.until), then)
    _other_metrics(found, then)
    found.read = _readings(found, then)
    found.steps = _steps_then(found)
    for pk, valid_on, confidence, own_word in _latest_check_ins(list(found.rows), then.until, then.until):
        found.check_ins.setdefault(pk, []).append(CheckInFact(valid_on, confidence, own_word))
    judged = [pk for pk, k in found.rows.items() if k["kind"] == KeyResultKind.JUDGED]
    found.more = More(
        judged={pk: tuple(said) for pk, *said in _judgements(judged, then.until, then.until)},
        value_at=_value_moments(found, then),
        checkpoints=_checkpoints_then(found),
    )
    return found


def _load(found: PastKeyResults, loaded: Iterable[tuple[Any, ...]], then: Then) -> None:
    rows = {row[0]: dict(zip(READ, row, strict=True)) for row in loaded}
    for pk, said in stood("key_result", rows, then.until).items():
        put_back(rows[pk], said)
        found.said[pk] = said
    metrics = {k["metric_id"] for k in rows.values() if k["metric_id"]}
    was = stood("metric", metrics, then.until)
    for k in rows.values():
        put_back(k, was.get(k["metric_id"], {}), prefix="metric__")
    found.rows |= rows


def _other_metrics(found: PastKeyResults, then: Then) -> None:
    """Write the columns of the metric a key result read then, where it reads another one today."""
    moved = {pk: k for pk, k in found.rows.items() if k["metric_id"] != k["metric_now"]}
    ids = [k["metric_id"] for k in moved.values() if k["metric_id"]]
    known = {pk: dict(zip(METRIC, row, strict=True)) for pk, *row in _metrics(ids)}
    for pk, said in stood("metric", ids, then.until).items():
        put_back(known[pk], said)
    for k in moved.values():
        k.update({f"metric__{name}": known.get(k["metric_id"], {}).get(name) for name in METRIC})


def _readings(found: PastKeyResults, then: Then) -> Readings:
    """Return what was known of each metric: the last value where no other is looked at, else every period."""
    whole: set[int] = set()
    last: dict[int, tuple[date, float, float | None]] = {}
    for k in found.rows.values():
        metric = k["metric_id"]
        if metric is None or k["kind"] not in WITH_METRIC:
            continue
        is_last = k["kind"] in TYPED and not k["metric__is_kpi"] and metric == k["metric_now"]
        if is_last and k["read_on"] is None:
            continue
        if is_last and k["read_value"] is not None and k["read_on"] <= k["objective__cycle__last_day"]:
            last[metric] = (k["read_on"], k["read_value"], k["read_now"])
        else:
            whole.add(metric)
    return readings_then(whole, last, until=then.until)


def _steps_then(found: PastKeyResults) -> dict[int, list[StepLine]]:
    stepped = [pk for pk, k in found.rows.items() if k["kind"] in WITH_STEPS]
    steps: dict[int, list[StepLine]] = {}
    for key_result_id, *row in _steps([pk for pk in stepped if "steps" not in found.said.get(pk, ())]):
        steps.setdefault(key_result_id, []).append(StepLine(*row))
    for pk in stepped:
        for step, title, weight, done, due_on, is_cancelled in found.said.get(pk, {}).get("steps", ()):
            due = date.fromisoformat(due_on) if due_on else None
            steps.setdefault(pk, []).append(StepLine(step, title, weight, done, due, is_cancelled))
    return steps


def _checkpoints_then(found: PastKeyResults) -> dict[int, tuple[CheckpointFact, ...]]:
    bent = [pk for pk, k in found.rows.items() if k["curve"] == Curve.CHECKPOINTS]
    points: dict[int, list[CheckpointFact]] = {}
    for pk, on, value in _checkpoints([pk for pk in bent if "checkpoints" not in found.said.get(pk, ())]):
        points.setdefault(pk, []).append(CheckpointFact(on, value))
    for pk in bent:
        for on, value in found.said.get(pk, {}).get("checkpoints", ()):
            points.setdefault(pk, []).append(CheckpointFact(date.fromisoformat(on), value))
    return {pk: tuple(rows) for pk, rows in points.items()}


def _value_moments(found: PastKeyResults, then: Then) -> dict[int, datetime]:
    """Return when the newest value became known, of those whose override gave way to the next one."""
    waiting = [pk for pk, k in found.rows.items() if k["override_at"] is not None and not k["override_kept"]]
    below: dict[int, list[int]] = {}
    for parent, child, _ in found.parts:
        below.setdefault(parent, []).append(child)
    asked = {pk: _all_below(pk, below) for pk in waiting}
    every = set().union(*asked.values()) if asked else set()
    read = [pk for pk in every if found.rows[pk]["kind"] in WITH_METRIC]
    told = [pk for pk in every if found.rows[pk]["kind"] not in WITH_METRIC | {KeyResultKind.CHILDREN}]
    at_metric = dict(_last_readings([m for pk in read if (m := found.rows[pk]["metric_id"])], then.until))
    at: dict[int, datetime] = dict(_last_said(told, then.until, then.until))
    at |= {pk: at_metric[m] for pk in read if (m := found.rows[pk]["metric_id"]) in at_metric}
    moments = {pk: [at[one] for one in inside if one in at] for pk, inside in asked.items()}
    return {pk: max(known) for pk, known in moments.items() if known}


def _all_below(pk: int, below: Mapping[int, Sequence[int]]) -> set[int]:
    """Return a key result and all it was made of."""
    found, todo = {pk}, [pk]
    while todo:
        for child in below.get(todo.pop(), ()):
            if child not in found:
                found.add(child)
                todo.append(child)
    return found


READ = (*COLUMNS, "metric_now", "read_on", "read_value", "read_now")


def _with_reading(
    rows: QuerySet[KeyResult], until: datetime, day: date, known: datetime
) -> QuerySet[KeyResult, tuple[Any, ...]]:
    """The last value of each own metric as it was known, and what is known for the same day today."""
    newest = Reading.objects.order_by("-valid_on", "-known_at", "-id")
    last = newest.filter(metric=OuterRef("metric_id"), valid_on__lte=day, known_at__lt=known)
    rows = rows.filter(created_at__lt=until).annotate(
        metric_now=F("metric_id"),
        read_on=Subquery(last.values("valid_on")[:1]),
        read_value=Subquery(last.values("value")[:1]),
    )
    today = newest.filter(metric=OuterRef("metric_id"), valid_on=OuterRef("read_on"))
    rows = rows.annotate(read_now=Subquery(today.values("value")[:1]))
    return rows.order_by("objective_id", "position", "id").values_list(*READ)


@prepared
def _of_objectives(
    ids: Collection[int], until: datetime, day: date, known: datetime
) -> QuerySet[KeyResult, tuple[Any, ...]]:
    return _with_reading(KeyResult.objects.filter(objective_id__in=ids), until, day, known)


@prepared
def _by_id(ids: Collection[int], until: datetime, day: date, known: datetime) -> QuerySet[KeyResult, tuple[Any, ...]]:
    return _with_reading(KeyResult.objects.filter(pk__in=ids), until, day, known)


@prepared
def _metrics(ids: Collection[int]) -> QuerySet[Metric, tuple[Any, ...]]:
    return Metric.objects.filter(pk__in=ids).values_list("id", *METRIC)


def _in_force(rows: QuerySet[CheckIn], until: datetime, replaced: datetime) -> QuerySet[CheckIn]:
    """Those that stood at a moment: written before, and not replaced or deleted before."""
    rows = rows.filter(Q(replaced_by=None) | Q(replaced_by__at__gte=replaced), at__lt=until)
    return rows.filter(withdrawn=False)


@prepared
def _latest_check_ins(ids: Collection[int], until: datetime, replaced: datetime) -> QuerySet[CheckIn, tuple[Any, ...]]:
    """The two newest in force of each key result, the newest first."""
    newest_first = Over(RowNumber(), partition_by=[F("key_result_id")], order_by=[F("valid_on").desc(), F("id").desc()])
    return (
        _in_force(CheckIn.objects.filter(key_result_id__in=ids), until, replaced)
        .annotate(rank=newest_first)
        .filter(rank__lte=2)
        .order_by("key_result_id", "rank")
        .values_list("key_result_id", "valid_on", "confidence", "own_word")
    )


@prepared
def _judgements(ids: Collection[int], until: datetime, replaced: datetime) -> QuerySet[CheckIn, tuple[Any, ...]]:
    """Every judgement in force, the one that counts last."""
    rows = _in_force(CheckIn.objects.filter(key_result_id__in=ids, judged__isnull=False), until, replaced)
    return rows.order_by("key_result_id", "valid_on", "id").values_list("key_result_id", "judged", "note", "valid_on")


@prepared
def _steps(key_result_ids: Collection[int]) -> QuerySet[Step, tuple[Any, ...]]:
    rows = Step.objects.filter(key_result_id__in=key_result_ids).order_by("key_result_id", "position", "id")
    return rows.values_list("key_result_id", "id", "title", "weight", "done", "due_on", "is_cancelled")


@prepared
def _checkpoints(key_result_ids: Collection[int]) -> QuerySet[Checkpoint, tuple[Any, ...]]:
    rows = Checkpoint.objects.filter(key_result_id__in=key_result_ids).order_by("key_result_id", "on")
    return rows.values_list("key_result_id", "on", "value")


@prepared
def _last_readings(metric_ids: Collection[int], until: datetime) -> QuerySet[Reading, tuple[Any, ...]]:
    rows = Reading.objects.filter(metric_id__in=metric_ids, value__isnull=False, known_at__lt=until).order_by()
    return rows.values("metric_id").annotate(last=Max("known_at")).values_list("metric_id", "last")


@prepared
def _last_said(ids: Collection[int], until: datetime, replaced: datetime) -> QuerySet[CheckIn, tuple[Any, ...]]:
    rows = _in_force(CheckIn.objects.filter(key_result_id__in=ids, nothing_changed=False), until, replaced)
    return rows.order_by().values("key_result_id").annotate(last=Max("at")).values_list("key_result_id", "last")
