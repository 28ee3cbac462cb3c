"""Making an objective after the pattern of another one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from milepost.core.parts import Combine
from milepost.okr.actions.drafts import CheckpointDraft, KeyResultDraft, ObjectiveDraft, PartDraft, StepDraft
from milepost.okr.actions.objectives import create_objective
from milepost.okr.models import (
    WITH_STEPS,
    Alignment,
    Checkpoint,
    Contributor,
    GoalState,
    KeyResult,
    KeyResultKind,
    Objective,
    Part,
    SharingTeam,
    Step,
)
from milepost.okr.queries.access import get_cycle, get_objective
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Membership, Visibility
from milepost.workspace.permissions import WHO_SEES, Actor


@transaction.atomic
def clone_objective(
    *, by: Actor, objective_id: int, cycle_id: int, title: str = "", with_key_results: bool = True, now: datetime
) -> int:
    """Make a draft like another objective, in a cycle, and return its id; values and check-ins never come along.

    Words, owner, lead, kind, pillar, tags, contributors and sharing teams come along, in the same cycle the
    parent too. Key results keep how they are measured, their start and target; steps begin undone, and days
    of steps and checkpoints stay behind in another cycle. Whoever left is replaced by who clones.

    Args:
        title: "" for that of the other one.

    Raises:
        NotAllowed, NotFound.
        Invalid: its team has ended, or what a key result is made of is not the actor's to see.
    """
    source = get_objective(by, objective_id)
    cycle = get_cycle(by, cycle_id)
    is_same_cycle = cycle.pk == source.cycle_id
    here = set(Membership.objects.filter(workspace_id=by.workspace_id, removed_at=None).values_list("pk", flat=True))
    helpers = Contributor.objects.filter(objective=source, membership_id__in=here)
    teams = SharingTeam.objects.filter(objective=source).values_list("team", "team__ends_on")
    pillar = source.pillar if source.pillar is not None and source.pillar.archived_at is None else None
    draft = ObjectiveDraft(
        title=title or source.title,
        cycle_id=cycle.pk,
        lead_id=source.lead_id if source.lead_id in here else by.membership_id,
        why=source.why,
        owner_team_id=source.owner_team_id,
        owner_person_id=source.owner_person_id if source.owner_person_id in here else None,
        parent_id=_parent(by, source) if is_same_cycle else None,
        ambition=source.ambition,
        counts=source.counts,
        visibility=WHO_SEES[Visibility(source.visibility)],
        contributor_ids=list(helpers.values_list("membership_id", flat=True)),
        pillar_id=pillar.pk if pillar else None,
        sharing_team_ids=[team for team, ends_on in teams if ends_on is None or ends_on >= now.date()],
        tags=source.tags,
    )
    rows: Sequence[KeyResult] = ()
    if with_key_results:
        found = KeyResult.objects.filter(objective=source).exclude(state=GoalState.CANCELLED)
        rows = list(found.select_related("metric").order_by("position", "id"))
    return create_objective(
        by=by,
        draft=draft,
        key_results=[_key_result(by, row, here=here, is_same_cycle=is_same_cycle) for row in rows],
        activate=False,
        now=now,
    )


def _parent(by: Actor, source: Objective) -> int | None:
    edge = Alignment.objects.filter(child=source, until=None, is_primary=True).first()
    if edge is None or not Objective.objects.visible_to(by).filter(pk=edge.parent_id).exists():
        return None
    return edge.parent_id


def _key_result(by: Actor, row: KeyResult, *, here: set[int], is_same_cycle: bool) -> KeyResultDraft:
    metric = row.metric
    steps: list[StepDraft] = []
    if row.kind in WITH_STEPS:
        kept = Step.objects.filter(key_result=row, is_cancelled=False).order_by("position", "id")
        steps = [
            StepDraft(
                title=step.title,
                weight=step.weight if row.kind == KeyResultKind.MILESTONE else 1.0,
                due_on=step.due_on if is_same_cycle else None,
            )
            for step in kept
        ]
    points = Checkpoint.objects.filter(key_result=row).order_by("on") if is_same_cycle else Checkpoint.objects.none()
    checkpoints = [CheckpointDraft(point.on, point.value) for point in points]
    is_drawn = row.curve != "checkpoints" or bool(checkpoints)
    return KeyResultDraft(
        title=row.title,
        kind=row.kind,
        kpi=metric.slug if metric is not None and metric.is_kpi else None,
        unit=metric.unit_code if metric is not None and not metric.is_kpi and row.kind != "children" else "",
        start=row.start,
        target=row.target,
        low=row.low,
        high=row.high,
        tolerance=row.tolerance,
        at_close=row.at_close,
        floor=row.floor,
        stretch=row.stretch,
        steps=steps,
        combine=row.combine or Combine.MEAN.value,
        parts=_parts(by, row) if row.kind == KeyResultKind.CHILDREN else (),
        curve=row.curve if is_drawn else "linear",
        checkpoints=checkpoints,
        priority=row.priority,
        window=row.window,
        weight=row.weight,
        share=row.share,
        lead_id=row.lead_id if row.lead_id in here else None,
        ambition=row.ambition,
    )


def _parts(by: Actor, row: KeyResult) -> list[PartDraft]:
    """Return what it is made of, which the copy is made of too, as far as the actor sees it."""
    edges = Part.objects.filter(parent=row, until=None).exclude(child__state=GoalState.CANCELLED).order_by("id")
    pairs = list(edges.values_list("child_id", "weight"))
    seen = set(KeyResult.objects.visible_to(by).filter(pk__in=[pk for pk, _ in pairs]).values_list("pk", flat=True))
    if not seen:
        raise Invalid(f"“{row.title}” is made of what is not yours to see. Clone without key results.")
    return [PartDraft(pk, weight) for pk, weight in pairs if pk in seen]
