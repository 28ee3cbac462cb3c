"""The parts of an explanation, the same for every number and word."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Compare(StrEnum):
    """On which side of a border, the border included or not, something else holds."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Link:
    """What can be opened: its kind (objective, key_result, kpi) and its id or slug."""

    kind: str
    reference: str


@dataclass(frozen=True, slots=True)
class Input:
    """A value that went in; `unit` is the metric's, None where `value` is a share 0..1.

    `on` is the day or the first day of the period it speaks for, `source` a word for where it came
    from, `by` the person.
    """

    label: str
    value: float | None
    unit: str | None = None
    on: date | None = None
    source: str = ""
    by: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One summand: share times value is what it adds, all 0..1; the texts are digits that add up.

    `share` is the one it counts with after others were left out.
    """

    label: str
    share: float
    value: float
    adds: float
    share_text: str
    value_text: str
    adds_text: str
    how: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that takes no part, the reason in words and the rule that says so."""

    label: str
    why: str
    rule: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What would make the number or the word another one.

    A border says: where the subject compares so with `at`, `word` holds. A step says: then the
    number becomes `becomes`, which is `adds` more. `unit` is that of `at`, None for a share; `on` the
    day a change by time alone comes.
    """

    text: str
    compare: Compare | None = None
    at: float | None = None
    unit: str | None = None
    word: str | None = None
    becomes: float | None = None
    adds: float | None = None
    on: date | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class SetBy:
    """Somebody's own word or number that is shown in place of the computed `word`."""

    who: str
    why: str
    on: date
    until: date | None
    word: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a number or a word is made of.

    `of` names it: value, progress, score, expected, status, grade or kpi_status. `value` is 0..1 (progress
    unbounded), or in `unit` where that is not None; None is unknown. A status has `word`, so has a grade with a band.
    `reported` of `contributing` children have a value.
    """

    of: str
    rules: tuple[str, ...]
    formula: str
    value: float | None = None
    unit: str | None = None
    word: str | None = None
    inputs: tuple[Input, ...] = ()
    parts: tuple[Part, ...] = ()
    total_text: str = ""
    left_out: tuple[LeftOut, ...] = ()
    changes: tuple[Change, ...] = ()
    reported: int | None = None
    contributing: int | None = None
    set_by: SetBy | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A goal or KPI with the explanations of its numbers and words on a day; values in `unit`."""

    about: Link
    title: str
    unit: str
    on: date
    explanations: tuple[Explanation, ...]
