"""An explanation says the number that the product shows, in a sum that a person can do again."""

import math
import re
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency
from milepost.core.explain import (
    Change,
    Compare,
    Explanation,
    Member,
    NamedStep,
    Nudge,
    SetBy,
    Way,
    explain_keep,
    explain_keep_plan,
    explain_kpi,
    explain_member_plans,
    explain_members,
    explain_milestone,
    explain_milestone_plan,
    explain_reach,
    explain_reach_plan,
    explain_score,
    explain_status,
    explain_window,
    nudge_milestone,
    nudge_reach,
)
from milepost.core.explain.text import add_up, number, period, share_text, summands
from milepost.core.pace import Ambition, elapsed, expected_linear, expected_milestone
from milepost.core.progress import Step, clip01, maintain_score, milestone_progress, progress, value_at
from milepost.core.rollup import Child, roll_up
from milepost.core.series import Aggregation, Point, Window, aggregate
from milepost.core.status import goal_word
from milepost.core.target import Target, TargetRule, kpi_word, period_word

FIRST, LAST, TODAY = date(2026, 10, 1), date(2026, 12, 31), date(2026, 11, 22)
TAU = 52 / 91
COMMITTED, ASPIRATIONAL = Ambition.COMMITTED, Ambition.ASPIRATIONAL
ambitions = st.sampled_from(list(Ambition))
amounts = st.integers(-(10**6), 10**6).map(lambda n: n / 100)
shares01 = st.floats(0, 1)


def calculate(sums: str) -> Fraction:
    """Do a sum as it is written, with the digits that are written."""
    plain = sums.replace("−", "-").replace("×", "*").replace("points", "").replace("days", "")
    assert re.fullmatch(r"[\d.\s()+*/-]+", plain), sums
    return Fraction(eval(re.sub(r"(\d+(?:\.\d+)?)", r"Fraction('\1')", plain)))


def check(formula: str, *, within: float = 0.0601) -> None:
    """Assert that a formula "a sum = 27.8 %" is right to its last digit when its sum is done by hand."""
    sums, result = formula.rsplit(" = ", 1)
    shown = float(result.removesuffix(" %").replace("−", "-"))
    assert float(calculate(sums)) * 100 == pytest.approx(shown, abs=within)


def reach(start: float, target: float, value: float | None, **given) -> Explanation:
    return explain_reach(start=start, target=target, value=value, unit="min", inputs=(), **given)


def status(share: float | None, expected: float | None = TAU, **given) -> Explanation:
    asked = {"tau": TAU, "ambition": COMMITTED, "last": LAST, "ended": False, "closed": False} | given
    return explain_status(progress=share, expected=expected, **asked)


def test_a_value_on_its_way_is_explained_in_its_numbers() -> None:
    said = reach(48, 30, 43)
    assert (said.formula, said.rules) == ("(43 − 48) / (30 − 48) = 27.8 %", ("P1",))
    assert said.value == 5 / 18
    assert reach(-5, 5, 0).formula == "(0 − (−5)) / (5 − (−5)) = 50 %"
    unknown = reach(48, 30, None)
    assert (unknown.value, unknown.formula) == (None, "no value yet, so it is unknown")
    assert explain_score(reach(100, 60, 50)).formula == "the progress of 125 % counts as 100 %"
    assert explain_score(unknown).value is None


@given(amounts, amounts, st.floats(-1e4, 1e4))
def test_the_sum_of_progress_can_be_done_by_hand(start: float, target: float, value: float) -> None:
    assume(abs(target - start) > 0.01)
    said = reach(start, target, value)
    assert said.value == progress(start=start, target=target, value=value)
    assume(abs(said.value) < 100)
    check(said.formula)


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), st.none() | st.floats(-3, 3))
def test_no_number_is_too_large_or_small_to_explain(start: float, target: float, value: float, share) -> None:
    assume(start != target)
    said = reach(start, target, value)
    assert said.value == progress(start=start, target=target, value=value) or math.isnan(said.value)
    explain_score(said)
    status(share, way=Way(start, target, "x"))
    nudge_reach("x", start=start, target=target, value=value, unit="x")
    number(value)


