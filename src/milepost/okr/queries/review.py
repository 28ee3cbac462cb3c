"""The review of a cycle: every goal with what it came to, what is said of it, and what becomes of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from milepost.core.grade import GradeWord, grade_word
from milepost.core.pace import Ambition
from milepost.core.rollup import Child, roll_up
from milepost.okr.models import Counts, Cycle, GoalState, KeyResult, Objective, ObjectiveScore, Outcome
from milepost.okr.outcomes import outcomes_of
from milepost.okr.permissions import can_close_rest, can_grade
from milepost.okr.queries.cycles import CycleRow
from milepost.okr.queries.first_plan import planned_scores
from milepost.okr.queries.graded import graded_scores
from milepost.okr.queries.lines import KeyResultLine, ObjectiveLine, key_result_lines_with, objective_lines
from milepost.workspace.permissions import Actor

PAGE = 20
VIEWS = ("all", "waiting", "changed", "carried")
OPEN = (GoalState.ACTIVE, GoalState.PAUSED)
WAITING = Q(state=GoalState.ACTIVE, objective__state__in=OPEN, review=None)
CHANGED = Q(review__grade__isnull=False) | (
    Q(state=GoalState.CLOSED, grade__isnull=False) & (Q(final_score=None) | ~Q(grade=F("final_score")))
)
CARRIED = Q(review__outcome=Outcome.CARRY) | Q(outcome=Outcome.CARRY)
FILTERS = {"all": Q(), "waiting": WAITING, "changed": CHANGED, "carried": CARRIED}
SAID = (
    "outcome", "is_reviewed", "final_value", "final_score", "review", "review__grade",
    "review__reason", "review__lesson", "review__outcome", "review__keeps_progress", "review__by__user__name",
    "objective__is_reviewed", "objective__counts", "objective__grade_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A key result at its end.

    Scores and grades 0..1, None unknown: `planned` and `amended` (G2), `proposed`, the `own` one where
    somebody gave another one, and the one that stands. `is_graded`: somebody looked at it.
    """

    k: KeyResultLine
    is_open: bool
    is_graded: bool
    is_reviewed: bool
    final: float | None
    planned: float | None
    amended: float | None
    own: float | None
    reason: str
    lesson: str
    outcome: str
    keeps_progress: bool
    outcomes: tuple[str, ...]
    by: str
    can_grade: bool
    is_mine: bool

    @property
    def proposed(self) -> float | None:
        """Return the grade that is proposed: the score at the end (G1)."""
        return self.amended

    @property
    def grade(self) -> float | None:
        """Return the grade that stands, or would stand if it closed now."""
        return self.amended if self.own is None else self.own

    @property
    def word(self) -> GradeWord | None:
        """Return the word of the grade, None without one."""
        return None if self.grade is None else grade_word(self.grade, ambition=Ambition(self.k.ambition))

    @property
    def is_unfinished(self) -> bool:
        """Return whether it still runs and something is left to do, so that it may go on in the next cycle."""
        at_target = self.k.progress is not None and self.k.progress >= 1
        return self.is_open and Outcome.CARRY in self.outcomes and not at_target


