"""How good confidence was (rules S6, G1)."""

import pytest

from milepost.core.calibration import BANDS, ENOUGH, calibrate
from milepost.core.confidence import BadConfidence


def test_said_and_come_true_are_compared_band_by_band() -> None:
    found = calibrate({(7, True): 6, (8, False): 4, (2, False): 10})
    assert [(b.low, b.high, b.reached, b.count) for b in found.bands if b.count] == [(1, 2, 0, 10), (7, 8, 6, 10)]
    assert found.bands[3].said == pytest.approx(0.74)
    assert found.bands[3].came_true == 0.6
    assert (found.count, found.said, found.came_true) == (20, pytest.approx(0.47), 0.3)
    assert found.gap == pytest.approx(0.17)


def test_nothing_said_is_unknown_and_not_zero() -> None:
    found = calibrate({})
    assert (found.count, found.said, found.came_true, found.gap) == (0, None, None, None)
    assert [band.came_true for band in found.bands] == [None] * len(BANDS)


def test_a_chart_needs_fifty() -> None:
    assert not calibrate({(5, True): ENOUGH - 1}).is_enough
    assert calibrate({(5, True): ENOUGH}).is_enough


def test_every_confidence_falls_into_one_band() -> None:
    assert sum(band.count for band in calibrate({(c, True): 1 for c in range(1, 11)}).bands) == 10
    with pytest.raises(BadConfidence):
        calibrate({(11, True): 1})
