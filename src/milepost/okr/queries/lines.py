"""Objectives and key results as the lines that lists and trees are made of."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from milepost.core.rollup import Child, shares
from milepost.okr.models import WITH_METRIC, WITH_STEPS, Alignment, KeyResult, Objective, ObjectiveScore, Step
from milepost.prepared import prepared
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of a milestone, or a task; `done` 0..1."""

    id: int
    title: str
    weight: float
    done: float
    due_on: date | None
    is_cancelled: bool = False
    initiative_id: int | None = None  # the work it stands for, which alone moves it then


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """A score 0..1 that somebody set in the place of the computed one; until the next value, or kept."""

    score: float
    why: str
    by: str
    at: datetime
    is_kept: bool


@dataclass(frozen=True, slots=True)
class KeyResultLine:
    """One key result of a list: its plan, where it stands, who leads it.

    Numbers in the metric's unit; `progress`, `score`, `expected` and `share` 0..1 (progress
    unbounded), None unknown. `word` is the one to show, `plan_word` the computed one. `computed` is
    the score without the `override`, which `is_overridden` says stands. `share` is what it counts
    with, None where it is left out; `fixed_share` what was agreed.
    """

    id: int
    objective_id: int
    objective_title: str
    title: str
    kind: str
    state: str
    start: float | None
    target: float | None
    low: float | None
    high: float | None
    tolerance: float
    unit_code: str
    kpi_id: int | None
    kpi_slug: str | None
    kpi_name: str | None
    frequency: str
    lead_id: int
    lead_name: str
    ambition: str
    share: float | None
    is_share_fixed: bool
    weight: float
    window: str
    value: float | None
    value_on: date | None
    progress: float | None
    score: float | None
    expected: float | None
    word: str
    plan_word: str
    own_until: date | None
    is_missing: bool
    confidence: int | None
    confidence_before: int | None
    checked_in_on: date | None
    next_check_in_on: date | None
    grade: float | None
    grade_reason: str
    lesson: str
    steps: tuple[StepLine, ...] = ()
    at_close: bool = False
    floor: float | None = None
    stretch: float | None = None
    curve: str = "linear"
    priority: int | None = None
    computed: float | None = None
    is_overridden: bool = False
    override: OverrideLine | None = None
    combine: str = ""
    fixed_share: float | None = None
    is_revised: bool = False  # of a day of the past: for that day another value is known by now
    revised_to: float | None = None
    away_due_on: date | None = None
    stale_on: date | None = None  # the first day on which its last check-in is old (R7)
    lead_away: tuple[tuple[date, date], ...] = ()  # both ends included

    @property
    def is_typed(self) -> bool:
        """Return whether its value is typed at the check-in."""
        return self.kind in WITH_METRIC and self.kpi_slug is None

    @property
    def has_steps(self) -> bool:
        """Return whether steps or tasks are ticked off at the check-in."""
        return self.kind in WITH_STEPS

    @property
    def counted(self) -> float | None:
        """Return how far it counts as come: the override where one stands, else its progress."""
        return self.score if self.is_overridden else self.progress

    def away_until(self, today: date) -> date | None:
        """Return the last day of its lead's absence, None while they are here."""
        return next((last for first, last in self.lead_away if first <= today <= last), None)

    @property
    def has_own_word(self) -> bool:
        """Return whether the lead's word stands instead of the plan's (rule S5)."""
        return self.word != self.plan_word


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    """One objective of a list; `share` is its share of the parent it hangs below, None at the top."""

    id: int
    title: str
    cycle_id: int
    state: str
    owner_kind: str
    owner_id: int | None
    owner_name: str
    lead_id: int | None
    lead_name: str
    ambition: str
    score: float | None
    expected: float | None
    word: str
    reported: int
    children: int
    missing: int
    key_results: int
    child_objectives: int
    confidence: int | None
    checked_in_on: date | None
    next_check_in_on: date | None
    grade: float | None
    visibility: int = 0
    pillar_id: int | None = None  # its own
    pillar_name: str | None = None
    share: float | None = None


OBJECTIVE_VALUES = (
    "objective_id",
    "objective__title",
    "cycle_id",
    "objective__state",
    "objective__owner_team_id",
    "objective__owner_team__name",
    "objective__owner_person_id",
    "objective__owner_person__user__name",
    "objective__lead_id",
    "objective__lead__user__name",
    "objective__ambition",
    "score",
    "expected",
    "word",
    "reported",
    "children",
    "missing",
    "key_results",
    "child_objectives",
    "confidence",
    "checked_in_on",
    "next_check_in_on",
    "objective__grade",
    "objective__visibility",
    "objective__pillar_id",
    "objective__pillar__name",
)
KEY_RESULT_VALUES = (
    "id",
    "objective_id",
    "objective__title",
    "title",
    "kind",
    "state",
    "start",
    "target",
    "low",
    "high",
    "tolerance",
    "metric_id",
    "metric__unit_code",
    "metric__is_kpi",
    "metric__slug",
    "metric__name",
    "metric__frequency",
    "lead_id",
    "lead__user__name",
    "ambition",
    "weight",
    "share",
    "score__value",
    "score__value_on",
    "score__progress",
    "score__score",
    "score__expected",
    "score__shown_word",
    "score__word",
    "score__own_until",
    "score__is_missing",
    "score__confidence",
    "score__confidence_before",
    "score__checked_in_on",
    "score__next_check_in_on",
    "window",
    "grade",
    "grade_reason",
    "lesson",
    "at_close",
    "floor",
    "stretch",
    "curve",
    "priority",
    "score__computed",
    "score__is_overridden",
    "override_score",
    "override_why",
    "override_by__user__name",
    "override_at",
    "override_kept",
    "combine",
    "score__away_due_on",
    "score__stale_on",
    "lead__away",
)


