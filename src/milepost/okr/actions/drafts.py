"""What a person writes of a goal, and the checks it has to pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.calendar import Frequency
from milepost.core.numbers import finite
from milepost.core.pace import Ambition
from milepost.core.progress import NoDistance
from milepost.core.rollup import Child, SharesAboveOne, shares
from milepost.core.series import Aggregation, Window
from milepost.core.target import Direction
from milepost.core.units import parse_unit
from milepost.metrics.models import Metric
from milepost.metrics.queries.access import get_kpi
from milepost.okr.models import Counts, KeyResult, KeyResultKind, Objective, Step
from milepost.workspace.actions import read_visibility
from milepost.workspace.actions.text import clean_name, clean_text
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Membership, Team
from milepost.workspace.permissions import Actor

LONGEST_WHY = 5000
MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class StepDraft:
    """One step of a milestone; `id` None makes a new one."""

    title: str
    weight: float = 1.0
    due_on: date | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class KeyResultDraft:
    """What a person writes of a key result.

    Args:
        kind: reach (P1: start, target), keep (P2: low or high, tolerance) or milestone (P5: steps).
        kpi: slug of the KPI it reads (P8), None for a value by hand.
        share: fixed share 0..1 of the objective, None to split by `weight` (R2).
        lead_id, ambition: None takes the objective's.
    """

    title: str
    kind: str = "reach"
    kpi: str | None = None
    unit: str = ""
    start: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    tolerance: float = 0.0
    steps: Sequence[StepDraft] = ()
    window: str = Window.DEFAULT.value
    weight: float = 1.0
    share: float | None = None
    lead_id: int | None = None
    ambition: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectiveDraft:
    """What a person writes of an objective; with neither owner it is the company's.

    `visibility` is everybody, team or private (M5); `contributor_ids` None leaves them as they are.
    """

    title: str
    cycle_id: int
    lead_id: int | None
    why: str = ""
    owner_team_id: int | None = None
    owner_person_id: int | None = None
    parent_id: int | None = None
    ambition: str = Ambition.COMMITTED.value
    counts: str = Counts.KEY_RESULTS.value
    visibility: str = "everybody"
    contributor_ids: Sequence[int] | None = None


def fill_objective(objective: Objective, by: Actor, draft: ObjectiveDraft) -> None:
    """Write a checked draft into a row; cycle and parent are the caller's matter.

    Raises:
        Invalid, NotFound.
    """
    objective.title = clean_name(draft.title, field="title", most=200)
    objective.why = clean_text(draft.why, field="why", most=LONGEST_WHY)
    if draft.owner_team_id is not None and draft.owner_person_id is not None:
        raise Invalid("An objective has one owner: the company, a team or a person.", field="owner")
    if (
        draft.owner_team_id is not None
        and not Team.objects.filter(pk=draft.owner_team_id, workspace_id=by.workspace_id).exists()
    ):
        raise NotFound
    objective.owner_team_id = draft.owner_team_id
    objective.owner_person_id = person(by, draft.owner_person_id)
    objective.lead_id = person(by, draft.lead_id)
    objective.ambition = choose(Ambition, draft.ambition, field="ambition")
    objective.counts = choose(Counts, draft.counts, field="counts")
    objective.visibility = read_visibility(draft.visibility, owner_team_id=draft.owner_team_id)


def fill_key_result(
    key_result: KeyResult, by: Actor, draft: KeyResultDraft, *, objective: Objective, now: datetime
) -> None:
    """Write a checked draft into a row, with the metric it reads; steps are the caller's matter.

    Raises:
        Invalid: a number is missing, start equals target, a share does not fit; both numbers are named.
        NotFound: the KPI or the lead is not there.
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
    key_result.ambition = choose(Ambition, draft.ambition or objective.ambition, field="ambition")
    lead = person(by, draft.lead_id) or objective.lead_id
    if lead is None:
        raise Invalid("Choose a lead: the one person who answers for it and checks in.", field="lead")
    key_result.lead_id = lead
    key_result.start = key_result.target = key_result.low = key_result.high = None
    key_result.tolerance = 0.0
    if key_result.kind == KeyResultKind.MILESTONE:
        if draft.kpi:
            raise Invalid("A milestone has steps; it reads no KPI.", field="kpi")
        key_result.metric = None
        return
    if key_result.kind == KeyResultKind.REACH:
        _fill_reach(key_result, draft)
    else:
        _fill_keep(key_result, draft)
    key_result.metric = _metric(key_result, by, draft, now=now)