@dataclass(frozen=True, slots=True)
class ReviewObjective:
    """An objective at its end, with its key results; scores and grades as in `ReviewRow`."""

    line: ObjectiveLine
    is_open: bool
    is_reviewed: bool
    planned: float | None
    amended: float | None
    grade: float | None
    grade_reason: str
    rows: tuple[ReviewRow, ...]
    can_grade: bool
    carried_to: int | None

    @property
    def word(self) -> GradeWord | None:
        """Return the word of the grade, None without one."""
        return None if self.grade is None else grade_word(self.grade, ambition=Ambition(self.line.ambition))

    @property
    def changed(self) -> tuple[ReviewRow, ...]:
        """Return the key results whose own grade is another one than the proposed one."""
        return tuple(row for row in self.rows if row.own is not None)


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One page of a review; `counts` holds the key results of each filter."""

    view: str
    objectives: tuple[ReviewObjective, ...]
    counts: dict[str, int]
    open_objectives: int
    next_after: int | None
    closes_rest: bool


def review_page(
    actor: Actor, cycle: CycleRow, *, view: str = "all", after: int = 0, only_closed: bool = False
) -> ReviewPage:
    """Return the review of a cycle, as far as the actor sees it: a fixed number of queries.

    Args:
        only_closed: leave out what still runs: nothing is called reached or missed before its end (G1).
        view: all, waiting (for a grade), changed (another grade than the proposed one) or carried (over).
        after: id of the last objective of the page before, 0 for the first page.
    """
    key_results = _key_results(actor, cycle.id)
    states = [GoalState.CLOSED] if only_closed else [*OPEN, GoalState.CLOSED]
    objectives = ObjectiveScore.objects.visible_to(actor).filter(cycle_id=cycle.id, objective__state__in=states)
    if view != "all":
        objectives = objectives.filter(objective_id__in=key_results.filter(FILTERS[view]).values("objective_id"))
    lines = objective_lines(objectives.filter(objective_id__gt=after).order_by("objective_id")[: PAGE + 1])
    shown = lines[:PAGE]
    found = {name: Count("id", filter=where) for name, where in FILTERS.items() if name != "all"}
    counts = key_results.aggregate(
        all=Count("id"), running=Count("objective_id", filter=Q(objective__state__in=OPEN), distinct=True), **found
    )
    running = counts.pop("running")
    return ReviewPage(
        view=view,
        objectives=tuple(_panels(actor, cycle, shown, view=view)),
        counts=counts,
        open_objectives=running,
        next_after=shown[-1].id if len(lines) > PAGE else None,
        closes_rest=can_close_rest.test(actor, Cycle(pk=cycle.id, coach_id=cycle.coach_id)),
    )


def review_rows(actor: Actor, cycle: CycleRow, key_result_ids: Collection[int]) -> tuple[ReviewRow, ...]:
    """Return these key results of a review, as far as the actor sees them."""
    rows = _key_results(actor, cycle.id).filter(pk__in=key_result_ids)
    objectives = ObjectiveScore.objects.visible_to(actor).filter(objective_id__in=rows.values("objective_id"))
    panels = _panels(actor, cycle, objective_lines(objectives.order_by("objective_id")), view="all")
    return tuple(row for panel in panels for row in panel.rows if row.k.id in key_result_ids)


def _key_results(actor: Actor, cycle_id: int) -> QuerySet[KeyResult]:
    rows = KeyResult.objects.visible_to(actor).filter(objective__cycle_id=cycle_id)
    return rows.filter(state__in=[GoalState.ACTIVE, GoalState.CLOSED], objective__state__in=[*OPEN, GoalState.CLOSED])


def _panels(actor: Actor, cycle: CycleRow, lines: Sequence[ObjectiveLine], *, view: str) -> list[ReviewObjective]:
    ids = [line.id for line in lines]
    rows_of: dict[int, list[tuple[KeyResultLine, dict[str, Any]]]] = {}
    for k, said in _said(actor, ids):
        rows_of.setdefault(k.objective_id, []).append((k, said))
    every = [pair for pairs in rows_of.values() for pair in pairs]
    amended: dict[tuple[str, int], float | None] = {("key_result", k.id): _amended(k, said) for k, said in every}
    amended |= {("objective", line.id): line.score for line in lines}
    sums = {k.objective_id for k, said in every if said["objective__counts"] != Counts.KEY_RESULTS}
    made_of: dict[int, list[Child]] = {}
    for k, _ in every:
        made_of.setdefault(k.objective_id, []).append(Child(k.id, None, None, k.weight, k.fixed_share))
    planned = planned_scores(ids, amended, made_of=made_of, sums=sums)
    graded = _graded(every, sums)
    panels = []
    for line in lines:
        objective = _objective(line, cycle)
        pairs = rows_of.get(line.id, [])
        found = [_row(actor, k, said, planned, objective) for k, said in pairs]
        first = pairs[0][1] if pairs else None
        is_open = line.state in OPEN
        panels.append(
            ReviewObjective(
                line=line,
                is_open=is_open,
                is_reviewed=first is None or first["objective__is_reviewed"],
                planned=planned[("objective", line.id)],
                amended=line.score,
                grade=graded.get(line.id, line.score) if is_open else line.grade,
                grade_reason=first["objective__grade_reason"] if first else "",
                rows=tuple(row for row in found if _fits(row, view)),
                can_grade=is_open and can_grade.test(actor, objective),
                carried_to=first["went_on"] if first else None,
            )
        )
    return panels


def _said(actor: Actor, objective_ids: Collection[int]) -> list[tuple[KeyResultLine, dict[str, Any]]]:
    """Return the key results with what is said of each, and what only its row knows of its objective; one query."""
    went_on = Objective.objects.visible_to(actor).filter(carried_from=OuterRef("objective_id")).order_by("-id")
    rows = KeyResult.objects.filter(
        objective_id__in=objective_ids, state__in=[GoalState.ACTIVE, GoalState.CLOSED]
    ).annotate(went_on=Subquery(went_on.values("id")[:1]))
    return key_result_lines_with(rows, *SAID, "went_on")


def _graded(every: Sequence[tuple[KeyResultLine, dict[str, Any]]], sums: Collection[int]) -> dict[int, float | None]:
    """Return what running objectives come to with the grades that were given; asks only about those with children.

    Source: rules G1, R1, R2, R4.
    """
    own = {k.id: grade for k, said in every if k.state != GoalState.CLOSED and (grade := _own(k, said)) is not None}
    wanted = {k.objective_id for k, _ in every if k.id in own}
    children: dict[int, list[Child]] = {pk: [] for pk in wanted - set(sums)}
    for k, _ in every:
        if k.objective_id in children:
            child = Child(key=k.id, score=own.get(k.id, k.score), expected=None, weight=k.weight, share=k.fixed_share)
            children[k.objective_id].append(child)
    made_of_more = wanted & set(sums)
    found = graded_scores(sorted(made_of_more), own) if made_of_more else {}
    return found | {pk: roll_up(of_one).score for pk, of_one in children.items()}


def _amended(k: KeyResultLine, said: dict[str, Any]) -> float | None:
    return said["final_score"] if k.state == GoalState.CLOSED else k.score


def _own(k: KeyResultLine, said: dict[str, Any]) -> float | None:
    """Return the grade somebody gave, None where the proposed one was accepted."""
    if k.state != GoalState.CLOSED:
        grade: float | None = said["review__grade"]
        return grade
    return None if k.grade == said["final_score"] else k.grade


def _row(
    actor: Actor,
    k: KeyResultLine,
    said: dict[str, Any],
    planned: dict[tuple[str, int], float | None],
    objective: Objective,
) -> ReviewRow:
    is_closed = k.state == GoalState.CLOSED
    is_open = not is_closed and objective.state in OPEN
    return ReviewRow(
        k=k,
        is_open=is_open,
        is_graded=is_closed or said["review"] is not None,
        is_reviewed=said["is_reviewed"],
        final=said["final_value"] if is_closed else k.value,
        planned=planned[("key_result", k.id)],
        amended=_amended(k, said),
        own=_own(k, said),
        reason=k.grade_reason if is_closed else said["review__reason"] or "",
        lesson=k.lesson if is_closed or said["review"] is None else said["review__lesson"],
        outcome=said["outcome"] if is_closed else said["review__outcome"] or "",
        keeps_progress=bool(said["review__keeps_progress"]),
        outcomes=outcomes_of(k.kind, is_kpi=said["metric__is_kpi"]),
        by=said["review__by__user__name"] or "",
        can_grade=is_open and can_grade.test(actor, KeyResult(lead_id=k.lead_id, objective=objective)),
        is_mine=k.lead_id == actor.membership_id,
    )


def _fits(row: ReviewRow, view: str) -> bool:
    match view:
        case "waiting":
            return row.is_open and not row.is_graded
        case "changed":
            return row.own is not None
        case "carried":
            return row.outcome == Outcome.CARRY
    return True


def _objective(line: ObjectiveLine, cycle: CycleRow) -> Objective:
    """Return what permissions ask of an objective."""
    return Objective(
        pk=line.id,
        lead_id=line.lead_id,
        owner_team_id=line.owner_id if line.owner_kind == "team" else None,
        owner_person_id=line.owner_id if line.owner_kind == "person" else None,
        state=line.state,
        cycle=Cycle(pk=cycle.id, coach_id=cycle.coach_id),
    )
