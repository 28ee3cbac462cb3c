"""The progress and score of a key result, kind by kind."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from milepost.core.calendar import Frequency
from milepost.core.explain.goal import Nudge
from milepost.core.explain.shape import Change, Explanation, Input, Part
from milepost.core.explain.text import (
    add_up,
    counted,
    digits,
    hundredfold,
    number,
    percent,
    period,
    quantity,
    share_text,
    summands,
)
from milepost.core.progress import (
    Step,
    clip01,
    maintain_credit,
    maintain_score,
    milestone_progress,
    progress,
)
from milepost.core.series import Aggregation, Point, Window, aggregate
from milepost.core.units import PERCENT

WINDOW_WORDS = {
    Window.CYCLE: "the closed {noun}s of the cycle",
    Window.LAST_4: "the last closed {noun}s, at most 4",
    Window.LAST: "the last closed {noun}",
}


@dataclass(frozen=True, slots=True)
class NamedStep:
    """A step of a milestone with its words."""

    title: str
    step: Step


def explain_reach(
    *, start: float, target: float, value: float | None, unit: str, inputs: Sequence[Input], is_kpi: bool = False
) -> Explanation:
    """Return how far a value has come from start to target.

    Args:
        start, target, value: in `unit`; value None while there is none.
        inputs: where the three come from.

    Source: rules P1, P8.
    """
    rules = ("P1", "P8") if is_kpi else ("P1",)
    if value is None:
        waits = "no closed period has a value yet" if is_kpi else "no value yet"
        return Explanation("progress", rules, f"{waits}, so it is unknown", inputs=tuple(inputs))
    share = progress(start=start, target=target, value=value)
    formula = f"{reach_in_words(start=start, target=target, value=value)} = {percent(share)}"
    return Explanation("progress", rules, formula, value=share, inputs=tuple(inputs))


def reach_in_words(*, start: float, target: float, value: float) -> str:
    """Return the sum of P1 with its numbers: (43 − 48) / (30 − 48).

    Source: rule P1.
    """
    distance = abs(target - start)
    a, b, c = (_signed(x, distance) for x in (value, start, target))
    return f"({a} − {b}) / ({c} − {b})"


def nudge_reach(label: str, *, start: float, target: float, value: float, unit: str) -> Nudge:
    """Return one step further: a tenth to a hundredth of the way, one of 1, 10, 0.1 and so on.

    Source: rule P1.
    """
    distance = abs(target - start)
    size = 10.0 ** (math.floor(math.log10(distance)) - 1) if 0 < distance < math.inf else distance / 10
    then = value + math.copysign(size, target - start)
    # 0.1 + 0.2 is not what a person would write down for it; beyond the largest number nothing is left to add.
    then = float(f"{then:.12g}") if math.isfinite(then) else value
    text = f"{label} at {quantity(then, unit, distance=distance)}"
    return Nudge(text, clip01(progress(start=start, target=target, value=then)))


def explain_window(
    points: Sequence[Point],
    *,
    how: Aggregation,
    window: Window,
    frequency: Frequency,
    unit: str,
    inputs: Sequence[Input],
) -> Explanation:
    """Return what a KPI is worth over the periods a key result reads.

    Args:
        points: those of the window, oldest first.
        window: which they are, as resolved for the aggregation.

    Source: rules P8, K4.
    """
    value = aggregate(points, how=how, unit_code=unit)
    which = WINDOW_WORDS[window].format(noun=frequency.value)
    if not points:
        text = f"{which}: none has a value yet"
    elif value is None:
        text = f"{which}: {counted(len(points), frequency.value)} cannot be put together without their two counts"
    elif (sums := _put_together(points, how=how, unit=unit)) == number(value):
        text = f"{which}: {quantity(value, unit)}"
    else:
        text = f"{which}: {sums} = {quantity(value, unit)}"
    return Explanation("value", ("P8", "K4"), text, value=value, unit=unit, inputs=tuple(inputs))


def explain_keep(
    points: Sequence[Point],
    *,
    low: float | None,
    high: float | None,
    tolerance: float,
    frequency: Frequency,
    unit: str,
    inputs: Sequence[Input],
    at_close: bool = False,
) -> Explanation:
    """Return the mean credit of the closed periods of a level to keep, or that of the last one.

    Source: rules P2, P3.
    """
    rules = ("P3",) if low is not None and high is not None else ("P2",)
    points = points[-1:] if at_close else points
    values = [p.value for p in points]

    def mean_with(*more: float) -> float | None:
        return maintain_score([*values, *more], low=low, high=high, tolerance=tolerance, at_close=at_close)

    score = mean_with()
    by = f" by {quantity(tolerance, unit)} or more" if tolerance else ""
    changes = [
        _step_change(f"next {frequency.value} met", score, mean_with(met_by(low, high))),
        _step_change(f"next {frequency.value} missed{by}", score, mean_with(missed_by(low, high, tolerance))),
    ]
    if score is None:
        text = f"no {frequency.value} is closed yet, so it is unknown"
        return Explanation("progress", rules, text, inputs=tuple(inputs), changes=tuple(changes))
    credits = [maintain_credit(v, low=low, high=high, tolerance=tolerance) for v in values]
    grouped = sorted(Counter(credits).items(), reverse=True)
    sums = [f"{n} × {number(credit, distance=1)}" if n > 1 else number(credit, distance=1) for credit, n in grouped]
    formula = f"({summands(sums)}) / {len(values)} = {percent(score)}"
    each = Fraction(1, len(values))
    adds, total = add_up([each * Fraction(c) for c in credits])
    parts = tuple(
        Part(
            label=period(point.start, frequency),
            share=float(each),
            value=credit,
            adds=float(each) * credit,
            share_text=share_text(each),
            value_text=digits(hundredfold(credit, 2), keep_zeros=True),
            adds_text=digits(added, keep_zeros=True),
            how=_credit_in_words(point.value, credit, low=low, high=high, tolerance=tolerance, unit=unit),
        )
        for point, credit, added in zip(points, credits, adds, strict=True)
    )
    return Explanation(
        "progress", rules, formula, value=score, inputs=tuple(inputs), parts=parts,
        total_text=digits(total, keep_zeros=True), changes=tuple(changes),
    )  # fmt: skip


def explain_milestone(steps: Sequence[NamedStep]) -> Explanation:
    """Return the weighted share of the steps done, and what each one left would add.

    Source: rule P5.
    """
    done = milestone_progress([s.step for s in steps])
    inputs = tuple(Input(s.title, s.step.done, on=s.step.due_on, source="step") for s in steps)
    if done is None:
        return Explanation("progress", ("P5",), "no steps yet, so it is unknown", inputs=inputs)
    alike = len({s.step.weight for s in steps}) == 1
    sums = [number(s.step.done) if alike else f"{number(s.step.weight)} × {number(s.step.done)}" for s in steps]
    below = str(len(steps)) if alike else f"({summands([number(s.step.weight) for s in steps])})"
    formula = f"({summands(sums)}) / {below} = {percent(done)}"
    changes = [
        _step_change(f"“{s.title}” done", done, _with_done(steps, i)) for i, s in enumerate(steps) if s.step.done < 1
    ]
    return Explanation("progress", ("P5",), formula, value=done, inputs=inputs, changes=tuple(changes))


def nudge_milestone(label: str, steps: Sequence[Step]) -> Nudge | None:
    """Return the first step that is left, done; None without one.

    Source: rule P5.
    """
    named = [NamedStep("", step) for step in steps]
    for i, step in enumerate(steps):
        if step.done < 1:
            after = _with_done(named, i)
            return None if after is None else Nudge(f"{label}: the next step done", clip01(after))
    return None


def explain_score(part: Explanation) -> Explanation:
    """Return what a key result's progress counts as in its objective: cut to 0..100 %.

    Source: the rules of the progress; R1.
    """
    rules = (*part.rules, "R1")
    if part.value is None:
        return Explanation("score", rules, "no progress yet, so nothing counts")
    score = clip01(part.value)
    if score == part.value:
        text = f"the progress of {percent(part.value)} counts as it is"
    else:
        text = f"the progress of {percent(part.value)} counts as {percent(score)}"
    return Explanation("score", rules, text, value=score)


def explain_frozen(
    of: str, value: float | None, *, rules: tuple[str, ...], inputs: Sequence[Input] = ()
) -> Explanation:
    """Return a number that a close froze.

    Source: rules P8, R8.
    """
    text = "had no value when it was closed" if value is None else f"frozen at close: {percent(value)}"
    return Explanation(of, rules, text, value=value, inputs=tuple(inputs))


def _step_change(text: str, before: float | None, after: float | None) -> Change:
    adds = None if before is None or after is None else after - before
    shown = "unknown" if after is None else percent(after)
    said = f"{text}: {shown}" if before is None else f"{text}: {percent(before)} → {shown}"
    return Change(said, becomes=after, adds=adds)


def _with_done(steps: Sequence[NamedStep], index: int) -> float | None:
    return milestone_progress([replace(s.step, done=1.0) if i == index else s.step for i, s in enumerate(steps)])


def met_by(low: float | None, high: float | None) -> float:
    """Return a value that meets a level to keep, in the metric's unit.

    Source: rules P2, P3.
    """
    return next(edge for edge in (low, high, 0.0) if edge is not None)


def missed_by(low: float | None, high: float | None, tolerance: float) -> float:
    """Return a value that misses a level to keep beyond its tolerance, in the metric's unit.

    Source: rules P2, P3.
    """
    if high is not None:
        return high + 2 * tolerance + abs(high) + 1
    edge = low or 0.0
    return edge - 2 * tolerance - abs(edge) - 1


def _credit_in_words(
    value: float, credit: float, *, low: float | None, high: float | None, tolerance: float, unit: str
) -> str:
    shown = quantity(value, unit)
    if credit == 1:
        return f"{shown}, met"
    edge = low if low is not None and value < low else high
    side = "below" if edge == low and low is not None and value < low else "above"
    missed = abs(value - (edge or 0.0))
    text = f"{shown}, {number(missed, distance=missed)} {side} {number(edge or 0.0)}"
    if credit == 0:
        return f"{text}, the tolerance of {number(tolerance)} or more" if tolerance else f"{text}, tolerance 0"
    return f"{text}: 1 − {number(missed, distance=tolerance)} / {number(tolerance)}"


def _put_together(points: Sequence[Point], *, how: Aggregation, unit: str) -> str:
    values = [number(p.value) for p in points]
    if len(points) == 1 and (how != Aggregation.RATIO or points[0].denominator is None):
        return values[0]
    match how:
        case Aggregation.FLOW:
            return summands(values)
        case Aggregation.STOCK_MEAN:
            return f"({summands(values)}) / {len(values)}"
        case Aggregation.MAX | Aggregation.MIN:
            return f"the {'highest' if how == Aggregation.MAX else 'lowest'} of {', '.join(values)}"
        case Aggregation.RATIO:
            above = summands([number(p.numerator or 0.0) for p in points])
            below = summands([number(p.denominator or 0.0) for p in points])
            factor = "100 × " if unit == PERCENT else ""
            return f"{factor}({above}) / ({below})"
    return values[-1]


def _signed(value: float, distance: float) -> str:
    text = number(value, distance=distance)
    return f"({text})" if text.startswith("−") else text
