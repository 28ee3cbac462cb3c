"""The word that says how a goal stands against its plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from milepost.core.pace import Ambition, green_at
from milepost.core.rule_sets import GAP, ObjectiveRule, RuleKind, RuleSet

START = 0.0  # S1: early on, less than where it started is at risk
FULL = 1.0  # S1: less than full credit is a breach of a level to keep
# Gaps are differences of floats: .471 - .571 is a hair below -.10. Anything this near is on the line.
EXACT = 1e-9


class GoalWord(StrEnum):
    """The words of rule S."""

    NO_VALUE = "no_value"
    EARLY = "early"
    OFF_TRACK = "off_track"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"
    AHEAD = "ahead"
    REACHED = "reached"
    ENDED = "ended"
    DONE = "done"


# From the weakest on; a word that is not here says nothing about strength.
_BY_STRENGTH = (
    GoalWord.OFF_TRACK,
    GoalWord.AT_RISK,
    GoalWord.EARLY,
    GoalWord.ON_TRACK,
    GoalWord.AHEAD,
    GoalWord.REACHED,
)
_BETTER_THAN_AT_RISK = frozenset(_BY_STRENGTH[2:])
_VIVA = {
    "behind": GoalWord.AT_RISK,
    "at risk": GoalWord.OFF_TRACK,
    "on track": GoalWord.ON_TRACK,
    "not started": GoalWord.NO_VALUE,
    "closed": GoalWord.DONE,
}


class NoSuchWord(ValueError):
    """A word that an import does not know."""


@dataclass(frozen=True, slots=True)
class OwnWord:
    """The lead's own status with the reason, shown through `until`, the day the next check-in is due."""

    word: GoalWord
    why: str
    by: str
    until: date


@dataclass(frozen=True, slots=True)
class ShownWord:
    """The word that is shown; where it is the lead's own, `set_by` holds it and `computed` stands beside."""

    word: GoalWord
    computed: GoalWord
    set_by: OwnWord | None = None


def goal_word(
    *,
    progress: float | None,
    expected: float | None,
    tau: float,
    ambition: Ambition,
    ended: bool,
    closed: bool,
    is_maintain: bool = False,
    has_breach: bool = False,
    has_missing: bool = False,
    rules: RuleSet = GAP,
) -> GoalWord:
    """Return the status of a goal by the distance between progress and plan.

    Args:
        progress: p of a key result (s of a level to keep), the score of an objective; None unknown.
        expected: the plan for today, 0..1.
        tau: elapsed share of the cycle, 0..1.
        is_maintain: it keeps a level, so early on only a breach matters.
        has_breach: a closed period missed the level.
        has_missing: a key result of the objective lacks its value past its first due day (caps it).
        rules: what the workspace compares, and its thresholds.

    Source: rules S1, S2, S3.
    """
    if closed:
        return GoalWord.DONE
    if ended:
        return GoalWord.ENDED
    if progress is None or expected is None:
        return GoalWord.NO_VALUE
    word = _by_rules(progress, expected, green_at(ambition), rules, is_maintain=is_maintain)
    if tau < rules.early_until and word not in {GoalWord.AHEAD, GoalWord.REACHED}:
        broken = has_breach if is_maintain else progress < START
        word = GoalWord.AT_RISK if broken else GoalWord.EARLY
    if has_missing and word in _BETTER_THAN_AT_RISK:
        return GoalWord.AT_RISK
    return word


def objective_word(own: GoalWord, children: Sequence[GoalWord], *, rules: RuleSet, has_missing: bool) -> GoalWord:
    """Return the status of an objective from its own word or, if the workspace chose so, its weakest child's.

    A child that is done, ended or without a value has no word to compare; where none has one the own
    word stands, and so do done, ended and no value of the objective itself.

    Args:
        own: from its score and plan, not capped.
        children: the words of its contributing children.
        has_missing: a key result lacks its value past its first due day, which caps the word at at risk.

    Source: rule S3.
    """
    word = own
    if rules.objective == ObjectiveRule.WEAKEST and own in _BY_STRENGTH:
        word = min((c for c in children if c in _BY_STRENGTH), key=_BY_STRENGTH.index, default=own)
    return GoalWord.AT_RISK if has_missing and word in _BETTER_THAN_AT_RISK else word


def shown_word(computed: GoalWord, own: OwnWord | None, *, today: date) -> ShownWord:
    """Return the word that is shown: the lead's own through its last day, until the goal is closed.

    Source: rule S5.
    """
    if own is None or today > own.until or computed == GoalWord.DONE:
        return ShownWord(computed, computed)
    return ShownWord(own.word, computed, own)


def word_of_viva(text: str) -> GoalWord:
    """Return the word for a status of Viva Goals, whose “At Risk” is off track and “Behind” at risk.

    Raises:
        NoSuchWord: it is none of theirs.

    Source: rule S2.
    """
    found = _VIVA.get(" ".join(text.lower().replace("_", " ").split()))
    if found is None:
        raise NoSuchWord(
            f"“{text[:40]}” is no status of Viva Goals. Use On Track, Behind, At Risk, Not Started or Closed."
        )
    return found


def word_starts(*, expected: float, ambition: Ambition, rules: RuleSet = GAP) -> tuple[float, ...]:
    """Return every progress at which one of the words may begin today, the lowest first.

    Which word begins there, and whether one does, is for `goal_word` to say: other rules may stand
    before the gap.

    Source: rules S1, S2.
    """
    if rules.kind == RuleKind.RATIO:
        borders = [expected * threshold for threshold in rules.thresholds]
    else:
        borders = [expected + threshold for threshold in rules.thresholds]
    return tuple(sorted({START, FULL, green_at(ambition), *borders}))


def words_by_progress(
    *, expected: float, ambition: Ambition, rules: RuleSet = GAP
) -> tuple[tuple[GoalWord, float | None], ...]:
    """Return each word with the progress from which it holds, the best first; the last one, None, holds below.

    What a rule set means for one plan, the time in which goals are early left aside.

    Args:
        expected: the plan for today, 0..1.

    Source: rules S1, S2.
    """

    def word_at(progress: float) -> GoalWord:
        return goal_word(
            progress=progress, expected=expected, tau=1.0, ambition=ambition, ended=False, closed=False, rules=rules
        )

    starts = word_starts(expected=expected, ambition=ambition, rules=rules)
    lowest = word_at(starts[0] - abs(starts[0]) - 1)
    found: list[tuple[GoalWord, float | None]] = [(lowest, None)]
    for start in starts:
        if word_at(start) != found[-1][0]:
            found.append((word_at(start), start))
    return tuple(reversed(found))


def points_behind(progress: float | None, expected: float | None) -> float | None:
    """Return how far progress lies behind the plan, in shares of 1; negative is ahead; None unknown.

    Source: rule S1.
    """
    if progress is None or expected is None:
        return None
    return expected - progress


def _by_rules(progress: float, expected: float, green: float, rules: RuleSet, *, is_maintain: bool) -> GoalWord:
    # A level is reached only when its cycle is over: until then full credit means on track.
    if not is_maintain and progress >= green - EXACT:
        return GoalWord.REACHED
    compared = progress - expected
    if rules.kind == RuleKind.RATIO:
        if expected <= START + EXACT:
            return GoalWord.EARLY
        compared = progress / expected
    if rules.ahead is not None and compared >= rules.ahead - EXACT:
        return GoalWord.AHEAD
    if compared >= rules.on_track - EXACT:
        return GoalWord.ON_TRACK
    return GoalWord.AT_RISK if compared >= rules.at_risk - EXACT else GoalWord.OFF_TRACK
