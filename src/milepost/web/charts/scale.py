"""From values to coordinates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to coordinates."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        share = 0.5 if span == 0 else (value - self.low) / span
        return round(self.start + share * (self.end - self.start), 1)


def nice_ticks(low: float, high: float, *, most: int = 5) -> list[float]:
    """Return round values inside a range, at most `most`; one value for a range of nothing."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def spread(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Return positions near the wanted ones that keep `gap` between them, inside low..high, in the same order."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed: list[float] = []
    for i in order:
        floor = placed[-1] + gap if placed else low
        placed.append(max(floor, wanted[i]))
    overflow = placed[-1] - high if placed else 0.0
    if overflow > 0:
        limit = high
        for at in range(len(placed) - 1, -1, -1):
            placed[at] = min(placed[at], limit)
            limit = placed[at] - gap
    out = [0.0] * len(wanted)
    for place, i in zip(placed, order, strict=True):
        out[i] = round(place, 1)
    return out
