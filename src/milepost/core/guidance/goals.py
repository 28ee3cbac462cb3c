"""What is worth a thought in one objective and its key results."""

from collections.abc import Iterator
from datetime import date

from milepost.core.guidance.facts import KeyResultFacts, ObjectiveFacts, OwnerKind
from milepost.core.guidance.rules import About, Remark, in_order, remark
from milepost.core.guidance.words import activity_in, has_amount, wish_in
from milepost.core.measure import Kind
from milepost.core.numbers import said
from milepost.core.pace import green_at

LEAST, MOST = 2, 5  # key results of an objective
MEASURED = frozenset({Kind.REACH, Kind.KEEP, Kind.LEVELS})
KEEPS = frozenset({Kind.KEEP})
SAY_MORE = {  # the field in which a kind has its number
    Kind.KEEP: "low",
    Kind.JUDGED: "kind",
    Kind.BASELINE: "kind",
}
_ROUNDING = 1e-9
_THOUSANDS = 1000.0


def lint_objective(facts: ObjectiveFacts, *, today: date | None = None) -> tuple[Remark, ...]:
    """Return the remarks on an objective and its key results, in one order whatever theirs is.

    Args:
        today: None where nothing is due yet, as in a form.

    Source: guidance, the rules of goals.
    """
    about = About("objective", facts.reference, facts.title, facts.reference, facts.title)
    found = [*_wording(facts, about), *_people(facts, about), *_shape(facts, about)]
    for key_result in facts.key_results:
        own = About("key_result", key_result.reference, key_result.title, facts.reference, facts.title)
        found += [*_measure(key_result, own), *_life(key_result, own, today=today)]
    return in_order(found)


def _wording(facts: ObjectiveFacts, about: About) -> Iterator[Remark]:
    if has_amount(facts.title):
        yield remark("number-in-objective", about, "title", "The number belongs in a key result.")
    elif word := wish_in(facts.title, has_number=None):
        yield remark(
            "vague", about, "title", f"“{word}” is true of any change.", "What will customers or colleagues notice?"
        )


def _people(facts: ObjectiveFacts, about: About) -> Iterator[Remark]:
    if facts.has_lead is False:
        yield remark("no-lead", about, "lead", "Nobody leads it yet.")
    if facts.has_parent is False and facts.owner.kind != OwnerKind.COMPANY:
        yield remark("unaligned", about, "parent", f"It is {facts.owner.name}’s and supports nothing above it.")
    if facts.is_reviewed is False:
        yield remark("not-reviewed", about, "", "Nobody besides its author has approved it.")
    authors = {k.author for k in facts.key_results}
    if (
        len(facts.key_results) >= LEAST
        and len(authors) == 1
        and None not in authors
        and not facts.is_reviewed
        and facts.owner.kind != OwnerKind.PERSON
    ):
        yield remark("sole-author", about, "", f"One person wrote all {len(facts.key_results)} key results.")


def _shape(facts: ObjectiveFacts, about: About) -> Iterator[Remark]:
    count = len(facts.key_results)
    if count > MOST:
        yield remark("too-many", about, "key_results", f"It has {count} key results.", f"Which {MOST} would you keep?")
    elif count < LEAST and not facts.counts_children:
        says = "It has one key result." if count else "It has no key result yet."
        yield remark("too-few", about, "key_results", says)
    kinds = {k.kind for k in facts.key_results}
    if kinds and kinds <= KEEPS:
        yield remark("business-as-usual", about, "", "All its key results keep a level; none changes one.")
    first = {k.priority for k in facts.key_results}
    if count > LEAST and len(first) == 1 and None not in first:
        yield remark("all-key", about, "priority", f"All {count} key results have the priority {first.pop()}.")
    measured = [k for k in facts.key_results if k.kind in MEASURED and _has_number(k)]
    if measured and not any(k.source for k in measured):
        yield _by_hand(measured, about)


def _by_hand(measured: list[KeyResultFacts], about: About) -> Remark:
    if len(measured) > 1:
        return remark("no-source", about, "kpi", f"All {len(measured)} measured key results are typed by hand.")
    one = About("key_result", measured[0].reference, measured[0].title, about.objective, about.title)
    return remark("no-source", one, "kpi", "Its value is typed by hand.", "Is there a KPI that it could read?")


def _measure(k: KeyResultFacts, about: About) -> Iterator[Remark]:
    if k.start is not None and k.start == k.target:
        yield remark("start-is-target", about, "target", f"From {said(k.start)} to {said(k.start)} is no way to go.")
    if k.kind == Kind.BASELINE:
        yield remark("no-target", about, "kind", "It waits for a baseline.", "When will you know what to aim for?")
    elif k.kind == Kind.REACH and k.start is not None and k.target is None:
        yield remark("no-target", about, "target", f"It starts at {said(k.start)} and leads nowhere yet.")
    has_number = _has_number(k) or k.start is not None
    if word := activity_in(k.title):
        yield remark(
            "activity", about, "title", f"“{word}” reads like work, not a result.",
            "What is different once it is done? Make it an initiative.",
        )  # fmt: skip
    elif word := wish_in(k.title, has_number=has_number):
        yield remark("vague", about, "title", f"“{word}”, and no number says how much.", "From which number to which?")
    elif not has_number:
        yield remark("no-number", about, SAY_MORE.get(k.kind, "title"), "No number says when this has come true.")
    yield from _reach(k, about)


def _reach(k: KeyResultFacts, about: About) -> Iterator[Remark]:
    if k.best_move is None or k.start is None or k.target is None:
        return
    wanted = abs(k.target - k.start) * green_at(k.ambition)
    if wanted > k.best_move * (1 + _ROUNDING):
        unit = f" {k.unit}" if k.unit else ""
        moved = f"at most {_short(k.best_move)}{unit}" if k.best_move else "not at all that way"
        yield remark(
            "unrealistic", about, "target",
            f"It is to move by {_short(wanted)}{unit}; in as much time it has so far moved {moved}.",
            "What will be different this time?",
        )  # fmt: skip


def _life(k: KeyResultFacts, about: About, *, today: date | None) -> Iterator[Remark]:
    is_due = today is not None and k.next_check_in_on is not None and k.next_check_in_on < today
    if k.is_running and k.checked_in_on is None and is_due and k.next_check_in_on is not None:
        due = f"{k.next_check_in_on.day} {k.next_check_in_on:%b}"
        yield remark("never-checked-in", about, "", f"The first check-in was due on {due}.")


def _has_number(k: KeyResultFacts) -> bool:
    """Return whether something says when it has come true; steps, tasks, parts and a coming baseline do too."""
    if k.kind in {Kind.REACH, Kind.LEVELS}:
        return k.target is not None
    if k.kind == Kind.KEEP:
        return k.low is not None or k.high is not None
    return k.kind != Kind.JUDGED


def _short(value: float) -> str:
    """Return three digits, thousands apart: 168 000."""
    short = float(f"{value:.3g}")
    return f"{short:,.0f}".replace(",", "\u202f") if short >= _THOUSANDS else said(short)
