"""What is said of a key result that is made of others."""

import pytest

from milepost.core.explain import Link, Member, explain_mean, explain_mean_plan, explain_sum
from milepost.core.parts import Amount, Combine, MixedUnits
from milepost.core.rollup import Child

NORTH, SOUTH, WEST = (Link("key_result", key) for key in "123")


def test_a_sum_names_what_it_adds_up_and_what_is_silent() -> None:
    rows = [
        ("north", Amount(3, "EUR"), NORTH),
        ("south", Amount(4.5, "EUR"), SOUTH),
        ("west", Amount(None, "EUR"), WEST),
    ]
    said = explain_sum(rows, start=0, target=15, unit="EUR")
    assert said.formula == "(3 + 4.5 − 0) / (15 − 0) = 50 %, 2 of 3 reported"
    assert (said.value, said.reported, said.contributing, said.rules) == (0.5, 2, 3, ("P9", "P1", "R4"))
    assert [(one.label, one.value, one.link) for one in said.inputs][:2] == [("north", 3, NORTH), ("south", 4.5, SOUTH)]
    assert [(one.label, one.link) for one in said.left_out] == [("west", WEST)]
    nothing = explain_sum(rows[2:], start=0, target=15, unit="EUR")
    assert (nothing.value, nothing.formula) == (None, "0 of 1 reported, so it is unknown")
    below = explain_sum(rows[:2], start=-10, target=10, unit="EUR")
    assert below.formula == "(3 + 4.5 − (−10)) / (10 − (−10)) = 87.5 %, 2 of 2 reported"
    assert below.rules == ("P9", "P1")


def test_a_sum_of_two_units_is_none() -> None:
    with pytest.raises(MixedUnits, match="“EUR” and “USD”"):
        explain_sum([("a", Amount(1, "EUR"), None), ("b", Amount(1, "USD"), None)], start=0, target=9, unit="EUR")


@pytest.mark.parametrize(("how", "score", "plan"), [(Combine.MEAN, 0.5, 0.6), (Combine.WEIGHTED_MEAN, 0.35, 0.45)])
def test_a_mean_counts_weights_where_they_are_asked_for(how: Combine, score: float, plan: float) -> None:
    members = [Member("a", Child(1, 0.2, 0.3, weight=3.0), NORTH), Member("b", Child(2, 0.8, 0.9), SOUTH)]
    said, planned = explain_mean(members, how=how), explain_mean_plan(members, how=how)
    assert (said.of, said.value) == ("progress", pytest.approx(score))
    assert planned.value == pytest.approx(plan)
    assert "P9" in said.rules
    assert "R1" not in said.rules
    assert planned.rules == ("P9", "E4")
