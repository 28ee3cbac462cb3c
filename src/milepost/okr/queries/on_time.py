"""How many check-ins were due in a cycle, and how many were made while they waited (rule C4)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from milepost.core.rhythm import OPENS_DAYS_BEFORE, Rhythm, first_due, next_due
from milepost.core.team_rhythms import Rhythms
from milepost.okr.models import CheckIn, GoalState, KeyResult
from milepost.okr.queries.cycles import CycleRow
from milepost.workspace.permissions import Actor

MOST_DUE_DAYS = 60  # of one cycle and rhythm
GROUPS = ("team",)  # whose rhythm it goes by; None: the workspace's


@dataclass(frozen=True, slots=True)
class DueDays:
    """The days on which check-ins were due, by cycle and rhythm."""

    rhythms: Rhythms
    days: Mapping[int, Mapping[Rhythm, Sequence[date]]]

    def counted(self) -> Iterator[tuple[str, int, date]]:
        """Return each day of each cycle once, with the name that its number goes by."""
        for pk, by_rhythm in self.days.items():
            for day in sorted({day for days in by_rhythm.values() for day in days}):
                yield f"d{pk}_{day:%Y%m%d}", pk, day

    def sum(self, rows: Collection[Mapping[str, Any]]) -> dict[int, int]:
        """Return what was counted of each cycle: of each team on the days of its own rhythm."""
        found = dict.fromkeys(self.days, 0)
        for row in rows:
            rhythm = self.rhythms.of(row["team"])
            for pk, by_rhythm in self.days.items():
                found[pk] += sum(row[f"d{pk}_{day:%Y%m%d}"] for day in by_rhythm[rhythm])
        return found


def due_in(cycles: Sequence[CycleRow], rhythms: Rhythms, *, today: date) -> DueDays:
    """Return the days of cycles on which check-ins were due until yesterday, for each rhythm in use."""
    return DueDays(rhythms, {c.id: {r: _due_days(c, r, today=today) for r in rhythms.teams} for c in cycles})


def expected_check_ins(actor: Actor, due: DueDays, cycle_id: int) -> tuple[dict[int, int], int]:
    """Return how many check-ins were due in each cycle, and how many key results of this one never had any."""
    counts: dict[str, Any] = {}
    for name, pk, day in due.counted():
        runs = Q(closed_on=None) | Q(closed_on__gt=day)
        counts[name] = Count("id", filter=runs & Q(objective__cycle_id=pk, activated_on__lte=day), distinct=True)
    ran = KeyResult.objects.visible_to(actor).filter(
        objective__cycle_id__in=list(due.days), state__in=[GoalState.ACTIVE, GoalState.CLOSED]
    )
    checked_in = CheckIn.objects.filter(key_result=OuterRef("pk"), replaced_by=None, withdrawn=False)
    rows: QuerySet[KeyResult, Any] = ran.annotate(
        has_check_in=Exists(checked_in), team=Coalesce("objective__owner_team", "objective__owner_person__only_team")
    )
    never = Count("id", filter=Q(has_check_in=False, objective__cycle_id=cycle_id), distinct=True)
    found = list(rows.order_by().values(*GROUPS).annotate(never=never, **counts))
    return due.sum(found), sum(row["never"] for row in found)


def check_ins_made(actor: Actor, due: DueDays, zone: ZoneInfo) -> dict[int, int]:
    """Return how many of them were made while they waited: from some days before until the due day is over."""
    counts: dict[str, Any] = {}
    for name, pk, day in due.counted():
        opens = datetime.combine(day - timedelta(days=OPENS_DAYS_BEFORE), time.min, tzinfo=zone)
        ends = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
        counts[name] = Count(
            "key_result_id",
            filter=Q(at__gte=opens, at__lt=ends, key_result__objective__cycle_id=pk)
            & Q(key_result__activated_on__lte=day)
            & (Q(key_result__closed_on=None) | Q(key_result__closed_on__gt=day)),
            distinct=True,
        )
    if not counts:
        return dict.fromkeys(due.days, 0)
    rows: QuerySet[CheckIn, Any] = CheckIn.objects.visible_to(actor).filter(
        key_result__objective__cycle_id__in=list(due.days),
        key_result__state__in=[GoalState.ACTIVE, GoalState.CLOSED],
        replaces=None,
    )
    of = "key_result__objective__"
    rows = rows.annotate(team=Coalesce(f"{of}owner_team", f"{of}owner_person__only_team"))
    return due.sum(list(rows.order_by().values(*GROUPS).annotate(**counts)))


def _due_days(cycle: CycleRow, rhythm: Rhythm, *, today: date) -> list[date]:
    """Return the days of a cycle on which check-ins were due, until yesterday."""
    found: list[date] = []
    due = first_due(rhythm, active_since=cycle.first_day)
    while due <= cycle.last_day and due < today and len(found) < MOST_DUE_DAYS:
        found.append(due)
        due = next_due(rhythm, after=due)
    return found
