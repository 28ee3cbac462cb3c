"""Charts: coordinates from values, pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.web.charts.scale import Scale, nice_ticks, spread
from milepost.web.charts.series import Aim, Level, SeriesInput, SeriesPoint, draw_series
from milepost.web.charts.spark import spark

MONDAY = date(2026, 8, 3)
finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


def week(n: int) -> date:
    return MONDAY + timedelta(weeks=n)


def series(values: list[float | None], **more: object) -> SeriesInput:
    fields: dict[str, object] = {
        "points": tuple(SeriesPoint(week(n), v) for n, v in enumerate(values)),
        "levels": (), "targets": (), "notes": (), "unit": "min", "frequency": "week", "today": week(len(values)),
    }  # fmt: skip
    return SeriesInput(**{**fields, **more})  # type: ignore[arg-type]


def test_a_scale_turns_values_into_coordinates_and_a_flat_one_into_its_middle() -> None:
    up = Scale(0, 10, 100, 0)
    assert [up(v) for v in (0, 5, 10)] == [100, 50, 0]
    assert Scale(3, 3, 0, 40)(3) == 20


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 100, [0, 20, 40, 60, 80, 100]), (6.02, 7.61, [6.5, 7, 7.5]), (-1, 1, [-1, -0.5, 0, 0.5, 1]), (4, 4, [4])],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high) == ticks


@given(finite, st.floats(min_value=1e-6, max_value=1e9))
def test_ticks_stay_inside_and_few(low: float, size: float) -> None:
    ticks = nice_ticks(low, low + size)
    assert len(ticks) <= 6
    slack = 1e-6 * max(1.0, abs(low), size)
    assert all(low - slack <= t <= low + size + slack for t in ticks)


@given(st.lists(st.floats(min_value=0, max_value=100), max_size=6))
def test_labels_keep_their_distance_and_their_order(wanted: list[float]) -> None:
    placed = spread(wanted, gap=14, low=0, high=200)
    for a, b in zip(sorted(range(len(wanted)), key=lambda i: wanted[i]), sorted(placed), strict=True):
        assert placed[a] == b
    assert all(later - earlier >= 13.8 for earlier, later in zip(sorted(placed), sorted(placed)[1:], strict=False))


def test_a_gap_breaks_the_line_and_the_dot_stands_at_the_last_value() -> None:
    drawn = spark([1, None, 3, 4, None], targets=[2])
    assert drawn is not None
    assert drawn.path.count("M") == 2
    assert drawn.path.count("L") == 1
    assert drawn.dot.startswith(f"M{round(4 + 0.75 * 128, 1)} ")
    assert len(drawn.targets) == 1
    assert spark([None, None]) is None


def test_the_narrow_drawing_holds_the_last_13_periods() -> None:
    values: list[float | None] = [float(n % 7) for n in range(40)]
    wide, narrow = (draw_series(series(values), wide=wide) for wide in (True, False))
    assert wide is not None
    assert narrow is not None
    assert (len(wide.dots), len(narrow.dots)) == (40, 13)
    assert draw_series(series([None, None]), wide=True) is None


def test_everything_is_drawn_inside_the_picture() -> None:
    values = [40.0, 42, None, 39, 60, 61, 62, 63]
    drawn = draw_series(
        series(
            values,
            levels=(Level(week(0), week(3), 40.0, 30.0, 50.0), Level(week(4), week(7), 61.5, 55.0, 68.0)),
            targets=((Aim(30.0),) * len(values),),
            notes=((week(4), "A new price list for everybody"), (week(30), "not in the picture")),
        ),
        wide=True,
    )
    assert drawn is not None
    assert drawn.path.count("M") == 2  # the missing week
    for line in drawn.lines:
        assert 0 <= min(line.x1, line.x2) <= max(line.x1, line.x2) <= drawn.width
        assert 0 <= min(line.y1, line.y2) <= max(line.y1, line.y2) <= drawn.height
    said = [text.text for text in drawn.texts]
    assert any(text.endswith("…") and text.startswith("A new price") for text in said)
    assert "not in the picture" not in said
    assert any(text.startswith("Target") for text in said)
