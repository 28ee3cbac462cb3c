"""What hangs on key results in lists, steps and checkpoints: as they are, and as they stood (A3)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from milepost.core.path import Checkpoint as CheckpointFact
from milepost.core.path import Curve
from milepost.okr.models import WITH_STEPS, Checkpoint, Step
from milepost.okr.queries.lines import StepLine
from milepost.prepared import prepared

Rows = Mapping[int, Mapping[str, Any]]


def steps_now(key_result_ids: Collection[int]) -> dict[int, list[StepLine]]:
    """Return the steps of key results as they are; one query, none for none."""
    found: dict[int, list[StepLine]] = {}
    for pk, *row in _steps(key_result_ids):
        found.setdefault(pk, []).append(StepLine(*row))
    return found


def steps_from(rows: Rows, said: Rows, now: Mapping[int, list[StepLine]]) -> dict[int, list[StepLine]]:
    """Return the steps of key results as they stood.

    Args:
        rows: columns as they stood.
        said: what was another one then, lists among it.
        now: the steps of today of those of which nothing else is said.
    """
    found = {}
    for pk in (pk for pk, k in rows.items() if k["kind"] in WITH_STEPS):
        if "steps" in said.get(pk, ()):
            found[pk] = [_step(*step) for step in said[pk]["steps"]]
        elif pk in now:
            found[pk] = now[pk]
    return {pk: steps for pk, steps in found.items() if steps}


def checkpoints_now(key_result_ids: Collection[int]) -> dict[int, list[CheckpointFact]]:
    """Return the checkpoints of key results as they are; one query, none for none."""
    found: dict[int, list[CheckpointFact]] = {}
    for pk, on, value in _checkpoints(key_result_ids):
        found.setdefault(pk, []).append(CheckpointFact(on, value))
    return found


def checkpoints_from(
    rows: Rows, said: Rows, now: Mapping[int, list[CheckpointFact]]
) -> dict[int, tuple[CheckpointFact, ...]]:
    """Return the checkpoints of key results as they stood; as `steps_from`."""
    found: dict[int, tuple[CheckpointFact, ...]] = {}
    for pk in (pk for pk, k in rows.items() if k["curve"] == Curve.CHECKPOINTS):
        if "checkpoints" in said.get(pk, ()):
            found[pk] = tuple(CheckpointFact(date.fromisoformat(on), value) for on, value in said[pk]["checkpoints"])
        elif pk in now:
            found[pk] = tuple(now[pk])
    return {pk: points for pk, points in found.items() if points}


def _step(step: int, title: str, weight: float, done: float, due_on: str | None, is_cancelled: bool) -> StepLine:
    return StepLine(step, title, weight, done, date.fromisoformat(due_on) if due_on else None, is_cancelled)


@prepared
def _steps(key_result_ids: Collection[int]) -> QuerySet[Step, tuple[Any, ...]]:
    rows = Step.objects.filter(key_result_id__in=key_result_ids).order_by("key_result_id", "position", "id")
    return rows.values_list("key_result_id", "id", "title", "weight", "done", "due_on", "is_cancelled")


@prepared
def _checkpoints(key_result_ids: Collection[int]) -> QuerySet[Checkpoint, tuple[Any, ...]]:
    rows = Checkpoint.objects.filter(key_result_id__in=key_result_ids).order_by("key_result_id", "on")
    return rows.values_list("key_result_id", "on", "value")
