"""Key results as they stood at the end of a day, with everything their score rows are made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from milepost.core.path import Curve
from milepost.core.progress import Step as StepFact
from milepost.metrics.models import Metric, Reading
from milepost.metrics.queries.as_of import Readings, readings_then
from milepost.okr.models import WITH_METRIC, WITH_STEPS, CheckIn, KeyResult, KeyResultKind
from milepost.okr.queries.as_of.check_ins import check_in_facts, in_force, judgements_then, last_said
from milepost.okr.queries.as_of.edges import parts_then
from milepost.okr.queries.as_of.lists import checkpoints_from, checkpoints_now, steps_from, steps_now
from milepost.okr.queries.facts import FACTS, More
from milepost.okr.queries.lines import KEY_RESULT_VALUES, StepLine
from milepost.okr.scoring import CheckInFact
from milepost.prepared import prepared
from milepost.workspace.models import Former, Membership
from milepost.workspace.queries import Then, all_stood, put_back, stood

COLUMNS = tuple(
    dict.fromkeys(
        name
        for name in (*FACTS, *KEY_RESULT_VALUES, "position", "override_by_id")
        if not name.startswith(("score__", "objective__"))
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
    check_ins: dict[int, tuple[CheckInFact, ...]] = field(default_factory=dict)
    parts: list[tuple[int, int, float]] = field(default_factory=list)
    more: More = field(default_factory=More)
    said: dict[int, dict[str, Any]] = field(default_factory=dict)  # what says something else today

    def step_facts(self, key_result_id: int) -> tuple[StepFact, ...]:
        """Return its steps as the score takes them."""
        found = self.steps.get(key_result_id, ())
        return tuple(StepFact(weight=s.weight, done=s.done, due_on=s.due_on) for s in found if not s.is_cancelled)


def load_of(objective_ids: Collection[int], then: Then) -> PastKeyResults:
    """Return the key results of objectives, and what has left them since, with the columns of today; one query."""
    ids = list(objective_ids)
    rows = _of_objectives(ids, ids, then.until, then.until, then.day, then.until)
    return PastKeyResults({row[0]: dict(zip(READ, row, strict=True)) for row in rows})


def load_all(objective_id: int, until: datetime) -> PastKeyResults:
    """Return the key results of an objective, and what has left it since, with the columns of today; one query."""
    rows = _of_objectives([objective_id], [objective_id], until, until, until.date(), until)
    return PastKeyResults({row[0]: dict(zip(READ, row, strict=True)) for row in rows})


def load_since(objective_id: int, since: datetime, until: datetime) -> PastKeyResults:
    """Return the key results that an objective had at any moment between two, with the columns of today; one query."""
    rows = _of_objectives([objective_id], [objective_id], since, until, until.date(), until)
    return PastKeyResults({row[0]: dict(zip(READ, row, strict=True)) for row in rows})


def load_ids(key_result_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return `COLUMNS` of these key results as they are today; one query."""
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in _columns(key_result_ids)}


