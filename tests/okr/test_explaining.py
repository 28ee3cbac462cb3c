"""Explanations and score rows are made of the same facts and say the same, whatever the facts are."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency, period_start
from milepost.core.explain import Explanation, Member
from milepost.core.pace import Ambition
from milepost.core.parts import Combine
from milepost.core.progress import Step
from milepost.core.rhythm import Rhythm
from milepost.core.rollup import Child
from milepost.core.series import Aggregation, Point, Window
from milepost.okr.explaining import Words, explain_key_result, explain_objective
from milepost.okr.scoring import (
    CheckInFact,
    ChildRow,
    Final,
    KeyResultFacts,
    ObjectiveFacts,
    PartFact,
    score_key_result,
    score_objective,
)

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
RHYTHM = Rhythm()
amounts = st.integers(-1000, 1000).map(float)
shares01 = st.floats(0, 1)
maybe = st.none() | shares01
days = st.dates(FIRST - timedelta(days=20), LAST + timedelta(days=20))


@st.composite
def facts(draw: st.DrawFn) -> KeyResultFacts:
    kind = draw(st.sampled_from(["reach", "reach", "keep", "milestone", "children", "children"]))
    frequency = draw(st.sampled_from([Frequency.DAY, Frequency.WEEK, Frequency.MONTH]))
    starts = sorted({period_start(day, frequency) for day in draw(st.lists(days, max_size=12))})
    counts = draw(st.booleans())
    points = tuple(
        Point(day, draw(amounts), draw(amounts) if counts else None, draw(st.integers(0, 9)) if counts else None)
        for day in starts
    )
    start = draw(amounts)
    has_low = draw(st.booleans())
    steps = st.builds(Step, st.integers(1, 5).map(float), shares01, st.none() | days)
    unit = draw(st.sampled_from(["", "%", "min"]))
    parts = st.builds(
        PartFact, st.none(), st.none() | amounts, st.just(unit), maybe, maybe, st.sampled_from([1, 2.5, 0])
    )
    own = st.builds(CheckInFact, days, st.integers(1, 10), st.sampled_from(["", "at_risk", "ahead"]))
    return KeyResultFacts(
        kind=kind,
        first=FIRST,
        last=LAST,
        is_live=True,
        ambition=draw(st.sampled_from(list(Ambition))),
        active_since=FIRST,
        start=start,
        target=start + draw(st.integers(1, 500)) * draw(st.sampled_from([1, -1])),
        low=start if has_low else None,
        high=start + 50 if not has_low or draw(st.booleans()) else None,
        tolerance=draw(st.sampled_from([0.0, 10.0])),
        is_kpi=draw(st.booleans()),
        frequency=frequency,
        aggregation=draw(st.sampled_from(list(Aggregation))),
        unit_code=unit,
        combine=draw(st.sampled_from(list(Combine))),
        parts=tuple(replace(part, key=key) for key, part in enumerate(draw(st.lists(parts, max_size=5)))),
        window=draw(st.sampled_from(list(Window))),
        points=points,
        steps=tuple(draw(st.lists(steps, max_size=5))),
        check_ins=tuple(draw(st.lists(own, max_size=1))),
        final=draw(st.none() | st.none() | st.builds(Final, maybe, maybe, maybe, maybe)),
    )


def by_name(found: tuple[Explanation, ...]) -> dict[str, Explanation]:
    return {one.of: one for one in found}


@given(facts(), days)
def test_a_key_result_is_explained_as_it_is_scored(given_facts: KeyResultFacts, today: date) -> None:
    row = score_key_result(given_facts, rhythm=RHYTHM, today=today)
    said = by_name(explain_key_result(given_facts, Words(), rhythm=RHYTHM, today=today))
    assert (said["progress"].value, said["score"].value) == (row.progress, row.score)
    assert (said["expected"].value, said["status"].word) == (row.expected, row.shown_word)
    if row.own_word:
        assert said["status"].set_by is not None
        assert said["status"].set_by.word == row.word
    if "value" in said:
        assert said["value"].value == row.value
    assert all(one.formula and one.rules for one in said.values())


@given(
    st.lists(st.tuples(maybe, maybe, st.sampled_from([0.0, 1.0, 2.5]), st.booleans()), max_size=8),
    st.sampled_from(list(Ambition)), days, st.booleans(), maybe,
)  # fmt: skip
def test_an_objective_is_explained_as_it_is_scored(
    rows: list, ambition: Ambition, today: date, is_closed: bool, final: float | None
) -> None:
    about = ObjectiveFacts(
        first=FIRST, last=LAST, ambition=ambition, final_score=final, final_expected=final, is_closed=is_closed
    )
    children = [
        ChildRow(key, score, expected, weight, None, is_missing=is_missing and score is None)
        for key, (score, expected, weight, is_missing) in enumerate(rows)
    ]
    members = [
        Member(str(c.key), Child(c.key, c.score, c.expected, c.weight), is_missing=c.is_missing) for c in children
    ]
    row = score_objective(about, children, today=today)
    said = by_name(explain_objective(about, members, today=today))
    assert (said["score"].value, said["expected"].value) == (row.score, row.expected)
    assert said["status"].word == row.word
    if not is_closed:
        assert (said["score"].reported, said["score"].contributing) == (row.reported, row.children)
