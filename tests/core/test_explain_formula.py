"""A calculated value with the numbers put in (rule K7)."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency
from milepost.core.explain import Fed, Link, explain_formula
from milepost.core.formula import evaluate, read_formula

OCTOBER = date(2026, 10, 1)
MONTH, WEEK = Frequency.MONTH, Frequency.WEEK
NODE = read_formula("100 × [#1] ÷ ([#1] + [#2])")
WON = Fed("Won", 10.0, "", WEEK, 4, 4, Link("kpi", "won"))
LOST = Fed("Lost deals", 30.0, "", MONTH, 1, 1, Link("kpi", "lost-deals"))


def test_names_and_then_their_numbers_are_told() -> None:
    said = explain_formula(NODE, {"#1": WON, "#2": LOST}, unit="%", start=OCTOBER, frequency=MONTH)
    assert said.formula == "100 × Won ÷ (Won + [Lost deals]) = 100 × 10 ÷ (10 + 30) = 25 %"
    assert (said.of, said.value, said.unit, said.rules) == ("value", 25.0, "%", ("K4", "K7"))
    told = [(i.label, i.value, i.on, i.source, i.link and i.link.reference) for i in said.inputs]
    assert told == [
        ("Won", 10.0, OCTOBER, "KPI, 4 of 4 weeks", "won"),
        ("Lost deals", 30.0, OCTOBER, "KPI", "lost-deals"),
    ]
    assert said.left_out == ()


def test_what_is_missing_makes_the_result_unknown() -> None:
    gone = Fed("Lost deals", None, "", MONTH, 0, 0)
    said = explain_formula(NODE, {"#1": WON, "#2": gone}, unit="%", start=OCTOBER, frequency=MONTH)
    assert said.formula.endswith("= 100 × 10 ÷ (10 + missing): Lost deals missing, so it is unknown")
    assert said.value is None
    nothing = {"#1": Fed("Won", 0.0), "#2": Fed("Lost deals", 0.0)}
    said = explain_formula(NODE, nothing, unit="%", start=OCTOBER, frequency=MONTH)
    assert said.formula.endswith("0 ÷ (0 + 0): that is no number, so it is unknown")


def test_an_input_that_is_not_the_readers_to_see_is_told_without_name_and_value() -> None:
    hidden = Fed("", 30.0, "EUR", WEEK, 3, 4)
    said = explain_formula(NODE, {"#1": WON, "#2": hidden}, unit="%", start=OCTOBER, frequency=MONTH)
    assert said.formula == "100 × Won ÷ (Won + hidden) = 100 × 10 ÷ (10 + [hidden]) = 25 %"
    assert "30" not in repr(said)
    assert [i.label for i in said.inputs] == ["Won"]
    assert [(one.label, one.rule) for one in said.left_out] == [("hidden", "M5")]


def test_why_a_newer_period_has_no_result_is_told() -> None:
    november = date(2026, 11, 1)
    said = explain_formula(
        NODE, {"#1": WON, "#2": LOST}, unit="%", start=OCTOBER, frequency=MONTH,
        missing_since=[(november, "Lost deals", LOST.link), (november, "", None)],
    )  # fmt: skip
    assert [(one.label, one.why, one.link) for one in said.left_out] == [
        ("Lost deals", "Nov 2026: no value, so there is no result", LOST.link),
        ("hidden", "Nov 2026: no value, so there is no result", None),
    ]


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_the_number_told_is_the_one_worked_out(a: float, b: float) -> None:
    node = read_formula("([#1] − 2 × [#2]) × 3")
    said = explain_formula(node, {"#1": Fed("a", a), "#2": Fed("b", b)}, unit="", start=OCTOBER, frequency=MONTH)
    assert said.value == evaluate(node, {"#1": a, "#2": b})
