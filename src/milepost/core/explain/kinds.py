"""The progress of the rarer kinds of key result, and the grade."""

from collections.abc import Sequence
from datetime import date

from milepost.core.explain.borders import BESIDE
from milepost.core.explain.shape import Change, Compare, Explanation, Input, SetBy
from milepost.core.explain.text import number, percent, quantity, signed
from milepost.core.grade import (
    PARTLY_ASPIRATIONAL,
    PARTLY_COMMITTED,
    REACHED_ASPIRATIONAL,
    REACHED_COMMITTED,
    Grade,
    grade_word,
)
from milepost.core.judgement import Judgement, Override, Standing
from milepost.core.levels import Levels, levels_progress
from milepost.core.measure import WAITING
from milepost.core.pace import Ambition
from milepost.core.parts import tasks_progress
from milepost.core.progress import percent_progress


def explain_levels(
    levels: Levels, *, value: float | None, unit: str, inputs: Sequence[Input] = (), is_kpi: bool = False
) -> Explanation:
    """Return the progress between floor, target and stretch, with the levels still ahead.

    Args:
        value: in `unit`, None while there is none.

    Source: rules P4, P8.
    """
    rules = ("P4", "P8") if is_kpi else ("P4",)
    corners = levels.corners
    facts = (*inputs, *(Input(f"level of {percent(at)}", corner, unit, source="plan") for corner, at in corners))
    if value is None:
        return Explanation("progress", rules, "no value yet, so it is unknown", inputs=facts)
    share = levels_progress(levels, value)
    rises = levels.stretch > levels.start
    index = sum(value >= corner if rises else value <= corner for corner, _ in corners[1:-1])
    (a, low), (b, high) = corners[index], corners[index + 1]
    distance = abs(b - a)
    x, y, z = (signed(v, distance) for v in (value, a, b))
    formula = f"{percent(low)} + ({x} − {y}) / ({z} − {y}) × {percent(high - low)} = {percent(share)}"
    side = Compare.AT_LEAST if rises else Compare.AT_MOST
    changes = tuple(
        Change(f"at {quantity(corner, unit)}: {percent(at)}", side, corner, unit, becomes=at, adds=at - share)
        for corner, at in corners[1:]
        if at > share
    )
    return Explanation("progress", rules, formula, value=share, inputs=facts, changes=changes)


def explain_percent(value: float | None, *, inputs: Sequence[Input]) -> Explanation:
    """Return a typed percentage as progress.

    Source: rule P7.
    """
    if value is None:
        return Explanation("progress", ("P7",), "no value yet, so it is unknown", inputs=tuple(inputs))
    share = percent_progress(value)
    return Explanation("progress", ("P7",), f"{number(value)} / 100 = {percent(share)}", share, inputs=tuple(inputs))


def explain_tasks(*, done: int, total: int, cancelled: int = 0, tasks: Sequence[Input] = ()) -> Explanation:
    """Return the share of tasks done, and what the next one adds.

    Args:
        tasks: each of them, where they have names.

    Raises:
        BadCount: as of `parts.tasks_progress`.

    Source: rule P6.
    """
    share = tasks_progress(done=done, total=total, cancelled=cancelled)
    inputs = tuple(
        Input(label, float(n), "", source="tasks")
        for label, n in (("done", done), ("in all", total), ("cancelled", cancelled))
    )
    inputs = (*inputs, *tasks)
    if share is None:
        return Explanation("progress", ("P6",), "no task is left, so it is unknown", inputs=inputs)
    below = f"({total} − {cancelled})" if cancelled else f"{total}"
    formula = f"{done} / {below} = {percent(share)}"
    changes: tuple[Change, ...] = ()
    if done < total - cancelled:
        after = tasks_progress(done=done + 1, total=total, cancelled=cancelled) or 0.0
        changes = (Change(f"one more done: {percent(share)} → {percent(after)}", becomes=after, adds=after - share),)
    return Explanation("progress", ("P6",), formula, value=share, inputs=inputs, changes=changes)


