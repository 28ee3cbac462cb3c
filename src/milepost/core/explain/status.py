"""The status word of a goal, and the borders at which it becomes another one."""

from collections.abc import Sequence
from datetime import date

from milepost.core.explain.borders import Later, Way, Wording, borders_around, by_then, deeds_around
from milepost.core.explain.deeds import Deed
from milepost.core.explain.shape import Change, Explanation, Input, SetBy
from milepost.core.explain.text import MOST_PLACES, day, digits, hundredfold, percent, sign, words
from milepost.core.pace import Ambition, green_at
from milepost.core.rule_sets import GAP, ObjectiveRule, RuleKind, RuleSet
from milepost.core.status import EXACT, FULL, GoalWord, goal_word, objective_word, word_starts


def explain_status(
    *,
    progress: float | None,
    expected: float | None,
    tau: float,
    ambition: Ambition,
    last: date,
    ended: bool,
    closed: bool,
    is_maintain: bool = False,
    is_objective: bool = False,
    missing: int = 0,
    way: Way | None = None,
    set_by: SetBy | None = None,
    rules: RuleSet = GAP,
    children: Sequence[GoalWord] = (),
    deeds: Sequence[Deed] = (),
    later: Later | None = None,
) -> Explanation:
    """Return a goal's status with the distance that makes it and the nearest borders on both sides.

    Args:
        progress: p of a key result (s of a level to keep), the score of an objective; None unknown.
        expected: the plan for today, 0..1.
        tau: elapsed share of the cycle, 0..1.
        last: the cycle's last day.
        missing: key results of the objective that lack their first value past its due day.
        way: of a key result with start and target, so that borders are told as values.
        set_by: the lead's own word while it stands; it is the one shown.
        rules: what the workspace compares.
        children: the words of an objective's contributing children, where the weakest one counts.
        deeds: what could happen to it, the smaller first, where its progress moves in steps.
        later: the day by which to say what would keep it on track or bring it there.

    Source: rules S1, S2, S3, S5, S7.
    """
    takes_weakest = is_objective and rules.objective == ObjectiveRule.WEAKEST and bool(children)

    def word_at(
        share: float | None, *, at: float = tau, cap: bool = missing > 0, plan: float | None = expected
    ) -> GoalWord:
        own = goal_word(
            progress=share,
            expected=plan,
            tau=at,
            ambition=ambition,
            ended=ended,
            closed=closed,
            is_maintain=is_maintain,
            has_breach=is_maintain and share is not None and share < FULL,
            has_missing=cap and not takes_weakest,
            rules=rules,
        )
        return objective_word(own, children, rules=rules, has_missing=cap) if takes_weakest else own

    def word_then(share: float) -> GoalWord:
        return word_at(share) if later is None else word_at(share, at=later.tau, plan=later.expected)

    word = word_at(progress)
    free = word_at(progress, cap=False)
    keys = (
        ["S1"] + ["S2"] * (rules.kind != RuleKind.GAP) + ["S3"] * is_objective + ["S5"] * (set_by is not None) + ["S7"]
    )
    changes: list[Change] = []
    starts = () if expected is None else word_starts(expected=expected, ambition=ambition, rules=rules)
    if closed:
        formula = "closed, so its word is done"
    elif ended:
        formula = f"its last day was {day(last)}: ended until it is closed"
    elif progress is None or expected is None:
        formula = f"no {'value' if progress is None else 'plan'} yet, so there is no word"
        if expected is not None:
            changes += borders_around(None, word_at, starts, way, is_bounded=way is None)
    else:
        formula = _distance(progress, expected, lambda share: word_at(share, cap=False), green_at(ambition), rules)
        if takes_weakest:
            formula += f"; its weakest child gives the word: {words(free)}"
        elif free != word_at(progress, at=1.0, cap=False):
            part, early = percent(tau), percent(rules.early_until)
            formula += f"; {part} of the time has passed, less than {early}, so {words(free)}"
        else:
            formula += f": {words(free)}"
        if free != word:
            formula += f", but held at {words(word)}: {missing} without a value whose first check-in was due"
            changes.append(Change(f"once none is missing: {words(free)}", word=free.value))
        changes += deeds_around(progress, word_at, deeds)
        changes += borders_around(progress, word_at, starts, way, is_bounded=way is None)
        if later is not None:
            borders = word_starts(expected=later.expected, ambition=ambition, rules=rules)
            changes += by_then(progress, word_then, borders, later.day, way=way, deeds=deeds)
    if set_by is not None:
        until = f", shown through {day(set_by.until)}" if set_by.until else ""
        formula = f"set by {set_by.who} on {day(set_by.on)}{until}; the plan says {words(word)} ({formula})"
    shown = set_by.word if set_by is not None else word.value
    inputs = (Input("progress", progress), Input("plan for today", expected))
    if set_by is not None:
        set_by = SetBy(set_by.who, set_by.why, set_by.on, set_by.until, word.value)
    return Explanation("status", tuple(keys), formula, word=shown, inputs=inputs, changes=tuple(changes), set_by=set_by)


def _distance(share: float, expected: float, word_at: Wording, green: float, rules: RuleSet) -> str:
    """Return progress against the plan with as many decimals as its word needs (S7)."""
    word = word_at(share)
    if word == GoalWord.REACHED:
        return f"{percent(share, places=2)} is at least {percent(green)}, where the grade is green"
    is_ratio = rules.kind == RuleKind.RATIO
    if is_ratio and expected <= EXACT:
        return f"the plan is {percent(expected, places=2)}, so nothing can be compared"
    for places in range(2, MOST_PLACES):
        a, b = hundredfold(share, places), hundredfold(expected, places)
        shown = float(a / b) * expected if is_ratio and b else float((a - b) / 100) + expected
        if word_at(shown) == word:
            break
    if not is_ratio:
        return f"{digits(a, keep_zeros=True)} % − {digits(b, keep_zeros=True)} % = {sign(a - b)} points"
    for places in range(1, MOST_PLACES):
        ratio = hundredfold(share / expected, places)
        if word_at(float(ratio) / 100 * expected) == word:
            break
    return f"{digits(a, keep_zeros=True)} % / {digits(b, keep_zeros=True)} % = {digits(ratio)} %"
