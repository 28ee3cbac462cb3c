"""The borders around a status: what would give a goal another word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import inf, nextafter

from milepost.core.explain.deeds import Deed
from milepost.core.explain.shape import Change, Compare
from milepost.core.explain.text import MOST_PLACES, digits, down, hundredfold, places_for, rounded, up, words
from milepost.core.explain.text import day as day_text
from milepost.core.levels import Levels, levels_progress, levels_value
from milepost.core.progress import progress as progress_of
from milepost.core.progress import value_at
from milepost.core.status import GoalWord

BESIDE = 1e-6  # what is just below a border; wider than the float noise that counts as on it
NUDGES = 8
GOOD = frozenset({GoalWord.ON_TRACK, GoalWord.AHEAD, GoalWord.REACHED})

Wording = Callable[[float], GoalWord]


@dataclass(frozen=True, slots=True)
class Way:
    """Start and target in the metric's unit: with them a border is a value instead of a progress.

    `levels`, where the way between the two is not straight; `value` is the one that it stands at.
    """

    start: float
    target: float
    unit: str
    levels: Levels | None = None
    value: float | None = None

    def share(self, value: float) -> float:
        """Return the progress of a value, unbounded.

        Source: rules P1, P4.
        """
        if self.levels is not None:
            return levels_progress(self.levels, value)
        return progress_of(start=self.start, target=self.target, value=value)

    def at(self, share: float) -> float:
        """Return the value of a progress, in the metric's unit.

        Source: rules P1, P4.
        """
        if self.levels is not None:
            return levels_value(self.levels, share)
        return value_at(share, start=self.start, target=self.target)


@dataclass(frozen=True, slots=True)
class Later:
    """A day to come with what the plan says then: progress 0..1 and the elapsed share of the time."""

    day: date
    expected: float
    tau: float


@dataclass(frozen=True, slots=True)
class Border:
    """At `at` and above the word is `word`, just below it `below`."""

    at: float
    word: GoalWord
    below: GoalWord


def deeds_around(progress: float, word_at: Wording, deeds: Sequence[Deed]) -> list[Change]:
    """Return the first thing that brings a better word and the first that brings a worse one.

    Source: rules S1, P2, P5, P6.
    """
    word = word_at(progress)
    better = [d for d in deeds if d.progress > progress and word_at(d.progress) != word]
    worse = [d for d in deeds if d.progress < progress and word_at(d.progress) != word]
    return [
        Change(f"{d.text}: {words(then)}", word=then.value, becomes=d.progress, adds=d.progress - progress)
        for d in (*better[:1], *worse[:1])
        for then in [word_at(d.progress)]
    ]


def by_then(
    progress: float, word_at: Wording, starts: Sequence[float], day: date, *, way: Way | None, deeds: Sequence[Deed]
) -> list[Change]:
    """Return what would have to be there by a day to come for the goal to be on track then.

    Args:
        word_at: the word of a progress on that day.
        starts: where its words may begin on that day, the lowest first.

    Source: rules S1, S2, E1, E5.
    """
    when = f" by {day_text(day)}"
    as_it_is = word_at(progress)
    if as_it_is in GOOD:
        return [Change(f"as it is,{when}: {words(as_it_is)}", word=as_it_is.value, on=day)]
    at = next((start for start in starts if start > progress and word_at(start) in GOOD), None)
    if at is None or as_it_is == GoalWord.EARLY:
        return []
    for deed in deeds:
        if deed.progress > progress and (word := word_at(deed.progress)) in GOOD:
            adds = deed.progress - progress
            return [
                Change(f"{deed.text}{when}: {words(word)}", word=word.value, becomes=deed.progress, adds=adds, on=day)
            ]
    border = from_border(Border(at, word_at(at), as_it_is), word_at, way, when=when)
    return [replace(border, on=day)]


def borders_around(
    share: float | None,
    word_at: Wording,
    starts: Sequence[float],
    way: Way | None,
    *,
    is_bounded: bool,
) -> list[Change]:
    """Return the border to the next better and the next worse word; all borders while there is no value.

    Source: rules S1, S7.
    """
    inside = [s for s in starts if not is_bounded or 0 < s <= 1]
    borders = [b for b in (Border(s, word_at(s), word_at(s - BESIDE)) for s in inside) if b.word != b.below]
    if share is None:
        return [from_border(b, word_at, way) for b in borders]
    word = word_at(share)
    above = [b for b in borders if b.at > share and b.word != word]
    under = [b for b in borders if b.at <= share or b.word == word]
    return [from_border(b, word_at, way) for b in above[:1]] + [below_border(b, word_at, way) for b in under[-1:]]


def from_border(border: Border, word_at: Wording, way: Way | None, *, when: str = "") -> Change:
    """Return the change that better progress brings; the number shown is one at which it has come.

    Args:
        when: by which day, in words with a space before.

    Source: rules S1, S7.
    """
    if way is None:
        for places in range(1, MOST_PLACES):
            shown = hundredfold(border.at, places, "ROUND_CEILING")
            if word_at(float(shown) / 100) == border.word:
                break
        text = f"at {digits(shown)} % or more{when}: {words(border.word)}"
        return Change(text, Compare.AT_LEAST, border.at, word=border.word.value)
    rising = way.target > way.start
    at = way.at(border.at)
    for _ in range(NUDGES):  # the last digit of a float may fall short of the border
        if _word_of(at, word_at, way) == border.word:
            break
        at = nextafter(at, inf if rising else -inf)
    shown = _shown(at, way, up if rising else down, lambda v: _word_of(v, word_at, way) == border.word)
    side = Compare.AT_LEAST if rising else Compare.AT_MOST
    more = "more" if rising else "less"
    text = f"at {_with_unit(shown, way)} or {more}{when}"
    if when and way.value is not None:
        text += f" ({_with_unit(abs(shown - rounded(way.value, MOST_PLACES)).normalize(), way)} {more} than now)"
    return Change(f"{text}: {words(border.word)}", side, at, way.unit, border.word.value)


def below_border(border: Border, word_at: Wording, way: Way | None) -> Change:
    """Return the change that worse progress brings; whatever lies beyond the number shown has it.

    Source: rules S1, S7.
    """
    if way is None:
        for places in range(1, MOST_PLACES):
            shown = hundredfold(border.at, places, "ROUND_FLOOR")
            if word_at(float(shown) / 100 - BESIDE) == border.below:
                break
        text = f"below {digits(shown)} %: {words(border.below)}"
        return Change(text, Compare.BELOW, border.at, word=border.below.value)
    rising = way.target > way.start
    at = way.at(border.at)

    def holds(value: float) -> bool:
        return word_at(way.share(value) - BESIDE) == border.below

    text = _with_unit(_shown(at, way, down if rising else up, holds), way)
    side = Compare.BELOW if rising else Compare.ABOVE
    return Change(f"{side.value} {text}: {words(border.below)}", side, at, way.unit, border.below.value)


def _word_of(value: float, word_at: Wording, way: Way) -> GoalWord:
    return word_at(way.share(value))


def _with_unit(shown: Decimal, way: Way) -> str:
    return f"{digits(shown)} {way.unit}".rstrip()


def _shown(value: float, way: Way, cut: Callable[[float, int], Decimal], holds: Callable[[float], bool]) -> Decimal:
    """Return a border's value cut to the safe side, with as many decimals as keep it true."""
    least = places_for(abs(way.target - way.start))
    for places in range(least, least + NUDGES):
        shown = cut(float(f"{value:.12g}"), places)
        if holds(float(shown)):
            break
    return shown