@given(amounts, amounts, st.floats(-5, 5))
def test_the_value_of_a_progress_is_progress_backwards(start: float, target: float, share: float) -> None:
    assume(abs(target - start) > 0.01)
    assert progress(start=start, target=target, value=value_at(share, start=start, target=target)) == pytest.approx(
        share, abs=1e-6
    )
    assert value_at(0.0, start=start, target=target) == start
    assert value_at(1.0, start=start, target=target) == target


def test_a_window_says_which_periods_it_read() -> None:
    weeks = [Point(date(2026, 10, 19) + timedelta(weeks=k), v, n, d) for k, (v, n, d) in enumerate(
        [(50.0, 1, 2), (100.0, 10, 10), (0.0, 0, 10), (25.0, 5, 20)]
    )]  # fmt: skip
    given = {"frequency": Frequency.WEEK, "inputs": ()}
    ratio = explain_window(weeks, how=Aggregation.RATIO, window=Window.LAST_4, unit="%", **given)
    assert ratio.formula == ("the last closed weeks, at most 4: 100 × (1 + 10 + 0 + 5) / (2 + 10 + 10 + 20) = 38.095 %")
    assert ratio.value == aggregate(weeks, how=Aggregation.RATIO, unit_code="%")
    flow = explain_window(weeks, how=Aggregation.FLOW, window=Window.CYCLE, unit="deals", **given)
    assert flow.formula == "the closed weeks of the cycle: 50 + 100 + 0 + 25 = 175 deals"
    mean = explain_window(weeks, how=Aggregation.STOCK_MEAN, window=Window.LAST_4, unit="", **given)
    assert mean.formula.endswith("(50 + 100 + 0 + 25) / 4 = 43.75")
    assert (
        "the highest of 50, 100, 0, 25 = 100"
        in explain_window(weeks, how=Aggregation.MAX, window=Window.CYCLE, unit="", **given).formula
    )
    last = explain_window(weeks[-1:], how=Aggregation.STOCK, window=Window.LAST, unit="min", **given)
    assert last.formula == "the last closed week: 25 min"
    none = explain_window((), how=Aggregation.STOCK, window=Window.LAST, unit="min", **given)
    assert (none.value, none.formula) == (None, "the last closed week: none has a value yet")
    two = explain_window(weeks[:2], how=Aggregation.DISTINCT, window=Window.CYCLE, unit="", **given)
    assert two.value is None
    assert "cannot be put together" in two.formula


def keep(values: list[float], low: float | None, high: float | None, tolerance: float) -> Explanation:
    points = [Point(date(2026, 1, 5) + timedelta(weeks=k), value) for k, value in enumerate(values)]
    return explain_keep(
        points, low=low, high=high, tolerance=tolerance, frequency=Frequency.WEEK, unit="min", inputs=()
    )


def test_a_level_to_keep_shows_each_periods_credit() -> None:
    said = keep([28, 30, 35, 45], None, 30, 10)
    assert said.formula == "(2 × 1 + 0.5 + 0) / 4 = 62.5 %"
    assert [p.adds_text for p in said.parts] == ["25.00", "25.00", "12.50", "0.00"]
    assert said.total_text == "62.50"
    assert [p.how for p in said.parts[1:]] == [
        "30 min, met", "35 min, 5 above 30: 1 − 5 / 10", "45 min, 15 above 30, the tolerance of 10 or more",
    ]  # fmt: skip
    assert [c.text for c in said.changes] == [
        "next week met: 62.5 % → 70 %", "next week missed by 10 min or more: 62.5 % → 50 %",
    ]  # fmt: skip
    assert keep([], 0, 10, 0).value is None
    assert keep([5], 0, 10, 0).rules == ("P3",)


@given(st.lists(amounts, max_size=15), amounts, st.none() | st.floats(1, 100), st.integers(0, 50), st.booleans())
def test_a_level_to_keep_says_the_score_and_adds_up(
    values: list[float], edge: float, width: float | None, tolerance: int, is_low: bool
) -> None:
    low, high = (edge, None) if is_low else (None, edge)
    if width is not None:
        low, high = edge, edge + width
    said = keep(values, low, high, tolerance)
    assert said.value == maintain_score(values, low=low, high=high, tolerance=tolerance)
    met, missed = (c.becomes for c in said.changes)
    assert (met, missed) == (
        pytest.approx(((said.value or 0) * len(values) + 1) / (len(values) + 1)),
        pytest.approx((said.value or 0) * len(values) / (len(values) + 1)),
    )
    if values:
        adds_up(said)
        if "…" not in said.formula:
            check(said.formula)


