"""Progress of every kind of key result (rules P1 to P11)."""

import math
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency
from milepost.core.judgement import BadJudgement, Judgement, Override, check_judgement, standing_score
from milepost.core.levels import BadLevels, Levels, check_levels, levels_progress, levels_value
from milepost.core.measure import Kind, Measure, Measured, MissingNumber, Seen, Tasks, check_measure, measure_progress
from milepost.core.numbers import NotANumber, said
from milepost.core.pace import Ambition
from milepost.core.parts import Amount, BadCount, Combine, MixedUnits, mean_of_scores, sum_of_values, tasks_progress
from milepost.core.progress import (
    BadBand,
    BadStep,
    DirectionDisagrees,
    NoDistance,
    Step,
    check_band,
    check_steps,
    check_way,
    clip01,
    forced_progress,
    maintain_credit,
    maintain_score,
    milestone_progress,
    progress,
    value_at,
)
from milepost.core.rollup import Child
from milepost.core.series import Aggregation, Point, Window, default_start, window_points, window_value

ASPIRATIONAL = Ambition.ASPIRATIONAL
finite = st.floats(allow_nan=False, allow_infinity=False)
small = st.integers(-1000, 1000).map(float)


@given(finite, finite, finite)
def test_p1_is_a_number_for_every_three_numbers(start: float, target: float, value: float) -> None:
    assume(start != target)
    share = progress(start=start, target=target, value=value)
    assert math.isfinite(share)
    assert 0 <= clip01(share) <= 1
    assert progress(start=start, target=target, value=start) == 0
    assert progress(start=start, target=target, value=target) == 1


@given(finite, finite, finite, finite)
def test_p1_is_monotone_to_the_ends_of_float(start: float, target: float, a: float, b: float) -> None:
    assume(start != target)
    low, high = (progress(start=start, target=target, value=v) for v in sorted((a, b)))
    assert low <= high if target > start else low >= high


def test_p1_at_the_ends_of_float() -> None:
    top = sys.float_info.max
    assert progress(start=0, target=5e-324, value=1e308) == top
    assert progress(start=5e-324, target=0, value=1e308) == -top
    assert progress(start=-top, target=top, value=0) == 0.5
    assert progress(start=-1e308, target=math.nextafter(-1e308, 0), value=top) > 1e15
    assert math.isfinite(value_at(top, start=-top, target=top))


