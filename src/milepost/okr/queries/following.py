"""Which cycle comes before and after another one."""

from milepost.okr.models import Cycle


def cycle_after(cycle: Cycle) -> Cycle | None:
    """Return the cycle in which goals go on: the next to begin after this one's end, None if there is none.

    Of those that begin together it is the one nearest to this one's length, so a quarter follows a quarter.
    """
    later = Cycle.objects.filter(workspace_id=cycle.workspace_id, first_day__gt=cycle.last_day)
    rows = list(later.order_by("first_day", "id")[:12])
    same_day = [row for row in rows if row.first_day == rows[0].first_day]
    return min(same_day, key=lambda row: (abs(_days(row) - _days(cycle)), row.pk), default=None)


def cycle_before(cycle: Cycle) -> Cycle | None:
    """Return the cycle whose lessons matter to this one: the last to end before it begins, None if there is none.

    Of those that end together it is the one nearest to this one's length.
    """
    earlier = Cycle.objects.filter(workspace_id=cycle.workspace_id, last_day__lt=cycle.first_day)
    rows = list(earlier.order_by("-last_day", "id")[:12])
    same_day = [row for row in rows if row.last_day == rows[0].last_day]
    return min(same_day, key=lambda row: (abs(_days(row) - _days(cycle)), row.pk), default=None)


def _days(cycle: Cycle) -> int:
    return (cycle.last_day - cycle.first_day).days