def test_a_milestone_shows_its_steps_and_what_each_one_left_adds() -> None:
    steps = [NamedStep("Plan", Step(1, 1)), NamedStep("Build", Step(1, 0.5)), NamedStep("Ship", Step(2, 0))]
    said = explain_milestone(steps)
    assert said.formula == "(1 × 1 + 1 × 0.5 + 2 × 0) / (1 + 1 + 2) = 37.5 %"
    assert [c.text for c in said.changes] == ["“Build” done: 37.5 % → 50 %", "“Ship” done: 37.5 % → 87.5 %"]
    assert explain_milestone([NamedStep("a", Step(2, 1)), NamedStep("b", Step(2, 0))]).formula == "(1 + 0) / 2 = 50 %"
    assert explain_milestone([]).value is None
    assert nudge_milestone("Launch", [s.step for s in steps]) == Nudge("Launch: the next step done", 0.5)
    assert nudge_milestone("Launch", [Step(1, 1)]) is None


@given(st.lists(st.tuples(st.integers(1, 9), shares01, st.none() | st.dates(FIRST, LAST)), max_size=10), ambitions)
def test_a_milestone_and_its_plan_say_what_the_rules_say(rows: list, ambition: Ambition) -> None:
    plain = [Step(weight, done, due) for weight, done, due in rows]
    steps = [NamedStep(str(k), step) for k, step in enumerate(plain)]
    said = explain_milestone(steps)
    assert said.value == milestone_progress(plain)
    plan = explain_milestone_plan(steps, first=FIRST, last=LAST, day=TODAY, ambition=ambition)
    dated = {"first": FIRST, "last": LAST, "ambition": ambition}
    assert plan.value == expected_milestone(plain, day=TODAY, **dated)
    if plain:
        check(said.formula)
        check(plan.formula.split(": ", 1)[1])
    for change in plan.changes:
        assert change.on is not None
        assert expected_milestone(plain, day=change.on, **dated) == change.becomes != plan.value
        assert expected_milestone(plain, day=change.on - timedelta(days=1), **dated) == plan.value


def test_a_plan_counts_its_days() -> None:
    given = {"first": FIRST, "last": LAST, "day": TODAY, "start": 48, "target": 30, "unit": "min"}
    said = explain_reach_plan(ambition=COMMITTED, **given)
    assert said.formula == "52 / 91 days = 57.1 %"
    assert said.changes[0].text == "on 23 Nov 2026: +1.10 to 58.24 %"
    planned = next(i for i in said.inputs if i.label == "planned for today")
    assert planned.value == pytest.approx(48 - 18 * TAU)
    aspirational = explain_reach_plan(ambition=ASPIRATIONAL, **given)
    assert (aspirational.formula, aspirational.value) == ("0.7 × 52 / 91 days = 40 %", pytest.approx(0.4))
    one_day = given | {"first": TODAY, "last": TODAY}
    assert explain_reach_plan(ambition=COMMITTED, **one_day).formula == "its one day is not over yet: 0 %"
    after = given | {"day": date(2027, 3, 1)}
    assert explain_reach_plan(ambition=COMMITTED, **after).changes == ()
    assert explain_keep_plan(closed_periods=3, ambition=ASPIRATIONAL).value == 0.7
    assert explain_keep_plan(closed_periods=0, ambition=COMMITTED).value is None


@given(st.dates(FIRST - timedelta(days=9), LAST + timedelta(days=9)), ambitions)
def test_a_plan_is_the_expected_of_the_day(day: date, ambition: Ambition) -> None:
    said = explain_reach_plan(first=FIRST, last=LAST, day=day, ambition=ambition, start=None, target=None, unit="")
    assert said.value == expected_linear(elapsed(first=FIRST, last=LAST, day=day), ambition=ambition)
    check(said.formula)


