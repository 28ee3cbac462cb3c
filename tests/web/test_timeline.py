"""One axis for many rows: every day has its place, and no mark lies beside the axis."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.web.charts.timeline import Axis, axis, track

Q4 = axis(date(2026, 10, 1), date(2026, 12, 31))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "place"),
    [
        (date(2026, 10, 1), 0),
        (date(2026, 11, 16), 50),
        (date(2027, 1, 1), 100),
        (date(2026, 1, 1), 0),
        (date(2028, 1, 1), 100),
    ],
)
def test_a_day_has_its_place(day: date, place: float) -> None:
    assert Q4.at(day) == place


def test_months_begin_where_they_begin() -> None:
    assert [day for _, day in Q4.months] == [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)]
    assert axis(date(2026, 10, 15), date(2026, 10, 20)).months == ((0, date(2026, 10, 15)),)
    assert [day.month for _, day in axis(date(2026, 1, 1), date(2028, 12, 31)).months][:3] == [1, 4, 7]


def test_a_row_has_a_bar_that_is_filled_as_far_as_it_has_come() -> None:
    found = track(Q4, first=Q4.first, last=Q4.last, score=0.25, steps=[(date(2026, 11, 15), True)], check_in=None)
    assert (found.x, found.width, found.done, found.check_in) == (0, 100, 25, None)
    assert found.steps == ((49.45, True),)


def test_what_has_no_score_is_not_filled_and_what_lies_outside_is_not_marked() -> None:
    late = date(2027, 2, 1)
    found = track(Q4, first=Q4.first, last=Q4.last, score=None, steps=[(late, False)], check_in=late)
    assert (found.done, found.steps, found.check_in) == (0, (), None)


@given(DAYS, DAYS, DAYS, DAYS, st.none() | st.floats(-1, 2))
def test_nothing_leaves_the_axis(a: date, b: date, c: date, d: date, score: float | None) -> None:
    at: Axis = axis(min(a, b), max(a, b))
    found = track(at, first=min(c, d), last=max(c, d), score=score, steps=[(c, False)], check_in=d)
    assert 0 <= found.x <= 100
    assert found.width >= -0.01 and found.x + found.width <= 100.02
    assert 0 <= found.done <= found.width + 0.01
    assert all(0 <= x <= 100 for x, _ in found.steps)
    assert all(0 <= x < 100.01 and at.holds(day) for x, day in at.months)
    assert at.at(a) <= at.middle(a) <= at.at(a + timedelta(days=1))
