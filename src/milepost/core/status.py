"""The word that says how a goal stands against its plan."""

from enum import StrEnum

from milepost.core.pace import Ambition, green_at

AHEAD_FROM = 0.10  # S1
ON_TRACK_FROM = -0.10
AT_RISK_FROM = -0.25
EARLY_UNTIL = 0.15
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


_WORSE_THAN_AT_RISK = frozenset({GoalWord.ON_TRACK, GoalWord.AHEAD, GoalWord.REACHED, GoalWord.EARLY})


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
) -> GoalWord:
    """Return the status of a goal by the gap between progress and plan.

    Args:
        progress: p of a key result (s of a level to keep), the score of an objective; None unknown.
        expected: the plan for today, 0..1.
        tau: elapsed share of the cycle, 0..1.
        is_maintain: it keeps a level, so early on only a breach matters.
        has_breach: a closed period missed the level.
        has_missing: a key result of the objective lacks its value past its first due day (caps it).

    Source: rules S1, S3.
    """
    if closed:
        return GoalWord.DONE
    if ended:
        return GoalWord.ENDED
    if progress is None or expected is None:
        return GoalWord.NO_VALUE
    word = _by_gap(progress, expected, green_at(ambition), is_maintain=is_maintain)
    if tau < EARLY_UNTIL and word not in {GoalWord.AHEAD, GoalWord.REACHED}:
        broken = has_breach if is_maintain else progress < START
        word = GoalWord.AT_RISK if broken else GoalWord.EARLY
    if has_missing and word in _WORSE_THAN_AT_RISK:
        return GoalWord.AT_RISK
    return word


def word_starts(*, expected: float, ambition: Ambition) -> tuple[float, ...]:
    """Return every progress at which one of the words may begin today, the lowest first.

    Which word begins there, and whether one does, is for `goal_word` to say: other rules may stand
    before the gap.

    Source: rule S1.
    """
    gaps = (AHEAD_FROM, ON_TRACK_FROM, AT_RISK_FROM)
    return tuple(sorted({START, FULL, green_at(ambition), *(expected + gap for gap in gaps)}))


def points_behind(progress: float | None, expected: float | None) -> float | None:
    """Return how far progress lies behind the plan, in shares of 1; negative is ahead; None unknown."""
    if progress is None or expected is None:
        return None
    return expected - progress


def _by_gap(progress: float, expected: float, green: float, *, is_maintain: bool) -> GoalWord:
    # A level is reached only when its cycle is over: until then full credit means on track.
    if not is_maintain and progress >= green - EXACT:
        return GoalWord.REACHED
    gap = progress - expected
    if gap >= AHEAD_FROM - EXACT:
        return GoalWord.AHEAD
    if gap >= ON_TRACK_FROM - EXACT:
        return GoalWord.ON_TRACK
    if gap >= AT_RISK_FROM - EXACT:
        return GoalWord.AT_RISK
    return GoalWord.OFF_TRACK