def adds_up(said: Explanation) -> None:
    """Assert that the digits shown add up, that each product is right to its last digit, and the total too."""
    assert sum(Fraction(p.adds_text) for p in said.parts) == Fraction(said.total_text)
    assert float(said.total_text) == pytest.approx(100 * (said.value or 0), abs=0.0051)
    for part in said.parts:
        by_hand = Fraction(part.share_text) * Fraction(part.value_text)
        assert float(by_hand) == pytest.approx(float(part.adds_text), abs=0.0201)
        assert part.adds == pytest.approx(part.share * part.value)


def member(label: str, score: float | None, expected: float | None = 0.5, **given) -> Member:
    words = {name: given.pop(name) for name in ("nudge", "is_missing", "how") if name in given}
    return Member(label, Child(label, score, expected, **given), **words)


def test_an_objective_is_the_sum_of_its_parts() -> None:
    said = explain_members(
        [
            member("First reply time", 5 / 18, share=0.34), member("Net promoter score", 0.714),
            member("Help articles", 0.52), member("Answer customers", 0.53),
        ]
    )  # fmt: skip
    assert [(p.share_text, p.value_text, p.adds_text) for p in said.parts] == [
        ("0.34", "27.78", "9.44"), ("0.22", "71.40", "15.71"), ("0.22", "52.00", "11.44"), ("0.22", "53.00", "11.66"),
    ]  # fmt: skip
    assert said.formula == ("0.34 × 27.78 + 0.22 × 71.40 + 0.22 × 52.00 + 0.22 × 53.00 = 48.25 %, 4 of 4 reported")
    adds_up(said)


def test_what_has_no_value_is_left_out_and_named() -> None:
    said = explain_members(
        [member("a", 0.4), member("b", None, is_missing=True), member("c", 0.8), member("d", 1, weight=0)]
    )
    assert said.value == pytest.approx(0.6)
    assert said.formula == "0.5 × 40.00 + 0.5 × 80.00 = 60.00 %, 2 of 3 reported"
    assert [(out.label, out.rule) for out in said.left_out] == [("b", "R4"), ("d", "R2")]
    assert said.left_out[0].why == "has no value, though its first check-in was due"
    assert (said.reported, said.contributing) == (2, 3)
    plan = explain_member_plans([member("a", 0.4, 0.2), member("b", None, 0.9)])
    assert (plan.value, [out.label for out in plan.left_out]) == (0.2, ["b"])
    nothing = explain_members([])
    assert (nothing.value, nothing.formula) == (None, "nothing contributes, so it is unknown")
    assert explain_members([member("a", None)]).formula == "0 of 1 reported, so it is unknown"


def test_shares_are_written_so_that_they_are_exact() -> None:
    assert [share_text(Fraction(*f)) for f in ((34, 100), (1, 3), (1, 8), (17, 39), (1370, 3571), (1, 1))] == [
        "0.34", "1/3", "1/8", "17/39", "0.3836", "1",
    ]  # fmt: skip
    third = explain_members([member(str(k), 1.0) for k in range(3)])
    assert [p.adds_text for p in third.parts] == ["33.34", "33.33", "33.33"]


members = st.lists(
    st.tuples(
        st.one_of(st.none(), shares01), st.one_of(st.none(), shares01), st.sampled_from([0, 0.5, 1, 1, 2, 3.7]),
        st.one_of(st.none(), st.none(), st.sampled_from([0, 0.05, 0.1])), shares01,
    ),
    max_size=10,
)  # fmt: skip


@given(members)
def test_an_objective_is_explained_as_it_is_rolled_up(rows: list) -> None:
    made = [
        member(str(k), score, expected, weight=weight, share=share, nudge=Nudge("x", after))
        for k, (score, expected, weight, share, after) in enumerate(rows)
    ]
    rolled = roll_up([m.child for m in made])
    score, plan = explain_members(made), explain_member_plans(made)
    assert (score.value, plan.value) == (rolled.score, rolled.expected)
    assert (score.reported, score.contributing) == (rolled.reported, rolled.total)
    assert len(score.parts) + len([o for o in score.left_out if o.rule in {"R2", "R4"}]) == len(made)
    for said in (score, plan):
        if said.value is not None:
            adds_up(said)
            assert math.fsum(p.adds for p in said.parts) == pytest.approx(said.value)
    for change in score.changes:
        assert change.becomes - score.value == pytest.approx(change.adds)


