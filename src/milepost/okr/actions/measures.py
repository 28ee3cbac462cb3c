"""What a key result is measured by: its numbers, its metric, its steps and its plan, checked and written."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from milepost.core.calendar import Frequency
from milepost.core.levels import BadLevels
from milepost.core.measure import Kind, Measure, check_measure
from milepost.core.numbers import finite
from milepost.core.pace import Ambition
from milepost.core.parts import Combine
from milepost.core.path import BadCheckpoints, Curve, check_path
from milepost.core.path import Checkpoint as CheckpointFact
from milepost.core.plan import Timing, path_of
from milepost.core.progress import BadBand, DirectionDisagrees, NoDistance, check_direction
from milepost.core.rollup import Child, SharesAboveOne, shares
from milepost.core.series import Aggregation, Window
from milepost.core.target import Direction
from milepost.core.units import PERCENT, parse_unit
from milepost.metrics.models import Metric
from milepost.metrics.queries.access import get_kpi
from milepost.okr.actions.drafts import CheckpointDraft, KeyResultDraft, StepDraft, choose, person
from milepost.okr.actions.parts import Chosen, choose_parts, unit_of_sum
from milepost.okr.models import (
    WITH_METRIC,
    WITH_STEPS,
    Alignment,
    Checkpoint,
    KeyResult,
    KeyResultKind,
    Objective,
    Step,
)
from milepost.okr.models.key_result import HIGHEST_PRIORITY
from milepost.workspace.actions import keep_past
from milepost.workspace.actions.text import clean_name
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models.remembered import plain
from milepost.workspace.permissions import Actor

MOST_STEPS = 50
MOST_CHECKPOINTS = 50
NUMBERS = ("start", "target", "low", "high", "floor", "stretch")
NUMBERS_OF = {
    KeyResultKind.REACH: ("start", "target"),
    KeyResultKind.KEEP: ("low", "high"),
    KeyResultKind.LEVELS: ("start", "floor", "target", "stretch"),
}
NEEDED = {"start": "Write the value at the start.", "target": "Write the value to reach."}
READS_KPI = frozenset({KeyResultKind.REACH, KeyResultKind.KEEP, KeyResultKind.LEVELS})  # P8
WITHOUT_PATH = frozenset({KeyResultKind.KEEP, KeyResultKind.MILESTONE, KeyResultKind.BASELINE})  # E3


def fill_key_result(
    key_result: KeyResult, by: Actor, draft: KeyResultDraft, *, objective: Objective, now: datetime
) -> tuple[Chosen, ...]:
    """Write a checked draft into a row, with the metric it reads, and return the parts it shall have.

    To save these, steps and checkpoints is the caller's matter.

    Raises:
        Invalid: a number is missing or contradicts another one, a share does not fit; numbers are named.
        NotANumber: one is not finite.
        PartCircle: it would be made of itself.
        NotFound: the KPI, the lead or a part is not there.
    """
    key_result.title = clean_name(draft.title, field="title", most=200)
    key_result.kind = choose(KeyResultKind, draft.kind, field="kind")
    key_result.window = choose(Window, draft.window, field="window")
    key_result.weight = finite(draft.weight, name="weight")
    if key_result.weight < 0:
        raise Invalid("A weight is 0 or more.", field="weight")
    if draft.share is not None and not 0 <= draft.share <= 1:
        raise Invalid("A share lies between 0 and 100 %.", field="share")
    key_result.share = draft.share
    if draft.priority is not None and not 0 <= draft.priority <= HIGHEST_PRIORITY:
        raise Invalid(f"A priority goes from 0 to {HIGHEST_PRIORITY}, not {draft.priority}.", field="priority")
    key_result.priority = draft.priority
    key_result.ambition = choose(Ambition, draft.ambition or objective.ambition, field="ambition")
    lead = person(by, draft.lead_id) or objective.lead_id
    if lead is None:
        raise Invalid("Choose a lead: the one person who answers for it and checks in.", field="lead")
    key_result.lead_id = lead
    combine = choose(Combine, draft.combine, field="combine")
    is_made = key_result.kind == KeyResultKind.CHILDREN
    key_result.combine = combine if is_made else ""
    curve = choose(Curve, draft.curve, field="curve")
    has_path = key_result.kind not in WITHOUT_PATH and not (is_made and combine != Combine.SUM)  # E3, E4
    key_result.curve = curve if has_path else Curve.LINEAR.value
    _fill_numbers(key_result, draft)
    chosen = choose_parts(key_result, by, draft) if is_made else ()
    key_result.metric = _metric(key_result, by, draft, chosen, now=now)
    return chosen


def save_steps(key_result: KeyResult, drafts: Sequence[StepDraft]) -> None:
    """Make the steps of a milestone, or the tasks, those of the drafts, in their order; what is done stays done.

    Raises:
        Invalid: none, too many, a weight that is not above 0, or something that the kind does not have.
        NotFound: a step of another key result.
    """
    is_tasks = key_result.kind == KeyResultKind.TASKS
    noun = "task" if is_tasks else "step"
    if not drafts:
        raise Invalid("Write at least one task." if is_tasks else "A milestone has at least one step.", field="steps")
    if len(drafts) > MOST_STEPS:
        raise Invalid(f"These are {len(drafts)} {noun}s. Keep it to {MOST_STEPS}.", field="steps")
    old = {step.pk: step for step in Step.objects.filter(key_result=key_result).select_related("initiative")}
    kept = {draft.id for draft in drafts}
    for step in old.values():
        if step.pk not in kept and _follows(step):
            raise Invalid(f"“{step.title}” is an initiative: take it out there.", field="steps")
    for position, draft in enumerate(drafts):
        if draft.id is not None and draft.id not in old:
            raise NotFound
        step = old.pop(draft.id) if draft.id is not None else Step(key_result=key_result)
        agreed = (step.title, step.due_on, step.is_cancelled)
        step.title = clean_name(draft.title, field="steps", most=200)
        if _follows(step) and agreed != (step.title, draft.due_on, draft.is_cancelled):
            raise Invalid(f"“{agreed[0]}” is an initiative: change it there.", field="steps")
        step.weight = finite(draft.weight, name="weight")
        if step.weight <= 0:
            raise Invalid(f"The weight of “{step.title}” must be above 0.", field="steps")
        if is_tasks and step.weight != 1:
            raise Invalid(
                f"“{step.title}” is a task: all count the same. Make it a milestone for weights.", field="steps"
            )
        if draft.is_cancelled and not is_tasks:
            raise Invalid(f"“{step.title}” is a step of a milestone: take it out instead.", field="steps")
        step.due_on, step.position, step.is_cancelled = draft.due_on, position, draft.is_cancelled
        if is_tasks and step.done < 1:
            step.done = 0.0  # a step that was half done, of a milestone before
        step.save()
    Step.objects.filter(pk__in=old).delete()


def _follows(step: Step) -> bool:
    """Return whether a task stands for an initiative, which alone moves it then."""
    return hasattr(step, "initiative")


def steps_in_words(key_result: KeyResult) -> str:
    """Return the steps as the ledger tells them."""
    said = []
    for step in Step.objects.filter(key_result=key_result).order_by("position", "id"):
        weight = f" x{step.weight:g}" if step.weight != 1 else ""
        due = f", {step.due_on}" if step.due_on else ""
        said.append(f"{step.title}{weight}{due}{', cancelled' if step.is_cancelled else ''}")
    return "; ".join(said)


def lists_of(key_result: KeyResult) -> dict[str, list[list[Any]]]:
    """Return what hangs on a key result as a day of the past is told from it: all of its steps and checkpoints."""
    found: dict[str, list[list[Any]]] = {"steps": [], "checkpoints": []}
    if key_result.kind in WITH_STEPS:
        found["steps"] = in_full(Step.objects.filter(key_result=key_result).order_by("position", "id"))
    if key_result.curve == Curve.CHECKPOINTS:
        points = Checkpoint.objects.filter(key_result=key_result).order_by("on").values_list("on", "value")
        found["checkpoints"] = [[plain(on), value] for on, value in points]
    return found


def in_full(steps: Iterable[Step]) -> list[list[Any]]:
    """Return steps as the past keeps them: id, title, weight, done, due day, cancelled."""
    return [[s.pk, s.title, s.weight, s.done, plain(s.due_on), s.is_cancelled] for s in steps]


def save_checkpoints(key_result: KeyResult, drafts: Sequence[CheckpointDraft]) -> None:
    """Make the phased targets of a plan those of the drafts, by their days.

    Raises:
        Invalid: none where the plan goes by them, too many, a day outside the cycle or twice.
        NotANumber: a value is not finite.

    Source: rule E2.
    """
    Checkpoint.objects.filter(key_result=key_result).delete()
    if key_result.curve != Curve.CHECKPOINTS:
        return
    if not drafts:
        raise Invalid("Write at least one checkpoint: a day and what should be there by then.", field="checkpoints")
    if len(drafts) > MOST_CHECKPOINTS:
        raise Invalid(f"These are {len(drafts)} checkpoints. Keep it to {MOST_CHECKPOINTS}.", field="checkpoints")
    facts = tuple(CheckpointFact(draft.on, draft.value) for draft in sorted(drafts, key=lambda draft: draft.on))
    cycle = key_result.objective.cycle
    timing = Timing(cycle.first_day, cycle.last_day, Curve.CHECKPOINTS, facts)
    path = path_of(measure_of(key_result), timing)
    if path is not None:
        try:
            check_path(path)
        except BadCheckpoints as error:
            raise Invalid(str(error), field="checkpoints") from None
    Checkpoint.objects.bulk_create(Checkpoint(key_result=key_result, on=fact.on, value=fact.value) for fact in facts)


def check_shares(objective: Objective) -> None:
    """Refuse fixed shares above 100 % together: those of key results and of child objectives that count (R2).

    Raises:
        Invalid: with the sum named.
    """
    rows = KeyResult.objects.filter(objective=objective).exclude(state="cancelled")
    edges = Alignment.objects.filter(parent=objective, until=None, contributes=True, share__isnull=False)
    edges = edges.exclude(child__state="cancelled")
    counted = [("key_result", *row) for row in rows.values_list("id", "weight", "share")]
    counted += [("objective", *row) for row in edges.values_list("child_id", "weight", "share")]
    try:
        shares([Child((kind, pk), None, None, weight, share) for kind, pk, weight, share in counted])
    except SharesAboveOne as error:
        raise Invalid(str(error), field="share") from None


def measure_of(key_result: KeyResult) -> Measure:
    """Return what a row agrees, as the maths takes it."""
    return Measure(
        kind=Kind(key_result.kind),
        start=key_result.start,
        target=key_result.target,
        low=key_result.low,
        high=key_result.high,
        tolerance=key_result.tolerance,
        at_close=key_result.at_close,
        floor=key_result.floor,
        stretch=key_result.stretch,
        combine=Combine(key_result.combine or Combine.MEAN),
    )


def _fill_numbers(key_result: KeyResult, draft: KeyResultDraft) -> None:
    """Write the numbers of the kind, and none of another one."""
    kind = KeyResultKind(key_result.kind)
    own = ("start", "target") if key_result.combine == Combine.SUM else NUMBERS_OF.get(kind, ())
    for name in NUMBERS:
        value = getattr(draft, name)
        setattr(key_result, name, finite(value, name=name) if name in own and value is not None else None)
    is_keep = kind == KeyResultKind.KEEP
    key_result.tolerance = finite(draft.tolerance, name="tolerance") if is_keep else 0.0
    key_result.at_close = draft.at_close and is_keep
    for name, sentence in NEEDED.items():
        if name in own and getattr(key_result, name) is None:
            raise Invalid(sentence, field=name)
    if kind == KeyResultKind.LEVELS and key_result.stretch is None:
        raise Invalid("Write the stretch: the value beyond the target at which the score is 100 %.", field="stretch")
    try:
        check_measure(measure_of(key_result), ambition=Ambition(key_result.ambition))
    except NoDistance as error:
        raise Invalid(str(error), field="target") from None
    except BadBand as error:
        field = "tolerance" if key_result.tolerance < 0 else "low" if key_result.low is None else "high"
        raise Invalid(str(error), field=field) from None
    except BadLevels as error:
        field = "stretch" if key_result.ambition == Ambition.ASPIRATIONAL else "ambition"
        raise Invalid(str(error), field=field) from None
    if key_result.at_close and (key_result.low is None or key_result.high is None):
        raise Invalid("Only a range with both ends may count its last period alone: write the other end.", field="high")


def _metric(
    key_result: KeyResult, by: Actor, draft: KeyResultDraft, parts: Sequence[Chosen], *, now: datetime
) -> Metric | None:
    kind = KeyResultKind(key_result.kind)
    if draft.kpi and kind not in READS_KPI:
        raise Invalid(f"“{kind.label}” reads no KPI. Leave the KPI empty, or choose another kind.", field="kpi")
    metric = key_result.metric
    is_sum = key_result.combine == Combine.SUM  # its own one says the unit
    if kind not in WITH_METRIC and not is_sum:  # an own one keeps the history of an earlier kind
        return None if metric is None or metric.is_kpi else metric
    if draft.kpi:
        kpi = get_kpi(by, draft.kpi)
        _agree(key_result, kpi)
        return kpi
    if metric is None or metric.is_kpi:
        metric = Metric(workspace_id=by.workspace_id, is_kpi=False, created_at=now)
    metric.name = key_result.title
    if is_sum:
        metric.unit_code = unit_of_sum(key_result, parts)
    else:
        metric.unit_code = PERCENT if kind == KeyResultKind.PERCENT else parse_unit(draft.unit).code
    metric.direction = _direction(key_result)
    metric.frequency = Frequency.DAY.value
    metric.aggregation = Aggregation.STOCK.value
    metric.save()
    keep_past(metric, now=now)
    return metric


def _agree(key_result: KeyResult, kpi: Metric) -> None:
    """Refuse a way that leads where the KPI's own direction says bad is."""
    if key_result.start is None or key_result.target is None or kpi.direction == Direction.WITHIN:
        return
    try:
        check_direction(start=key_result.start, target=key_result.target, direction=kpi.direction)
    except DirectionDisagrees as error:
        raise Invalid(str(error), field="target") from None


def _direction(key_result: KeyResult) -> str:
    if key_result.start is not None and key_result.target is not None:
        rises = key_result.target > key_result.start
        return Direction.HIGHER.value if rises else Direction.LOWER.value
    if key_result.low is not None and key_result.high is not None:
        return Direction.WITHIN.value
    return Direction.LOWER.value if key_result.high is not None else Direction.HIGHER.value
