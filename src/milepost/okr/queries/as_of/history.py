"""Everything that an objective's score was made of over its life, so that any number of moments can be told of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from milepost.core.path import Checkpoint
from milepost.metrics.models import Reading
from milepost.metrics.queries.as_of import Readings, known_at
from milepost.metrics.queries.series import Known, as_points
from milepost.okr.models import WITH_METRIC, Alignment, CheckIn, KeyResult, Objective
from milepost.okr.queries.as_of.key_results import METRIC, PastKeyResults, load_since, metric_rows
from milepost.okr.queries.as_of.lists import checkpoints_from, checkpoints_now, steps_from, steps_now
from milepost.okr.queries.as_of.objectives import COLUMNS, CYCLE, cycles_of, objective_columns, under
from milepost.okr.queries.facts import More
from milepost.okr.queries.lines import StepLine
from milepost.prepared import prepared
from milepost.workspace.queries import Said, Then, all_said, put_back, said_at

Told = Mapping[str, Mapping[int, list[Said]]]


@dataclass(frozen=True, slots=True)
class History:
    """Rows of an objective, of its key results and of what hung on them, with all that they said before.

    `known` holds for each metric what counted at each of the moments, by their places.
    """

    objective: dict[str, Any]
    key_results: Mapping[int, dict[str, Any]]
    born: Mapping[int, datetime]
    said: Told
    metrics: Mapping[int, Mapping[str, Any]]
    cycles: Mapping[int, Mapping[str, Any]]
    known: Mapping[int, tuple[dict[date, Known], ...]]
    valued: Mapping[int, list[tuple[Any, ...]]]  # when values became known
    check_ins: Mapping[int, list[tuple[Any, ...]]]
    steps: Mapping[int, list[StepLine]]
    checkpoints: Mapping[int, list[Checkpoint]]
    below: Sequence[tuple[datetime, datetime | None]]  # when child objectives counted

    def objective_at(self, then: Then) -> dict[str, Any]:
        """Return the columns of the objective at a moment."""
        row = dict(self.objective)
        put_back(row, said_at(self.said["objective"].get(row["id"], ()), then.until))
        cycle = {**self.cycles[row["cycle_id"]], **self._said("cycle", row["cycle_id"], then)}
        row.update({f"cycle__{name}": cycle[name] for name in CYCLE})
        return row

    def key_results_at(self, place: int, then: Then, objective: Mapping[str, Any]) -> PastKeyResults:
        """Return the key results of the objective at the moment with this place, with what they are scored by."""
        found = PastKeyResults()
        for pk, row in self.key_results.items():
            said = self._said("key_result", pk, then)
            k = {**row}
            put_back(k, said)
            if self.born[pk] >= then.until or k["objective_id"] != objective["id"]:
                continue
            k.update({f"metric__{name}": self._metric(k["metric_id"], then).get(name) for name in METRIC})
            under(k, objective)
            found.rows[pk], found.said[pk] = k, said
        metrics = {k["metric_id"] for k in found.rows.values() if k["kind"] in WITH_METRIC}
        found.read = Readings({m: as_points(told[place]) for m, told in self.known.items() if m in metrics}, {})
        found.steps = steps_from(found.rows, found.said, self.steps)
        found.more = More(
            judged={pk: judged for pk in found.rows if (judged := self._judged(pk, then)) is not None},
            value_at={pk: at for pk, k in found.rows.items() if (at := self._value_at(k, then)) is not None},
            checkpoints=checkpoints_from(found.rows, found.said, self.checkpoints),
        )
        return found

    def has_below(self, then: Then) -> bool:
        """Return whether another objective counted towards it at a moment."""
        return any(since < then.until and (until is None or until >= then.until) for since, until in self.below)

    def _said(self, kind: str, pk: int, then: Then) -> dict[str, Any]:
        return said_at(self.said[kind].get(pk, ()), then.until)

    def _metric(self, pk: int | None, then: Then) -> dict[str, Any]:
        return {**self.metrics.get(pk, {}), **self._said("metric", pk, then)} if pk is not None else {}

    def _stood(self, pk: int, then: Then) -> list[tuple[Any, ...]]:
        """Return the check-ins of a key result that stood at a moment, the one that counts last."""
        return [
            row
            for row in self.check_ins.get(pk, ())
            if row[0] < then.until and (row[1] is None or row[1] >= then.until)
        ]

    def _judged(self, pk: int, then: Then) -> tuple[Any, ...] | None:
        judged = [row for row in self._stood(pk, then) if row[3] is not None]
        return judged[-1][3:] if judged else None

    def _value_at(self, k: Mapping[str, Any], then: Then) -> datetime | None:
        """Return when the newest value became known of one whose override gives way to the next."""
        if k["override_at"] is None or k["override_kept"]:
            return None
        if k["kind"] in WITH_METRIC:
            moments = [at for (at,) in self.valued.get(k["metric_id"], ()) if at < then.until]
        else:
            moments = [row[0] for row in self._stood(k["id"], then) if not row[2]]
        return max(moments, default=None)


def load_history(objective: Objective, moments: Sequence[datetime]) -> History:
    """Return what an objective was scored by at moments, the earliest first; 13 queries at most."""
    first, last = moments[0], moments[-1]
    (row,) = objective_columns([objective.pk], last)
    columns = dict(zip(COLUMNS, row, strict=True))
    key_results = load_since(objective.pk, first, last).rows
    ids = list(key_results)
    said = all_said({"objective": [objective.pk], "key_result": ids}, first)
    cycles = {columns["cycle_id"]: {name: columns[f"cycle__{name}"] for name in CYCLE}}
    for pk, *cycle in cycles_of(_others(said["objective"], "cycle_id") - cycles.keys()):
        cycles[pk] = dict(zip(CYCLE, cycle, strict=True))
    metrics = {
        k["metric_id"]: {name: k[f"metric__{name}"] for name in METRIC} for k in key_results.values() if k["metric_id"]
    }
    metrics |= metric_rows(_others(said["key_result"], "metric_id") - metrics.keys())
    said |= all_said({"metric": metrics, "cycle": cycles}, first)
    set_once = any(k["override_at"] is not None for k in key_results.values())
    asked = list(metrics) if set_once or _others(said["key_result"], "override_at") else []
    return History(
        objective=columns,
        key_results=key_results,
        born=dict(_born(ids)),
        said=said,
        metrics=metrics,
        cycles=cycles,
        known=known_at(metrics, moments),
        valued=_grouped(_valued(asked)),
        check_ins=_grouped(_check_ins(ids)),
        steps=steps_now(ids),
        checkpoints=checkpoints_now(ids),
        below=_below(objective.pk),
    )


def _others(said: Mapping[int, list[Said]], name: str) -> set[Any]:
    """Return what a column said before; what was empty is left out."""
    return {columns[name] for rows in said.values() for _, columns in rows if columns.get(name) is not None}


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for pk, *row in rows:
        found.setdefault(pk, []).append(tuple(row))
    return found


@prepared
def _born(ids: Collection[int]) -> QuerySet[KeyResult, tuple[Any, ...]]:
    return KeyResult.objects.filter(pk__in=ids).values_list("id", "created_at")


@prepared
def _valued(metric_ids: Collection[int]) -> QuerySet[Reading, tuple[Any, ...]]:
    rows = Reading.objects.filter(metric_id__in=metric_ids, value__isnull=False).order_by("metric_id", "id")
    return rows.values_list("metric_id", "known_at")


@prepared
def _check_ins(ids: Collection[int]) -> QuerySet[CheckIn, tuple[Any, ...]]:
    """With the moment from which another one stood in its place."""
    rows = CheckIn.objects.filter(key_result_id__in=ids, withdrawn=False).order_by("key_result_id", "valid_on", "id")
    columns = ("key_result_id", "at", "replaced_by__at", "nothing_changed", "judged", "note", "valid_on")
    return rows.values_list(*columns)


@prepared
def _below(objective_id: int) -> QuerySet[Alignment, tuple[Any, ...]]:
    return Alignment.objects.filter(parent_id=objective_id, contributes=True).values_list("since", "until")
