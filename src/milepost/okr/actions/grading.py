"""What is said of a key result at its end: a grade, a lesson, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from milepost.metrics.permissions import can_create_kpi, can_edit_kpi
from milepost.okr.actions.moment import lock_moment
from milepost.okr.errors import WrongState
from milepost.okr.models import GoalState, KeyResult, Outcome, Review
from milepost.okr.outcomes import outcomes_of
from milepost.okr.permissions import can_grade
from milepost.okr.queries.access import get_key_results
from milepost.workspace.actions import record_event
from milepost.workspace.actions.text import clean_text
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.permissions import Actor, require

MOST_AT_ONCE = 200
FIELDS = ("grade", "lesson", "outcome", "keeps_progress")


@dataclass(frozen=True, slots=True)
class GradeDraft:
    """A grade a person gives: 0..1, None to take the proposed one; another one needs its reason (G1).

    `outcome` says what becomes of a key result: keep, drop, carry, kpi, raise, or "" where nobody said (G3);
    with `keeps_progress` one that is carried over keeps its start and its progress (G4).
    """

    grade: float | None = None
    reason: str = ""
    lesson: str = ""
    outcome: str = ""
    keeps_progress: bool = False


@transaction.atomic
def save_grades(*, by: Actor, drafts: Mapping[int, GradeDraft], now: datetime) -> int:
    """Write down what is said of key results that still run, and return of how many something changed.

    They count as graded from now on, and their objective closes with this; until then everybody who may
    can say something else.

    Args:
        drafts: by key result id.

    Raises:
        NotAllowed, NotFound, WrongState, Invalid.

    Source: rules G1, G3.
    """
    if len(drafts) > MOST_AT_ONCE:
        raise Invalid(f"These are {len(drafts)} key results. Send {MOST_AT_ONCE} at once.", field="key_results")
    lock_moment(by, now=now)
    rows = get_key_results(by, list(drafts))
    if rows.keys() != drafts.keys():
        raise NotFound
    there = {one.key_result_id: one for one in Review.objects.filter(key_result__in=rows)}
    changed = 0
    for pk, draft in drafts.items():
        row = rows[pk]
        require(can_grade, by, row, to=f"grade “{row.title}”")
        if row.state != GoalState.ACTIVE or row.objective.state not in {GoalState.ACTIVE, GoalState.PAUSED}:
            state = row if row.state != GoalState.ACTIVE else row.objective
            raise WrongState(f"“{row.title}” is {state.get_state_display().lower()}, so it is not graded here.")
        said = checked(row, draft, by=by)
        old = there.get(pk)
        before = {name: getattr(old, name) for name in FIELDS} if old else {}
        changes = {
            name: (before.get(name), getattr(said, name))
            for name in FIELDS
            if before.get(name) != getattr(said, name) and (old or getattr(said, name) not in (None, "", False))
        }
        if old is not None and not changes and old.reason == said.reason:
            continue
        Review.objects.update_or_create(
            key_result=row,
            defaults={
                "workspace_id": row.workspace_id, "grade": said.grade, "reason": said.reason, "lesson": said.lesson,
                "outcome": said.outcome, "keeps_progress": said.keeps_progress, "by_id": by.membership_id, "at": now,
            },
        )  # fmt: skip
        record_event(
            by=by,
            verb="graded",
            kind="key_result",
            object_id=pk,
            now=now,
            changes=changes,
            reason=said.reason,
            about={"title": row.title, "objective": row.objective_id, "proposed": _proposed(row)},
        )
        changed += 1
    return changed


def checked(row: KeyResult, draft: GradeDraft, *, by: Actor) -> GradeDraft:
    """Return a draft with its words cleaned; its grade is None where the proposed one is meant.

    Raises:
        Invalid: it needs a reason, or this key result cannot become what is wanted.
        NotAllowed: the KPI is not the actor's to change.
    """
    grade, reason = own_grade(draft, proposed=_proposed(row), title=row.title)
    outcome = draft.outcome
    possible = outcomes_of(row.kind, is_kpi=row.metric.is_kpi if row.metric else None)
    if outcome and outcome not in possible:
        fits = ", ".join(Outcome(word).label for word in possible)
        raise Invalid(f"“{row.title}” cannot become that. What fits it: {fits}.", field="outcome")
    if outcome == Outcome.RAISE:
        require(can_edit_kpi, by, row.metric, to=f"change the target that “{row.title}” reads")
    if outcome == Outcome.KPI:
        require(can_create_kpi, by, to="add a KPI")
    return GradeDraft(
        grade,
        reason,
        one_line(draft.lesson, field="lesson"),
        outcome,
        draft.keeps_progress and outcome == Outcome.CARRY,
    )


def said_of(
    rows: Sequence[KeyResult], given: Mapping[int, GradeDraft], *, is_reviewed: bool
) -> dict[int, tuple[GradeDraft, bool]]:
    """Return for each key result what it closes with, and whether somebody reviewed it.

    What is given now comes first, then what was saved, then the proposal.

    Args:
        is_reviewed: whether one of which nobody said anything counts as reviewed.
    """
    saved = {one.key_result_id: one for one in Review.objects.filter(key_result__in=rows)}
    found: dict[int, tuple[GradeDraft, bool]] = {}
    for row in rows:
        one = saved.get(row.pk)
        if row.pk in given:
            found[row.pk] = given[row.pk], True
        elif one is not None:
            found[row.pk] = GradeDraft(one.grade, one.reason, one.lesson, one.outcome, one.keeps_progress), True
        else:
            found[row.pk] = GradeDraft(), is_reviewed
    return found


def with_outcome(row: KeyResult, outcome: str, *, keeps_progress: bool) -> GradeDraft:
    """Return what was saved of a key result, with another word for what becomes of it."""
    said = said_of([row], {}, is_reviewed=True)[row.pk][0]
    return replace(said, outcome=outcome, keeps_progress=keeps_progress)


def own_grade(given: GradeDraft, *, proposed: float | None, title: str) -> tuple[float | None, str]:
    """Return the grade a person gives and why; None where they take the proposed one.

    Raises:
        Invalid: it lies outside 0..1, or is another one without a reason; both are named.

    Source: rule G1.
    """
    reason = one_line(given.reason, field="reason")
    if given.grade is None:
        return None, reason
    if not 0 <= given.grade <= 1:
        raise Invalid(f"The grade of “{title}” lies between 0.0 and 1.0.", field="grade")
    if proposed is not None and round(given.grade, 2) == round(proposed, 2):
        return None, reason
    if not reason:
        stands = "has no score, so no grade is proposed" if proposed is None else f"is proposed {proposed:.2f}"
        raise Invalid(f"“{title}” {stands}. Say in one line why it becomes {given.grade:.2f}.", field="reason")
    return given.grade, reason


def one_line(text: str, *, field: str) -> str:
    """Return a text as one line of at most 1,000 characters.

    Raises:
        Invalid: it is longer.
    """
    return clean_text(" ".join(text.split()), field=field, most=1000)


def _proposed(row: KeyResult) -> float | None:
    return row.score.score if hasattr(row, "score") else None
