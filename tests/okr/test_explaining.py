"""Explanations and score rows are made of the same facts and say the same, whatever the facts are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency, period_start
from milepost.core.explain import Explanation, Member
from milepost.core.judgement import Judgement, Override
from milepost.core.measure import Kind
from milepost.core.pace import Ambition
from milepost.core.parts import Combine
from milepost.core.path import Amended, Checkpoint, Curve
from milepost.core.progress import Step
from milepost.core.rhythm import Rhythm
from milepost.core.rollup import Child
from milepost.core.rule_sets import GAP, RATIO, STRICT, Telling
from milepost.core.series import Aggregation, Point, Window
from milepost.core.workdays import WorkCalendar
from milepost.okr.explaining import Words, explain_key_result, explain_objective
from milepost.okr.scoring import (
    Bend,
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
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
amounts = st.integers(-1000, 1000).map(float)
shares01 = st.floats(0, 1)
maybe = st.none() | shares01
days = st.dates(FIRST - timedelta(days=20), LAST + timedelta(days=20))


@st.composite
def facts(draw: st.DrawFn) -> KeyResultFacts:
    kind = draw(st.sampled_from([kind.value for kind in Kind]))
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
    size = draw(st.integers(1, 500)) * draw(st.sampled_from([1, -1]))
    target = start + size
    combine = draw(st.sampled_from(list(Combine)))
    is_sum = kind == "children" and combine == Combine.SUM
    is_way = kind in {"reach", "levels"} or is_sum
    has_high = not has_low or draw(st.booleans())
    judged = st.builds(Judgement, shares01, st.just("so"), st.just(""))
    override = st.builds(Override, shares01, st.just("so"), st.just("Ana"), st.just(AT), st.booleans())
    curve = draw(st.sampled_from(list(Curve)))
    ends = (start, target) if is_way else (0.0, 100.0) if kind == "percent" else (0.0, 1.0)
    between = sorted(draw(st.sets(st.dates(FIRST + timedelta(1), LAST - timedelta(1)), max_size=2)))
    made = sorted(draw(st.sets(st.dates(FIRST, LAST), max_size=2)))
    bend = None
    if made and (is_sum or kind not in {"keep", "milestone", "baseline", "children"}):
        bend = Bend(FIRST, LAST, (ends[0], 2 * ends[1] - ends[0]), tuple(Amended(day, *ends, LAST) for day in made))
    weekdays = draw(st.none() | st.frozensets(st.integers(0, 6), min_size=1))
    calendar = None if weekdays is None else WorkCalendar(weekdays, draw(st.frozensets(days, max_size=5)))
    telling = Telling(draw(st.sampled_from([GAP, RATIO, STRICT])), calendar)
    own = st.builds(CheckInFact, days, st.integers(1, 10), st.sampled_from(["", "at_risk", "ahead"]))
    return KeyResultFacts(
        kind=kind,
        first=FIRST,
        last=LAST,
        is_live=True,
        ambition=Ambition.ASPIRATIONAL if kind == "levels" else draw(st.sampled_from(list(Ambition))),
        active_since=FIRST,
        start=start if is_way else None,
        target=target if is_way else None,
        stretch=start + 2 * size if kind == "levels" else None,
        floor=start + size / 4 if kind == "levels" and draw(st.booleans()) else None,
        low=start if has_low else None,
        high=start + 50 if has_high else None,
        tolerance=draw(st.sampled_from([0.0, 10.0])),
        at_close=has_low and has_high and draw(st.booleans()),
        curve=curve,
        checkpoints=tuple(
            Checkpoint(day, ends[0] + (at + 1) / 4 * (ends[1] - ends[0])) for at, day in enumerate(between)
        ),
        bend=bend,
        judgement=draw(st.none() | judged),
        override=draw(st.none() | st.none() | override),
        value_at=draw(st.none() | st.just(AT - timedelta(hours=1)) | st.just(AT + timedelta(hours=1))),
        telling=telling,
        is_kpi=kind in {"reach", "keep", "levels"} and draw(st.booleans()),
        frequency=frequency,
        aggregation=draw(st.sampled_from(list(Aggregation))),
        unit_code=unit,
        combine=combine,
        parts=tuple(replace(part, key=key) for key, part in enumerate(draw(st.lists(parts, max_size=5)))),
        window=draw(st.sampled_from(list(Window))),
        points=points,
        steps=tuple(draw(st.lists(steps, max_size=5))),
        check_ins=tuple(draw(st.lists(own, max_size=1))),
        final=draw(st.none() | st.none() | st.builds(Final, maybe, maybe, maybe, maybe)),
    )


def word_on(facts: KeyResultFacts, day: date, **given: object) -> str:
    return score_key_result(facts._replace(check_ins=(), **given), rhythm=RHYTHM, today=day).word


def set_to(facts: KeyResultFacts, share: float) -> dict[str, object]:
    """Return what brings a key result to a score at once, whatever its kind."""
    return {"override": Override(share, "so", "Ana", AT, is_kept=True)}


def typed(facts: KeyResultFacts, value: float, today: date) -> dict[str, object]:
    """Return what a check-in with this value brings."""
    if facts.kind == Kind.CHILDREN:
        return {"parts": (PartFact(0, value, facts.unit_code, None, None),), "value_at": AT + timedelta(days=1)}
    day = min(today, facts.last)
    others = tuple(p for p in facts.points if p.start < day)
    return {"points": (*others, Point(day, value)), "value_at": AT + timedelta(days=1)}


@given(facts(), st.dates(FIRST, LAST))
def test_what_is_said_to_change_a_status_does(given_facts: KeyResultFacts, today: date) -> None:
    given_facts = given_facts._replace(final=None)
    said = by_name(explain_key_result(given_facts, Words(), rhythm=RHYTHM, today=today))["status"]
    for change in said.changes:
        day = change.on or today
        if change.becomes is not None:
            assert word_on(given_facts, day, **set_to(given_facts, change.becomes)) == change.word, change
        elif change.at is None:
            assert word_on(given_facts, day) == change.word, change
        else:
            way = {"at_least": 0, "at_most": 0, "below": -1, "above": 1}[change.compare or ""]
            if change.unit is None:
                then = set_to(given_facts, min(1.0, max(0.0, change.at + way * 1e-6)))
            elif given_facts.is_kpi:
                continue  # what a window makes of one more value is the next test's matter
            else:
                then = typed(given_facts, change.at + way * 1e-4, today)
            assert word_on(given_facts, day, **then) == change.word, change


def test_what_would_bring_each_kind_on_track_is_said_in_its_own_words() -> None:
    today = date(2026, 11, 22)
    steps = tuple(Step(1.0, 1.0 if at < 1 else 0.0) for at in range(5))
    base = KeyResultFacts("reach", FIRST, LAST, True, Ambition.COMMITTED, FIRST, points=(Point(today, 10.0),))

    def said(**given: object) -> list[str]:
        facts = base._replace(**given)
        found = by_name(explain_key_result(facts, Words(step_titles=("A",) * 5), rhythm=RHYTHM, today=today))
        return [change.text for change in found["status"].changes]

    assert said(start=0.0, target=40.0, unit_code="deals")[-1] == (
        "at 19.3 deals or more by 23 Nov 2026 (9.3 deals more than now): on track"
    )
    assert said(kind="percent", unit_code="%")[-1] == "at 49 % or more by 23 Nov 2026 (39 % more than now): on track"
    assert said(kind="tasks", steps=steps)[-1] == "2 more tasks done by 23 Nov 2026: on track"
    assert said(kind="milestone", steps=steps)[-1] == "“A” done by 23 Nov 2026: on track"
    kept = said(kind="keep", high=30.0, points=tuple(Point(FIRST + timedelta(days=k), 40.0 - 5 * k) for k in range(6)))
    assert kept[0].startswith("the next "), kept
    assert said(kind="levels", start=0.0, floor=20.0, target=50.0, stretch=80.0, ambition=Ambition.ASPIRATIONAL)


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
