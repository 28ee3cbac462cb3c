"""The small line of a tile: 13 closed readings, the target, a dot at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.web.charts.scale import Scale

WIDTH, HEIGHT, EDGE = 140.0, 40.0, 5.0


@dataclass(frozen=True, slots=True)
class Spark:
    """Coordinates in a box of 140 × 40. `targets` are heights of dotted lines.

    `dot` is a path of no length: its round cap stays a circle however the box is stretched.
    """

    path: str
    targets: tuple[float, ...]
    dot: str


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
        dot=f"M{x(last)} {y(values[last] or 0.0)}h.01",
    )
