"""The plan of one key result as a line, with what came of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from milepost.core.measure import Kind
from milepost.core.path import path_value, planned_value
from milepost.core.plan import path_of
from milepost.okr.models import CheckIn
from milepost.okr.queries.facts import LoadedKeyResult, load_key_results
from milepost.okr.queries.lines import KeyResultLine, key_result_line
from milepost.prepared import prepared
from milepost.workspace.permissions import Actor

BY_SHARE = frozenset({Kind.TASKS, Kind.JUDGED})  # what their plan and their values are counted in


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A key result's plan day by day and its values, in its unit or, with `is_share`, as shares 0..1.

    `planned` leads to where the grade is green (E3) and is empty for a kind without a path. `amended`
    holds each amendment as (day, target since then).
    """

    key_result: KeyResultLine
    is_share: bool
    planned: tuple[tuple[date, float], ...]
    checkpoints: tuple[tuple[date, float], ...]
    amended: tuple[tuple[date, float], ...]
    values: tuple[tuple[date, float], ...]


def plan_page(actor: Actor, key_result_id: int) -> PlanPage:
    """Return the plan of a key result: nine queries at most.

    Raises:
        NotFound: it is not the actor's to see, or it was cancelled.

    Source: rules E2, E3, E5.
    """
    line = key_result_line(actor, key_result_id)
    (loaded,) = load_key_results([key_result_id])
    facts = loaded.facts
    path = path_of(facts.measure, facts.timing)
    is_share = facts.kind in BY_SHARE
    if path is None:
        return PlanPage(line, is_share, (), (), (), _values(loaded))
    last = max([path.last, *(change.last for change in path.amendments)])
    days = [path.first + timedelta(days=n) for n in range((last - path.first).days + 1)]
    if facts.kind == Kind.LEVELS:  # its curve says that the target is green
        planned = tuple((day, path_value(path, day)) for day in days)
    else:
        planned = tuple((day, planned_value(path, day, ambition=facts.ambition)) for day in days)
    return PlanPage(
        key_result=line,
        is_share=is_share,
        planned=planned,
        checkpoints=tuple((c.on, c.value) for c in path.checkpoints),
        amended=tuple((change.on, change.target) for change in path.amendments),
        values=_values(loaded),
    )


def _values(loaded: LoadedKeyResult) -> tuple[tuple[date, float], ...]:
    """Return what was reported, one value a day, the oldest first."""
    facts = loaded.facts
    if facts.kind not in {*BY_SHARE, Kind.MILESTONE}:
        return tuple((p.start, p.value) for p in facts.points if p.start >= facts.timing.first - timedelta(days=7))
    found: dict[date, float] = {}
    for day, judged, steps in _said([loaded.id]):
        if judged is not None:
            found[day] = judged
        elif steps:
            found[day] = sum(steps.values()) / len(steps)
    return tuple(found.items())


@prepared
def _said(key_result_ids: Collection[int]) -> QuerySet[CheckIn, tuple[Any, ...]]:
    rows = CheckIn.objects.filter(key_result_id__in=key_result_ids, replaced_by=None, withdrawn=False)
    return rows.order_by("valid_on", "id").values_list("valid_on", "judged", "steps")
