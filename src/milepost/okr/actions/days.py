"""A new day: every row that depends on the date."""

from datetime import datetime

from django.db import transaction

from milepost.metrics.actions import recalculate, refresh_kpis
from milepost.metrics.models import Metric
from milepost.okr.actions.moment import lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.models import KeyResult, Objective
from milepost.workspace.models import Workspace
from milepost.workspace.permissions import Actor


@transaction.atomic
def refresh_day(*, by: Actor, now: datetime) -> int:
    """Bring every score row of a workspace to today and return how many changed.

    Does nothing when they are of today already, so that any number of workers and readers may call
    it. Closed goals stay as they were frozen (R8).

    Source: rule S7.
    """
    moment = lock_moment(by, now=now)
    if Workspace.objects.filter(pk=by.workspace_id, scores_on=moment.today).exists():
        return 0
    return rebuild(by=by, now=now)


@transaction.atomic
def rebuild(*, by: Actor, now: datetime) -> int:
    """Compute every calculated value and score row of a workspace from the facts; return how many rows changed."""
    moment = lock_moment(by, now=now)
    # First the values: a period may have closed, or the wait for a late input ended, without any write (K7).
    recalculate(by.workspace_id, None, today=moment.today, fiscal_month=moment.fiscal_month, now=now)
    kpis = Metric.objects.filter(workspace_id=by.workspace_id, is_kpi=True, archived_at=None)
    refresh_kpis(list(kpis.values_list("id", flat=True)), today=moment.today, now=now)
    changed = refresh(
        key_results=list(KeyResult.objects.filter(workspace_id=by.workspace_id).values_list("id", flat=True)),
        objectives=list(Objective.objects.filter(workspace_id=by.workspace_id).values_list("id", flat=True)),
        rhythms=moment.rhythms,
        today=moment.today,
        now=now,
    )
    Workspace.objects.filter(pk=by.workspace_id).update(scores_on=moment.today)
    return changed
