"""How good confidence was: what was said in the middle of a cycle against what came true."""

from collections.abc import Mapping
from dataclasses import dataclass

from milepost.core.confidence import as_probability

ENOUGH = 50  # closed key results; below that chance says more than people do
BANDS = ((1, 2), (3, 4), (5, 6), (7, 8), (9, 10))


@dataclass(frozen=True, slots=True)
class Band:
    """Key results of which a confidence from `low` to `high` was said, and how many of them were reached.

    `said` is the mean of these confidences read as a chance 0..1, None where nobody said one.
    """

    low: int
    high: int
    count: int
    reached: int
    said: float | None

    @property
    def came_true(self) -> float | None:
        """Return the share 0..1 that was reached, None of none.

        Source: rules S6, G1.
        """
        return self.reached / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Said against come true; both 0..1 over all, None without any. `gap` above 0 means too hopeful."""

    bands: tuple[Band, ...]
    count: int
    said: float | None
    came_true: float | None

    @property
    def gap(self) -> float | None:
        """Return how much more was said than came true, -1..1; None without any.

        Source: rules S6, G1.
        """
        return None if self.said is None or self.came_true is None else self.said - self.came_true

    @property
    def is_enough(self) -> bool:
        """Return whether these are so many that a chart of them says something.

        Source: rules S6, G1.
        """
        return self.count >= ENOUGH


def calibrate(counts: Mapping[tuple[int, bool], int]) -> Calibration:
    """Return how confidences compare with what came true.

    A confidence c is read as the chance c / 10. Came true means that the final grade is green (G1).

    Args:
        counts: how many key results were (said so, reached), by confidence 1..10 and whether reached.

    Raises:
        BadConfidence: one lies outside 1 to 10.

    Source: rules S6, G1.
    """
    bands = tuple(_band(counts, low, high) for low, high in BANDS)
    total = sum(counts.values())
    return Calibration(
        bands=bands,
        count=total,
        said=sum(as_probability(c) * n for (c, _), n in counts.items()) / total if total else None,
        came_true=sum(band.reached for band in bands) / total if total else None,
    )


def _band(counts: Mapping[tuple[int, bool], int], low: int, high: int) -> Band:
    inside = {key: n for key, n in counts.items() if low <= key[0] <= high}
    count = sum(inside.values())
    said = sum(as_probability(c) * n for (c, _), n in inside.items()) / count if count else None
    return Band(low, high, count, sum(n for (_, is_reached), n in inside.items() if is_reached), said)
