"""Every remark that the linter can make: its key, why it matters, how to put it right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A classic mistake: one sentence why it is one, one how to mend it."""

    key: str
    title: str
    why: str
    how: str


@dataclass(frozen=True, slots=True, order=True)
class About:
    """What a remark is about; `kind` is objective, key_result, kpi, team, person or board.

    `reference` is its id, of a KPI its slug, of a board its heading; a form puts its own names there.
    `objective` and `within` are reference and title of the objective it belongs to, "" of what belongs to none.
    """

    kind: str
    reference: str
    title: str
    objective: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """One thing worth a thought. `field` names the field of the form that it belongs to, "" for none.

    `why` says what was seen, with its numbers; `how` what could be done, or the question to ask.
    """

    about: About
    key: str
    field: str
    why: str
    how: str


_ALL = (
    Rule(
        "no-lead", "Nobody leads it",
        "What everybody answers for, nobody answers for.",
        "Choose the one person who will check in on it.",
    ),
    Rule(
        "no-target", "No target",
        "Without a target nobody can say whether a value is good news.",
        "Write the value that would make you content, or measure a baseline first.",
    ),
    Rule(
        "no-source", "No source",
        "A number that one person types from memory is late, and nobody else can check it.",
        "Let a key result read a KPI, or say in the KPI where its number comes from.",
    ),
    Rule(
        "no-number", "No number",
        "Without a number two people can look at the same quarter and disagree whether it worked.",
        "Write from where to where, such as: first reply time 48 to 30 min.",
    ),
    Rule(
        "number-in-objective", "A number in the objective",
        "The objective says what will be different, its key results say how much.",
        "Say what customers or colleagues will notice, and move the number to a key result.",
    ),
    Rule(
        "activity", "Work, not a result",
        "Work can be finished and change nothing; a result says what is different afterwards.",
        "Make it an initiative, and write as the key result what it should move.",
    ),
    Rule(
        "vague", "A wish without a measure",
        "Words such as improve or better are true of any change, however small.",
        "Say what somebody would see, or from which number to which.",
    ),
    Rule(
        "unrealistic", "Further than it ever moved",
        "A target beyond all that was ever seen is given up in the second week.",
        "Choose a nearer target, a longer time, or name what will be different this time.",
    ),
    Rule(
        "start-is-target", "Start and target are alike",
        "There is no way to go, so there is no progress to show.",
        "Keep the level instead, or choose another target.",
    ),
    Rule(
        "too-few", "Fewer than two key results",
        "One measure alone can be met while what it stands for gets worse.",
        "Add a second one that would notice, so that there are two to five.",
    ),
    Rule(
        "too-many", "More than five key results",
        "A list of everything says nothing about what comes first.",
        "Keep the two to five that you would stop other work for.",
    ),
    Rule(
        "too-many-objectives", "More than five objectives",
        "Who has six priorities has none; three are enough for most teams.",
        "Leave some for the next cycle, or let two become one.",
    ),
    Rule(
        "too-many-kpis", "More than twelve KPIs on a board",
        "Twelve fit on one screen; what has to be scrolled to is not watched.",
        "Move some under another heading, or archive what nobody acts on.",
    ),
    Rule(
        "all-key", "Everything comes first",
        "When everything is marked as the most important, the mark says nothing.",
        "Mark the one or two that matter most.",
    ),
    Rule(
        "sole-author", "Written by one person",
        "Who had no say in a goal seldom feels that it is theirs.",
        "Let those who will do the work write or change at least one key result.",
    ),
    Rule(
        "not-reviewed", "Nobody has looked at it",
        "A second pair of eyes finds in five minutes what a quarter would show.",
        "Ask a reviewer to approve it, or to grade what was closed unseen.",
    ),
    Rule(
        "never-checked-in", "Never checked in",
        "A goal that nobody reports on in its first weeks is forgotten in the last ones.",
        "Check in once, even if only to say that nothing has changed.",
    ),
    Rule(
        "business-as-usual", "Business as usual",
        "Keeping levels is daily work: it has no end, and an objective has one.",
        "Watch these numbers as KPIs; it belongs on a board. Keep here what is to change.",
    ),
    Rule(
        "qualitative", "An opinion as a number",
        "A scale of feelings moves with the day it is asked on and with who asks.",
        "Say what each step means, ask the same people the same way, or count what they do.",
    ),
    Rule(
        "no-period", "A target without a period",
        "“At least 100” is met by a good day or by a bad year.",
        "Say for which time it holds: at least 100 a week, or 100 by the end of March.",
    ),
    Rule(
        "unread", "Read by nobody",
        "A number that leads to nothing costs the time of whoever collects it.",
        "Tie a key result to it, note what you make of it, or archive it.",
    ),
    Rule(
        "unaligned", "Supports nothing",
        "Work that hangs on nothing is the first to be asked why it is done.",
        "Choose what it contributes to, or say that it stands for itself.",
    ),
    Rule(
        "load", "One person carries it all",
        "Who leads far more than the others will check in on little of it.",
        "Hand some of the key results to somebody else.",
    ),
)  # fmt: skip
RULES: Mapping[str, Rule] = {rule.key: rule for rule in _ALL}


def remark(key: str, about: About, field: str, why: str, how: str = "") -> Remark:
    """Return a remark; without an own `how` that of its rule.

    Source: guidance, every key.
    """
    return Remark(about=about, key=key, field=field, why=why, how=how or RULES[key].how)


def in_order(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """Return remarks in one order, whatever order they were found in, none twice.

    Source: guidance, every key.
    """
    return tuple(sorted(set(remarks)))
