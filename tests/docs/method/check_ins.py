"""Rules C: check-ins."""

from datetime import date, timedelta

from milepost.core.confidence import BadConfidence, check_confidence, imported_confidence
from milepost.core.revisions import Known, as_known
from milepost.core.rhythm import Rhythm, check_in_day, due_after_check_in, first_due, is_open
from tests.docs.method.dates import LAST, QUARTER, TODAY, at
from tests.docs.method.words import example, n, on


@example("C1")
def confidence() -> str:
    none, much = 0, 11
    try:
        check_confidence(much)
    except BadConfidence as refused:
        return f"a file's {none}: {imported_confidence(none)}; {much}: “{refused}”"
    raise AssertionError("a confidence beyond the scale passed")


@example("C2")
def late() -> str:
    today = LAST + timedelta(days=4)
    found = check_in_day(today=today, last=LAST)
    assert found.is_late
    assert not check_in_day(today=LAST, last=LAST).is_late
    return f"on {on(today)} for {QUARTER[-2:]}: counts on {on(found.counts_on)}, late"


@example("C3")
def nothing_changed() -> str:
    day = TODAY - timedelta(days=6)
    rows = [Known(day - timedelta(days=7), 43, at(day)), Known(day, 41, at(TODAY))]
    last = as_known(rows)[-1]
    return f"{n(rows[0].value)}, then {n(rows[1].value)} on {on(day)}; nothing changed on {on(TODAY)}: still {n(last.value)} of {on(last.start)}"


@example("C4")
def rhythm() -> str:
    mondays = Rhythm(weekday=0)
    due = first_due(mondays, active_since=date(2026, 11, 17))
    opens = next(d for d in (due - timedelta(days=k) for k in range(9, -1, -1)) if is_open(due, today=d))
    after = due_after_check_in(mondays, checked_in_on=opens)
    return f"each {due:%A}, due on {on(due)}: waits from {opens:%A}, {on(opens)}; made then, the next is due on {on(after)}"
