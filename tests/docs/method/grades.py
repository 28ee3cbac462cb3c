"""Rules G: grades; and A: changes of the plan."""

from datetime import date, timedelta

from milepost.core.explain.text import words
from milepost.core.grade import (
    NotGraded,
    carried_start,
    close_with,
    give_grade,
    grade_word,
    pitch,
    propose_grade,
    tally,
)
from milepost.core.measure import Kind, Measure, Seen
from milepost.core.pace import Ambition
from milepost.core.planned import PlannedKeyResult, two_scores
from milepost.core.progress import progress
from milepost.core.revisions import Known, as_known, revisions
from milepost.core.rollup import Child
from milepost.core.rule_sets import GAP, RATIO
from milepost.core.versions import in_force
from tests.docs.method.dates import TODAY, at
from tests.docs.method.words import example, hundredth, listed, n, on, pct


@example("G1")
def grades() -> str:
    def graded(grade: float, ambition: Ambition) -> str:
        word = grade_word(grade, ambition=ambition)
        assert word is not None
        return f"{ambition.value} {pct(grade)}: {words(word)}"

    team = [0.8, 0.9]
    found = pitch(team)
    assert found is not None
    each = f"{graded(0.65, Ambition.ASPIRATIONAL)}; {graded(0.99, Ambition.COMMITTED)}"
    return f"{each}; a team at {listed([hundredth(g) for g in team], ' and ')} %: {words(found)}?"


@example("G2")
def scores() -> str:
    def planned(key: str) -> PlannedKeyResult:
        return PlannedKeyResult(key, Measure(Kind.PERCENT))

    kept, cancelled, added = 50, 25, 90
    seen = {"kept": Seen(values=(kept,)), "cancelled": Seen(values=(cancelled,))}
    now = [Child("kept", kept / 100, None), Child("added", added / 100, None)]
    found = two_scores([planned("kept"), planned("cancelled")], seen, amended=now)
    return (
        f"one at {kept} %, one cancelled at {cancelled} %, one added at {added} %: "
        f"{pct(found.as_planned)} as planned, {pct(found.as_amended)} as amended"
    )


@example("G3")
def close() -> str:
    reviewed = give_grade(0.8, final=0.8)
    given = [reviewed, reviewed, propose_grade(0.5)]
    standing = close_with(given, may_close_rest=True)
    count = tally([(grade, Ambition.COMMITTED) for grade in standing if grade]).not_reviewed
    try:
        close_with(given, may_close_rest=False)
    except NotGraded as refused:
        return f"an admin: {count} of {len(given)} not reviewed; the lead: “{refused}”"
    raise AssertionError("an ungraded objective closed")


@example("G4")
def carry_over() -> str:
    start, target, now = 48, 30, 39
    fresh = carried_start(start=start, target=target, value=now, keeps_progress=False)
    kept = carried_start(start=start, target=target, value=now, keeps_progress=True)
    shares = [pct(progress(start=s, target=target, value=now)) for s in (fresh, kept)]
    return f"{start} to {target}, now {now}: from {n(fresh)} with {shares[0]}, or from {n(kept)} with {shares[1]}"


@example("A1")
def versions() -> str:
    written = [(date(2026, 1, 1), GAP), (date(2026, 7, 1), RATIO)]
    change = written[1][0]

    def judged_by(day: date) -> str:
        found = in_force(written, day)
        assert found is not None
        return f"{on(day)} by {found[1].kind.value}"

    told = ", ".join(f"{rules.kind.value} since {on(since)}" for since, rules in written)
    return f"{told}: {judged_by(change - timedelta(days=1))}, {judged_by(change)}"


@example("A3")
def as_it_was() -> str:
    valid, corrected = TODAY - timedelta(days=4), TODAY
    rows = [Known(valid, 43, at(valid)), Known(valid, 41, at(corrected), number=1)]
    (mark,) = revisions(rows)
    then, now = as_known(rows, at=at(valid))[0].value, as_known(rows)[0].value
    assert (mark.first, mark.last) == (then, now)
    return f"{n(rows[0].value)}, corrected to {n(rows[1].value)} on {on(corrected)}: as of {on(valid)} it shows {n(then)}, revised to {n(now)}"
