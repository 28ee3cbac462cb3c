"""From children to parents: shares, several parents, circles, walls (rules R1 to R8)."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.alignment import BadEdge, Edge, WhyOut, check_edges, is_inside, needs_yes, why_left_out
from milepost.core.circles import Circle, find_circle, in_order
from milepost.core.rollup import (
    BadWeight,
    Child,
    SharesAboveOne,
    counting_shares,
    is_scaled,
    roll_up,
    shares,
    workspace_progress,
)

weights = st.one_of(st.floats(0, 10), st.floats(0, 1.7e308), st.sampled_from([0.0, 5e-324, 1e-12, 1.7e308]))
children = st.lists(
    st.tuples(
        st.one_of(st.none(), st.floats(0, 1)),
        weights,
        st.one_of(st.none(), st.floats(0, 0.1), st.sampled_from([0.0, 1 / 3, 0.1, 1e-300])),
    ),
    max_size=8,
)
graphs = st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=4), max_size=13)


@given(children, st.randoms())
def test_the_roll_up_is_the_sum_of_its_exact_shares(given_children: list, random) -> None:
    rows = [Child(i, score, score, weight, share) for i, (score, weight, share) in enumerate(given_children)]
    try:
        counting = counting_shares(rows)
    except SharesAboveOne:
        with pytest.raises(SharesAboveOne):
            roll_up(rows)
        return
    rolled = roll_up(rows)
    assert sum(counting.values()) == (1 if counting else 0)
    assert rolled.reported == len(counting)
    assert set(dict(rolled.shares)) == {key for key, share in shares(rows).items() if share > 0}
    if not counting:
        assert rolled.score is None
        return
    exact = sum(share * Fraction(rows[key].score) for key, share in counting.items())
    assert rolled.score == pytest.approx(float(exact), abs=1e-12)
    scores = [rows[key].score for key in counting]
    assert min(scores) <= rolled.score <= max(scores)
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert roll_up(shuffled).score == pytest.approx(rolled.score, abs=1e-12)
    assert sum(share for _, share in rolled.shares) == pytest.approx(1)
    assert all(share > 0 for _, share in rolled.shares)


def test_a_tiny_or_huge_weight_counts_like_any_other() -> None:
    for weight in (5e-324, 1e-12, 1e308):
        rows = [Child(1, 0.2, None, weight), Child(2, 0.6, None, weight), Child(3, 0.9, None, 0)]
        assert roll_up(rows).score == pytest.approx(0.4)
        assert list(counting_shares(rows).values()) == [Fraction(1, 2)] * 2
        assert roll_up(rows).in_words == "2 of 2 reported"


@pytest.mark.parametrize(
    ("weight", "share", "words"),
    [(-1, None, "0 or more, not −1"), (math.nan, None, "not nan"), (math.inf, None, "not inf"), (1, 1.2, "0 and 100 %.*not 1.2"),
     (1, -0.1, "not −0.1"), (1, math.nan, "not nan")],
)  # fmt: skip
def test_a_weight_that_divides_nothing_is_refused(weight: float, share: float | None, words: str) -> None:
    for ask in (roll_up, shares, counting_shares, is_scaled):
        with pytest.raises(BadWeight, match=words):
            ask([Child(1, 0.5, None, weight, share), Child(2, 0.5, None)])


def test_fixed_shares_below_the_whole_are_scaled_and_that_is_said() -> None:
    rows = [Child(1, 0.2, None, share=0.3), Child(2, 0.6, None, share=0.3)]
    assert roll_up(rows).is_scaled
    assert roll_up(rows).score == pytest.approx(0.4)
    assert not roll_up([*rows, Child(3, 0.6, None)]).is_scaled
    assert not roll_up([Child(k, 1, None, share=1 / 3) for k in range(3)]).is_scaled
    with pytest.raises(SharesAboveOne, match=r"add up to 100.0+\d+ %"):
        shares([Child(1, None, None, share=0.5), Child(2, None, None, share=math.nextafter(0.5, 1))])


def test_r3_workspace_progress_is_the_mean_of_the_top_objectives() -> None:
    assert workspace_progress([0.2, None, 0.6]) == pytest.approx(0.4)
    assert workspace_progress([None]) is None
    assert workspace_progress([]) is None


def test_r3_a_circle_is_refused_with_its_path() -> None:
    edges = [Edge("Company", "Sales"), Edge("Sales", "Leads"), Edge("Company", "Support"), Edge("Support", "Leads")]
    check_edges(edges)
    with pytest.raises(Circle, match="“Company” → “Support” → “Leads” → “Company”. Choose another parent") as refused:
        check_edges([*edges[2:], Edge("Leads", "Company")])
    assert refused.value.path == ("Company", "Support", "Leads", "Company")
    with pytest.raises(Circle, match="“Leads” → “Leads”"):
        check_edges([Edge("Leads", "Leads")])
    with pytest.raises(Circle, match=r"“0” → .* → … → “0”"):
        check_edges([Edge(k, (k + 1) % 50) for k in range(50)])


def test_r3_one_parent_is_primary_and_a_link_stands_once() -> None:
    check_edges([Edge("A", "C", is_primary=True), Edge("B", "C", contributes=False)])
    with pytest.raises(BadEdge, match="“C” has two primary parents, “A” and “B”"):
        check_edges([Edge("A", "C", is_primary=True), Edge("B", "C", is_primary=True)])
    with pytest.raises(BadEdge, match="“C” already stands under “A”"):
        check_edges([Edge("A", "C"), Edge("A", "C", contributes=False)])


def test_r3_another_teams_lead_is_asked_only_for_a_contributing_link() -> None:
    assert needs_yes(contributes=True, parent_team="Sales", child_team="Support")
    assert needs_yes(contributes=True, parent_team="Sales", child_team=None)
    assert not needs_yes(contributes=False, parent_team="Sales", child_team="Support")
    assert not needs_yes(contributes=True, parent_team="Sales", child_team="Sales")
    assert not needs_yes(contributes=True, parent_team=None, child_team="Sales")


@given(graphs)
def test_an_order_exists_exactly_where_there_is_no_circle(below: dict) -> None:
    circle = find_circle(below)
    if circle is None:
        order = in_order(below)
        place = {key: i for i, key in enumerate(order)}
        assert len(place) == len(order)
        assert all(place[child] < place[parent] for parent in below for child in below[parent])
    else:
        assert circle[0] == circle[-1]
        assert all(b in below[a] for a, b in pairwise(circle))
        with pytest.raises(Circle):
            in_order(below)


def test_a_long_chain_needs_no_stack() -> None:
    chain = {k: [k + 1] for k in range(100_000)}
    assert in_order(chain)[0] == 100_000
    assert find_circle({**chain, 100_000: [0]}) is not None


def test_r4_says_why_a_child_moves_nothing() -> None:
    assert why_left_out(state="active", score=0.5) is None
    assert why_left_out(state="closed", score=0.5) is None  # R8
    assert why_left_out(state="active", score=0.0) is None  # 0 is a score
    assert [why_left_out(state=s, score=0.5) for s in ("draft", "in_review", "paused", "cancelled")] == [
        WhyOut.DRAFT,
        WhyOut.DRAFT,
        WhyOut.PAUSED,
        WhyOut.CANCELLED,
    ]
    assert why_left_out(state="active", score=0.5, contributes=False) == WhyOut.SUPPORTING
    assert why_left_out(state="active", score=0.5, is_open=False) == WhyOut.WALLED
    assert why_left_out(state="active", score=0.5, has_share=False) == WhyOut.NO_SHARE
    assert why_left_out(state="active", score=None) == WhyOut.NO_VALUE
    assert why_left_out(state="active", score=None, is_past_first_due=True) == WhyOut.MISSING


def test_r6_a_private_goal_moves_a_parent_whose_whole_audience_may_see_it() -> None:
    everybody, team, some = None, frozenset({1, 2, 3}), frozenset({1, 2})
    assert is_inside(some, team)
    assert is_inside(team, everybody)
    assert is_inside(everybody, everybody)
    assert not is_inside(everybody, team)
    assert not is_inside(team, some)
