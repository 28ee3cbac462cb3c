"""Brings the score rows of a workspace to the new day (rule S7)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from milepost.okr import actions as okr
from milepost.workspace import actions as workspace
from milepost.workspace.queries import Place

KIND = "new_day"


def run(place: Place, *, now: datetime) -> datetime:
    """Refresh the workspace's rows and return when it is due again: the start of its next day."""
    okr.refresh_day(by=place.actor, now=now)
    workspace.forget_old_answers(now=now)
    workspace.forget_old_deliveries(now=now)
    local = now.astimezone(ZoneInfo(place.time_zone))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=30, microsecond=0)
    return midnight.astimezone(ZoneInfo("UTC"))
