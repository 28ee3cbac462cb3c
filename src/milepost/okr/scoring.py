"""From facts to the numbers and words of a score row: pure, no database.

The refresh action loads the facts, calls these functions and writes what they return, so that a
check-in, the nightly job, a rebuild and the doctor agree by construction.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from milepost.core.calendar import Frequency, is_closed, last_day, next_start
from milepost.core.judgement import Judgement, Override, Standing, standing_score
from milepost.core.measure import Kind, Measure, Measured, Seen, Tasks, measure_progress
from milepost.core.pace import Ambition, elapsed
from milepost.core.parts import Amount, Combine
from milepost.core.path import Amended, Checkpoint, Curve
from milepost.core.plan import Timing, expected_progress
from milepost.core.progress import Step, clip01
from milepost.core.rhythm import Away, Rhythm, asked_on, due_after_check_in, first_due, stale_from
from milepost.core.rollup import Child, roll_up
from milepost.core.rule_sets import USUAL, Telling
from milepost.core.series import Aggregation, Point, Window, aggregate, closed_points, window_points
from milepost.core.status import GoalWord, goal_word, objective_word

# By value: to look one up costs a fifth of calling the enum.
KINDS = {kind.value: kind for kind in Kind}
WORDS = {word.value: word for word in GoalWord}


@dataclass(frozen=True, slots=True)
class Final:
    """What a close froze (rules P8, R8)."""

    value: float | None
    progress: float | None
    score: float | None
    expected: float | None


class CheckInFact(NamedTuple):
    """The part of a check-in that a score row shows."""

    valid_on: date
    confidence: int
    own_word: str


@dataclass(frozen=True, slots=True)
class Bend:
    """How amendments shaped the plan of a key result (E5): the days and numbers of the first plan, and each change."""

    first: date
    last: date
    planned: tuple[float, float] | None = None
    amendments: tuple[Amended, ...] = ()


@dataclass(frozen=True, slots=True)
class PartFact:
    """A key result that another one is made of and that counts: its value in its unit, its score and plan 0..1."""

    key: Hashable
    value: float | None
    unit_code: str
    score: float | None
    expected: float | None
    weight: float = 1.0


class KeyResultFacts(NamedTuple):
    """Everything a key result's score row is made of; values in the metric's unit, days inclusive.

    `steps` are the steps of a milestone, or the tasks that were not cancelled. `parts` are the key
    results it is made of, those left out not among them. `value_at` is when the newest value became
    known, where an override waits for one.
    """

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
    at_close: bool = False
    floor: float | None = None
    stretch: float | None = None
    curve: Curve = Curve.LINEAR
    checkpoints: tuple[Checkpoint, ...] = ()
    bend: Bend | None = None
    is_kpi: bool = False
    frequency: Frequency = Frequency.DAY
    aggregation: Aggregation = Aggregation.STOCK
    unit_code: str = ""
    window: Window = Window.DEFAULT
    points: tuple[Point, ...] = ()
    steps: tuple[Step, ...] = ()
    combine: Combine = Combine.MEAN
    parts: tuple[PartFact, ...] = ()
    judgement: Judgement | None = None
    judged_on: date | None = None
    check_ins: tuple[CheckInFact, ...] = ()  # the newest first; two are enough
    override: Override | None = None
    value_at: datetime | None = None
    final: Final | None = None
    telling: Telling = USUAL
    away: tuple[Away, ...] = ()  # when its lead is away

    @property
    def measure(self) -> Measure:
        """Return what is agreed, as the maths takes it."""
        return Measure(
            kind=KINDS[self.kind],
            start=self.start,
            target=self.target,
            low=self.low,
            high=self.high,
            tolerance=self.tolerance,
            at_close=self.at_close,
            floor=self.floor,
            stretch=self.stretch,
            combine=self.combine,
        )

    @property
    def timing(self) -> Timing:
        """Return when it is to come true, as the maths takes it."""
        first, last = (self.bend.first, self.bend.last) if self.bend else (self.first, self.last)
        return Timing(
            first=first,
            last=last,
            curve=self.curve,
            checkpoints=self.checkpoints,
            amendments=self.bend.amendments if self.bend else (),
            calendar=self.telling.days,
            planned=self.bend.planned if self.bend else None,
        )


class KeyResultRow(NamedTuple):
    """The numbers and words of a key result on one day; names as in `KeyResultScore`."""

    value: float | None
    value_on: date | None
    progress: float | None
    score: float | None
    computed: float | None
    is_overridden: bool
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
    away_due_on: date | None
    stale_on: date | None
    next_change_on: date | None


def score_key_result(facts: KeyResultFacts, *, rhythm: Rhythm, today: date) -> KeyResultRow:
    """Return the score row of a key result on `today`.

    Source: rules P1 to P11, E1, E2, E3, E4, E5, S1, S5, R4, R7, C4.
    """
    latest = facts.check_ins[0] if facts.check_ins else None
    earlier = facts.check_ins[1] if len(facts.check_ins) > 1 else None
    if facts.final is not None:
        final = facts.final
        computed = None if final.progress is None else clip01(final.progress)
        return KeyResultRow(
            value=final.value,
            value_on=None,
            progress=final.progress,
            score=final.score,
            computed=computed,
            is_overridden=facts.override is not None and final.score == facts.override.score,
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
            away_due_on=None,
            stale_on=None,
            next_change_on=None,
        )
    tau = elapsed(first=facts.first, last=facts.last, day=today, calendar=facts.telling.days)
    seen, value_on = see(facts, today=today)
    agreed = facts.measure
    measured = measure(facts, seen, agreed)
    expected = expected_progress(agreed, seen, facts.timing, ambition=facts.ambition, day=today)
    standing = stands(facts, measured)
    due_from = max(facts.active_since, facts.first)
    has_nothing = measured.score is None and not _waits_for_others(facts, measured)
    is_missing = has_nothing and facts.is_live and today > first_due(rhythm, active_since=due_from)
    stood_at = measured.progress if standing.override is None else standing.score
    word = goal_word(
        progress=stood_at,
        expected=expected,
        tau=tau,
        ambition=facts.ambition,
        ended=today > facts.last,
        closed=False,
        is_maintain=facts.kind == "keep",
        has_breach=stood_at is not None and stood_at < 1,
        rules=facts.telling.rules,
    ).value
    own_word, own_until = "", None
    if latest is not None and latest.own_word:
        until = due_after_check_in(rhythm, checked_in_on=latest.valid_on)
        if today <= until:
            own_word, own_until = latest.own_word, until
    due = _next_check_in(facts, latest, rhythm=rhythm, due_from=due_from, today=today)
    asked = _asked(facts, due, rhythm=rhythm, today=today)
    return KeyResultRow(
        value=measured.value,
        value_on=value_on,
        progress=measured.progress,
        score=standing.score,
        computed=standing.computed,
        is_overridden=standing.override is not None,
        expected=expected,
        word=word,
        own_word=own_word,
        own_until=own_until,
        shown_word=own_word or word,
        is_missing=is_missing,
        confidence=latest.confidence if latest else None,
        confidence_before=earlier.confidence if earlier else None,
        checked_in_on=latest.valid_on if latest else None,
        next_check_in_on=asked,
        away_due_on=due if due != asked else None,
        stale_on=stale_from(latest.valid_on, rhythm=rhythm) if latest and _is_told(facts) else None,
        next_change_on=_next_close(facts, today=today),
    )


class ObjectiveFacts(NamedTuple):
    """What an objective's score row is made of, besides its children."""

    first: date
    last: date
    ambition: Ambition
    final_score: float | None = None
    final_expected: float | None = None
    is_closed: bool = False
    telling: Telling = USUAL


