"""The status word of a goal, and the borders at which it becomes another one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import inf, nextafter

from milepost.core.explain.shape import Change, Compare, Explanation, Input, SetBy
from milepost.core.explain.text import (
    MOST_PLACES,
    day,
    digits,
    down,
    hundredfold,
    percent,
    places_for,
    sign,
    up,
    words,
)
from milepost.core.pace import Ambition, green_at
from milepost.core.progress import progress as progress_of
from milepost.core.progress import value_at
from milepost.core.rule_sets import GAP, ObjectiveRule, RuleKind, RuleSet
from milepost.core.status import EXACT, FULL, GoalWord, goal_word, objective_word, word_starts

BESIDE = 1e-6  # what is just below a border; wider than the float noise that counts as on it
NUDGES = 8

Wording = Callable[[float], GoalWord]


@dataclass(frozen=True, slots=True)
class Way:
    """Start and target in the metric's unit: with them a border is a value instead of a progress."""

    start: float
    target: float
    unit: str


@dataclass(frozen=True, slots=True)
class _Border:
    """At `at` and above the word is `word`, just below it `below`."""

    at: float
    word: GoalWord
    below: GoalWord


def explain_status(
    *,
    progress: float | None,
    expected: float | None,
    tau: float,
    ambition: Ambition,
    last: date,
    ended: bool,
    closed: bool,
    is_maintain: bool = False,
    is_objective: bool = False,
    missing: int = 0,
    way: Way | None = None,
    set_by: SetBy | None = None,
    rules: RuleSet = GAP,
    children: Sequence[GoalWord] = (),
) -> Explanation:
    """Return a goal's status with the distance that makes it and the nearest borders on both sides.

    Args:
        progress: p of a key result (s of a level to keep), the score of an objective; None unknown.
        expected: the plan for today, 0..1.
        tau: elapsed share of the cycle, 0..1.
        last: the cycle's last day.
        missing: key results of the objective that lack their first value past its due day.
        way: of a key result with start and target, so that borders are told as values.
        set_by: the lead's own word while it stands; it is the one shown.
        rules: what the workspace compares.
        children: the words of an objective's contributing children, where the weakest one counts.

    Source: rules S1, S2, S3, S5, S7.
    """
    takes_weakest = is_objective and rules.objective == ObjectiveRule.WEAKEST and bool(children)

    def word_at(share: float | None, *, at: float = tau, cap: bool = missing > 0) -> GoalWord:
        own = goal_word(
            progress=share,
            expected=expected,
            tau=at,
            ambition=ambition,
            ended=ended,
            closed=closed,
            is_maintain=is_maintain,
            has_breach=is_maintain and share is not None and share < FULL,
            has_missing=cap and not takes_weakest,
            rules=rules,
        )
        return objective_word(own, children, rules=rules, has_missing=cap) if takes_weakest else own

    word = word_at(progress)
    free = word_at(progress, cap=False)
    keys = (
        ["S1"] + ["S2"] * (rules.kind != RuleKind.GAP) + ["S3"] * is_objective + ["S5"] * (set_by is not None) + ["S7"]
    )
    changes: list[Change] = []
    starts = () if expected is None else word_starts(expected=expected, ambition=ambition, rules=rules)
    if closed:
        formula = "closed, so its word is done"
    elif ended:
        formula = f"its last day was {day(last)}: ended until it is closed"
    elif progress is None or expected is None:
        formula = f"no {'value' if progress is None else 'plan'} yet, so there is no word"
        if expected is not None:
            changes += _borders_around(None, word_at, starts, way, is_bounded=way is None)
    else:
        formula = _distance(progress, expected, lambda share: word_at(share, cap=False), green_at(ambition), rules)
        if takes_weakest:
            formula += f"; its weakest child gives the word: {words(free)}"
        elif free != word_at(progress, at=1.0, cap=False):
            part, early = percent(tau), percent(rules.early_until)
            formula += f"; {part} of the time has passed, less than {early}, so {words(free)}"
        else:
            formula += f": {words(free)}"
        if free != word:
            formula += f", but held at {words(word)}: {missing} without a value whose first check-in was due"
            changes.append(Change(f"once none is missing: {words(free)}", word=free.value))
        changes += _borders_around(progress, word_at, starts, way, is_bounded=way is None)
    if set_by is not None:
        until = f", shown through {day(set_by.until)}" if set_by.until else ""
        formula = f"set by {set_by.who} on {day(set_by.on)}{until}; the plan says {words(word)} ({formula})"
    shown = set_by.word if set_by is not None else word.value
    inputs = (Input("progress", progress), Input("plan for today", expected))
    if set_by is not None:
        set_by = SetBy(set_by.who, set_by.why, set_by.on, set_by.until, word.value)
    return Explanation("status", tuple(keys), formula, word=shown, inputs=inputs, changes=tuple(changes), set_by=set_by)


