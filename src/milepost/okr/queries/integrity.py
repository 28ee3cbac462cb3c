"""What the doctor looks at."""

from typing import Any

from django.db.models import F

from milepost.metrics.models import FormulaInput, KpiScore, Metric, Reading
from milepost.okr.models import (
    Alignment,
    CheckIn,
    GoalState,
    KeyResult,
    KeyResultKind,
    KeyResultScore,
    Objective,
    ObjectiveScore,
    Part,
)

OPEN = (GoalState.DRAFT, GoalState.ACTIVE, GoalState.PAUSED)


def score_rows(workspace_id: int) -> dict[tuple[str, int], tuple[Any, ...]]:
    """Return every score row of a workspace by kind and id, the moment of computing left out."""
    found: dict[tuple[str, int], tuple[Any, ...]] = {}
    for kind, model in (("kpi", KpiScore), ("key_result", KeyResultScore), ("objective", ObjectiveScore)):
        fields = [f.attname for f in model._meta.concrete_fields if f.attname != "computed_at"]
        for values in model._default_manager.filter(workspace_id=workspace_id).values_list("pk", *fields).iterator():
            found[kind, values[0]] = tuple(values[1:])
    return found


def orphans(workspace_id: int) -> list[str]:
    """Return in words what hangs on nothing, or on something of another workspace."""
    checks = {
        "key results of another workspace's objective": KeyResult.objects.filter(workspace_id=workspace_id).exclude(
            objective__workspace_id=F("workspace_id")
        ),
        "key results that read another workspace's metric": KeyResult.objects.filter(
            workspace_id=workspace_id, metric__isnull=False
        ).exclude(metric__workspace_id=F("workspace_id")),
        "leads of another workspace": Objective.objects.filter(workspace_id=workspace_id, lead__isnull=False).exclude(
            lead__workspace_id=F("workspace_id")
        ),
        "objectives in another workspace's cycle": Objective.objects.filter(workspace_id=workspace_id).exclude(
            cycle__workspace_id=F("workspace_id")
        ),
        "edges across workspaces": Alignment.objects.filter(workspace_id=workspace_id).exclude(
            parent__workspace_id=F("workspace_id"), child__workspace_id=F("workspace_id")
        ),
        "parts across workspaces": Part.objects.filter(workspace_id=workspace_id).exclude(
            parent__workspace_id=F("workspace_id"), child__workspace_id=F("workspace_id")
        ),
        "parts of key results that are made of none": Part.objects.filter(
            workspace_id=workspace_id, until=None
        ).exclude(parent__kind=KeyResultKind.CHILDREN),
        "key results made of others without any": KeyResult.objects.filter(
            workspace_id=workspace_id, kind=KeyResultKind.CHILDREN
        ).exclude(pk__in=Part.objects.filter(until=None).values("parent_id")),
        "parts whose value is in another unit than the sum": Part.objects.filter(
            workspace_id=workspace_id, until=None, parent__combine="sum", parent__state__in=OPEN
        ).exclude(child__metric__unit_code=F("parent__metric__unit_code")),
        "readings of another workspace's metric": Reading.objects.filter(workspace_id=workspace_id).exclude(
            metric__workspace_id=F("workspace_id")
        ),
        "formulas that read another workspace's KPI": FormulaInput.objects.filter(
            metric__workspace_id=workspace_id
        ).exclude(input__workspace_id=workspace_id),
        "check-ins on another workspace's key result": CheckIn.objects.filter(workspace_id=workspace_id).exclude(
            key_result__workspace_id=F("workspace_id")
        ),
        "own metrics that no key result reads": Metric.objects.filter(
            workspace_id=workspace_id, is_kpi=False, key_results__isnull=True
        ),
        "key results without a score row": KeyResult.objects.filter(workspace_id=workspace_id, score__isnull=True),
        "objectives without a score row": Objective.objects.filter(workspace_id=workspace_id, score__isnull=True),
        "KPIs without a score row": Metric.objects.filter(workspace_id=workspace_id, is_kpi=True, score__isnull=True),
    }
    return [f"{n} {name}" for name, rows in checks.items() if (n := rows.count())]