def objective_lines(rows: QuerySet[ObjectiveScore]) -> list[ObjectiveLine]:
    """Return the lines of these score rows, in their order; one query."""
    return [objective_line(values) for values in rows.values_list(*OBJECTIVE_VALUES)]


def key_result_lines(rows: QuerySet[KeyResult], *, with_steps: bool = False) -> list[KeyResultLine]:
    """Return the lines of these key results in the order of their objectives; one query, two with steps.

    The shares are those of the objective (R2), so all key results of an objective must be in the rows.
    """
    return _lines(list(rows.order_by("objective_id", "position", "id").values(*KEY_RESULT_VALUES)), with_steps)


def key_result_lines_with(rows: QuerySet[KeyResult], *more: str) -> list[tuple[KeyResultLine, dict[str, Any]]]:
    """Return the lines of these key results, each with more columns of its row; one query, without steps."""
    values = list(rows.order_by("objective_id", "position", "id").values(*KEY_RESULT_VALUES, *more))
    return list(zip(_lines(values, with_steps=False), values, strict=True))


def key_results_of(objective_ids: Collection[int]) -> list[KeyResultLine]:
    """Return every key result of these objectives with its steps, in their order; two queries at most."""
    return _lines(_key_results(objective_ids), with_steps=True)


def key_result_line(actor: Actor, key_result_id: int) -> KeyResultLine:
    """Return one key result with its steps; two queries at most. Its share is not looked up.

    Raises:
        NotFound: it is not the actor's to see, or it was cancelled.
    """
    values = [v for v in _key_result(key_result_id, *actor.sight) if v["state"] != "cancelled"]
    if not values:
        raise NotFound
    return replace(_lines(values, with_steps=True)[0], share=None)


@prepared
def _key_results(objective_ids: Collection[int]) -> QuerySet[KeyResult, dict[str, Any]]:
    rows = KeyResult.objects.filter(objective_id__in=objective_ids).order_by("objective_id", "position", "id")
    found: QuerySet[KeyResult, dict[str, Any]] = rows.values(*KEY_RESULT_VALUES)
    return found


@prepared
def _key_result(key_result_id: int, *sight: Any) -> QuerySet[KeyResult, dict[str, Any]]:
    rows = KeyResult.objects.seen(*sight).filter(pk=key_result_id)
    found: QuerySet[KeyResult, dict[str, Any]] = rows.values(*KEY_RESULT_VALUES)
    return found


@prepared
def _steps(key_result_ids: Collection[int]) -> QuerySet[Step, tuple[Any, ...]]:
    rows = Step.objects.filter(key_result_id__in=key_result_ids).order_by("position", "id")
    return rows.values_list(
        "key_result_id", "id", "title", "weight", "done", "due_on", "is_cancelled", "initiative__id"
    )


def _lines(values: list[dict[str, Any]], with_steps: bool) -> list[KeyResultLine]:
    steps: dict[int, list[StepLine]] = {}
    for key_result_id, *rest in _steps([v["id"] for v in values if with_steps and v["kind"] in WITH_STEPS]):
        steps.setdefault(key_result_id, []).append(StepLine(*rest))
    return lines_of(values, {pk: tuple(rows) for pk, rows in steps.items()})


def lines_of(values: Sequence[Mapping[str, Any]], steps: Mapping[int, tuple[StepLine, ...]]) -> list[KeyResultLine]:
    """Return the lines of key results from the columns of `KEY_RESULT_VALUES`; all of an objective must be there."""
    share_of = _shares_by_objective(values)
    return [_key_result_line(v, share_of.get(v["id"]), steps.get(v["id"], ())) for v in values]


def children_of(actor: Actor, parent_ids: Collection[int]) -> dict[int, list[ObjectiveLine]]:
    """Return the child objectives of each parent that the actor may see, by title; one query."""
    found: dict[int, list[ObjectiveLine]] = {}
    for parent, *values in _children(parent_ids, *actor.sight):
        found.setdefault(parent, []).append(objective_line(values))
    return found


