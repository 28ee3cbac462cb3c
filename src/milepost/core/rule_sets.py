"""How a workspace turns the distance from the plan into a word: rule sets, kept as data."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

from milepost.core.numbers import said
from milepost.core.workdays import WorkCalendar


class BadRuleSet(ValueError):
    """A rule set by which no word could be told; the numbers are named."""


class RuleKind(StrEnum):
    """What is compared with the thresholds."""

    GAP = "gap"  # S1: progress − plan
    RATIO = "ratio"  # S2: progress / plan
    STRICT = "strict"  # S2: progress − plan, and nothing below the plan is on track


class ObjectiveRule(StrEnum):
    """Whose word an objective takes (rule S3)."""

    OWN = "own"
    WEAKEST = "weakest_child"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Thresholds from which on the word is ahead, on track, at risk; below the last it is off track.

    Those of a ratio are ratios, of the others differences of shares. `ahead` None: that word is not
    given. `early_until` is the share 0..1 of the time before which it is early.
    """

    kind: RuleKind = RuleKind.GAP
    ahead: float | None = 0.10
    on_track: float = -0.10
    at_risk: float = -0.25
    early_until: float = 0.15
    objective: ObjectiveRule = ObjectiveRule.OWN

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Return the thresholds there are, the highest first.

        Source: rules S1, S2.
        """
        return (*(() if self.ahead is None else (self.ahead,)), self.on_track, self.at_risk)


GAP = RuleSet()
RATIO = RuleSet(kind=RuleKind.RATIO, ahead=1.10, on_track=0.90, at_risk=0.70)
STRICT = RuleSet(kind=RuleKind.STRICT, ahead=None, on_track=0.0, at_risk=-0.25)
RULE_SETS = {rules.kind: rules for rules in (GAP, RATIO, STRICT)}


@dataclass(frozen=True, slots=True)
class Telling:
    """How a workspace tells the status of its goals: by which rules, and over which days; None counts all days."""

    rules: RuleSet = GAP
    days: WorkCalendar | None = None


USUAL = Telling()


def check_rule_set(rules: RuleSet) -> None:
    """Do nothing if a word can be told by these rules.

    Raises:
        BadRuleSet: a threshold is not finite or not below the one before, or the early time is no
            share; both numbers are named.

    Source: rule S2.
    """
    names = ("ahead", "on track", "at risk")[-len(rules.thresholds) :]
    for name, value in zip(names, rules.thresholds, strict=True):
        if not math.isfinite(value):
            raise BadRuleSet(f"The threshold of {name} is {value}. Write a number.")
    named = list(zip(names, rules.thresholds, strict=True))
    for (above, high), (below, low) in pairwise(named):
        if low >= high:
            raise BadRuleSet(
                f"{above.capitalize()} would begin at {said(high)} and {below} at {said(low)}. "
                "Each must begin below the one before."
            )
    if not 0 <= rules.early_until <= 1:
        raise BadRuleSet(f"Early would last until {rules.early_until} of the time. Write a share from 0 to 1.")


def rule_set_as_data(rules: RuleSet) -> dict[str, str | float | None]:
    """Return a rule set as plain text and numbers, to be kept as one version of the workspace's settings.

    Source: rules S2, A1.
    """
    return {
        field.name: value.value if isinstance(value := getattr(rules, field.name), StrEnum) else value
        for field in fields(rules)
    }


def read_rule_set(data: Mapping[str, Any]) -> RuleSet:
    """Return the rule set of plain data; what it leaves out is as its kind has it.

    Raises:
        BadRuleSet: an unknown name or kind, something that is no number, or thresholds out of order.

    Source: rules S2, A1.
    """
    given = dict(data)
    try:
        kind = RuleKind(given.pop("kind", RuleKind.GAP))
        objective = ObjectiveRule(given.pop("objective", ObjectiveRule.OWN))
    except ValueError:
        kinds, words = ", ".join(RuleKind), ", ".join(ObjectiveRule)
        raise BadRuleSet(f"Choose the kind from {kinds} and the objective's word from {words}.") from None
    known = {field.name for field in fields(RuleSet)} - {"kind", "objective"}
    numbers: dict[str, float | None] = {}
    for name, value in given.items():
        if name not in known:
            raise BadRuleSet(f"“{str(name)[:40]}” is no part of a rule set. Use {', '.join(sorted(known))}.")
        numbers[name] = _number(name, value)
    rules = replace(RULE_SETS[kind], objective=objective, **numbers)  # type: ignore[arg-type] # names are checked above
    check_rule_set(rules)
    return rules


def _number(name: str, value: Any) -> float | None:
    if value is None and name == "ahead":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRuleSet(f"{name} is {str(value)[:40]}. Write a number.")
    try:
        return float(value)
    except OverflowError:  # an integer beyond every float
        raise BadRuleSet(f"{name} has {len(str(value))} digits. Write a number such as 0.1.") from None
