"""Carrying unfinished key results over into the next cycle (rule G4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from milepost.core.grade import carried_start
from milepost.core.path import Curve
from milepost.core.progress import NoDistance, progress
from milepost.core.series import Aggregation, Window
from milepost.okr.actions.drafts import KeyResultDraft, StepDraft
from milepost.okr.actions.edges import set_parent
from milepost.okr.actions.key_results import insert_key_result
from milepost.okr.actions.locks import refuse_locked
from milepost.okr.actions.measures import check_shares
from milepost.okr.actions.moment import Moment
from milepost.okr.actions.objectives import tell_of
from milepost.okr.actions.walls import guard, set_contributors, set_tags
from milepost.okr.models import (
    WITH_STEPS,
    Alignment,
    Contributor,
    Cycle,
    GoalState,
    KeyResult,
    KeyResultKind,
    Objective,
    Step,
)
from milepost.okr.queries.access import get_cycle
from milepost.okr.queries.cycles import follows, list_cycles
from milepost.workspace.actions import index_words, made, record_event
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Membership, WebhookEvent
from milepost.workspace.permissions import WHO_SEES, Actor, Visibility


def carry(
    by: Actor, objective: Objective, rows: Mapping[KeyResult, bool], *, moment: Moment
) -> tuple[Objective, list[int]]:
    """Write a draft in the cycle after an objective's own that goes on with these key results.

    Title, why, owner, lead, kind and walls are taken over, and the place below a parent that was carried
    over too. A draft that an earlier close made is filled up instead. Measures go on: a value typed by
    hand belongs to the same series as before.

    Args:
        rows: key results with their final values, and whether each keeps its start and its progress.

    Returns:
        The draft, and the key results whose rows have to be made.

    Raises:
        Invalid: there is no later cycle, or nothing is left to do of one of them.
    """
    cycles = list_cycles(by, today=moment.today)
    here = next(c for c in cycles if c.id == objective.cycle_id)
    after = follows(cycles, here)
    if after is None:
        raise Invalid(
            f"There is no cycle after {objective.cycle.name} yet. Add one first, then carry over.", field="outcome"
        )
    cycle = get_cycle(by, after.id)
    refuse_locked(by, cycle)
    draft = Objective.objects.filter(carried_from=objective, cycle=cycle, state=GoalState.DRAFT).first()
    draft = draft or _cloned(by, objective, cycle, moment=moment)
    there = set(KeyResult.objects.filter(objective=draft).values_list("carried_from_id", flat=True))
    position = KeyResult.objects.filter(objective=draft).count()
    present = _present(by, {row.lead_id for row in rows})
    new: list[int] = []
    for row, keeps in rows.items():
        if row.pk in there:
            continue
        said = _draft_of(row, keeps=keeps, last=objective.cycle.last_day)
        said = replace(said, lead_id=row.lead_id if row.lead_id in present else None)
        shares_metric = (
            row.metric is not None and not row.metric.is_kpi and (row.kind != KeyResultKind.PERCENT or keeps)
        )
        carried = insert_key_result(
            by, draft, said, position=position, now=moment.now, metric=row.metric if shares_metric else None
        )
        carried.carried_from = row
        carried.save(update_fields=["carried_from"])
        if keeps and row.kind in WITH_STEPS:
            _keep_done(row, carried)
        position += 1
        new.append(carried.pk)
    check_shares(draft)
    guard(draft, has_walls=moment.has_walls)
    return draft, new


def _cloned(by: Actor, objective: Objective, cycle: Cycle, *, moment: Moment) -> Objective:
    """Return a new draft of the same objective in another cycle, without key results."""
    present = _present(by, {objective.lead_id, objective.owner_person_id})
    draft = Objective.objects.create(
        workspace_id=objective.workspace_id,
        cycle=cycle,
        title=objective.title,
        why=objective.why,
        owner_team_id=objective.owner_team_id,
        owner_person_id=objective.owner_person_id if objective.owner_person_id in present else None,
        lead_id=objective.lead_id if objective.lead_id in present else None,
        ambition=objective.ambition,
        counts=objective.counts,
        pillar_id=objective.pillar_id,
        visibility=objective.visibility,
        state=GoalState.DRAFT,
        created_at=moment.now,
        carried_from=objective,
    )
    set_tags(draft, objective.tags)
    helpers = Contributor.objects.filter(objective=objective).values_list("membership_id", flat=True)
    set_contributors(by, draft, _present(by, set(helpers)))
    parent = Alignment.objects.filter(child=objective, until=None, is_primary=True).values("parent_id")
    carried = Objective.objects.visible_to(by).filter(carried_from__in=parent, cycle=cycle)
    above = carried.exclude(state__in=[GoalState.CANCELLED, GoalState.CLOSED]).order_by("-id").first()
    if above is not None:
        set_parent(by, draft, above.pk, now=moment.now)
    record_event(
        by=by,
        verb="created",
        kind="objective",
        object_id=draft.pk,
        now=moment.now,
        changes=made(
            title=draft.title,
            lead=draft.lead_id,
            cycle=cycle.name,
            ambition=draft.ambition,
            visibility=WHO_SEES[Visibility(draft.visibility)],
            carried_from=objective.pk,
        ),
        about={"title": draft.title, "objective": draft.pk},
    )
    tell_of(draft, WebhookEvent.OBJECTIVE_CREATED, now=moment.now)
    index_words(workspace_id=by.workspace_id, kind="objective", object_id=draft.pk, text=draft.title)
    return draft


def _present(by: Actor, ids: Collection[int | None]) -> set[int]:
    """Return which of these people are still in the workspace."""
    rows = Membership.objects.filter(workspace_id=by.workspace_id, removed_at=None, pk__in=[pk for pk in ids if pk])
    return set(rows.values_list("pk", flat=True))


def _draft_of(row: KeyResult, *, keeps: bool, last: date) -> KeyResultDraft:
    """Return a key result as somebody would write it for the next cycle.

    Checkpoints and due days of the old cycle say nothing there: the plan is a straight line.
    """
    metric = row.metric
    given = KeyResultDraft(
        title=row.title,
        kind=row.kind,
        kpi=metric.slug if metric is not None and metric.is_kpi else None,
        unit=metric.unit_code if metric is not None else "",
        start=row.start,
        target=row.target,
        low=row.low,
        high=row.high,
        tolerance=row.tolerance,
        at_close=row.at_close,
        floor=row.floor,
        stretch=row.stretch,
        curve=row.curve if row.curve != Curve.CHECKPOINTS else Curve.LINEAR.value,
        priority=row.priority,
        window=row.window,
        weight=row.weight,
        share=row.share,
        ambition=row.ambition,
    )
    if row.kind in WITH_STEPS:
        return replace(given, steps=_steps(row, keeps=keeps, last=last))
    if row.kind in {KeyResultKind.REACH, KeyResultKind.LEVELS} and not keeps:
        return _from_today(row, given)
    return given


def _from_today(row: KeyResult, given: KeyResultDraft) -> KeyResultDraft:
    """Return the draft with the final value as its start; a sum over the cycle begins anew where it began (P8).

    Raises:
        Invalid: the value is at its target or beyond.
    """
    value, start, target = row.final_value, row.start, row.target
    if value is None or start is None or target is None or _is_sum_of_cycle(row):
        return given
    if progress(start=start, target=target, value=value) >= 1:
        raise _nothing_left(row)
    try:
        began = carried_start(start=start, target=target, value=value, keeps_progress=False)
    except NoDistance:
        raise _nothing_left(row) from None
    floor = row.floor
    if floor is not None and progress(start=began, target=target, value=floor) <= 0:
        floor = None  # it lies behind
    return replace(given, start=began, floor=floor)


def _is_sum_of_cycle(row: KeyResult) -> bool:
    is_flow = row.metric is not None and row.metric.is_kpi and row.metric.aggregation == Aggregation.FLOW
    return is_flow and row.window in {Window.DEFAULT, Window.CYCLE}


def _steps(row: KeyResult, *, keeps: bool, last: date) -> Sequence[StepDraft]:
    """Return the steps that go on: with its progress all of them, else those that are not done.

    Raises:
        Invalid: none is left.
    """
    left = [step for step in _steps_of(row) if keeps or step.done < 1]
    if not left or all(step.done >= 1 for step in left):
        raise _nothing_left(row)
    return [
        StepDraft(step.title, step.weight, step.due_on if step.due_on and step.due_on > last else None) for step in left
    ]


def _keep_done(row: KeyResult, carried: KeyResult) -> None:
    done = [step.done for step in _steps_of(row)]
    steps = list(Step.objects.filter(key_result=carried).order_by("position", "id"))
    for step, share in zip(steps, done, strict=True):
        step.done = share
    Step.objects.bulk_update(steps, ["done"])


def _steps_of(row: KeyResult) -> list[Step]:
    return list(Step.objects.filter(key_result=row, is_cancelled=False).order_by("position", "id"))


def _nothing_left(row: KeyResult) -> Invalid:
    return Invalid(
        f"“{row.title}” is at its target, so nothing is left to carry over. Keep it, or drop it.", field="outcome"
    )