def test_an_import_that_forces_start_and_target_together_is_met_or_not() -> None:
    assert [forced_progress(value=v, target=45, direction="higher") for v in (44.9, 45, 46)] == [0, 1, 1]
    assert [forced_progress(value=v, target=45, direction="lower") for v in (44.9, 45, 46)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("given_way", "refusal", "words"),
    [
        ({"start": 1234567.5, "target": 1234567.5}, NoDistance, "both 1234567.5.*keep a level"),
        ({"start": 1234567, "target": 1234568, "direction": "lower"}, DirectionDisagrees, "1234567 to 1234568 goes up"),
        ({"start": 5, "target": -5, "direction": "higher"}, DirectionDisagrees, "5 to −5 goes down"),
        ({"start": math.nan, "target": 1}, NotANumber, "The start is no finite number"),
        ({"start": 0, "target": math.inf}, NotANumber, "The target is no finite number"),
        ({"start": 0, "target": float("1e400")}, NotANumber, "The target"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused_with_its_numbers(given_way: dict, refusal: type, words: str) -> None:
    with pytest.raises(refusal, match=words):
        check_way(**given_way)


def test_a_way_is_accepted_in_its_direction() -> None:
    check_way(start=5, target=-5, direction="lower")
    check_way(start=-5, target=5, direction="higher")
    check_way(start=0, target=1)


@given(finite)
def test_a_number_is_said_with_every_digit(value: float) -> None:
    assert float(said(value).replace("−", "-")) == value


def test_p2_credits_fall_with_the_shortfall() -> None:
    band = {"low": None, "high": 30.0, "tolerance": 10.0}
    assert [maintain_credit(v, **band) for v in (28, 30, 35, 40, 45)] == [1, 1, 0.5, 0, 0]
    assert [maintain_credit(v, low=95.0, high=None, tolerance=0) for v in (95, 94.999)] == [1, 0]
    assert maintain_score([], **band) is None
    floor = {"low": 200_000.0, "high": None, "tolerance": 20_000.0}  # "a floor of 200 k, aim 220 k" of the articles
    assert maintain_credit(190_000, **floor) == 0.5
    assert maintain_credit(-sys.float_info.max, low=sys.float_info.max, high=None, tolerance=1) == 0


def test_p3_takes_the_distance_to_the_nearer_end_and_may_look_at_the_close_only() -> None:
    band = {"low": 14.0, "high": 24.0, "tolerance": 4.0}
    assert [maintain_credit(v, **band) for v in (14, 24, 13, 26, 9, 29)] == [1, 1, 0.75, 0.5, 0, 0]
    assert maintain_score([9, 9, 13], **band) == 0.25
    assert maintain_score([9, 9, 13], **band, at_close=True) == 0.75
    assert maintain_score([], **band, at_close=True) is None


@given(st.lists(finite, max_size=30), finite, finite, st.floats(0, 1e308))
def test_credits_stay_in_0_to_1_whatever_the_order(values: list, a: float, b: float, tolerance: float) -> None:
    low, high = min(a, b), max(a, b)
    score = maintain_score(values, low=low, high=high, tolerance=tolerance)
    assert score is None if not values else 0 <= score <= 1
    assert maintain_score(values[::-1], low=low, high=high, tolerance=tolerance) == score


@pytest.mark.parametrize(
    ("band", "refusal", "words"),
    [
        ((None, None, 0), BadBand, "level to keep"),
        ((5, 5, 0), BadBand, "At least 5 and at most 5 leave nothing"),
        ((24, 14, 0), BadBand, "At least 24 and at most 14"),
        ((14, 24, -1), BadBand, "tolerance is −1"),
        ((math.nan, 24, 0), NotANumber, "The lower end"),
        ((14, math.inf, 0), NotANumber, "The upper end"),
        ((14, None, math.inf), NotANumber, "The tolerance"),
    ],
)
def test_a_level_that_nothing_could_keep_is_refused(band: tuple, refusal: type, words: str) -> None:
    low, high, tolerance = band
    with pytest.raises(refusal, match=words):
        check_band(low=low, high=high, tolerance=tolerance)


LEVELS = Levels(start=0, floor=40, target=100, stretch=140)


@pytest.mark.parametrize(
    ("value", "share"),
    [(0, 0), (40, 0.3), (70, 0.5), (100, 0.7), (120, 0.85), (140, 1), (20, 0.15), (-20, -0.15), (180, 1.3)],
)
def test_p4(value: float, share: float) -> None:
    assert levels_progress(LEVELS, value) == pytest.approx(share)
    assert levels_value(LEVELS, share) == pytest.approx(value)


def test_p4_without_floor_and_downwards() -> None:
    assert levels_progress(Levels(start=0, target=100, stretch=140), 50) == pytest.approx(0.35)
    down = Levels(start=48, floor=44, target=30, stretch=20)
    assert [levels_progress(down, v) for v in (48, 44, 37, 30, 25, 20, 10, 52)] == pytest.approx(
        [0, 0.3, 0.5, 0.7, 0.85, 1, 1.3, -0.3]
    )


@st.composite
def levels(draw: st.DrawFn) -> Levels:
    values = sorted(draw(st.sets(st.integers(-(10**6), 10**6), min_size=4, max_size=4)), reverse=draw(st.booleans()))
    start, floor, target, stretch = (v / 8 for v in values)
    return Levels(start, target, stretch, draw(st.sampled_from([None, floor])))


@given(levels(), finite, finite)
def test_p4_is_monotone_and_finite(given_levels: Levels, a: float, b: float) -> None:
    check_levels(given_levels)
    low, high = (levels_progress(given_levels, v) for v in sorted((a, b)))
    assert low <= high if given_levels.stretch > given_levels.start else low >= high
    assert math.isfinite(low)
    assert math.isfinite(high)


@given(levels(), st.integers(-(10**6), 10**6), st.sampled_from([0.5, 2.0, 60.0]), st.integers(-100, 100))
def test_p4_does_not_depend_on_the_unit(given_levels: Levels, value: int, factor: float, shift: int) -> None:
    other = Levels(*(None if v is None else factor * v + shift for v in (
        given_levels.start, given_levels.target, given_levels.stretch, given_levels.floor)))  # fmt: skip
    plain = levels_progress(given_levels, value)
    assert levels_progress(other, factor * value + shift) == pytest.approx(plain, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("given_levels", "words"),
    [
        (Levels(0, 40, 140, 100), "start 0, floor 100, target 40, stretch 140"),
        (Levels(0, 100, 100), "start 0, target 100, stretch 100"),
        (Levels(0, 100, 140, 0), "start 0, floor 0"),
        (Levels(5, 5, 5), "start 5, target 5, stretch 5"),
        (Levels(0, 100, -140), "stretch −140"),
    ],
)
def test_p4_refuses_levels_that_turn_round_with_all_of_them(given_levels: Levels, words: str) -> None:
    with pytest.raises(BadLevels, match=words):
        check_levels(given_levels)


def test_p4_is_for_aspirational_goals() -> None:
    with pytest.raises(BadLevels, match="this one is committed"):
        check_levels(LEVELS, ambition=Ambition.COMMITTED)
    with pytest.raises(NotANumber):
        check_levels(Levels(0, 1, math.inf))


@given(st.lists(st.tuples(st.floats(5e-324, 1.7e308), st.floats(0, 1)), max_size=12))
def test_p5_stays_between_its_steps(pairs: list) -> None:
    steps = [Step(weight, done) for weight, done in pairs]
    check_steps(steps)
    done = milestone_progress(steps)
    assert done is None if not steps else 0 <= done <= 1
    assert milestone_progress(steps[::-1]) == pytest.approx(done) if steps else done is None


@pytest.mark.parametrize(
    ("step", "words"),
    [(Step(0, 0), "weight of a step is 0"), (Step(-1, 0), "is −1"), (Step(math.nan, 0), "is nan"), (Step(math.inf, 0), "is inf"),
     (Step(1, 1.5), "share done of a step is 1.5"), (Step(1, -0.1), "is −0.1"), (Step(1, math.nan), "is nan")],
)  # fmt: skip
def test_p5_refuses_steps_that_are_none(step: Step, words: str) -> None:
    with pytest.raises(BadStep, match=words):
        check_steps([Step(1, 1), step])


def test_p6() -> None:
    assert tasks_progress(done=3, total=5, cancelled=1) == 0.75
    assert tasks_progress(done=0, total=2, cancelled=2) is None
    assert tasks_progress(done=0, total=0) is None
    with pytest.raises(BadCount, match="4 done and 2 cancelled are more than the 5"):
        tasks_progress(done=4, total=5, cancelled=2)
    with pytest.raises(BadCount, match="-1 done"):
        tasks_progress(done=-1, total=5)


def test_p7() -> None:
    assert [measure_progress(Measure(Kind.PERCENT), Seen((v,))).progress for v in (0, 68.9, 132)] == pytest.approx(
        [0, 0.689, 1.32]
    )


WEEKS = [Point(date(2026, 9, 28) + timedelta(weeks=k), float(10 * k + 10), k + 1, 10 * (k + 1)) for k in range(8)]
READ = {
    "frequency": Frequency.WEEK,
    "first": date(2026, 10, 1),
    "last": date(2026, 12, 31),
    "today": date(2026, 11, 22),
}


@pytest.mark.parametrize(
    ("how", "value"),
    [("flow", 10 + 20 + 30 + 40 + 50 + 60 + 70), ("stock", 70), ("ratio", 0.1), ("distinct", 70), ("max", 70)],
)
def test_p8_default_windows(how: str, value: float) -> None:
    # Seven weeks are closed on a Sunday, the eighth runs until its midnight.
    got = window_value(WEEKS, how=Aggregation(how), window=Window.DEFAULT, **READ)
    assert got == pytest.approx(value)
    assert default_start(Aggregation(how)) == (0 if how == "flow" else None)


def test_p8_four_periods_are_four_of_the_calendar() -> None:
    holey = [p for i, p in enumerate(WEEKS[:7]) if i != 5]
    used = window_points(holey, how=Aggregation.RATIO, window=Window.DEFAULT, **READ)
    assert [p.start for p in used] == [WEEKS[i].start for i in (3, 4, 6)]


def test_p9() -> None:
    amounts = (Amount(3, "EUR"), Amount(None, "EUR"), Amount(4.5, "EUR"))
    assert (sum_of_values(amounts).value, sum_of_values(amounts).reported, sum_of_values(amounts).total) == (7.5, 2, 3)
    assert sum_of_values([Amount(0.1, "EUR"), Amount(0.2, "EUR")]).value == 0.3  # to the last cent
    assert sum_of_values([Amount(None, "")]).value is None
    assert sum_of_values([]).value is None
    with pytest.raises(MixedUnits, match="“EUR” and plain numbers"):
        sum_of_values([Amount(3, "EUR"), Amount(3, "")])
    children = [Child(1, 0.2, None, weight=3), Child(2, 0.6, None), Child(3, None, None)]
    assert mean_of_scores(children, how=Combine.MEAN).value == pytest.approx(0.4)
    assert mean_of_scores(children, how=Combine.WEIGHTED_MEAN).value == pytest.approx(0.3)
    total = Measure(Kind.CHILDREN, start=0, target=15, combine=Combine.SUM)
    assert measure_progress(total, Seen(amounts=amounts)) == Measured(7.5, 0.5, 0.5)


def test_p10_and_overrides() -> None:
    judged = measure_progress(Measure(Kind.JUDGED), Seen(judgement=Judgement(0.6, "half of the doors are open")))
    assert judged == Measured(None, 0.6, 0.6)
    for score, why, words in ((1.2, "x", "is 1.2"), (-0.1, "x", "is −0.1"), (0.5, " ", "Say why the score is 50 %")):
        with pytest.raises(BadJudgement, match=words):
            check_judgement(score=score, why=why)
    with pytest.raises(NotANumber):
        check_judgement(score=math.nan, why="x")
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    once = Override(0.8, "the file is a day behind", "Ana", at)
    kept = Override(0.8, "the scale was wrong", "Ana", at, is_kept=True)
    before, after = at - timedelta(hours=1), at + timedelta(hours=1)
    assert standing_score(0.3, once, value_at=before).score == 0.8
    assert standing_score(0.3, once, value_at=None).computed == 0.3
    assert standing_score(0.3, once, value_at=after).score == 0.3
    assert standing_score(0.3, once, value_at=after).override is None
    assert standing_score(0.3, kept, value_at=after).score == 0.8
    assert standing_score(None, kept, value_at=None).score == 0.8
    assert standing_score(0.3, None, value_at=after).score == 0.3


def test_p11_waits_for_a_baseline_and_then_goes_from_there() -> None:
    waiting = Measure(Kind.BASELINE)
    assert measure_progress(waiting, Seen((48.0,))) == Measured(48.0, None, None, "waiting for a baseline")
    measured = Measure(Kind.BASELINE, start=48.0)
    assert measure_progress(measured, Seen((48.0,))).waits_for == "waiting for a baseline"
    agreed = Measure(Kind.BASELINE, start=48.0, target=30.0)
    assert measure_progress(agreed, Seen((48.0, 39.0))).progress == 0.5
    with pytest.raises(NoDistance, match="both 48"):
        check_measure(Measure(Kind.BASELINE, start=48.0, target=48.0), ambition=ASPIRATIONAL)


@pytest.mark.parametrize(
    ("measure", "words"),
    [(Measure(Kind.REACH, target=1), "the start"), (Measure(Kind.REACH, start=1), "the target"),
     (Measure(Kind.LEVELS, start=1, target=2), "the stretch"), (Measure(Kind.CHILDREN, combine=Combine.SUM, start=0), "the target")],
)  # fmt: skip
def test_a_measure_without_its_numbers_is_refused(measure: Measure, words: str) -> None:
    with pytest.raises(MissingNumber, match=words):
        check_measure(measure, ambition=ASPIRATIONAL)


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_seen_is_unknown_and_never_0(kind: Kind) -> None:
    measure = Measure(kind, start=0, target=10, stretch=20, high=5)
    check_measure(measure, ambition=ASPIRATIONAL)
    measured = measure_progress(measure, Seen())
    assert (measured.value, measured.progress, measured.score) == (None, None, None)
    assert measured.waits_for


def test_every_kind_goes_through_one_door() -> None:
    numbers = {"start": 100.0, "target": 60.0}
    seen = {
        Kind.REACH: (Measure(Kind.REACH, **numbers), Seen((90.0, 50.0)), 1.25),
        Kind.KEEP: (Measure(Kind.KEEP, high=30.0, tolerance=10.0), Seen((28, 30, 35, 45)), 0.625),
        Kind.LEVELS: (Measure(Kind.LEVELS, start=0, floor=40, target=100, stretch=140), Seen((70.0,)), 0.5),
        Kind.MILESTONE: (Measure(Kind.MILESTONE), Seen(steps=(Step(1, 1), Step(1, 0.5), Step(2, 0))), 0.375),
        Kind.TASKS: (Measure(Kind.TASKS), Seen(tasks=Tasks(total=5, done=3, cancelled=1)), 0.75),
        Kind.PERCENT: (Measure(Kind.PERCENT), Seen((40.0,)), 0.4),
        Kind.CHILDREN: (Measure(Kind.CHILDREN), Seen(children=(Child(1, 0.4, None), Child(2, 0.8, None))), 0.6),
        Kind.JUDGED: (Measure(Kind.JUDGED), Seen(judgement=Judgement(0.2, "why")), 0.2),
        Kind.BASELINE: (Measure(Kind.BASELINE, **numbers), Seen((80.0,)), 0.5),
    }
    assert set(seen) == set(Kind)
    for measure, what, share in seen.values():
        measured = measure_progress(measure, what)
        assert measured.progress == pytest.approx(share)
        assert measured.score == pytest.approx(min(1, share))


@given(small, small, small)
def test_the_door_gives_the_numbers_of_the_rule(start: float, target: float, value: float) -> None:
    assume(start != target)
    measured = measure_progress(Measure(Kind.REACH, start=start, target=target), Seen((value,)))
    assert measured.progress == progress(start=start, target=target, value=value)
    assert measured.score == clip01(measured.progress)
