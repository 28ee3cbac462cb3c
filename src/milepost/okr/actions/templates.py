"""A workspace's own examples: made of a goal or a KPI, renamed, deleted."""

from datetime import datetime
from typing import Any

from django.db import transaction

from milepost.metrics.permissions import can_edit_kpi
from milepost.metrics.queries.access import get_kpi
from milepost.okr.models import GoalState, KeyResult, Step, Template, TemplateKind
from milepost.okr.permissions import can_edit_goal, can_edit_template
from milepost.okr.queries.access import get_objective
from milepost.okr.queries.templates import get_template
from milepost.workspace.actions import gone, lock_workspace, made, record_event
from milepost.workspace.actions.text import clean_name
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Actor, require

MOST = 200


@transaction.atomic
def save_objective_template(*, by: Actor, objective_id: int, name: str = "", now: datetime) -> int:
    """Keep the words and shapes of an objective as a template and return its id; everybody sees it from then on.

    Only who may change the objective may do this, since it may stand behind a wall. Values, people, dates
    and the KPIs it reads are left behind.

    Args:
        name: "" for the title of the objective.

    Raises:
        NotAllowed, NotFound, Invalid.
    """
    lock_workspace(by.workspace_id)
    objective = get_objective(by, objective_id)
    require(can_edit_goal, by, objective, to="make a template of this objective")
    rows = KeyResult.objects.filter(objective=objective).exclude(state=GoalState.CANCELLED).select_related("metric")
    steps: dict[int, list[str]] = {}
    for key_result_id, title in (
        Step.objects.filter(key_result__in=rows).order_by("position").values_list("key_result_id", "title")
    ):
        steps.setdefault(key_result_id, []).append(title)
    body = {
        "title": objective.title,
        "why": objective.why,
        "ambition": objective.ambition,
        "key_results": [
            {
                "title": k.title,
                "kind": k.kind,
                "unit": k.metric.unit_code if k.metric else "",
                "rises": None if k.start is None or k.target is None else k.target > k.start,
                "steps": steps.get(k.pk, []),
            }
            for k in rows.order_by("position", "id")
        ],
    }
    return _save(by, TemplateKind.OBJECTIVE, name or objective.title, body, now=now)


@transaction.atomic
def save_kpi_template(*, by: Actor, slug: str, name: str = "", now: datetime) -> int:
    """Keep the definition of a KPI as a template and return its id; everybody sees it from then on.

    Only who may change the KPI may do this. Values, target, people and formula are left behind.

    Args:
        name: "" for the name of the KPI.

    Raises:
        NotAllowed, NotFound, Invalid.
    """
    lock_workspace(by.workspace_id)
    kpi = get_kpi(by, slug)
    require(can_edit_kpi, by, kpi, to="make a template of this KPI")
    body = {
        "title": kpi.name,
        "why": kpi.description,
        "unit": kpi.unit_code,
        "direction": kpi.direction,
        "frequency": kpi.frequency,
        "aggregation": kpi.aggregation,
    }
    return _save(by, TemplateKind.KPI, name or kpi.name, body, now=now)


@transaction.atomic
def rename_template(*, by: Actor, template_id: int, name: str, now: datetime) -> None:
    """Give a template another name; its author or an admin may.

    Raises:
        NotAllowed, NotFound, Invalid.
    """
    lock_workspace(by.workspace_id)
    template = get_template(by, template_id)
    require(can_edit_template, by, template, to="rename this template")
    old, template.name = template.name, clean_name(name, field="name", most=200)
    if old == template.name:
        return
    _must_be_free(template)
    template.save(update_fields=["name"])
    record_event(
        by=by,
        verb="changed",
        kind="template",
        object_id=template.pk,
        now=now,
        changes={"name": (old, template.name)},
        about={"title": template.name},
    )


@transaction.atomic
def delete_template(*, by: Actor, template_id: int, now: datetime) -> None:
    """Take a template away; what was made of it stays. Its author or an admin may.

    Raises:
        NotAllowed, NotFound.
    """
    lock_workspace(by.workspace_id)
    template = get_template(by, template_id)
    require(can_edit_template, by, template, to="delete this template")
    pk = template.pk
    template.delete()
    record_event(
        by=by,
        verb="deleted",
        kind="template",
        object_id=pk,
        now=now,
        changes=gone(name=template.name),
        about={"title": template.name},
    )


def _save(by: Actor, kind: TemplateKind, name: str, body: dict[str, Any], *, now: datetime) -> int:
    template = Template(
        workspace_id=by.workspace_id,
        kind=kind,
        name=clean_name(name, field="name", most=200),
        body=body,
        author_id=by.membership_id,
        created_at=now,
    )
    if Template.objects.filter(workspace_id=by.workspace_id).count() >= MOST:
        raise Invalid(f"There are {MOST} templates already. Delete some first.", field="name")
    _must_be_free(template)
    template.save(force_insert=True)
    record_event(
        by=by,
        verb="created",
        kind="template",
        object_id=template.pk,
        now=now,
        changes=made(name=template.name),
        about={"title": template.name},
    )
    return template.pk


def _must_be_free(template: Template) -> None:
    rows = Template.objects.filter(workspace_id=template.workspace_id, kind=template.kind, name=template.name)
    if rows.exclude(pk=template.pk).exists():
        raise Invalid(f"There is a template called {template.name} already. Choose another name.", field="name")
