"""Words: rule sets, weakest child, chance, the lead's own, confidence, what is shown (rules S1 to S7)."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.core.chance import Hit, HitIn, credit_needed, forecast_word, hit, lowest_chance
from milepost.core.confidence import BadConfidence, as_probability, check_confidence, imported_confidence
from milepost.core.explain import explain_status
from milepost.core.measure import Kind, Measure
from milepost.core.pace import Ambition
from milepost.core.progress import maintain_score
from milepost.core.rule_sets import (
    GAP,
    RATIO,
    RULE_SETS,
    STRICT,
    BadRuleSet,
    ObjectiveRule,
    RuleKind,
    RuleSet,
    check_rule_set,
    read_rule_set,
    rule_set_as_data,
)
from milepost.core.showing import percent_places_that_tell, places_that_tell
from milepost.core.status import (
    GoalWord,
    NoSuchWord,
    OwnWord,
    goal_word,
    objective_word,
    shown_word,
    word_of_viva,
    word_starts,
)
from milepost.core.target import Target, TargetRule, period_word
from milepost.core.versions import TwoOnOneDay, in_force, with_version

COMMITTED, ASPIRATIONAL, LEARNING = Ambition.COMMITTED, Ambition.ASPIRATIONAL, Ambition.LEARNING
TODAY = date(2026, 11, 22)
shares = st.floats(-2, 3)
plans = st.floats(0, 1)
words = st.sampled_from(list(GoalWord))


def word(
    progress: float | None, expected: float | None, *, rules: RuleSet = GAP, tau: float = 0.5, **given_goal
) -> str:
    asked = {"ambition": COMMITTED, "ended": False, "closed": False} | given_goal
    return goal_word(progress=progress, expected=expected, tau=tau, rules=rules, **asked)


@pytest.mark.parametrize(
    ("progress", "expected", "got"),
    [(0.30, 0.53, "off_track"), (0.55, 0.5, "ahead"), (0.5499, 0.5, "on_track"), (0.45, 0.5, "on_track"), (0.4499, 0.5, "at_risk"),
     (0.35, 0.5, "at_risk"), (0.3499, 0.5, "off_track"), (0, 0, "early"), (0.5, 0, "early"), (1, 0, "reached")],
)  # fmt: skip
def test_s2_ratio(progress: float, expected: float, got: str) -> None:
    assert word(progress, expected, rules=RATIO) == got


@pytest.mark.parametrize(
    ("progress", "expected", "got"),
    [(0.5, 0.5, "on_track"), (0.9, 0.5, "on_track"), (0.4999, 0.5, "at_risk"), (0.25, 0.5, "at_risk"), (0.2499, 0.5, "off_track"),
     (1, 0.5, "reached")],
)  # fmt: skip
def test_s2_strict(progress: float, expected: float, got: str) -> None:
    assert word(progress, expected, rules=STRICT) == got


@pytest.mark.parametrize("rules", RULE_SETS.values())
def test_dates_stand_before_every_rule_set(rules: RuleSet) -> None:
    assert word(0.5, 0.5, rules=rules, closed=True) == "done"
    assert word(None, 0.5, rules=rules, ended=True) == "ended"
    assert word(None, 0.5, rules=rules) == "no_value"
    assert word(0.1, 0.1, rules=rules, tau=0.149) == "early"
    assert word(-0.001, 0.1, rules=rules, tau=0.1) == "at_risk"
    assert word(0.1, 0.1, rules=rules, tau=0.15) == "on_track"
    assert word(0.9, 0.1, rules=rules, has_missing=True) == "at_risk"
    assert word(0.0, 0.9, rules=rules, has_missing=True) == "off_track"
    assert word(0.7, 0.4, rules=rules, ambition=ASPIRATIONAL) == "reached"


@given(shares, shares, plans, st.floats(0, 1), st.sampled_from([GAP, STRICT, RATIO]))
def test_a_better_progress_has_no_worse_word(a: float, b: float, expected: float, tau: float, rules: RuleSet) -> None:
    order = [GoalWord.OFF_TRACK, GoalWord.AT_RISK, GoalWord.EARLY, GoalWord.ON_TRACK, GoalWord.AHEAD, GoalWord.REACHED]
    low, high = (order.index(word(p, expected, rules=rules, tau=tau)) for p in sorted((a, b)))
    assert low <= high


@given(shares, plans, st.sampled_from([GAP, STRICT, RATIO]), st.sampled_from(list(Ambition)))
def test_a_word_changes_only_where_one_may_start(
    progress: float, expected: float, rules: RuleSet, ambition: Ambition
) -> None:
    starts = word_starts(expected=expected, ambition=ambition, rules=rules)
    assume(all(abs(progress - start) > 1e-6 for start in starts))
    below = max((s for s in starts if s < progress), default=-3.0)
    above = min((s for s in starts if s > progress), default=4.0)
    assume(above - below > 1e-5)
    inside = {word(p, expected, rules=rules, ambition=ambition) for p in (below + 2e-6, progress, above - 2e-6)}
    assert len(inside) == 1


@pytest.mark.parametrize(
    ("rules", "words_said"),
    [
        (RuleSet(on_track=0.2), "Ahead would begin at 0.1 and on track at 0.2"),
        (RuleSet(at_risk=-0.1), "On track would begin at −0.1 and at risk at −0.1"),
        (RuleSet(ahead=math.nan), "threshold of ahead is nan"),
        (RuleSet(at_risk=-math.inf), "threshold of at risk is -inf"),
        (RuleSet(early_until=1.5), "until 1.5 of the time"),
        (RuleSet(early_until=math.nan), "until nan of the time"),
    ],
)
def test_s2_thresholds_out_of_order_are_refused_with_both(rules: RuleSet, words_said: str) -> None:
    with pytest.raises(BadRuleSet, match=words_said):
        check_rule_set(rules)


def test_s2_rule_sets_are_data() -> None:
    for rules in RULE_SETS.values():
        check_rule_set(rules)
        assert read_rule_set(rule_set_as_data(rules)) == rules
        assert read_rule_set({"kind": rules.kind.value}) == rules
    own = read_rule_set({"kind": "ratio", "ahead": 1.2, "objective": "weakest_child"})
    assert (own.ahead, own.on_track, own.objective) == (1.2, 0.9, ObjectiveRule.WEAKEST)
    assert read_rule_set({}) == GAP
    for data, words_said in (
        ({"kind": "red"}, "gap, ratio, strict"),
        ({"objective": "best"}, "weakest_child"),
        ({"amber": 1}, "“amber” is no part"),
        ({"ahead": "0.1"}, "ahead is 0.1"),
        ({"on_track": None}, "on_track is None"),
        ({"on_track": True}, "on_track is True"),
        ({"on_track": 10**400}, "401 digits"),
        ({"kind": "ratio", "on_track": 2}, "Ahead would begin at 1.1 and on track at 2"),
    ):
        with pytest.raises(BadRuleSet, match=words_said):
            read_rule_set(data)


def test_versions_hold_until_the_next_one() -> None:
    versions = with_version(with_version((), date(2026, 7, 1), STRICT), date(2026, 1, 1), GAP)
    assert in_force(versions, date(2025, 1, 1)) == (date(2026, 1, 1), GAP)
    assert in_force(versions, date(2026, 6, 30)) == (date(2026, 1, 1), GAP)
    assert in_force(versions, date(2026, 7, 1)) == (date(2026, 7, 1), STRICT)
    assert in_force((), TODAY) is None
    with pytest.raises(TwoOnOneDay, match="2026-07-01"):
        with_version(versions, date(2026, 7, 1), RATIO)


WEAKEST = RuleSet(objective=ObjectiveRule.WEAKEST)


def test_s3_an_objective_takes_its_own_word_or_the_weakest_childs() -> None:
    children = [GoalWord.ON_TRACK, GoalWord.OFF_TRACK, GoalWord.NO_VALUE, GoalWord.DONE]
    assert objective_word(GoalWord.ON_TRACK, children, rules=GAP, has_missing=False) == "on_track"
    assert objective_word(GoalWord.ON_TRACK, children, rules=WEAKEST, has_missing=False) == "off_track"
    assert objective_word(GoalWord.ON_TRACK, children[2:], rules=WEAKEST, has_missing=False) == "on_track"
    assert objective_word(GoalWord.ENDED, children, rules=WEAKEST, has_missing=False) == "ended"
    assert objective_word(GoalWord.NO_VALUE, children, rules=WEAKEST, has_missing=True) == "no_value"
    assert objective_word(GoalWord.AHEAD, children[:1], rules=WEAKEST, has_missing=True) == "at_risk"
    assert objective_word(GoalWord.OFF_TRACK, [], rules=GAP, has_missing=True) == "off_track"


@given(words, st.lists(words, max_size=6), st.booleans())
def test_s3_no_child_is_weaker_than_the_weakest(own: GoalWord, children: list, missing: bool) -> None:
    got = objective_word(own, children, rules=WEAKEST, has_missing=missing)
    if own in {GoalWord.DONE, GoalWord.ENDED, GoalWord.NO_VALUE}:
        assert got == own
    elif GoalWord.OFF_TRACK in children:
        assert got == GoalWord.OFF_TRACK
    if missing:
        assert got not in {GoalWord.ON_TRACK, GoalWord.AHEAD, GoalWord.REACHED, GoalWord.EARLY}


@pytest.mark.parametrize(
    ("chance", "got"),
    [(0.9, "ahead"), (0.8999, "on_track"), (0.6, "on_track"), (0.5999, "at_risk"), (0.3, "at_risk"), (0.2999, "off_track"), (None, None)],
)  # fmt: skip
def test_s4_words_of_a_chance(chance: float | None, got: str | None) -> None:
    assert forecast_word(chance, readings=6, reliability=50) == got


def test_s4_says_nothing_where_too_little_is_known() -> None:
    assert forecast_word(0.9, readings=5, reliability=90) is None
    assert forecast_word(0.9, readings=6, reliability=49.9) is None
    assert forecast_word(0.9, readings=6, reliability=None) is None
    assert lowest_chance([0.4, None, 0.2]) == 0.2
    assert lowest_chance([None]) is None


def test_s4_a_hit_is_where_the_grade_is_green() -> None:
    reach = Measure(Kind.REACH, start=48, target=30)
    assert hit(reach, ambition=COMMITTED) == Hit(HitIn.VALUE, 30)
    assert hit(reach, ambition=LEARNING) == Hit(HitIn.VALUE, 30)
    assert hit(reach, ambition=ASPIRATIONAL).at == pytest.approx(48 - 0.7 * 18)
    assert hit(Measure(Kind.PERCENT), ambition=ASPIRATIONAL).at == pytest.approx(70)
    levels = Measure(Kind.LEVELS, start=0, target=100, stretch=140)
    assert hit(levels, ambition=ASPIRATIONAL) == Hit(HitIn.VALUE, 100)
    assert hit(Measure(Kind.KEEP, high=30), ambition=COMMITTED) == Hit(HitIn.CREDIT, 1)
    assert hit(Measure(Kind.KEEP, high=30), ambition=ASPIRATIONAL) == Hit(HitIn.CREDIT, 0.7)
    for kind in (Kind.MILESTONE, Kind.TASKS, Kind.CHILDREN, Kind.JUDGED, Kind.BASELINE):
        assert hit(Measure(kind, start=0, target=1), ambition=COMMITTED) is None


@given(st.lists(st.floats(0, 1), max_size=20), st.integers(1, 20), st.sampled_from([0.7, 1.0]))
def test_s4_past_credits_count(credits: list, left: int, at: float) -> None:
    needed = credit_needed(credits, at=at, periods_left=left)
    assume(needed <= 1)
    final = maintain_score([*credits, *[needed] * left], low=1, high=None, tolerance=1)
    assert final >= at - 1e-9
    assert credit_needed(credits, at=at, periods_left=0) is None


def test_s4_a_missed_week_cannot_be_made_good_of_a_committed_level() -> None:
    assert credit_needed([1, 0, 1], at=1, periods_left=10) > 1
    assert credit_needed([1, 0, 1], at=0.7, periods_left=10) == pytest.approx(0.71)
    assert credit_needed([1, 1], at=0.7, periods_left=0) is None
    assert credit_needed([1] * 10, at=0.7, periods_left=1) == 0


def test_s5_the_leads_word_is_shown_through_the_day_the_next_check_in_is_due() -> None:
    own = OwnWord(GoalWord.ON_TRACK, "the contract is signed", "Ana", until=TODAY)
    said = shown_word(GoalWord.AT_RISK, own, today=TODAY)
    assert (said.word, said.computed, said.set_by) == ("on_track", "at_risk", own)
    after = shown_word(GoalWord.AT_RISK, own, today=TODAY + timedelta(1))
    assert (after.word, after.set_by) == ("at_risk", None)
    assert shown_word(GoalWord.DONE, own, today=TODAY).word == "done"
    assert shown_word(GoalWord.AT_RISK, None, today=TODAY).word == "at_risk"


def test_s6_confidence_is_1_to_10_and_a_probability_at_the_close() -> None:
    assert [as_probability(c) for c in (1, 5, 10)] == [0.1, 0.5, 1]
    assert [imported_confidence(c) for c in (0, 1, 10)] == [1, 1, 10]
    for wrong in (0, 11, -1, 5.5, True, False):
        with pytest.raises(BadConfidence, match=f"not {wrong}"):
            check_confidence(wrong)
    for wrong in (-1, 11, False):
        with pytest.raises(BadConfidence):
            imported_confidence(wrong)


def test_s7_one_more_decimal_where_rounding_would_contradict_the_word() -> None:
    def reached(share: float) -> bool:
        return share >= 0.7

    assert percent_places_that_tell(0.71, reached) == 0
    assert percent_places_that_tell(0.696, reached) == 1  # 70 % would be reached
    assert percent_places_that_tell(0.6999, reached) == 2  # 70.0 % too, so 69.99 %
    assert percent_places_that_tell(0.7, reached) == 0
    assert percent_places_that_tell(0.704, reached, least=1) == 1
    target = Target(TargetRule.AT_MOST, high=30)
    assert places_that_tell(30.4, lambda v: period_word(v, target)) == 1
    assert places_that_tell(29.6, lambda v: period_word(v, target)) == 0


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_s7_what_is_shown_has_the_word_of_the_full_number(value: float, border: float) -> None:
    def is_met(shown: float) -> bool:
        return shown >= border

    places = places_that_tell(value, is_met)
    assume(abs(value - border) > 1e-9)
    assert is_met(float(f"{value:.{places}f}")) == is_met(value)
    assert places == 0 or is_met(float(f"{value:.{places - 1}f}")) != is_met(value)


def test_words_of_viva_are_translated() -> None:
    assert word_of_viva("Behind") == "at_risk"
    assert word_of_viva(" At  Risk ") == "off_track"
    assert word_of_viva("ON_TRACK") == "on_track"
    with pytest.raises(NoSuchWord, match="“Purple” is no status of Viva Goals"):
        word_of_viva("Purple")


def explained(share: float, expected: float, rules: RuleSet, **given_goal):
    asked = {"tau": 0.5, "ambition": COMMITTED, "last": TODAY, "ended": False, "closed": False} | given_goal
    return explain_status(progress=share, expected=expected, rules=rules, **asked)


def test_a_word_of_another_rule_set_is_explained_by_what_it_compares() -> None:
    said = explained(0.30, 0.53, RATIO)
    assert said.formula == "30.00 % / 53.00 % = 56.6 %: off track"
    assert said.rules == ("S1", "S2", "S7")
    assert said.changes[0].text == "at 37.1 % or more: at risk"
    assert explained(0.3, 0.0, RATIO).formula.startswith("the plan is 0 %, so nothing can be compared")
    strict = explained(0.5, 0.6, STRICT)
    assert strict.formula == "50.00 % − 60.00 % = −10.00 points: at risk"
    weakest = explained(0.6, 0.5, WEAKEST, is_objective=True, children=(GoalWord.AHEAD, GoalWord.OFF_TRACK))
    assert weakest.word == "off_track"
    assert weakest.formula.endswith("its weakest child gives the word: off track")
    assert weakest.rules == ("S1", "S3", "S7")


@given(st.floats(-0.5, 1.5), plans, st.sampled_from([RATIO, STRICT]), st.floats(0, 1))
def test_the_explanation_says_the_word_that_is_shown(share: float, expected: float, rules: RuleSet, tau: float) -> None:
    said = explained(share, expected, rules, tau=tau)
    assert said.word == word(share, expected, rules=rules, tau=tau)
    assert rules.kind in {RuleKind.RATIO, RuleKind.STRICT}
    for change in said.changes:
        assert change.word != said.word
