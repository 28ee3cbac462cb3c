"""The chart of a key result: its plan as a dashed line, its values on it, amendments, today."""

from collections.abc import Sequence
from datetime import date, timedelta

from milepost.web import format as words
from milepost.web.charts.scale import Scale, nice_ticks
from milepost.web.charts.series import LETTER, Dot, Line, SeriesDrawing, Text

Steps = Sequence[tuple[date, float]]


def draw_plan(
    planned: Steps, values: Steps, *, checkpoints: Steps, amended: Sequence[date], unit: str, today: date, wide: bool
) -> SeriesDrawing | None:
    """Return the drawing of a plan, wide (760 × 260) or narrow (340 × 220); None without a plan.

    Args:
        planned: every day of the plan, the first one first.
        values: by day; those before the plan are left out.
    """
    if not planned:
        return None
    first, last = planned[0][0], planned[-1][0]
    seen = [(day, value) for day, value in values if first <= day <= last]
    width, height = (760, 260) if wide else (340, 220)
    levels = [value for _, value in (*planned, *seen, *checkpoints)]
    pad = (max(levels) - min(levels) or abs(levels[0]) or 1.0) * 0.06
    low, high = min(levels) - pad, max(levels) + pad
    ticks = nice_ticks(low, high)
    left = 14 + LETTER * max((len(words.number(t, digits=4)) for t in ticks), default=2)
    right, top, bottom = width - 26.0, 22.0, height - 26.0
    y = Scale(low, high, bottom, top)
    x = Scale(0, max(1, (last - first).days), left, right)

    def at(day: date) -> float:
        return x((day - first).days)

    lines = [Line(left, y(t), right, y(t), "grid") for t in ticks]
    texts = [Text(left - 6, y(t) + 4, words.number(t, digits=4), "", "end") for t in ticks]
    for day in amended:
        lines.append(Line(at(day), top - 4, at(day), bottom, "ev"))
        texts.append(Text(at(day) + 4, top + 6, "amended", "lab", "start"))
    if first <= today <= last:
        lines.append(Line(at(today), top, at(today), bottom, "tg"))
        texts.append(Text(at(today), top - 8, "today", "tlab", "middle"))
    texts += [
        Text(at(day), height - 8.0, words.day(day, today=today), "", anchor)
        for day, anchor in ((first, "start"), (first + (last - first) / 2, "middle"), (last, "end"))
    ]
    dots = [Dot(at(day), y(value), _says(day, value, unit, today)) for day, value in seen]
    dots += [
        Dot(at(day), y(value), f"Checkpoint, {_says(day, value, unit, today)}", "neutral") for day, value in checkpoints
    ]
    here = max(min(today, last), first)
    wanted = words.with_unit(dict(planned)[here], unit, full=True)
    label = f"The plan from {words.day(first, today=today)} to {words.day(last, today=today)}, {wanted} by today"
    if seen:
        label += f"; the last value is {words.with_unit(seen[-1][1], unit, full=True)}"
    return SeriesDrawing(
        width=width,
        height=height,
        css="wid" if wide else "nar",
        label=label,
        path="".join(f"{'L' if i else 'M'}{at(day)} {y(value)}" for i, (day, value) in enumerate(seen)),
        open_path="".join(
            f"{'L' if i else 'M'}{at(day)} {y(value)}" for i, (day, value) in enumerate(_thinned(planned))
        ),
        lines=tuple(lines),
        texts=tuple(texts),
        dots=tuple(dots),
        open_dot=None,
        today_x=None,
    )


def _says(day: date, value: float, unit: str, today: date) -> str:
    return f"{words.day(day, today=today)}: {words.with_unit(value, unit, full=True)}"


def _thinned(planned: Steps) -> Steps:
    """Return the days that a line needs, those in the middle of a straight stretch left out."""
    kept = [planned[0]]
    for before, here, after in zip(planned, planned[1:], planned[2:], strict=False):
        if abs((here[1] - before[1]) - (after[1] - here[1])) > 1e-9 * max(1.0, abs(here[1])):
            kept.append(here)
    return [*kept, planned[-1]] if len(planned) > 1 else kept


def weekly(planned: Steps, *, today: date) -> Steps:
    """Return the plan once a week, with its ends and today, as a table shows it."""
    if not planned:
        return []
    by_day = dict(planned)
    days = set(list(by_day)[::7]) | {planned[-1][0]} | ({today} & by_day.keys())
    return [(day, by_day[day]) for day in sorted(days)]


def value_by(values: Steps, day: date) -> float | None:
    """Return the last value of the week that ends with a day."""
    seen = [value for on, value in values if day - timedelta(days=6) <= on <= day]
    return seen[-1] if seen else None