def explain_judged(judgement: Judgement | None, *, on: date | None = None) -> Explanation:
    """Return a score that the lead judged, with the reason.

    Args:
        on: the day of the judgement.

    Source: rule P10.
    """
    if judgement is None:
        return Explanation("progress", ("P10",), "nobody has judged it yet, so it is unknown")
    formula = f"judged {percent(judgement.score)}: {judgement.why}"
    inputs = (Input("judgement", judgement.score, on=on, source="judged", by=judgement.by),)
    return Explanation("progress", ("P10",), formula, value=judgement.score, inputs=inputs)


def explain_override(standing: Standing, override: Override, *, on: date | None = None) -> Explanation:
    """Return a score that stands in the place of the computed one.

    Args:
        on: the day it was set, in the workspace's zone; None leaves it out.

    Source: the introduction of rules P; R1.
    """
    by = f" by {override.by}" if override.by else ""
    how = "until it is taken back" if override.is_kept else "until the next value"
    beside = "unknown" if standing.computed is None else percent(standing.computed)
    text = f"set to {percent(override.score)}{by} {how}, because “{override.why}”; computed it is {beside}"
    inputs = (
        Input("set", override.score, on=on, source="override", by=override.by),
        Input("computed", standing.computed, source="the score it stands for"),
    )
    return Explanation("score", ("R1",), text, value=standing.score, inputs=inputs)


def explain_baseline(
    *, baseline: float | None, target: float | None, unit: str, inputs: Sequence[Input] = ()
) -> Explanation:
    """Return what a key result waits for that is measured first; with both numbers it is explained as P1.

    Source: rule P11.
    """
    missing = "the first value" if baseline is None else "a target" if target is None else "a value"
    facts = (*inputs, *(() if baseline is None else (Input("measured first", baseline, unit, source="baseline"),)))
    return Explanation("progress", ("P11",), f"{WAITING}: {missing} is not there yet", inputs=facts)


def explain_grade(grade: Grade, *, ambition: Ambition, set_by: SetBy | None = None) -> Explanation:
    """Return the final grade with its word, the proposed one where they differ, and where the next words begin.

    Args:
        set_by: who gave it and when, if somebody reviewed it.

    Source: rules G1, G3.
    """
    if grade.final is None:
        return Explanation("grade", ("G1",), "no score at the end, so no grade is proposed")
    word = grade_word(grade.final, ambition=ambition)
    called = "" if word is None else f": {word.value}"
    if grade.proposed is None:
        why = f"; {grade.why}" if grade.why else ""
        formula = f"no score at the end, graded {percent(grade.final)}{called}{why}"
    elif grade.final == grade.proposed:
        formula = f"the score at the end, {percent(grade.final)}{called}"
    elif not grade.why:  # nobody gave it to the goal itself: its key results were graded otherwise
        formula = (
            f"{percent(grade.final)}{called}, of the grades of its key results; "
            f"the score at the end was {percent(grade.proposed)}"
        )
    else:
        formula = f"{percent(grade.final)}{called}; proposed was {percent(grade.proposed)}; {grade.why}"
    if not grade.is_reviewed:
        formula += "; not reviewed"
    if word is None:
        formula += "; a learning goal has no band"
    inputs = (Input("proposed", grade.proposed, source="score at the end"),)
    return Explanation(
        "grade", ("G1", "G3"), formula, value=grade.final, word=None if word is None else word.value, inputs=inputs,
        changes=_grade_borders(grade.final, ambition), set_by=set_by,
    )  # fmt: skip


def _grade_borders(final: float, ambition: Ambition) -> tuple[Change, ...]:
    """Return the grade from which the next better word holds, and the one below which the next worse does."""
    is_aspirational = ambition == Ambition.ASPIRATIONAL
    partly = PARTLY_ASPIRATIONAL if is_aspirational else PARTLY_COMMITTED
    reached = REACHED_ASPIRATIONAL if is_aspirational else REACHED_COMMITTED
    now = grade_word(final, ambition=ambition)
    changes: list[Change] = []
    for at in (partly, reached):
        here, below = (grade_word(share, ambition=ambition) for share in (at, at - BESIDE))
        if here is None or below is None or now is None:
            continue
        if final < at and here != now and not any(c.compare == Compare.AT_LEAST for c in changes):
            changes.append(Change(f"at {percent(at)} or more: {here.value}", Compare.AT_LEAST, at, word=here.value))
        elif now == here:
            changes.append(Change(f"below {percent(at)}: {below.value}", Compare.BELOW, at, word=below.value))
    return tuple(changes)
