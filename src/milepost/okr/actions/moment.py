"""The moment a write happens in, seen from its workspace."""

from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.calendar import local_day
from milepost.core.team_rhythms import Rhythms
from milepost.workspace.actions import lock_workspace
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import rhythms_of


@dataclass(frozen=True, slots=True)
class Moment:
    """What the locked workspace says of now: its day, rhythms and settings."""

    now: datetime
    today: date
    rhythms: Rhythms
    fiscal_month: int
    reviewers: int
    has_walls: bool


def lock_moment(by: Actor, *, now: datetime) -> Moment:
    """Lock the actor's workspace and return the moment; the first step of every write to goals."""
    workspace = lock_workspace(by.workspace_id)
    return Moment(
        now=now,
        today=local_day(now, workspace.time_zone),
        rhythms=rhythms_of(workspace),
        fiscal_month=workspace.fiscal_month,
        reviewers=workspace.reviewers,
        has_walls=workspace.has_walls,
    )
