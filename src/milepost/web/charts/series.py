"""The chart of a KPI: closed periods, the open one, levels, limits, target, notes, today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.web import format as words
from milepost.web.charts.scale import Scale, nice_ticks, spread

LABEL_GAP = 14.0
NOTE_LETTERS = 18
LETTER = 6.4  # width of an average letter at 11 px


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One period; value None leaves a gap; `mark` is "", good, bad or neutral for a changed level."""

    start: date
    value: float | None
    is_open: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A stretch of one mean between two period starts, with its limits where it has them."""

    first: date
    last: date
    mean: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """One end of a period's target; `is_sloped` where it lies on a line that rises or falls."""

    value: float
    is_sloped: bool = False


@dataclass(frozen=True, slots=True)
class SeriesInput:
    """What to draw; values in the metric's unit, oldest first.

    `targets` holds lines (the lower ends, the upper ends) with an aim for each point, None where there is none.
    """

    points: tuple[SeriesPoint, ...]
    levels: tuple[Level, ...]
    targets: tuple[tuple[Aim | None, ...], ...]
    notes: tuple[tuple[date, str], ...]
    unit: str
    frequency: str
    today: date


@dataclass(frozen=True, slots=True)
class Text:
    """A label at a place."""

    x: float
    y: float
    text: str
    css: str = ""
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with what it says on hover."""

    x: float
    y: float
    title: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    css: str


@dataclass(frozen=True, slots=True)
class SeriesDrawing:
    """Everything the template draws, in coordinates."""

    width: int
    height: int
    css: str
    label: str
    path: str
    open_path: str
    lines: tuple[Line, ...]
    texts: tuple[Text, ...]
    dots: tuple[Dot, ...]
    open_dot: Dot | None
    today_x: float | None


def draw_series(given: SeriesInput, *, wide: bool) -> SeriesDrawing | None:
    """Return the drawing, wide (760 × 300) or narrow (340 × 240, the last 13 periods); None without a value."""
    points = given.points if wide else given.points[-13:]
    known = [p.value for p in points if p.value is not None]
    if not known:
        return None
    width, height = (760, 300) if wide else (340, 240)
    first_day = points[0].start
    levels = [lv for lv in given.levels if lv.last >= first_day]
    bounds = [b for lv in levels for b in (lv.lower, lv.upper, lv.mean) if b is not None]
    targets = [line[-len(points) :] for line in given.targets]
    bounds += [aim.value for line in targets for aim in line if aim is not None]
    low, high = min([*known, *bounds]), max([*known, *bounds])
    pad = (high - low or abs(high) or 1.0) * 0.06
    ticks = nice_ticks(low - pad, high + pad)
    left = 14 + LETTER * max((len(words.number(t, digits=4)) for t in ticks), default=2)
    right = 92.0 if wide else 62.0
    top, bottom = 26.0, height - 26.0
    y = Scale(low - pad, high + pad, bottom, top)
    x = Scale(0, max(1, len(points) - 1), left + 6, width - right - 10)
    lines = [Line(left, y(t), width - right, y(t), "grid") for t in ticks]
    texts = [Text(left - 6, y(t) + 4, words.number(t, digits=4), "", "end") for t in ticks]
    place = {p.start: x(i) for i, p in enumerate(points)}
    lines += _levels(levels, points, x, y)
    lines += [line for aims in targets for line in _target_line(aims, x, y, left=left, right=width - right)]
    ends = [aims[-1].value for aims in targets if aims and aims[-1] is not None]
    texts += _right_labels(ends, levels, y, x0=width - right + 6, top=top, bottom=bottom)
    texts += _axis(points, given, x, y0=height - 8.0, left=left, right=width - right)
    for day, text in given.notes:
        if day in place:
            lines.append(Line(place[day], top - 4, place[day], bottom, "ev"))
            shown = text if len(text) <= NOTE_LETTERS else text[: NOTE_LETTERS - 1].rstrip() + "…"
            near_end = place[day] > width - right - len(shown) * LETTER
            texts.append(
                Text(
                    place[day] + (-4 if near_end else 4),
                    top + 6,
                    shown,
                    "lab",
                    "end" if near_end else "start",
                )
            )
    dots, open_dot, path, open_path = _series(points, given, x, y)
    return SeriesDrawing(
        width=width,
        height=height,
        css="wid" if wide else "nar",
        label=_label(given, points),
        path=path,
        open_path=open_path,
        lines=tuple(lines),
        texts=tuple(texts),
        dots=tuple(dots),
        open_dot=open_dot,
        today_x=open_dot.x if open_dot else None,
    )


def _levels(levels: Sequence[Level], points: Sequence[SeriesPoint], x: Scale, y: Scale) -> list[Line]:
    lines = []
    for number, level in enumerate(levels):
        inside = [i for i, p in enumerate(points) if level.first <= p.start <= level.last]
        if not inside:
            continue
        x1, x2 = x(inside[0]), x(inside[-1])
        lines.append(Line(x1, y(level.mean), x2, y(level.mean), "mean"))
        if number == len(levels) - 1:  # limits of older levels would crowd the chart
            lines += [Line(x1, y(b), x2, y(b), "lim") for b in (level.lower, level.upper) if b is not None]
    return lines


def _target_line(aims: Sequence[Aim | None], x: Scale, y: Scale, *, left: float, right: float) -> list[Line]:
    """Return one end of the target over time: level for each stretch of one value, a slope from period to period."""
    lines: list[Line] = []
    between = [left, *(round((x(at) + x(at + 1)) / 2, 1) for at in range(len(aims) - 1)), right]
    for at, aim in enumerate(aims):
        if aim is None:
            continue
        after = aims[at + 1] if at + 1 < len(aims) else None
        if aim.is_sloped and after is not None and after.is_sloped:
            lines.append(Line(x(at), y(aim.value), x(at + 1), y(after.value), "tg"))
            continue
        level, end = y(aim.value), between[at + 1]
        begin = x(at) if aim.is_sloped else between[at]  # the last one of a slope goes on from its point
        last = lines[-1] if lines and lines[-1].x2 == begin else None
        if last is not None and last.y1 == last.y2 == level:
            begin = lines.pop().x1
        elif last is not None and last.y2 != level:  # a step
            lines.append(Line(begin, last.y2, begin, level, "tg"))
        lines.append(Line(begin, level, end, level, "tg"))
    return lines


def _right_labels(
    targets: Sequence[float], levels: Sequence[Level], y: Scale, *, x0: float, top: float, bottom: float
) -> list[Text]:
    wanted: list[tuple[float, str, str]] = [(y(t), f"Target {words.number(t, digits=4)}", "tlab") for t in targets]
    if levels:
        now = levels[-1]
        wanted.append((y(now.mean), f"Mean {words.number(now.mean, digits=3)}", "lab"))
        if now.lower is not None and now.upper is not None:
            wanted.append((y(now.upper), f"Upper {words.number(now.upper, digits=3)}", "lab"))
            wanted.append((y(now.lower), f"Lower {words.number(now.lower, digits=3)}", "lab"))
    heights = spread([w[0] for w in wanted], gap=LABEL_GAP, low=top, high=bottom)
    return [Text(x0, at + 4, text, css) for at, (_, text, css) in zip(heights, wanted, strict=True)]


def _axis(
    points: Sequence[SeriesPoint], given: SeriesInput, x: Scale, *, y0: float, left: float, right: float
) -> list[Text]:
    """Return labels below the periods, as many as fit."""
    names = [words.period_short(p.start, given.frequency, today=given.today) for p in points]
    room = max(len(name) for name in names) * LETTER + 14
    fit = max(1, int((right - left) // room))
    step = max(1, -(-len(points) // fit))
    return [
        Text(x(i), y0, names[i], "", "middle") for i in range(len(points) - 1, -1, -step) if x(i) - room / 2 > left - 30
    ]


def _series(
    points: Sequence[SeriesPoint], given: SeriesInput, x: Scale, y: Scale
) -> tuple[list[Dot], Dot | None, str, str]:
    dots: list[Dot] = []
    open_dot, path, open_path, pen = None, "", "", "M"
    before: Dot | None = None
    many = len(points) > 80  # noqa: PLR2004 - dots of more would touch
    for i, p in enumerate(points):
        if p.value is None:
            pen, before = "M", None
            continue
        name = words.period(p.start, given.frequency, today=given.today)
        dot = Dot(x(i), y(p.value), f"{name}: {words.with_unit(p.value, given.unit, full=True)}", p.mark)
        if p.is_open:
            open_dot = dot
            if before is not None:
                open_path = f"M{before.x} {before.y}L{dot.x} {dot.y}"
            continue
        path += f"{pen}{dot.x} {dot.y}"
        pen, before = "L", dot
        if not many or p.mark:
            dots.append(dot)
    return dots, open_dot, path, open_path


def _label(given: SeriesInput, points: Sequence[SeriesPoint]) -> str:
    closed = [p for p in points if p.value is not None and not p.is_open]
    if not closed:
        return "No closed period has a value yet"
    first, last = closed[0], closed[-1]
    return (
        f"{len(closed)} periods from {words.period(first.start, given.frequency, today=given.today)} at "
        f"{words.with_unit(first.value, given.unit, full=True)} to "
        f"{words.period(last.start, given.frequency, today=given.today)} at "
        f"{words.with_unit(last.value, given.unit, full=True)}"
    )