def test_one_step_of_a_child_adds_its_share() -> None:
    step = nudge_reach("NPS", start=36, target=50, value=46, unit="")
    assert step == Nudge("NPS at 47", pytest.approx(11 / 14))
    said = explain_members([member("NPS", 10 / 14, share=0.22, nudge=step), member("other", 0.5)])
    assert said.changes[0].text == "NPS at 47: +1.58 to 56.29 %"  # from 54.71 %: what is shown adds up
    assert said.changes[0].adds == pytest.approx(0.22 / 14)
    down = nudge_reach("Reply", start=48, target=30, value=43, unit="min")
    assert (down.text, down.score) == ("Reply at 42 min", pytest.approx(6 / 18))


@given(st.lists(st.integers(0, 10**6).map(lambda n: Fraction(n, 10**7)), max_size=12), st.integers(0, 4))
def test_digits_add_up(parts: list[Fraction], places: int) -> None:
    shown, total = add_up(parts, places)
    assert sum(shown) == total
    assert abs(float(sum(parts)) * 100 - float(total)) <= 0.5001 / 10**places
    assert all(
        abs(float(part) * 100 - float(text)) < 1.0001 / 10**places for part, text in zip(parts, shown, strict=True)
    )


def test_a_status_says_its_gap_and_both_borders() -> None:
    said = status(0.4826, 52 / 91)
    assert said.formula == "48.26 % − 57.14 % = −8.88 points: on track"
    assert [c.text for c in said.changes] == ["at 67.2 % or more: ahead", "below 47.1 %: at risk"]
    as_value = status(5 / 18, 52 / 91, way=Way(48, 30, "min"))
    assert as_value.word == "off_track"
    assert [c.text for c in as_value.changes] == ["at 42.2 min or less: at risk"]
    assert as_value.changes[0].at == pytest.approx(48 - 18 * (52 / 91 - 0.25))
    assert status(1.0).formula == "100 % is at least 100 %, where the grade is green: reached"
    assert [c.text for c in status(0.8, 0.95).changes] == ["at 85 % or more: on track", "below 70 %: off track"]


@pytest.mark.parametrize(
    ("gap", "word"),
    [
        (-0.10, "on track"), (-0.1001, "at risk"), (-0.100004, "at risk"), (-0.25, "at risk"), (-0.2501, "off track"),
        (0.0999, "on track"), (0.09999996, "on track"), (0.1, "ahead"),
    ],
)  # fmt: skip
def test_rounding_never_contradicts_the_word(gap: float, word: str) -> None:
    formula = status(TAU + gap).formula
    assert formula.endswith(f": {word}")
    shown = float(re.search(r"= (\S+) points", formula)[1].replace("−", "-"))
    again = goal_word(progress=TAU + shown / 100, expected=TAU, tau=TAU, ambition=COMMITTED, ended=False, closed=False)
    assert again.replace("_", " ") == word
    assert calculate(formula.split(" = ")[0].replace("%", "")) == Fraction(str(shown))


def test_words_that_do_not_come_from_the_gap_say_why() -> None:
    early = status(0.02, 0.1, tau=0.1)
    assert early.formula == "2.00 % − 10.00 % = −8.00 points; 10 % of the time has passed, less than 15 %, so early"
    assert [c.text for c in early.changes] == ["at 20 % or more: ahead"]
    back = status(-0.01, 0.1, tau=0.1, way=Way(100, 60, "x"))
    assert (back.word, back.changes[0].text) == ("at_risk", "at 100 x or less: early")
    breach = status(0.5, 1.0, tau=0.1, is_maintain=True)
    assert (breach.word, [c.text for c in breach.changes]) == ("at_risk", ["at 100 % or more: early"])
    assert status(None).formula == "no value yet, so there is no word"
    assert status(None).word == "no_value"
    assert [c.word for c in status(None).changes] == ["at_risk", "on_track", "ahead", "reached"]
    assert status(0.5, None).formula == "no plan yet, so there is no word"
    assert status(0.5, ended=True).formula == "its last day was 31 Dec 2026: ended until it is closed"
    assert status(0.5, closed=True).word == "done"
    held = status(0.6, is_objective=True, missing=1)
    assert held.word == "at_risk"
    assert held.formula.endswith("on track, but held at at risk: 1 without a value whose first check-in was due")
    assert [c.text for c in held.changes] == ["once none is missing: on track", "below 32.1 %: off track"]
    assert "S3" in held.rules