@prepared
def _children(parent_ids: Collection[int], *sight: Any) -> QuerySet[Alignment, tuple[Any, ...]]:
    rows = Alignment.objects.filter(parent_id__in=parent_ids, until=None).exclude(child__state="cancelled")
    rows = rows.filter(Objective.seen_by(*sight[1:], prefix="child__"), workspace_id=sight[0])
    return rows.order_by("child__title", "child_id").values_list(
        "parent_id", *(f"child__score__{name}" for name in OBJECTIVE_VALUES)
    )


def with_narrow_children(actor: Actor, lines: Sequence[ObjectiveLine]) -> list[ObjectiveLine]:
    """Count the children that only some see, for an actor who sees them; one query where walls stand.

    The stored count is what everybody who sees the parent may know (R6).
    """
    if not actor.has_walls or not lines:
        return list(lines)
    more = Counter(parent for (parent,) in _narrow_children([line.id for line in lines], *actor.sight))
    return [replace(o, child_objectives=max(o.child_objectives, more[o.id])) if more[o.id] else o for o in lines]


@prepared
def _narrow_children(parent_ids: Collection[int], *sight: Any) -> QuerySet[Alignment, tuple[int]]:
    """The parent of each child that the reader sees, where one of the children is not for everybody."""
    narrow = Alignment.objects.filter(until=None, child__visibility__gt=0).values("parent_id")
    rows = Alignment.objects.filter(parent_id__in=parent_ids, until=None).exclude(child__state="cancelled")
    rows = rows.filter(Objective.seen_by(*sight[1:], prefix="child__"), workspace_id=sight[0], parent_id__in=narrow)
    return rows.values_list("parent_id")


def _shares_by_objective(values: Iterable[Mapping[str, Any]]) -> dict[int, float]:
    by_objective: dict[int, list[Child]] = {}
    for v in values:
        if v["state"] == "cancelled" or v["kind"] == "baseline":  # left out until it has a target (R4)
            continue
        by_objective.setdefault(v["objective_id"], []).append(
            Child(key=v["id"], score=None, expected=None, weight=v["weight"], share=v["share"])
        )
    found: dict[int, float] = {}
    for children in by_objective.values():
        found.update({key: float(share) for key, share in shares(children).items()})  # type: ignore[misc]
    return found


def _key_result_line(v: Mapping[str, Any], share: float | None, steps: tuple[StepLine, ...]) -> KeyResultLine:
    is_kpi = bool(v["metric__is_kpi"])
    override = None
    if v["override_at"] is not None:
        by = v["override_by__user__name"] or ""
        override = OverrideLine(v["override_score"], v["override_why"], by, v["override_at"], v["override_kept"])
    return KeyResultLine(
        id=v["id"],
        objective_id=v["objective_id"],
        objective_title=v["objective__title"],
        title=v["title"],
        kind=v["kind"],
        state=v["state"],
        start=v["start"],
        target=v["target"],
        low=v["low"],
        high=v["high"],
        tolerance=v["tolerance"],
        unit_code=v["metric__unit_code"] or "",
        kpi_id=v["metric_id"] if is_kpi else None,
        kpi_slug=v["metric__slug"] if is_kpi else None,
        kpi_name=v["metric__name"] if is_kpi else None,
        frequency=v["metric__frequency"] or "day",
        lead_id=v["lead_id"],
        lead_name=v["lead__user__name"],
        ambition=v["ambition"],
        share=share,
        is_share_fixed=v["share"] is not None,
        weight=v["weight"],
        window=v["window"],
        value=v["score__value"],
        value_on=v["score__value_on"],
        progress=v["score__progress"],
        score=v["score__score"],
        expected=v["score__expected"],
        word=v["score__shown_word"] or "no_value",
        plan_word=v["score__word"] or "no_value",
        own_until=v["score__own_until"],
        is_missing=bool(v["score__is_missing"]),
        confidence=v["score__confidence"],
        confidence_before=v["score__confidence_before"],
        checked_in_on=v["score__checked_in_on"],
        next_check_in_on=v["score__next_check_in_on"],
        grade=v["grade"],
        grade_reason=v["grade_reason"],
        lesson=v["lesson"],
        steps=steps,
        at_close=v["at_close"],
        floor=v["floor"],
        stretch=v["stretch"],
        curve=v["curve"],
        priority=v["priority"],
        computed=v["score__computed"],
        is_overridden=bool(v["score__is_overridden"]),
        override=override,
        combine=v["combine"],
        fixed_share=v["share"],
        away_due_on=v["score__away_due_on"],
        stale_on=v["score__stale_on"],
        lead_away=tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in v["lead__away"] or ()),
    )


def objective_line(values: Sequence[Any]) -> ObjectiveLine:
    """Return the line of one objective from `OBJECTIVE_VALUES`."""
    (pk, title, cycle_id, state, team_id, team, person_id, person, lead_id, lead, *rest) = values
    if team_id is not None:
        owner = ("team", team_id, team)
    elif person_id is not None:
        owner = ("person", person_id, person)
    else:
        owner = ("company", None, "Company")
    return ObjectiveLine(pk, title, cycle_id, state, *owner, lead_id, lead or "", *rest)
