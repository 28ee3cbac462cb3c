"""From facts to the numbers and words of a score row: pure, no database.

The refresh action loads the facts, calls these functions and writes what they return, so that a
check-in, the nightly job, a rebuild and the doctor agree by construction.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from milepost.core.calendar import Frequency, is_closed, last_day, next_start
from milepost.core.pace import (
    Ambition,
    elapsed,
    expected_linear,
    expected_maintain,
    expected_milestone,
)
from milepost.core.progress import Step, clip01, maintain_score, milestone_progress, progress
from milepost.core.rhythm import Rhythm, due_after_check_in, first_due
from milepost.core.rollup import Child, roll_up
from milepost.core.series import Aggregation, Point, Window, aggregate, closed_points, window_points
from milepost.core.status import GoalWord, goal_word


@dataclass(frozen=True, slots=True)
class Final:
    """What a close froze (rules P8, R8)."""

    value: float | None
    progress: float | None
    score: float | None
    expected: float | None


@dataclass(frozen=True, slots=True)
class CheckInFact:
    """The part of a check-in that a score row shows."""

    valid_on: date
    confidence: int
    own_word: str


@dataclass(frozen=True, slots=True)
class KeyResultFacts:
    """Everything a key result's score row is made of; values in the metric's unit, days inclusive."""

    kind: str
    first: date
    last: date
    is_live: bool
    ambition: Ambition
    active_since: date
    start: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    tolerance: float = 0.0
    is_kpi: bool = False
    frequency: Frequency = Frequency.DAY
    aggregation: Aggregation = Aggregation.STOCK
    unit_code: str = ""
    window: Window = Window.DEFAULT
    points: tuple[Point, ...] = ()
    steps: tuple[Step, ...] = ()
    check_ins: tuple[CheckInFact, ...] = ()  # the newest first; two are enough
    final: Final | None = None


@dataclass(frozen=True, slots=True)
class KeyResultRow:
    """The numbers and words of a key result on one day; names as in `KeyResultScore`."""

    value: float | None
    value_on: date | None
    progress: float | None
    score: float | None
    expected: float | None
    word: str
    own_word: str
    own_until: date | None
    shown_word: str
    is_missing: bool
    confidence: int | None
    confidence_before: int | None
    checked_in_on: date | None
    next_check_in_on: date | None
    next_change_on: date | None


def score_key_result(facts: KeyResultFacts, *, rhythm: Rhythm, today: date) -> KeyResultRow:
    """Return the score row of a key result on `today`.

    Source: rules P1, P2, P5, P8, E1, E3, S1, S5, R4, C4.
    """
    latest = facts.check_ins[0] if facts.check_ins else None
    earlier = facts.check_ins[1] if len(facts.check_ins) > 1 else None
    if facts.final is not None:
        final = facts.final
        return KeyResultRow(
            value=final.value,
            value_on=None,
            progress=final.progress,
            score=final.score,
            expected=final.expected,
            word=GoalWord.DONE.value,
            own_word="",
            own_until=None,
            shown_word=GoalWord.DONE.value,
            is_missing=False,
            confidence=latest.confidence if latest else None,
            confidence_before=earlier.confidence if earlier else None,
            checked_in_on=latest.valid_on if latest else None,
            next_check_in_on=None,
            next_change_on=None,
        )
    tau = elapsed(first=facts.first, last=facts.last, day=today)
    measured = _measure(facts, tau=tau, today=today)
    due_from = max(facts.active_since, facts.first)
    is_missing = measured.score is None and facts.is_live and today > first_due(rhythm, active_since=due_from)
    word = goal_word(
        progress=measured.progress,
        expected=measured.expected,
        tau=tau,
        ambition=facts.ambition,
        ended=today > facts.last,
        closed=False,
        is_maintain=facts.kind == "keep",
        has_breach=measured.has_breach,
    ).value
    own_word, own_until = "", None
    if latest is not None and latest.own_word:
        until = due_after_check_in(rhythm, checked_in_on=latest.valid_on)
        if today <= until:
            own_word, own_until = latest.own_word, until
    return KeyResultRow(
        value=measured.value,
        value_on=measured.value_on,
        progress=measured.progress,
        score=measured.score,
        expected=measured.expected,
        word=word,
        own_word=own_word,
        own_until=own_until,
        shown_word=own_word or word,
        is_missing=is_missing,
        confidence=latest.confidence if latest else None,
        confidence_before=earlier.confidence if earlier else None,
        checked_in_on=latest.valid_on if latest else None,
        next_check_in_on=_next_check_in(facts, latest, rhythm=rhythm, due_from=due_from, today=today),
        next_change_on=measured.next_change_on,
    )


@dataclass(frozen=True, slots=True)
class ObjectiveFacts:
    """What an objective's score row is made of, besides its children."""

    first: date
    last: date
    ambition: Ambition
    final_score: float | None = None
    final_expected: float | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A contributing child with what the parent takes from it."""

    key: Hashable
    score: float | None
    expected: float | None
    weight: float
    share: float | None
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """The numbers and word of an objective on one day; names as in `ObjectiveScore`."""

    score: float | None
    expected: float | None
    word: str
    reported: int
    children: int
    missing: int


def score_objective(facts: ObjectiveFacts, children: Sequence[ChildRow], *, today: date) -> ObjectiveRow:
    """Return the score row of an objective on `today` from the rows of its contributing children.

    Source: rules R1, R2, R4, R8, E4, S1, S3.
    """
    rolled = roll_up(
        [Child(key=c.key, score=c.score, expected=c.expected, weight=c.weight, share=c.share) for c in children]
    )
    missing = sum(child.is_missing for child in children)
    if facts.is_closed:
        return ObjectiveRow(
            score=facts.final_score,
            expected=facts.final_expected,
            word=GoalWord.DONE.value,
            reported=rolled.reported,
            children=rolled.total,
            missing=missing,
        )
    word = goal_word(
        progress=rolled.score,
        expected=rolled.expected,
        tau=elapsed(first=facts.first, last=facts.last, day=today),
        ambition=facts.ambition,
        ended=today > facts.last,
        closed=False,
        has_missing=missing > 0,
    )
    return ObjectiveRow(
        score=rolled.score,
        expected=rolled.expected,
        word=word.value,
        reported=rolled.reported,
        children=rolled.total,
        missing=missing,
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    value: float | None
    value_on: date | None
    progress: float | None
    score: float | None
    expected: float | None
    has_breach: bool = False
    next_change_on: date | None = None


def _measure(facts: KeyResultFacts, *, tau: float, today: date) -> _Measured:
    if facts.kind == "milestone":
        done = milestone_progress(facts.steps)
        plan = expected_milestone(facts.steps, first=facts.first, last=facts.last, day=today, ambition=facts.ambition)
        return _Measured(None, None, done, None if done is None else clip01(done), plan)
    if facts.kind == "keep":
        return _keep(facts, today=today)
    plan = expected_linear(tau, ambition=facts.ambition)
    points = read_points(facts, today=today)
    value = read_value(facts, points)
    if value is None or facts.start is None or facts.target is None:
        return _Measured(None, None, None, None, plan, next_change_on=_next_close(facts, today=today))
    share = progress(start=facts.start, target=facts.target, value=value)
    return _Measured(
        value, points[-1].start, share, clip01(share), plan, next_change_on=_next_close(facts, today=today)
    )


def read_points(facts: KeyResultFacts, *, today: date) -> tuple[Point, ...]:
    """Return the values a key result stands on today, oldest first.

    The last typed one, the periods in the window of a KPI, or for a level to keep the closed periods
    that ended within the cycle.

    Source: rules P1, P2, P3, P8.
    """
    if facts.kind == "keep":
        closed = closed_points(facts.points, frequency=facts.frequency, today=today)
        return tuple(p for p in closed if facts.first <= last_day(p.start, facts.frequency) <= facts.last)
    if not facts.is_kpi:  # a typed value is the level so far, from the moment it is typed
        return tuple(p for p in facts.points if p.start <= min(today, facts.last))[-1:]
    return window_points(
        facts.points,
        how=facts.aggregation,
        window=facts.window,
        frequency=facts.frequency,
        first=facts.first,
        last=facts.last,
        today=today,
    )


def read_value(facts: KeyResultFacts, points: Sequence[Point]) -> float | None:
    """Return what the points of a P1 key result are worth together, in the metric's unit; None unknown.

    Source: rules P1, P8.
    """
    if not facts.is_kpi:
        return points[-1].value if points else None
    return aggregate(points, how=facts.aggregation, unit_code=facts.unit_code)


def _keep(facts: KeyResultFacts, *, today: date) -> _Measured:
    """Return the mean credit of the closed periods that ended within the cycle (P2)."""
    closed = read_points(facts, today=today)
    score = maintain_score([p.value for p in closed], low=facts.low, high=facts.high, tolerance=facts.tolerance)
    return _Measured(
        value=closed[-1].value if closed else None,
        value_on=closed[-1].start if closed else None,
        progress=score,
        score=score,
        expected=expected_maintain(closed_periods=len(closed), ambition=facts.ambition),
        has_breach=score is not None and score < 1,
        next_change_on=_next_close(facts, today=today),
    )


def _next_close(facts: KeyResultFacts, *, today: date) -> date | None:
    """Return the day on which a period closes that has a value but does not count yet."""
    if not facts.is_kpi and facts.kind != "keep":
        return None
    waiting = [p for p in facts.points if not is_closed(p.start, facts.frequency, today=today)]
    return min((next_start(p.start, facts.frequency) for p in waiting), default=None)


def _next_check_in(
    facts: KeyResultFacts,
    latest: CheckInFact | None,
    *,
    rhythm: Rhythm,
    due_from: date,
    today: date,
) -> date | None:
    """Return the day the next check-in is due; None when none is asked for any more."""
    if not facts.is_live or today > facts.last:
        return None
    if latest is None:
        due = first_due(rhythm, active_since=due_from)
    else:
        due = due_after_check_in(rhythm, checked_in_on=max(latest.valid_on, due_from - timedelta(days=1)))
    return due if due <= facts.last else None