def _distance(share: float, expected: float, word_at: Wording, green: float, rules: RuleSet) -> str:
    """Return progress against the plan with as many decimals as its word needs (S7)."""
    word = word_at(share)
    if word == GoalWord.REACHED:
        return f"{percent(share, places=2)} is at least {percent(green)}, where the grade is green"
    is_ratio = rules.kind == RuleKind.RATIO
    if is_ratio and expected <= EXACT:
        return f"the plan is {percent(expected, places=2)}, so nothing can be compared"
    for places in range(2, MOST_PLACES):
        a, b = hundredfold(share, places), hundredfold(expected, places)
        shown = float(a / b) * expected if is_ratio and b else float((a - b) / 100) + expected
        if word_at(shown) == word:
            break
    if not is_ratio:
        return f"{digits(a, keep_zeros=True)} % − {digits(b, keep_zeros=True)} % = {sign(a - b)} points"
    for places in range(1, MOST_PLACES):
        ratio = hundredfold(share / expected, places)
        if word_at(float(ratio) / 100 * expected) == word:
            break
    return f"{digits(a, keep_zeros=True)} % / {digits(b, keep_zeros=True)} % = {digits(ratio)} %"


def _borders_around(
    share: float | None,
    word_at: Wording,
    starts: Sequence[float],
    way: Way | None,
    *,
    is_bounded: bool,
) -> list[Change]:
    """Return the border to the next better and the next worse word; all borders while there is no value."""
    inside = [s for s in starts if not is_bounded or 0 < s <= 1]
    borders = [b for b in (_Border(s, word_at(s), word_at(s - BESIDE)) for s in inside) if b.word != b.below]
    if share is None:
        return [_from(b, word_at, way) for b in borders]
    word = word_at(share)
    above = [b for b in borders if b.at > share and b.word != word]
    under = [b for b in borders if b.at <= share or b.word == word]
    return [_from(b, word_at, way) for b in above[:1]] + [_below(b, word_at, way) for b in under[-1:]]


def _from(border: _Border, word_at: Wording, way: Way | None) -> Change:
    """Return the change that better progress brings; the number shown is one at which it has come."""
    if way is None:
        for places in range(1, MOST_PLACES):
            shown = hundredfold(border.at, places, "ROUND_CEILING")
            if word_at(float(shown) / 100) == border.word:
                break
        text = f"at {digits(shown)} % or more: {words(border.word)}"
        return Change(text, Compare.AT_LEAST, border.at, word=border.word.value)
    rising = way.target > way.start
    at = value_at(border.at, start=way.start, target=way.target)
    for _ in range(NUDGES):  # the last digit of a float may fall short of the border
        if _word_of(at, word_at, way) == border.word:
            break
        at = nextafter(at, inf if rising else -inf)
    text = _value_text(at, way, up if rising else down, lambda v: _word_of(v, word_at, way) == border.word)
    side = Compare.AT_LEAST if rising else Compare.AT_MOST
    return Change(
        f"at {text} or {'more' if rising else 'less'}: {words(border.word)}", side, at, way.unit, border.word.value
    )


def _below(border: _Border, word_at: Wording, way: Way | None) -> Change:
    """Return the change that worse progress brings; whatever lies beyond the number shown has it."""
    if way is None:
        for places in range(1, MOST_PLACES):
            shown = hundredfold(border.at, places, "ROUND_FLOOR")
            if word_at(float(shown) / 100 - BESIDE) == border.below:
                break
        text = f"below {digits(shown)} %: {words(border.below)}"
        return Change(text, Compare.BELOW, border.at, word=border.below.value)
    rising = way.target > way.start
    at = value_at(border.at, start=way.start, target=way.target)

    def holds(value: float) -> bool:
        return word_at(progress_of(start=way.start, target=way.target, value=value) - BESIDE) == border.below

    text = _value_text(at, way, down if rising else up, holds)
    side = Compare.BELOW if rising else Compare.ABOVE
    return Change(f"{side.value} {text}: {words(border.below)}", side, at, way.unit, border.below.value)


def _word_of(value: float, word_at: Wording, way: Way) -> GoalWord:
    return word_at(progress_of(start=way.start, target=way.target, value=value))


def _value_text(value: float, way: Way, cut: Callable[[float, int], Decimal], holds: Callable[[float], bool]) -> str:
    """Return a border's value cut to the safe side, with as many decimals as keep it true."""
    least = places_for(abs(way.target - way.start))
    for places in range(least, least + NUDGES):
        shown = cut(float(f"{value:.12g}"), places)
        if holds(float(shown)):
            break
    return f"{digits(shown)} {way.unit}".rstrip()
