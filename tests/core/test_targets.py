"""What a KPI is kept against, and its word (rules K2, K3)."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency, last_day, shift_periods
from milepost.core.explain import explain_kpi
from milepost.core.ramp import Beside, Ramp, beside_status, check_ramp, ramp_target, ramp_value
from milepost.core.series import Aggregation, Point
from milepost.core.target import (
    BadTarget,
    KpiWord,
    Target,
    TargetRule,
    is_rated,
    kpi_word,
    miss,
    period_word,
    word_edges,
)
from milepost.core.targets import PerPeriod, check_plan, member_target, plan_target, target_of

WEEK, MONTH = Frequency.WEEK, Frequency.MONTH
AT_LEAST_10 = Target(TargetRule.AT_LEAST, low=10, as_given="At least 10")
AT_LEAST_20 = Target(TargetRule.AT_LEAST, low=20)
finite = st.floats(allow_nan=False, allow_infinity=False)


def fall(**given_ramp) -> Ramp:
    return Ramp(
        **(
            {"start": 60.0, "since": date(2026, 1, 1), "goals": ((date(2026, 3, 2), 30.0), (date(2026, 5, 1), 10.0))}
            | given_ramp
        )
    )


def test_k2_a_ramp_gives_each_period_the_value_on_its_line() -> None:
    ramp = fall(tolerance=2.0, as_given="down to 10 by May")
    check_ramp(ramp)
    assert not ramp.rises
    assert ramp_value(ramp, date(2025, 12, 31)) is None
    assert [
        ramp_value(ramp, date(2026, 1, 1)),
        ramp_value(ramp, date(2026, 1, 31)),
        ramp_value(ramp, date(2026, 3, 2)),
    ] == [60, 45, 30]
    assert ramp_value(ramp, date(2026, 4, 1)) == pytest.approx(20)
    assert ramp_value(ramp, date(2027, 1, 1)) == 10  # after the last: at most
    january = ramp_target(ramp, date(2026, 1, 1), MONTH)
    assert january == Target(TargetRule.AT_MOST, high=45, tolerance=2, as_given="down to 10 by May")
    assert ramp_target(ramp, date(2025, 12, 1), MONTH) is None
    assert [period_word(v, january) for v in (45, 47, 47.1)] == ["on_target", "close", "off_target"]
    rise = Ramp(start=0, since=date(2026, 1, 1), goals=((date(2026, 12, 31), 364),))
    assert ramp_target(rise, date(2026, 1, 5), WEEK) == Target(TargetRule.AT_LEAST, low=10)


@pytest.mark.parametrize(
    ("ramp", "words"),
    [
        (fall(goals=()), "value to reach and the day"),
        (fall(goals=((date(2026, 1, 1), 30.0),)), "2026-01-01 does not come after 2026-01-01"),
        (fall(goals=((date(2026, 5, 1), 30.0), (date(2026, 3, 1), 10.0))), "2026-03-01 does not come after 2026-05-01"),
        (fall(goals=((date(2026, 3, 1), 60.0),)), "From 60 on 2026-01-01 to 60 on 2026-03-01"),
        (fall(goals=((date(2026, 3, 1), 20.0), (date(2026, 5, 1), 30.0))), "From 20 on 2026-03-01 to 30 on 2026-05-01 is no step of a target that falls"),
        (fall(goals=((date(2026, 3, 1), math.nan),)), "finite"),
        (fall(tolerance=-2.0), "tolerance is −2"),
    ],
)  # fmt: skip
def test_k2_a_ramp_that_turns_round_is_refused_with_both_steps(ramp: Ramp, words: str) -> None:
    with pytest.raises(BadTarget, match=words):
        check_ramp(ramp)


def test_k2_the_open_period_stands_on_the_ramp_beside_the_status() -> None:
    ramp = fall()
    given_period = {"start": date(2026, 1, 1), "frequency": MONTH, "today": date(2026, 1, 31)}
    assert beside_status(ramp, value=46, how=Aggregation.STOCK, **given_period) == Beside(46, 45, KpiWord.OFF_TARGET)
    assert beside_status(ramp, value=45, how=Aggregation.STOCK, **given_period).word == "on_target"
    flow = Ramp(start=0, since=date(2026, 1, 1), goals=((date(2026, 12, 31), 364),))
    on_tuesday = given_period | {"start": date(2026, 1, 5), "frequency": WEEK, "today": date(2026, 1, 6)}
    assert beside_status(flow, value=3, how=Aggregation.FLOW, **on_tuesday).planned == pytest.approx(10 * 2 / 7)
    assert beside_status(flow, value=3, how=Aggregation.FLOW, **on_tuesday).word == "on_target"
    closed = given_period | {"today": date(2026, 2, 1)}
    assert beside_status(ramp, value=3, how=Aggregation.STOCK, **closed) is None
    before = given_period | {"start": date(2025, 12, 1), "today": date(2025, 12, 5)}
    assert beside_status(ramp, value=3, how=Aggregation.STOCK, **before) is None


@given(
    st.integers(-1000, 1000), st.lists(st.integers(1, 500), min_size=1, max_size=4), st.booleans(), st.integers(0, 3000)
)
def test_k2_a_ramp_goes_one_way_and_stays_between_its_ends(start: int, steps: list, up: bool, ahead: int) -> None:
    sign = 1 if up else -1
    goals = tuple(
        (date(2026, 1, 1) + timedelta(days=sum(steps[: k + 1])), float(start + sign * sum(steps[: k + 1])))
        for k in range(len(steps))
    )
    ramp = Ramp(float(start), date(2026, 1, 1), goals)
    check_ramp(ramp)
    day = date(2026, 1, 1) + timedelta(days=ahead)
    now, then = ramp_value(ramp, day), ramp_value(ramp, day + timedelta(1))
    assert (now <= then) if up else (now >= then)
    assert min(start, goals[-1][1]) <= now <= max(start, goals[-1][1])
    assert now == pytest.approx(start + sign * min(ahead, sum(steps)))


def test_k2_a_period_without_a_target_takes_the_nearest_earlier_one() -> None:
    plan = PerPeriod({date(2026, 2, 1): AT_LEAST_10, date(2026, 5, 1): AT_LEAST_20})
    check_plan(plan, frequency=MONTH)
    lows = [target.low if (target := plan_target(plan, date(2026, m, 1), MONTH)) else None for m in range(1, 8)]
    assert lows == [None, 10, 10, 10, 20, 20, 20]
    with pytest.raises(BadTarget, match="2026-02-03 begins no month, 2026-02-01 does"):
        check_plan(PerPeriod({date(2026, 2, 3): AT_LEAST_10}), frequency=MONTH)
    check_plan(PerPeriod({date(2026, 2, 1): AT_LEAST_10}), frequency=Frequency.QUARTER, fiscal_month=2)
    with pytest.raises(BadTarget):
        check_plan(PerPeriod({date(2026, 2, 1): Target(TargetRule.AT_LEAST)}), frequency=MONTH)


def test_k2_versions_judge_the_periods_that_end_in_their_time() -> None:
    ramp = fall()
    versions = ((date(2026, 1, 1), AT_LEAST_10), (date(2026, 3, 15), ramp), (date(2026, 6, 1), None))
    assert target_of(versions, date(2026, 2, 1), MONTH) == AT_LEAST_10
    assert target_of(versions, date(2025, 1, 1), MONTH) == AT_LEAST_10  # also judges what was before
    assert target_of(versions, date(2026, 3, 1), MONTH) == ramp_target(ramp, date(2026, 3, 1), MONTH)
    assert target_of(versions, date(2026, 6, 1), MONTH) is None
    assert target_of((), date(2026, 6, 1), MONTH) is None
    assert target_of(versions, date(2026, 2, 1), MONTH).as_given == "At least 10"
    for _, plan in versions[:2]:
        check_plan(plan, frequency=MONTH)


def test_k2_a_split_kpi_has_a_target_per_member() -> None:
    plans = {"north": AT_LEAST_10, "south": fall()}
    assert member_target(plans, "north", date(2026, 1, 1), MONTH) == AT_LEAST_10
    assert member_target(plans, "south", date(2026, 1, 1), MONTH).high == 45
    assert member_target(plans, "west", date(2026, 1, 1), MONTH) is None


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target(TargetRule.WITHIN, low=24, high=14), "from 24 to 14"),
        (Target(TargetRule.WITHIN, low=1234567, high=1234567), "from 1234567 to 1234567"),
        (Target(TargetRule.AT_LEAST, low=1, tolerance=-0.5), "tolerance is −0.5"),
        (Target(TargetRule.AT_LEAST, low=math.inf), "finite"),
        (Target(TargetRule.AT_MOST, low=1), "at most"),
        (Target(TargetRule.AT_LEAST, high=1), "at least"),
        (Target(TargetRule.WITHIN, low=1), "both ends"),
    ],
)
def test_k2_targets_that_nothing_meets_are_refused_with_their_numbers(target: Target, words: str) -> None:
    with pytest.raises(BadTarget, match=words):
        target.validate()


@given(finite, finite, st.floats(0, 1e308))
def test_k2_words_follow_the_miss(value: float, edge: float, tolerance: float) -> None:
    for rule, ends in ((TargetRule.AT_LEAST, {"low": edge}), (TargetRule.AT_MOST, {"high": edge})):
        target = Target(rule, tolerance=tolerance, **ends)
        distance = miss(value, target)
        assert distance >= 0
        word = period_word(value, target)
        assert (word == KpiWord.ON_TARGET) == (distance == 0)
        if 0 < distance <= tolerance:
            assert word == KpiWord.CLOSE
        assert all(math.isfinite(edge) for edges in word_edges(target) for edge in edges)


def test_k3_unknown_comes_first_and_is_never_green() -> None:
    last = Point(date(2026, 11, 9), 25)
    given_kpi = {
        "last": last,
        "target": Target(TargetRule.AT_MOST, high=30),
        "frequency": WEEK,
        "lag_days": 3,
        "today": date(2026, 11, 22),
    }
    assert kpi_word(expected_periods=4, **given_kpi) == "on_target"
    assert kpi_word(expected_periods=4, reliability=49.9, **given_kpi) == "unknown"
    assert kpi_word(expected_periods=4, reliability=50, **given_kpi) == "on_target"
    assert kpi_word(expected_periods=3, reliability=10, **given_kpi) == "on_target"  # unrated is not unknown
    assert (is_rated(3), is_rated(4)) == (False, True)
    nothing = given_kpi | {"target": None}
    assert kpi_word(expected_periods=4, reliability=10, **nothing) == "unknown"
    said = explain_kpi(expected_periods=9, reliability=43, unit="min", **given_kpi)
    assert said.word == "unknown"
    assert said.formula.startswith("reliability 43 is below 50; the last one: 25 min")
    late = given_kpi | {"today": date(2026, 12, 22)}
    both = explain_kpi(expected_periods=9, reliability=43, unit="min", **late).formula
    assert "freshness" in both
    assert "reliability 43 is below 50" in both


@given(st.sampled_from(list(Frequency)), st.integers(0, 40), st.integers(0, 30), st.floats(0, 100))
def test_k3_no_number_of_days_makes_a_word_fail(frequency: Frequency, ahead: int, lag: int, reliability: float) -> None:
    start = date(2026, 1, 1) if frequency != WEEK else date(2025, 12, 29)
    today = last_day(shift_periods(start, frequency, ahead % 12), frequency) + timedelta(days=1 + ahead)
    word = kpi_word(
        last=Point(start, 5), target=AT_LEAST_10, frequency=frequency, lag_days=lag, today=today,
        expected_periods=ahead % 12 + 1, reliability=reliability,
    )  # fmt: skip
    assert word in {KpiWord.UNKNOWN, KpiWord.NO_VALUE, KpiWord.OFF_TARGET}
