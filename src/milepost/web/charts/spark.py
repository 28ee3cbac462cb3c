"""The small line of a tile: 13 closed readings, the target, a dot at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.web.charts.scale import Scale

WIDTH, HEIGHT, EDGE = 140.0, 40.0, 5.0


@dataclass(frozen=True, slots=True)
class Spark:
    """Coordinates in a box of 140 × 40; the dot in percent of it. `targets` are heights of dotted lines."""

    path: str
    targets: tuple[float, ...]
    dot_left: float
    dot_top: float


def spark(values: Sequence[float | None], *, targets: Sequence[float] = ()) -> Spark | None:
    """Return the line of these values, oldest first; a gap breaks it; None without a value.

    The range always includes the targets.
    """
    known = [v for v in values if v is not None]
    if not known:
        return None
    y = Scale(min([*known, *targets]), max([*known, *targets]), HEIGHT - EDGE, EDGE)
    steps = max(1, len(values) - 1)
    x = Scale(0, steps, 4.0, WIDTH - 8.0)
    parts: list[str] = []
    pen = "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{x(index)} {y(value)}")
        pen = "L"
    last = max(i for i, v in enumerate(values) if v is not None)
    return Spark(
        path="".join(parts),
        targets=tuple(y(t) for t in targets),
        dot_left=round(100 * x(last) / WIDTH, 1),
        dot_top=round(100 * y(values[last] or 0.0) / HEIGHT, 1),
    )