def test_the_leads_own_word_stands_beside_the_computed_one() -> None:
    own = SetBy("Ana Ruiz", "The rota may slip", date(2026, 11, 16), date(2026, 11, 30), "at_risk")
    said = status(0.5, set_by=own)
    assert (said.word, said.set_by.word) == ("at_risk", "on_track")
    assert said.formula.startswith("set by Ana Ruiz on 16 Nov 2026, shown through 30 Nov 2026; the plan says on track")


def word_beyond(change: Change, at: float, size: float) -> tuple[float, float]:
    """Return a place where the change's word holds and one, just across the border, where it does not."""
    nudge = 1e-6 * size
    match change.compare:
        case Compare.AT_LEAST:
            return at, at - nudge
        case Compare.AT_MOST:
            return at, at + nudge
        case Compare.BELOW:
            return at - nudge, at
        case _:
            return at + nudge, at


@given(
    st.one_of(st.none(), st.floats(-0.5, 1.5)), st.integers(0, 100), ambitions, st.booleans(), st.booleans(),
    st.one_of(st.none(), st.tuples(amounts, amounts)),
)  # fmt: skip
def test_the_borders_named_are_borders(
    share: float | None, percent: int, ambition: Ambition, is_maintain: bool, is_missing: bool, ends: tuple | None
) -> None:
    tau = percent / 100
    expected = expected_linear(tau, ambition=ambition)
    way = None
    if ends is not None and not is_maintain:
        assume(abs(ends[1] - ends[0]) > 0.1)
        way = Way(*ends, "x")
    else:
        share = None if share is None else clip01(share)

    def word(p: float | None) -> str:
        return goal_word(
            progress=p, expected=expected, tau=tau, ambition=ambition, ended=False, closed=False,
            is_maintain=is_maintain, has_breach=is_maintain and p is not None and p < 1, has_missing=is_missing,
        ).value  # fmt: skip

    said = status(
        share, expected, tau=tau, ambition=ambition, is_maintain=is_maintain, missing=int(is_missing), way=way
    )
    assert said.word == word(share)
    for change in said.changes:
        if change.at is None:
            continue
        shown = float(re.search(r"(−?[\d.]+)", change.text)[1].replace("−", "-"))
        if way is None:
            inside, outside = word_beyond(change, change.at, 2)
            told, _ = word_beyond(change, shown / 100, 2)
            assert (word(inside), word(told)) == (change.word, change.word)
            assert word(outside) != change.word
            continue

        def word_of(value: float) -> str:
            return word(progress(start=way.start, target=way.target, value=value))

        distance = abs(way.target - way.start)
        inside, outside = word_beyond(change, change.at, 2 * distance)
        told, _ = word_beyond(change, shown, 2 * distance)
        assert (word_of(inside), word_of(told)) == (change.word, change.word)
        assert word_of(outside) != change.word
    if share is not None and not is_missing and said.word not in {"reached"} and not is_maintain:
        assert any(c.compare in {Compare.AT_LEAST, Compare.AT_MOST} for c in said.changes)


def kpi(
    value: float | None, target: Target | None, *, today: date = date(2026, 11, 22), periods: int = 20
) -> Explanation:
    last = None if value is None else Point(date(2026, 11, 9), value)
    return explain_kpi(
        last=last, target=target, frequency=Frequency.WEEK, lag_days=3, today=today, expected_periods=periods,
        unit="min",
    )  # fmt: skip


