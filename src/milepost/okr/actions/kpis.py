"""Changing a KPI: whom its values are shown to through goals is decided where the goals are."""

from datetime import date, datetime

from django.db import transaction

from milepost.metrics.actions.kpis import KpiDraft, change_kpi
from milepost.okr.actions.moment import lock_moment
from milepost.okr.actions.parts import guard_sums
from milepost.okr.actions.readings import move_readers
from milepost.okr.actions.walls import guard_kpi
from milepost.okr.models import KeyResult
from milepost.workspace.permissions import Actor


@transaction.atomic
def edit_kpi(*, by: Actor, slug: str, draft: KpiDraft, today: date, seen: int | None = None, now: datetime) -> None:
    """Change a KPI; a new target is in force from today on, the old one is kept (rule K2).

    A changed formula makes all its values anew, and the goals that read them (K7); the event keeps the old
    one. Frequency and aggregation stay once there are readings: a value keeps its meaning.

    Raises:
        NotAllowed, NotFound, BadTarget.
        Invalid: also when an objective reads it that more people see, or a sum of key results adds it up
            in another unit.
        Stale: it is not the version `seen` any more.
    """
    moment = lock_moment(by, now=now)
    changed = change_kpi(by=by, slug=slug, draft=draft, today=today, seen=seen, now=now)
    guard_kpi(by, changed.kpi)
    guard_sums(by, KeyResult.objects.filter(metric=changed.kpi).select_related("metric"))
    if changed.values:
        move_readers(changed.values, moment=moment)
