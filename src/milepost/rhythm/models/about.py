"""What all talk is about: an objective or a KPI, and who sees it."""

from collections.abc import Collection

from django.db.models import Q

from milepost.metrics.models import Metric
from milepost.okr.models import Objective

ONE_THING = Q(objective__isnull=False, metric__isnull=True) | Q(
    objective__isnull=True, key_result__isnull=True, metric__isnull=False
)


def seen_by(level: int, me: int, teams: Collection[int]) -> Q:
    """Return which rows a reader sees: those about the goals and KPIs that they see.

    Args:
        level, me, teams: of the reader's `Sight`.
    """
    goals = Q(objective__isnull=False) & Objective.seen_by(level, me, teams, prefix="objective__")
    kpis = Q(metric__isnull=False) & Metric.seen_by(level, me, teams, prefix="metric__")
    return goals | kpis