def test_a_kpi_is_explained_by_value_target_and_dates() -> None:
    target = Target(TargetRule.AT_MOST, high=30, tolerance=5)
    off = kpi(43, target)
    assert off.formula == (
        "43 min, week of 9 Nov 2026, is not at most 30 min: 43 − 30 = 13 min, more than the tolerance of 5 min: off target"
    )
    assert [c.text for c in off.changes] == [
        "at most 30 min: on target", "at most 35 min: close",
        "a value for the week of 16 Nov 2026 at most 30 min: on target",
        "without a value for the week of 16 Nov 2026 by 25 Nov 2026: no value",
    ]  # fmt: skip
    close = kpi(33, target)
    assert "within the tolerance of 5 min: close" in close.formula
    assert [c.text for c in close.changes][:2] == ["at most 30 min: on target", "above 35 min: off target"]
    met = kpi(30, target)
    assert "is at most 30 min: on target" in met.formula
    assert [c.text for c in met.changes][:2] == ["above 30 min: close", "above 35 min: off target"]
    assert [c.word for c in kpi(43, None).changes] == ["watching", "no_value"]
    assert kpi(43, None).formula == "43 min, week of 9 Nov 2026, has no target: watching"
    assert (kpi(None, target).word, kpi(None, target).value) == ("no_value", None)
    late = kpi(43, target, today=date(2026, 11, 26))
    assert late.formula.startswith("no value for the week of 16 Nov 2026, expected by 25 Nov 2026, 1 day ago")
    assert late.word == "no_value"
    unknown = kpi(43, target, today=date(2026, 12, 20))
    assert "is below 25 %" in unknown.formula
    young = kpi(43, target, today=date(2026, 12, 20), periods=3)
    assert (young.word, "unrated with fewer than 4 periods" in young.formula) == ("no_value", True)
    within = kpi(13, Target(TargetRule.WITHIN, low=14, high=24))
    assert "is not within 14 to 24 min: 14 − 13 = 1 min: off target" in within.formula
    assert [c.text for c in within.changes][:1] == ["at least 14 min: on target"]


@given(
    st.one_of(st.none(), amounts), st.sampled_from(list(TargetRule)), amounts, st.integers(1, 1000),
    st.sampled_from([0, 0.5, 5]), st.integers(-20, 60), st.integers(0, 9),
)  # fmt: skip
def test_a_kpis_borders_are_borders(
    value: float | None, rule: TargetRule, edge: float, width: int, tolerance: float, days: int, periods: int
) -> None:
    low = None if rule == TargetRule.AT_MOST else edge
    high = None if rule == TargetRule.AT_LEAST else edge + width
    target = Target(rule, low=low, high=high, tolerance=tolerance)
    today = date(2026, 11, 22) + timedelta(days=days)
    said = kpi(value, target, today=today, periods=periods)
    last = None if value is None else Point(date(2026, 11, 9), value)
    given = {"last": last, "target": target, "frequency": Frequency.WEEK, "lag_days": 3, "expected_periods": periods}
    assert said.word == kpi_word(today=today, **given)
    for change in said.changes:
        if change.at is not None:
            inside, outside = word_beyond(change, change.at, max(1.0, abs(change.at)))
            assert period_word(inside, target) == change.word
            assert period_word(outside, target) != change.word
        if change.text.startswith("a value for the"):
            assert change.on is not None
            closed = max(today, change.on + timedelta(weeks=1))
            for edge_value in {change.at} if change.at is not None else {target.low, target.high}:
                told = given | {"last": Point(change.on, edge_value)}
                assert kpi_word(today=closed, **told) == change.word
        elif change.at is None and change.on is not None:
            assert kpi_word(today=change.on, **given) == change.word
            assert kpi_word(today=change.on - timedelta(days=1), **given) == said.word


def test_periods_and_sums_are_named() -> None:
    assert [period(date(2026, 10, 1), f) for f in Frequency] == [
        "1 Oct 2026", "week of 1 Oct 2026", "Oct 2026", "Q4 2026", "Oct 2026 to Sep 2027",
    ]  # fmt: skip
    assert period(date(2026, 2, 1), Frequency.QUARTER) == "Feb 2026 to Apr 2026"
    assert summands(["1", "−2"]) == "1 + (−2)"
    assert summands([str(k) for k in range(30)]).endswith("9 + … + 29")
    assert [number(v) for v in (43.0, 1180250.53, 100 / 7, -0.0, 1e20)] == ["43", "1180250.53", "14.286", "0", "1e+20"]
