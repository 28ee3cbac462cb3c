"""What is worth a thought in a KPI, and in all of a board."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from milepost.core.guidance.facts import KpiFacts
from milepost.core.guidance.rules import About, Remark, in_order, remark
from milepost.core.guidance.words import is_opinion, names_period, wish_in

MOST_ON_A_BOARD = 12
UNREAD_AFTER = timedelta(days=90)
LEAST_MARKED = 3  # of one or two it says nothing that all are marked


def lint_kpi(facts: KpiFacts, *, today: date | None = None) -> tuple[Remark, ...]:
    """Return the remarks on one KPI.

    Args:
        today: None where time has not passed yet, as in a form.

    Source: guidance, the rules of KPIs.
    """
    about = About("kpi", facts.reference, facts.name)
    return in_order([*_definition(facts, about), *_target(facts, about), *_use(facts, about, today=today)])


def lint_kpis(kpis: Sequence[KpiFacts], *, today: date | None = None) -> tuple[Remark, ...]:
    """Return the remarks on KPIs and on the boards they stand on, in one order whatever theirs is.

    Source: guidance, the rules of KPIs.
    """
    found = [r for kpi in kpis for r in lint_kpi(kpi, today=today)]
    boards = Counter(kpi.board for kpi in kpis)
    for board, count in boards.items():
        about = About("board", board, board or "Others")
        if count > MOST_ON_A_BOARD:
            found.append(remark("too-many-kpis", about, "group", f"{count} KPIs stand under “{about.title}”."))
        marks = [kpi.is_key for kpi in kpis if kpi.board == board]
        if len(marks) >= LEAST_MARKED and all(marks):
            found.append(remark("all-key", about, "", f"All {len(marks)} KPIs under “{about.title}” are marked key."))
    return in_order(found)


def _definition(facts: KpiFacts, about: About) -> Iterator[Remark]:
    if facts.has_lead is False:
        yield remark("no-lead", about, "lead", "Nobody leads it yet.")
    if word := wish_in(facts.name, has_number=None):
        yield remark("vague", about, "name", f"“{word}” is a wish, not a measure.", "What is counted?")
    if is_opinion(facts.unit, facts.name, facts.description):
        yield remark("qualitative", about, "unit", "It is a scale of opinions.")
    if facts.name and not facts.source and not facts.description.strip():
        yield remark(
            "no-source", about, "description", "Its values are typed, and nothing says where they come from.",
            "How would two people count the same?",
        )  # fmt: skip


def _target(facts: KpiFacts, about: About) -> Iterator[Remark]:
    text = facts.target_text.strip()
    if facts.has_target is False:
        yield remark("no-target", about, "rule", "It has no target: it is only watched.")
    elif text and not facts.has_dates and not names_period(text):
        yield remark("no-period", about, "as_given", f"“{text}” does not say for which time.")


def _use(facts: KpiFacts, about: About, *, today: date | None) -> Iterator[Remark]:
    if today is None or facts.made_on is None or facts.readers is None or facts.readers:
        return
    since = max(facts.made_on, facts.used_on or facts.made_on)
    if today - since > UNREAD_AFTER:
        days = UNREAD_AFTER.days
        yield remark("unread", about, "", f"No key result reads it, and in {days} days nobody wrote a value or a note.")
