"""The linter: words, limits, and its laws. Each key in both directions: tests/docs/test_guidance.py."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.guidance import (
    RULES,
    CycleFacts,
    KeyResultFacts,
    KpiFacts,
    ObjectiveFacts,
    OwnerFacts,
    OwnerKind,
    best_move,
    lint_cycle,
    lint_kpi,
    lint_kpis,
    lint_objective,
    owner_limit,
)
from milepost.core.guidance.words import activity_in, has_amount, is_opinion, names_period, wish_in
from milepost.core.measure import Kind
from milepost.core.pace import Ambition
from milepost.core.series import Point
from tests.docs.guidance import EXAMPLES, cycle, goal, kpi, kr

TODAY = date(2026, 11, 24)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
days = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))
people = st.none() | st.integers(1, 4)
texts = st.text(max_size=40) | st.sampled_from(["Improve it", "Launch the rota", "Build time", "to 40 %", "1 to 5"])
key_results = st.builds(
    KeyResultFacts, title=texts, kind=st.sampled_from(Kind), reference=texts, start=numbers, target=numbers, low=numbers,
    high=numbers, unit=texts, source=texts, ambition=st.sampled_from(Ambition), priority=st.none() | st.integers(0, 4),
    author=people, lead=people, lead_name=texts, best_move=st.none() | st.floats(0, 1e300), is_running=st.booleans(),
    checked_in_on=days, next_check_in_on=days,
)  # fmt: skip
maybe = st.none() | st.booleans()
owners = st.builds(OwnerFacts, kind=st.sampled_from(OwnerKind), id=people, name=texts)
objectives = st.builds(
    ObjectiveFacts, title=texts, reference=texts, owner=owners, has_lead=maybe, has_parent=maybe, is_reviewed=maybe,
    counts_children=st.booleans(), key_results=st.lists(key_results, max_size=7).map(tuple),
)  # fmt: skip
kpis = st.builds(
    KpiFacts, name=texts, reference=texts, description=texts, unit=texts, board=st.sampled_from(["", "A"]), has_lead=maybe,
    has_target=maybe, has_dates=st.booleans(), target_text=texts, source=texts, is_key=maybe,
    readers=st.none() | st.integers(0, 3), used_on=days, made_on=days,
)  # fmt: skip


@given(st.lists(objectives, max_size=8), st.randoms(), days)
def test_a_cycle_never_raises_whatever_is_in_it_and_order_is_no_matter(
    found: list[ObjectiveFacts], chance: object, today: date | None
) -> None:
    said = lint_cycle(CycleFacts(tuple(found)), today=today)
    assert {one.key for one in said} <= set(RULES)
    shuffled = [replace(o, key_results=_shuffled(o.key_results, chance)) for o in _shuffled(tuple(found), chance)]
    # Where two people share an id, which of their names is said may depend on nothing but the names.
    assert lint_cycle(CycleFacts(tuple(shuffled)), today=today) == said


@given(st.lists(kpis, max_size=15), st.randoms(), days)
def test_a_board_never_raises_whatever_is_on_it_and_order_is_no_matter(
    found: list[KpiFacts], chance: object, today: date | None
) -> None:
    said = lint_kpis(found, today=today)
    assert {one.key for one in said} <= set(RULES)
    assert lint_kpis(_shuffled(tuple(found), chance), today=today) == said


@given(st.lists(st.floats(-1e6, 1e6), max_size=40), st.integers(0, 200))
def test_the_best_move_is_the_best_of_all_pairs_near_enough(values: list[float], within: int) -> None:
    points = [Point(date(2026, 1, 1) + timedelta(weeks=n), value) for n, value in enumerate(values)]
    pairs = [b.value - a.value for i, a in enumerate(points) for b in points[i:] if (b.start - a.start).days <= within]
    known = len(points) >= 8 and 7 * (len(points) - 1) >= within
    assert best_move(points, days=within, up=True) == (max(pairs) if known else None)
    assert best_move(points, days=within, up=False) == (max(-p for p in pairs) if known else None)


def _shuffled(things: tuple, chance) -> tuple:
    order = list(things)
    chance.shuffle(order)
    return tuple(order)


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("Launch the rota", "Launch"), ("Launching the rota", "Launching"), ("Roll out the tool", "Roll out"),
        ("Planning the move", "Planning"), ("Running the survey", "Running"), ("set up the desk", "set up"),
        ("Launch time of the app", ""), ("Running costs", ""), ("Rolling forecast error", ""), ("First reply time", ""),
        ("Releases that need a fix", ""), ("", ""), ("48 to 30", ""), ("Build", "Build"),
    ],
)  # fmt: skip
def test_work_is_known_by_its_first_words(title: str, word: str) -> None:
    assert activity_in(title) == word


def test_a_word_of_change_is_vague_only_where_no_number_stands_beside_it() -> None:
    assert wish_in("More happy customers", has_number=False) == "More"
    assert wish_in("More happy customers", has_number=True) == ""
    assert wish_in("Grow revenue we keep", has_number=None) == ""  # an objective has no number of its own
    assert wish_in("Optimising the funnel", has_number=None) == "Optimising"
    assert wish_in("Betterment", has_number=None) == ""  # a part of a word is no word


def test_a_year_or_a_name_is_no_amount() -> None:
    assert not any(map(has_amount, ["Ready for 2027", "Open by 2028", "ISO 27001 without fear", "Help, 24/7"]))
    assert all(map(has_amount, ["Back to 7 %", "Cut cost by 3", "Save €5 for each", "Under 30 min"]))


def test_scales_and_periods_are_read_in_words() -> None:
    assert all(map(is_opinion, ["Mood, 1 to 5", "1–10", "4.2 out of 5", "stars", "of 4 /5"]))
    assert not any(map(is_opinion, ["1 to 50", "min", "Starting salary", "of 50", ""]))
    assert all(
        map(
            names_period,
            ["30 a week", "at most 2 per month", "weekly 5", "100 by the end of March", "7 %/week", "by Q2"],
        )
    )
    assert not any(map(names_period, ["Below 60 days", "at least 100", "≤ 30 min", ""]))


def test_of_an_aspirational_goal_as_much_is_compared_as_is_green() -> None:
    wide = kr(start=0, target=10, best_move=7.0)
    assert "unrealistic" in {r.key for r in lint_objective(goal(wide, kr("Two")))}
    relaxed = replace(wide, ambition=Ambition.ASPIRATIONAL)
    assert "unrealistic" not in {r.key for r in lint_objective(goal(relaxed, kr("Two")))}


def test_what_is_unknown_is_not_remarked_on() -> None:
    """A form knows neither author nor reviews, a KPI that is being typed has no readers yet."""
    assert lint_objective(goal()) == ()
    assert lint_kpi(kpi(), today=TODAY) == ()
    short = [Point(date(2026, 11, 2), 48.0), Point(date(2026, 11, 9), 41.0)]
    assert best_move(short, days=91, up=False) is None


def test_an_objective_made_of_those_below_it_needs_no_key_result() -> None:
    assert "too-few" not in {r.key for r in lint_objective(ObjectiveFacts("Everybody answers", counts_children=True))}
    assert "too-few" in {r.key for r in lint_objective(ObjectiveFacts("Everybody answers"))}


def test_a_remark_names_the_field_and_the_thing_it_is_about() -> None:
    (one,) = lint_objective(goal(kr("Launch the rota", 0, 1, reference="12"), kr("Two"), reference="5"))
    assert (one.about.kind, one.about.reference, one.about.objective, one.field) == ("key_result", "12", "5", "title")
    assert one.about.within == "Nobody waits for an answer"


def test_the_load_is_compared_with_that_of_the_others() -> None:
    (one,) = [r for r in EXAMPLES["load"].said_of_bad() if r.key == "load"]
    assert one.why == "Jon leads 8 key results, the others 3 on average."
    alone = cycle(goal(*(kr(f"Measure {n}", n, n + 1, lead=1, lead_name="Jon") for n in range(5)), title="One"),
                  goal(*(kr(f"Measure {n}", n, n + 1, lead=1, lead_name="Jon") for n in range(5)), title="Two"))  # fmt: skip
    assert "load" not in {r.key for r in alone}  # there are no others


def test_three_objectives_are_enough_and_the_fourth_is_surplus() -> None:
    assert [(len(x.filled), len(x.empty), len(x.surplus)) for x in map(owner_limit, (0, 2, 3, 5))] == [
        (0, 3, 0), (2, 1, 0), (3, 0, 0), (3, 0, 2),
    ]  # fmt: skip


def test_all_marked_key_is_said_of_three_kpis_or_more() -> None:
    marked = [kpi(f"KPI {n}", is_key=True) for n in range(3)]
    assert "all-key" in {r.key for r in lint_kpis(marked)}
    assert "all-key" not in {r.key for r in lint_kpis(marked[:2])}
    assert "all-key" not in {r.key for r in lint_kpis([*marked, kpi("Other", is_key=False)])}
    assert "all-key" not in {r.key for r in lint_kpis([*marked, kpi("Other")])}  # not marked either way
