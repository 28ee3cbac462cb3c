"""How good confidence was: what was said against the share that came true, with the line of "as said"."""

from dataclasses import dataclass
from math import sqrt

from milepost.core.calibration import Band, Calibration
from milepost.web.charts.scale import Scale

WIDTH, HEIGHT = 288, 232
LEFT, RIGHT, TOP, BOTTOM = 38.0, 254.0, 24.0, 196.0
SMALLEST, PER_ROOT = 3.0, 0.8  # of a point: its area goes with the count


@dataclass(frozen=True, slots=True)
class Dot:
    """One point, as large as many were asked, with its words beside it."""

    x: float
    y: float
    r: float
    label_x: float
    label_y: float
    text: str


@dataclass(frozen=True, slots=True)
class CalibrationChart:
    """Coordinates in a box of 288 × 232; `bands` are the names under the axis."""

    dots: tuple[Dot, ...]
    path: str
    ticks: tuple[tuple[float, str], ...]
    bands: tuple[tuple[float, str], ...]
    text: str


def draw(calibration: Calibration) -> CalibrationChart:
    """Return the chart of a calibration; a band that nobody said has no point."""
    x, y = Scale(0, 1, LEFT, RIGHT), Scale(0, 1, BOTTOM, TOP)
    dots = tuple(_dot(band, x, y) for band in calibration.bands if band.count)
    return CalibrationChart(
        dots=dots,
        path="M" + "L".join(f"{dot.x} {dot.y}" for dot in dots) if dots else "",
        ticks=tuple((y(share), f"{100 * share:.0f} %") for share in (0.0, 0.5, 1.0)),
        bands=tuple((x(_middle(band)), f"{band.low}–{band.high}") for band in calibration.bands),
        text=" ".join(f"Said {b.low} to {b.high}: {b.reached} of {b.count}." for b in calibration.bands if b.count),
    )


def _dot(band: Band, x: Scale, y: Scale) -> Dot:
    share = band.came_true or 0.0
    r = round(SMALLEST + PER_ROOT * sqrt(band.count), 1)
    at, up = x(_middle(band)), y(share)
    return Dot(at, up, r, round(at + r + 4, 1), round(up + r + 8, 1), f"{band.reached} of {band.count}")


def _middle(band: Band) -> float:
    return (band.low + band.high) / 20