class ChildRow(NamedTuple):
    """A contributing child with what the parent takes from it."""

    key: Hashable
    score: float | None
    expected: float | None
    weight: float
    share: float | None
    is_missing: bool = False
    word: str = GoalWord.NO_VALUE.value  # the one that is shown


class ObjectiveRow(NamedTuple):
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
    rolled = roll_up([Child(c.key, c.score, c.expected, c.weight, c.share) for c in children])
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
    rules = facts.telling.rules
    own = goal_word(
        progress=rolled.score,
        expected=rolled.expected,
        tau=elapsed(first=facts.first, last=facts.last, day=today, calendar=facts.telling.days),
        ambition=facts.ambition,
        ended=today > facts.last,
        closed=False,
        rules=rules,
    )
    word = objective_word(own, [WORDS[c.word] for c in children], rules=rules, has_missing=missing > 0)
    return ObjectiveRow(
        score=rolled.score,
        expected=rolled.expected,
        word=word.value,
        reported=rolled.reported,
        children=rolled.total,
        missing=missing,
    )


def see(facts: KeyResultFacts, *, today: date) -> tuple[Seen, date | None]:
    """Return what has been seen of a key result by `today`, and the day that its value or judgement is of.

    Source: rules P1 to P11.
    """
    match facts.kind:
        case Kind.MILESTONE:
            return Seen(steps=facts.steps), None
        case Kind.TASKS:
            done = sum(step.done >= 1 for step in facts.steps)
            return Seen(tasks=Tasks(total=len(facts.steps), done=done)), None
        case Kind.JUDGED:
            return Seen(judgement=facts.judgement), facts.judged_on
        case Kind.CHILDREN:
            return see_parts(facts), None
    points = read_points(facts, today=today)
    on = points[-1].start if points else None
    if facts.kind == Kind.KEEP:
        return Seen(values=tuple(p.value for p in points)), on
    value = read_value(facts, points)
    return Seen(values=() if value is None else (value,)), None if value is None else on


