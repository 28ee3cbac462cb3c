"""Rules S: the word of a goal."""

from dataclasses import replace
from datetime import date, timedelta

from milepost.core.chance import LEAST_READINGS, forecast_word
from milepost.core.confidence import as_probability
from milepost.core.explain.text import percent, words
from milepost.core.pace import GREEN_ASPIRATIONAL, Ambition
from milepost.core.rule_sets import GAP, RATIO, STRICT, ObjectiveRule, RuleSet
from milepost.core.showing import percent_places_that_tell
from milepost.core.status import GoalWord, OwnWord, goal_word, objective_word, shown_word
from milepost.core.target import LEAST_RELIABILITY
from tests.docs.method.words import example, on, pct


def word(progress: float, expected: float, rules: RuleSet = GAP) -> str:
    found = goal_word(
        progress=progress, expected=expected, tau=expected, ambition=Ambition.COMMITTED, ended=False, closed=False,
        rules=rules,
    )  # fmt: skip
    return words(found)


@example("S1")
def gap() -> str:
    plan, near, far = 0.57, 0.47, 0.46
    return f"plan {pct(plan)}, progress {pct(near)}: {word(near, plan)}; {pct(far)}: {word(far, plan)}"


@example("S2")
def rule_sets() -> str:
    progress, plan = 0.3, 0.53
    ratio, strict = word(progress, plan, RATIO), word(progress, plan, STRICT)
    return f"{pct(progress)} / {pct(plan)} = {pct(progress / plan)}: {ratio}; strict: {strict}"


@example("S3")
def of_objectives() -> str:
    own, children = GoalWord.ON_TRACK, [GoalWord.AHEAD, GoalWord.OFF_TRACK]
    by_child = replace(GAP, objective=ObjectiveRule.WEAKEST)
    alone = objective_word(own, children, rules=GAP, has_missing=False)
    weakest = objective_word(own, children, rules=by_child, has_missing=False)
    capped = objective_word(own, children, rules=GAP, has_missing=True)
    told = " and ".join(words(child) for child in children)
    return f"{words(own)}, its children {told}: {words(alone)}; by the weakest {words(weakest)}; with one missing {words(capped)}"


@example("S4")
def chance() -> str:
    likely = 0.41
    found = forecast_word(likely, readings=LEAST_READINGS, reliability=LEAST_RELIABILITY)
    assert found is not None
    assert forecast_word(likely, readings=LEAST_READINGS - 1, reliability=LEAST_RELIABILITY) is None
    return f"on pace, but {pct(likely)} likely: {words(found)}"


@example("S5")
def own_word() -> str:
    due = date(2026, 11, 30)
    own = OwnWord(GoalWord.AHEAD, "two contracts are signed", "Ana", due)

    def shown(day: date) -> str:
        found = shown_word(GoalWord.AT_RISK, own, today=day)
        beside = f", “Set by {own.by}; the plan says {words(found.computed)}”" if found.set_by else ""
        return f"on {on(day)} {words(found.word)}{beside}"

    return f"next due on {on(due)}: {shown(due)}; {shown(due + timedelta(days=1))}"


@example("S6")
def confidence() -> str:
    given = 7
    return f"{given}: {pct(as_probability(given))}"


@example("S7")
def decimals() -> str:
    share, needed = 0.6996, GREEN_ASPIRATIONAL
    places = percent_places_that_tell(share, lambda s: s >= needed)
    short = percent(share, places=places - 1)
    assert short == pct(needed)
    return f"of a needed {pct(needed)} there is {percent(share, places=places)}, which is not shown as {short}"
