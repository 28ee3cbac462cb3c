"""What the ledger of amendments says of the plans of key results (rule E5)."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from milepost.core.calendar import local_day
from milepost.okr.bending import DAYS, SHAPING, Change
from milepost.okr.models import Amendment, KeyResult
from milepost.prepared import prepared


def bends_of(rows: Collection[KeyResult]) -> dict[int, list[list[str]]]:
    """Return what amendments changed of each plan, its own numbers and its objective's days, the oldest first.

    One query; in the form that `KeyResult.bends` keeps.
    """
    told = _amendments([row.pk for row in rows], list({row.objective_id for row in rows}))
    by_goal: dict[tuple[str, int], list[Change]] = {}
    for kind, goal_id, field, old, new, at, zone in told:
        by_goal.setdefault((kind, goal_id), []).append(Change(at, local_day(at, zone), field, old, new))
    found: dict[int, list[list[str]]] = {}
    for row in rows:
        own = by_goal.get(("key_result", row.pk), []) + by_goal.get(("objective", row.objective_id), [])
        since = row.activated_on
        found[row.pk] = [
            change.told()
            for change in sorted(own, key=lambda change: change.moment)
            if change.field not in DAYS or since is None or change.on >= since
        ]
    return found


@prepared
def _amendments(key_result_ids: Collection[int], objective_ids: Collection[int]) -> QuerySet[Amendment, Any]:
    own = Q(kind="key_result", goal_id__in=key_result_ids)
    days = Q(kind="objective", goal_id__in=objective_ids, field__in=sorted(DAYS))
    rows = Amendment.objects.filter(own | days, field__in=sorted(SHAPING)).order_by("id")
    return rows.values_list("kind", "goal_id", "field", "old", "new", "at", "workspace__time_zone")