def see_parts(facts: KeyResultFacts) -> Seen:
    """Return the values and scores of the parts.

    A value in another unit than the sum's is none: no action leaves one there, and a rebuild does not
    stop at one that came another way; the doctor names it.
    """
    return Seen(
        amounts=tuple(
            Amount(part.value if part.unit_code == facts.unit_code else None, facts.unit_code) for part in facts.parts
        ),
        children=tuple(
            Child(key=part.key, score=part.score, expected=part.expected, weight=part.weight) for part in facts.parts
        ),
    )


def measure(facts: KeyResultFacts, seen: Seen, agreed: Measure | None = None) -> Measured:
    """Return what a key result has come to; nothing of a draft that lacks its numbers still.

    Args:
        agreed: its `measure`, where the caller has it already.

    Source: rules P1 to P11.
    """
    if facts.kind == Kind.REACH and (facts.start is None or facts.target is None):
        return Measured(None, None, None)
    return measure_progress(agreed or facts.measure, seen)


def stands(facts: KeyResultFacts, measured: Measured) -> Standing:
    """Return the score that counts, with the computed one beside it.

    Source: the introduction of rules P.
    """
    return standing_score(measured.score, facts.override, value_at=facts.value_at)


def _waits_for_others(facts: KeyResultFacts, measured: Measured) -> bool:
    """Return whether no score is there though nobody owes a value: no baseline yet, or every task cancelled (R4)."""
    return (facts.kind == Kind.BASELINE and measured.value is not None) or facts.kind == Kind.TASKS


def read_points(facts: KeyResultFacts, *, today: date) -> tuple[Point, ...]:
    """Return the values a key result stands on today, oldest first.

    The last typed one, the periods in the window of a KPI, or for a level to keep the closed periods
    that ended within the cycle.

    Source: rules P1, P2, P3, P8.
    """
    if facts.kind == Kind.KEEP:
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


def _next_close(facts: KeyResultFacts, *, today: date) -> date | None:
    """Return the day on which a period closes that has a value but does not count yet."""
    if not facts.is_kpi and facts.kind != Kind.KEEP:
        return None
    waiting = [p for p in facts.points if not is_closed(p.start, facts.frequency, today=today)]
    return min((next_start(p.start, facts.frequency) for p in waiting), default=None)


def _asked(facts: KeyResultFacts, due: date | None, *, rhythm: Rhythm, today: date) -> date | None:
    """Return the day its lead is asked for a check-in, who may be away; None when there is none left to ask for."""
    if due is None or not facts.away:
        return due
    asked = asked_on(rhythm, due_on=due, away=facts.away, today=today)
    return asked if asked <= facts.last else None


def _is_told(facts: KeyResultFacts) -> bool:
    """Return whether its value is what people say at check-ins: what a KPI or other key results say ages there."""
    return facts.is_live and not facts.is_kpi and facts.kind != Kind.CHILDREN


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