def save_steps(key_result: KeyResult, drafts: Sequence[StepDraft]) -> None:
    """Make the steps of a milestone those of the drafts, in their order; what is done stays done.

    Raises:
        Invalid: no step, too many, or a weight that is not above 0.
        NotFound: a step of another key result.
    """
    if not drafts:
        raise Invalid("A milestone has at least one step.", field="steps")
    if len(drafts) > MOST_STEPS:
        raise Invalid(f"These are {len(drafts)} steps. Keep it to {MOST_STEPS}.", field="steps")
    old = {step.pk: step for step in Step.objects.filter(key_result=key_result)}
    for position, draft in enumerate(drafts):
        if draft.id is not None and draft.id not in old:
            raise NotFound
        step = old.pop(draft.id) if draft.id is not None else Step(key_result=key_result)
        step.title = clean_name(draft.title, field="steps", most=200)
        step.weight = finite(draft.weight, name="weight")
        if step.weight <= 0:
            raise Invalid(f"The weight of “{step.title}” must be above 0.", field="steps")
        step.due_on, step.position = draft.due_on, position
        step.save()
    Step.objects.filter(pk__in=old).delete()


def check_shares(objective: Objective) -> None:
    """Refuse fixed shares above 100 % together (R2).

    Raises:
        Invalid: with the sum named.
    """
    rows = KeyResult.objects.filter(objective=objective).exclude(state="cancelled")
    children = [
        Child(key=pk, score=None, expected=None, weight=weight, share=share)
        for pk, weight, share in rows.values_list("id", "weight", "share")
    ]
    try:
        shares(children)
    except SharesAboveOne as error:
        raise Invalid(str(error), field="share") from None


def person(by: Actor, membership_id: int | None) -> int | None:
    """Return the id if it is of somebody in the workspace.

    Raises:
        NotFound: it is not.
    """
    if membership_id is None:
        return None
    if not Membership.objects.filter(pk=membership_id, workspace_id=by.workspace_id, removed_at=None).exists():
        raise NotFound
    return membership_id


def choose(enum: type[Ambition] | type[Counts] | type[KeyResultKind] | type[Window], value: str, *, field: str) -> str:
    """Return the value if the enum has it.

    Raises:
        Invalid: with the values to choose from.
    """
    values = [str(member.value) for member in enum]
    if value not in values:
        raise Invalid(f"Choose one of {', '.join(values)}.", field=field)
    return value


def _fill_reach(key_result: KeyResult, draft: KeyResultDraft) -> None:
    if draft.start is None:
        raise Invalid("Write the value at the start.", field="start")
    if draft.target is None:
        raise Invalid("Write the value to reach.", field="target")
    key_result.start = finite(draft.start, name="start")
    key_result.target = finite(draft.target, name="target")
    if key_result.start == key_result.target:
        raise Invalid(str(NoDistance(key_result.start)), field="target")


def _fill_keep(key_result: KeyResult, draft: KeyResultDraft) -> None:
    low = None if draft.low is None else finite(draft.low, name="low")
    high = None if draft.high is None else finite(draft.high, name="high")
    if low is None and high is None:
        raise Invalid("Write the level to keep: at least, at most, or both.", field="low")
    if low is not None and high is not None and low >= high:
        raise Invalid(f"At least {low:g} and at most {high:g} leave nothing between. Change one.", field="high")
    tolerance = finite(draft.tolerance, name="tolerance")
    if tolerance < 0:
        raise Invalid("A tolerance is 0 or more.", field="tolerance")
    key_result.low, key_result.high, key_result.tolerance = low, high, tolerance


def _metric(key_result: KeyResult, by: Actor, draft: KeyResultDraft, *, now: datetime) -> Metric:
    if draft.kpi:
        return get_kpi(by, draft.kpi)
    metric = key_result.metric
    if metric is None or metric.is_kpi:
        metric = Metric(workspace_id=by.workspace_id, is_kpi=False, created_at=now)
    metric.name = key_result.title
    metric.unit_code = parse_unit(draft.unit).code
    metric.direction = _direction(key_result)
    metric.frequency = Frequency.DAY.value
    metric.aggregation = Aggregation.STOCK.value
    metric.save()
    return metric


def _direction(key_result: KeyResult) -> str:
    if key_result.start is not None and key_result.target is not None:
        rises = key_result.target > key_result.start
        return Direction.HIGHER.value if rises else Direction.LOWER.value
    if key_result.low is not None and key_result.high is not None:
        return Direction.WITHIN.value
    return Direction.HIGHER.value if key_result.low is not None else Direction.LOWER.value