def metric_rows(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return the columns `METRIC` of metrics as they are today; one query, none for none."""
    return {pk: dict(zip(METRIC, row, strict=True)) for pk, *row in _metrics(ids)}


def metrics_of(found: PastKeyResults) -> set[int]:
    """Return the metrics that key results read today."""
    return {k["metric_id"] for k in found.rows.values() if k["metric_id"]}


def undo(
    found: PastKeyResults, said: Mapping[int, Mapping[str, Any]], metrics: Mapping[int, Mapping[str, Any]]
) -> None:
    """Put back what key results and the metrics they read said then."""
    for pk, columns in said.items():
        put_back(found.rows[pk], columns)
        found.said[pk] = dict(columns)
    if metrics:
        for k in found.rows.values():
            put_back(k, metrics.get(k["metric_id"], {}), prefix="metric__")


def parts_beside(found: PastKeyResults, then: Then) -> PastKeyResults:
    """Note what key results were made of, and return those of it that stand elsewhere, as `undo` leaves them.

    No query where nothing was made of others; else one, and three where some stand elsewhere.
    """
    made = [pk for pk, k in found.rows.items() if k["kind"] == KeyResultKind.CHILDREN]
    found.parts = parts_then(made, then.until)
    others = {child for _, child, _ in found.parts} - found.rows.keys()
    rows = _by_id(list(others), then.until, then.day, then.until)
    beside = PastKeyResults({row[0]: dict(zip(READ, row, strict=True)) for row in rows})
    if beside.rows:
        was = all_stood({"key_result": beside.rows, "metric": metrics_of(beside)}, then.until)
        undo(beside, was["key_result"], was["metric"])
    return beside


def leads_of(found: PastKeyResults) -> set[int]:
    """Return who leads key results, by what their rows say."""
    return {k["lead_id"] for k in found.rows.values()}


def away_then(found: PastKeyResults, said: Mapping[int, Mapping[str, Any]], asked: Collection[int], then: Then) -> None:
    """Write into rows when their leads of then were away, as it was known then; no query where the leads are the same.

    Args:
        said: what `all_stood` says of the people `asked`.
    """
    was = {**said, **stood("person", leads_of(found) - set(asked), then.until)}
    others = {pk for pk in found.rows if "lead_id" in found.said.get(pk, ())}
    now = dict(_away([found.rows[pk]["lead_id"] for pk in others]))
    for pk, k in found.rows.items():
        away = now.get(k["lead_id"]) if pk in others else k["lead__away"]
        k["lead__away"] = was.get(k["lead_id"], {}).get("away", away)


def complete(found: PastKeyResults, then: Then) -> None:
    """Read what key results are scored by; their rows say already how they and their objectives stood."""
    _other_metrics(found, then)
    found.read = _readings(found, then)
    steps = steps_now([pk for pk, k in found.rows.items() if k["kind"] in WITH_STEPS and not _told(found, pk, "steps")])
    found.steps = steps_from(found.rows, found.said, steps)
    said = [k["said"] for k in found.rows.values() if k["said"] is not None]
    last = {pk: CheckInFact(*fact) for pk, *fact in check_in_facts(said)}
    for pk, k in found.rows.items():
        if k["said"] is not None:
            fact = last[k["said"]]
            before = k["said_before"]
            found.check_ins[pk] = (fact,) if before is None else (fact, CheckInFact(fact.valid_on, before, ""))
    judged = [pk for pk, k in found.rows.items() if k["kind"] == KeyResultKind.JUDGED]
    bent = [pk for pk, k in found.rows.items() if k["curve"] == Curve.CHECKPOINTS]
    checkpoints = checkpoints_now([pk for pk in bent if not _told(found, pk, "checkpoints")])
    found.more = More(
        judged={pk: tuple(said) for pk, *said in judgements_then(judged, then.until, then.until)},
        value_at=_value_moments(found, then),
        checkpoints=checkpoints_from(found.rows, found.said, checkpoints),
    )


def _told(found: PastKeyResults, pk: int, name: str) -> bool:
    """Return whether a list that hangs on a key result was another one then, which its row says."""
    return name in found.said.get(pk, ())


def _other_metrics(found: PastKeyResults, then: Then) -> None:
    """Write the columns of the metric a key result read then, where it reads another one today."""
    moved = {pk: k for pk, k in found.rows.items() if k["metric_id"] != k["metric_now"]}
    ids = [k["metric_id"] for k in moved.values() if k["metric_id"]]
    known = metric_rows(ids)
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
    at: dict[int, datetime] = dict(last_said(told, then.until, then.until))
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


READ = (*COLUMNS, "metric_now", "read_on", "read_value", "read_now", "said", "said_before")


def _with_reading(
    rows: QuerySet[KeyResult], until: datetime, day: date, known: datetime
) -> QuerySet[KeyResult, tuple[Any, ...]]:
    """With the last value as it was known, what is known for the same day today, and the newest two check-ins.

    Of the check-ins the id of the one, and the confidence of the one before it.
    """
    newest = Reading.objects.order_by("-valid_on", "-known_at", "-id")
    last = newest.filter(metric=OuterRef("metric_id"), valid_on__lte=day, known_at__lt=known)
    rows = rows.filter(created_at__lt=until).annotate(
        metric_now=F("metric_id"),
        read_on=Subquery(last.values("valid_on")[:1]),
        read_value=Subquery(last.values("value")[:1]),
    )
    today = newest.filter(metric=OuterRef("metric_id"), valid_on=OuterRef("read_on"))
    stood_then = in_force(CheckIn.objects.filter(key_result=OuterRef("pk")), until, known).order_by("-valid_on", "-id")
    rows = rows.annotate(
        read_now=Subquery(today.values("value")[:1]),
        said=Subquery(stood_then.values("pk")[:1]),
        said_before=Subquery(stood_then.values("confidence")[1:2]),
    )
    return rows.order_by("objective_id", "position", "id").values_list(*READ)


@prepared
def _of_objectives(
    ids: Collection[int], left: Collection[int], gone: datetime, until: datetime, day: date, known: datetime
) -> QuerySet[KeyResult, tuple[Any, ...]]:
    moved = Former.objects.filter(kind="key_result", left__in=left, until__gte=gone).order_by().values("object_id")
    rows = KeyResult.objects.filter(Q(objective_id__in=ids) | Q(pk__in=moved))
    return _with_reading(rows, until, day, known)


@prepared
def _away(ids: Collection[int]) -> QuerySet[Membership, tuple[Any, ...]]:
    return Membership.objects.filter(pk__in=ids).values_list("id", "away")


@prepared
def _by_id(ids: Collection[int], until: datetime, day: date, known: datetime) -> QuerySet[KeyResult, tuple[Any, ...]]:
    return _with_reading(KeyResult.objects.filter(pk__in=ids), until, day, known)


@prepared
def _columns(ids: Collection[int]) -> QuerySet[KeyResult, tuple[Any, ...]]:
    return KeyResult.objects.filter(pk__in=ids).values_list(*COLUMNS)


@prepared
def _metrics(ids: Collection[int]) -> QuerySet[Metric, tuple[Any, ...]]:
    return Metric.objects.filter(pk__in=ids).values_list("id", *METRIC)


@prepared
def _last_readings(metric_ids: Collection[int], until: datetime) -> QuerySet[Reading, tuple[Any, ...]]:
    rows = Reading.objects.filter(metric_id__in=metric_ids, value__isnull=False, known_at__lt=until).order_by()
    return rows.values("metric_id").annotate(last=Max("known_at")).values_list("metric_id", "last")
