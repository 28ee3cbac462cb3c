"""The test vectors of the method, rule by rule."""

from datetime import date
from fractions import Fraction

import pytest

from milepost.core.calendar import Frequency, year_before
from milepost.core.grade import grade_word
from milepost.core.levels import Levels, levels_progress
from milepost.core.pace import Ambition, elapsed, expected_linear
from milepost.core.path import Curve, curve_share
from milepost.core.progress import Step, clip01, maintain_score, milestone_progress, progress
from milepost.core.rollup import Child, SharesAboveOne, roll_up, shares
from milepost.core.rule_sets import RATIO
from milepost.core.status import goal_word

COMMITTED, ASPIRATIONAL = Ambition.COMMITTED, Ambition.ASPIRATIONAL


@pytest.mark.parametrize(
    ("start", "target", "value", "expected"),
    [
        (100, 60, 80, 0.5),
        (100, 60, 70, 0.75),
        (100, 60, 50, 1.25),
        (15, 35, 20, 0.25),
        (-5, 5, 0, 0.5),
        (0, 10, -1, -0.1),
    ],
)
def test_p1(start: float, target: float, value: float, expected: float) -> None:
    got = progress(start=start, target=target, value=value)
    assert got == pytest.approx(expected)
    assert clip01(got) == pytest.approx(min(1, max(0, expected)))


def test_p2_and_p3() -> None:
    assert maintain_score([28, 30, 35, 45], low=None, high=30, tolerance=10) == pytest.approx(0.625)
    inside, outside = [5.0] * 9, [11.0] * 4
    assert maintain_score(inside + outside, low=0, high=10, tolerance=0) == pytest.approx(9 / 13)


@pytest.mark.parametrize(("value", "share"), [(40, 0.3), (70, 0.5), (100, 0.7), (120, 0.85), (140, 1)])
def test_p4(value: float, share: float) -> None:
    assert levels_progress(Levels(start=0, floor=40, target=100, stretch=140), value) == pytest.approx(share)


def test_p5() -> None:
    assert milestone_progress([Step(1, 1), Step(1, 0.5), Step(2, 0)]) == 0.375
    assert milestone_progress([]) is None


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([0, 0.25, 0.2], 0.15), ([1, 0, 0], 1 / 3), ([0.2, 0.3, 0.1, 0.4], 0.25), ([0.27, 0.18, 0.73], 0.39333333)],
)
def test_r1(scores: list[float], expected: float) -> None:
    assert roll_up([Child(i, s, None) for i, s in enumerate(scores)]).score == pytest.approx(expected)


def test_r2() -> None:
    def split(n: int) -> list[Fraction]:
        return list(shares([Child("fixed", None, None, share=0.5), *(Child(i, None, None) for i in range(n))]).values())

    assert split(2) == [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
    assert split(3) == [Fraction(1, 2), *[Fraction(1, 6)] * 3]
    with pytest.raises(SharesAboveOne, match="120 %"):
        shares([Child(1, None, None, share=0.7), Child(2, None, None, share=0.5)])
    scaled = shares([Child(1, None, None, share=0.2), Child(2, None, None, share=0.2)])
    assert list(scaled.values()) == [Fraction(1, 2)] * 2


def test_r4() -> None:
    rolled = roll_up([Child(1, 0.4, None), Child(2, None, None), Child(3, 0.8, None)])
    assert rolled.score == pytest.approx(0.6)
    assert (rolled.reported, rolled.total) == (2, 3)


def test_e1_and_e3() -> None:
    tau = elapsed(first=date(2026, 10, 1), last=date(2026, 12, 31), day=date(2026, 11, 22))
    assert tau == pytest.approx(52 / 91)
    assert expected_linear(tau, ambition=ASPIRATIONAL) == pytest.approx(0.4)
    day = date(2026, 11, 22)
    assert elapsed(first=day, last=day, day=day) == 0
    assert elapsed(first=day, last=day, day=date(2026, 11, 23)) == 1


def test_e2() -> None:
    assert [curve_share(curve, 0.5) for curve in (Curve.FRONT, Curve.BACK, Curve.S)] == [0.75, 0.25, 0.5]


@pytest.mark.parametrize(
    ("gap", "word"),
    [
        (-0.10, "on_track"),
        (-0.1001, "at_risk"),
        (-0.25, "at_risk"),
        (-0.2501, "off_track"),
        (0.1, "ahead"),
        (0.0999, "on_track"),
    ],
)
def test_s1(gap: float, word: str) -> None:
    for expected in (0.571, 0.33, 52 / 91):
        got = goal_word(
            progress=expected + gap, expected=expected, tau=0.5, ambition=COMMITTED, ended=False, closed=False
        )
        assert got == word


def test_s2() -> None:
    asked = {"tau": 0.53, "ambition": COMMITTED, "ended": False, "closed": False}
    assert pytest.approx(0.566, abs=5e-4) == 0.30 / 0.53
    assert goal_word(progress=0.30, expected=0.53, rules=RATIO, **asked) == "off_track"


def test_s1_early_ended_done_and_reached() -> None:
    given = {"ambition": COMMITTED, "ended": False, "closed": False}
    assert goal_word(progress=0, expected=0.1, tau=0.1, **given) == "early"
    assert goal_word(progress=-0.01, expected=0.1, tau=0.1, **given) == "at_risk"
    assert goal_word(progress=0.3, expected=0.1, tau=0.1, **given) == "ahead"
    assert goal_word(progress=None, expected=0.5, tau=0.5, **given) == "no_value"
    assert goal_word(progress=0.7, expected=0.4, tau=0.5, ambition=ASPIRATIONAL, ended=False, closed=False) == "reached"
    assert goal_word(progress=0.9, expected=1, tau=1, ambition=COMMITTED, ended=True, closed=False) == "ended"
    assert goal_word(progress=0.9, expected=1, tau=1, ambition=COMMITTED, ended=True, closed=True) == "done"
    assert goal_word(progress=1, expected=1, tau=0.1, is_maintain=True, has_breach=False, **given) == "early"
    assert goal_word(progress=0.5, expected=1, tau=0.1, is_maintain=True, has_breach=True, **given) == "at_risk"
    assert goal_word(progress=0.6, expected=0.5, tau=0.5, has_missing=True, **given) == "at_risk"


@pytest.mark.parametrize(
    ("grade", "ambition", "word"),
    [(0.35, ASPIRATIONAL, "missed"), (0.65, ASPIRATIONAL, "partly"), (0.7, ASPIRATIONAL, "reached"), (0.99, COMMITTED, "partly"),
     (1.0, COMMITTED, "reached"), (0.69, COMMITTED, "missed"), (0.9, Ambition.LEARNING, None)],
)  # fmt: skip
def test_g1(grade: float, ambition: Ambition, word: str | None) -> None:
    assert grade_word(grade, ambition=ambition) == word


def test_k5() -> None:
    assert year_before(date.fromisocalendar(2026, 53, 1), Frequency.WEEK) == date.fromisocalendar(2025, 52, 1)
    assert year_before(date.fromisocalendar(2027, 1, 1), Frequency.WEEK) == date.fromisocalendar(2026, 1, 1)
    assert year_before(date(2028, 2, 29), Frequency.DAY) == date(2027, 3, 2)
    assert year_before(date(2026, 10, 1), Frequency.QUARTER) == date(2025, 10, 1)
