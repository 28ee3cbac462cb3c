"""What a person writes of a goal, and the checks it has to pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from milepost.core.pace import Ambition
from milepost.core.parts import Combine
from milepost.core.path import Curve
from milepost.core.series import Window
from milepost.okr.models import Counts, Objective
from milepost.workspace.actions import chosen_pillar, owning_team, read_visibility
from milepost.workspace.actions.text import clean_name, clean_text
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Membership
from milepost.workspace.permissions import Actor

LONGEST_WHY = 5000


@dataclass(frozen=True, slots=True)
class StepDraft:
    """One step of a milestone, or a task; `id` None makes a new one.

    Only a step has a weight, and only a task is cancelled.
    """

    title: str
    weight: float = 1.0
    due_on: date | None = None
    is_cancelled: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True)
class CheckpointDraft:
    """A phased target: what is planned for a day."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class PartDraft:
    """A key result that another one is made of; its weight counts in a weighted mean alone."""

    key_result_id: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class KeyResultDraft:
    """What a person writes of a key result.

    Args:
        kind: reach (P1: start, target), keep (P2: low or high, tolerance; P3 both, or only the last
            period with `at_close`), levels (P4: start, target, stretch, floor if wanted), milestone
            (P5: steps), tasks (P6: steps), percent (P7), children (P9: parts; start and target of a sum),
            judged (P10) or baseline (P11).
        combine: how one made of others is made of its parts: sum, mean or weighted_mean.
        curve: how the plan spreads over the cycle: linear, front, back, s, or checkpoints (E2).
        priority: 0 to 4, None for none.
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
    at_close: bool = False
    floor: float | None = None
    stretch: float | None = None
    steps: Sequence[StepDraft] = ()
    combine: str = Combine.MEAN.value
    parts: Sequence[PartDraft] = ()
    curve: str = Curve.LINEAR.value
    checkpoints: Sequence[CheckpointDraft] = ()
    priority: int | None = None
    window: str = Window.DEFAULT.value
    weight: float = 1.0
    share: float | None = None
    lead_id: int | None = None
    ambition: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectiveDraft:
    """What a person writes of an objective; with neither owner it is the company's.

    `visibility` is everybody, team or private (M5); `contributor_ids`, `sharing_team_ids` and `tags`
    None leave them as they are.
    `pillar_id` None: it stands on the pillar of the one above it, if any.
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
    pillar_id: int | None = None
    sharing_team_ids: Sequence[int] | None = None
    tags: Sequence[str] | None = None


def fill_objective(objective: Objective, by: Actor, draft: ObjectiveDraft, *, today: date) -> None:
    """Write a checked draft into a row; cycle and parent are the caller's matter.

    Raises:
        Invalid, NotFound.
    """
    objective.title = clean_name(draft.title, field="title", most=200)
    objective.why = clean_text(draft.why, field="why", most=LONGEST_WHY)
    if draft.owner_team_id is not None and draft.owner_person_id is not None:
        raise Invalid("An objective has one owner: the company, a team or a person.", field="owner")
    objective.owner_team_id = owning_team(by, draft.owner_team_id, there=objective.owner_team_id, today=today)
    objective.owner_person_id = person(by, draft.owner_person_id)
    objective.lead_id = person(by, draft.lead_id)
    objective.pillar_id = chosen_pillar(by, draft.pillar_id, there=objective.pillar_id)
    objective.ambition = choose(Ambition, draft.ambition, field="ambition")
    objective.counts = choose(Counts, draft.counts, field="counts")
    objective.visibility = read_visibility(draft.visibility, owner_team_id=draft.owner_team_id)


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


def choose(enum: type[Enum], value: str, *, field: str) -> str:
    """Return the value if the enum has it.

    Raises:
        Invalid: with the values to choose from.
    """
    values = [str(member.value) for member in enum]
    if value not in values:
        raise Invalid(f"Choose one of {', '.join(values)}.", field=field)
    return value
