"""Calculated KPIs: reading a formula, refusing what is none, working it out (rule K7)."""

import math
import time
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency
from milepost.core.circles import Circle
from milepost.core.formula import (
    BadFormula,
    TooMuchWork,
    calculate,
    calculate_all,
    check_names,
    evaluate,
    names,
    order_of,
    periods_missing,
    read_formula,
    size,
    write,
)
from milepost.core.formula.grammar import DEEPEST, LONGEST, MOST_PARTS
from milepost.core.formula.tree import SUMS, Call, Chain, Function, Name, Negative, Node, Number, Sign
from milepost.core.series import Aggregation, Point
from milepost.core.windows import as_points, regrain

VALUES = {"a": 6.0, "b": 4.0, "c": -2.0, "none": None, "first-response-time": 43.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", 6), ("2", 2), (".5", 0.5), ("2.", 2), ("a + b", 10), ("a - b − c", 4), ("a × b", 24), ("a*b·c", -48), ("a ÷ b", 1.5),
        ("a / b / c", -0.75), ("a + b × c", -2), ("(a + b) × c", -20), ("a − (b − c)", 0), ("-a", -6), ("--a", 6), ("+a", 6),
        ("a − −b", 10), ("-a × -b", 24), ("2 × [first-response-time]", 86), ("[ a ]", 6), ("sum(a, b, c)", 8), ("SUM(a; b)", 10),
        ("avg(a, b)", 5), ("min(a, b, c)", -2), ("max(a, b, c)", 6), ("abs(c)", 2), ("if_missing(none, 7)", 7), ("if_missing(a, 7)", 6),
        ("if_missing(a ÷ 0, -1)", -1), ("100 × a ÷ (a + b)", 60), ("sum(a)", 6), ("\n a\t+ b ", 10), ("0.1 + 0.2 − 0.3", 2.7755575615628914e-17),
    ],
)  # fmt: skip
def test_a_formula_is_worked_out(text: str, value: float) -> None:
    assert evaluate(read_formula(text), VALUES) == pytest.approx(value, abs=1e-15)


@pytest.mark.parametrize(
    "text", ["none", "a + none", "none − none", "sum(a, none)", "avg(none)", "min(a, none)", "abs(none)", "-none", "none × 0", "a ÷ 0",
             "a ÷ (b + c + c)", "if_missing(none, none)", "unheard_of", "a ÷ none"],
)  # fmt: skip
def test_a_missing_input_and_a_division_by_0_give_missing(text: str) -> None:
    assert evaluate(read_formula(text), VALUES) is None


def test_a_result_beyond_every_number_is_missing() -> None:
    big = {"x": 1e308, "y": 1e-308}
    for text in ("x × x", "x + x", "x ÷ y", "sum(x, x)", "−x − x"):
        assert evaluate(read_formula(text), big) is None
    assert evaluate(read_formula("avg(x, x)"), big) == 1e308
    assert evaluate(read_formula("x + x − x − x"), big) == 0  # rounded once, at the end


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 1, "the formula ends where a name, a number or “(” belongs"),
        ("   ", 4, "the formula ends"),
        ("a +", 4, "the formula ends where"),
        ("a + × b", 5, "“×” stands where"),
        ("(a + b", 7, "the formula ends where “)” belongs, for the “(” at character 1"),
        ("a + b)", 6, "“)” has no place here. It closes nothing"),
        ("2a", 2, "“a” follows “2” without an operation"),
        ("a b", 3, "“b” follows “a”"),
        ("(a)(b)", 4, "“(” follows “)”"),
        ("2(a)", 2, "“(” follows “2”"),
        ("1.2.3", 4, "“.3” follows “1.2”"),
        ("1,5", 2, "“,” has no place here. It parts the arguments of a function; decimals have a point"),
        ("(1,5)", 3, "“,” stands where “)” belongs"),
        ("a(b)", 1, "“a” is no function. Use sum, avg, min, max, abs, if_missing"),
        ("sum", 1, "“sum” is a function"),
        ("sum()", 1, "sum has 0 arguments and takes at least 1"),
        ("abs(a, b)", 1, "abs has 2 arguments and takes 1"),
        ("if_missing(a)", 1, "if_missing has 1 arguments and takes 2"),
        ("sum(a,)", 7, "“)” stands where a name"),
        ("sum(a b)", 7, "“b” follows “a”"),
        ("first-response-time × %", 23, "a percentage is written as its number"),
        ("[a", 1, "the “[” is not closed"),
        ("a]", 2, "the “]” closes nothing"),
        ("[ ]", 1, "the brackets hold no name"),
        ("[" + "x" * 201 + "]", 1, "201 characters long. Keep it to 200"),
        ("a & b", 3, "“&” means nothing in a formula"),
        ("a\0b", 2, "“U+0000” means nothing"),
        ("__import__('os')", 12, "“'” means nothing"),
        ("a.b", 2, "“.” means nothing"),
        ("a ** b", 4, "“*” stands where"),
        ("a = b", 3, "“=” means nothing"),
        ("9" * 400, 1, "is no finite number"),
        ("x" * (LONGEST + 1), LONGEST + 1, f"{LONGEST + 1} characters long. Keep it to {LONGEST}"),
        ("(" * 41 + "a" + ")" * 41, DEEPEST + 1, "41 parentheses stand inside each other. Keep it to 40"),
        ("abs(" * 41 + "a" + ")" * 41, 4 * 41, "41 parentheses"),
        ("+".join("a" * 501), 1001, f"more than {MOST_PARTS} parts"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_with_the_place(text: str, position: int, words: str) -> None:
    with pytest.raises(BadFormula) as refused:
        read_formula(text)
    assert words in str(refused.value)
    assert refused.value.position == position
    assert str(refused.value).startswith(f"At character {position}: ")
    assert str(refused.value).endswith(".")


def test_the_deepest_and_longest_formulas_are_read() -> None:
    assert evaluate(read_formula("(" * DEEPEST + "a" + ")" * DEEPEST), VALUES) == 6
    assert evaluate(read_formula("+".join("a" * 499)), VALUES) == 6 * 499
    assert evaluate(read_formula("-" * 1999 + "a"), VALUES) == -6
    assert size(read_formula("a + b × 2")) == 5


@st.composite
def nodes(draw: st.DrawFn, depth: int = 3) -> Node:
    leaf = st.one_of(
        st.builds(Number, st.floats(0, 1e12)),
        st.builds(Number, st.integers(0, 100).map(float)),
        st.builds(Name, st.sampled_from(["a", "b", "first-response-time", "Größe", "sum", "x y"])),
    )
    if depth == 0:
        return draw(leaf)
    inner = nodes(depth - 1)
    chains = st.sampled_from([(Sign.PLUS, Sign.MINUS), (Sign.TIMES, Sign.OVER)]).flatmap(
        lambda signs: st.builds(
            Chain, inner, st.lists(st.tuples(st.sampled_from(signs), inner), min_size=1, max_size=3).map(tuple)
        )
    )
    calls = st.one_of(
        st.builds(Call, st.sampled_from([Function.SUM, Function.AVG, Function.MIN, Function.MAX]), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Call, st.just(Function.ABS), inner.map(lambda one: (one,))),
        st.builds(Call, st.just(Function.IF_MISSING), st.tuples(inner, inner)),
    )  # fmt: skip
    negative = st.builds(Negative, inner.filter(lambda one: not isinstance(one, Negative)))
    return draw(st.one_of(leaf, chains, calls, negative))


@given(nodes())
def test_a_formula_is_read_back_from_its_text(node: Node) -> None:
    text = write(node)
    if len(text) <= LONGEST and size(node) <= MOST_PARTS:
        assert read_formula(text) == node
        assert write(read_formula(text)) == text


def by_fractions(node: Node, values: dict) -> Fraction | None:
    """Work a formula out exactly, in another way."""
    match node:
        case Number(value):
            return Fraction(value)
        case Name(name):
            return values.get(name)
        case Negative(of):
            inner = by_fractions(of, values)
            return None if inner is None else -inner
        case Call(Function.IF_MISSING, (wanted, instead)):
            found = by_fractions(wanted, values)
            return by_fractions(instead, values) if found is None else found
        case Call(function, arguments):
            inner = [by_fractions(one, values) for one in arguments]
            if None in inner:
                return None
            return {"sum": sum, "avg": lambda v: sum(v) / len(v), "min": min, "max": max, "abs": lambda v: abs(v[0])}[
                function
            ](inner)
        case Chain(first, rest):
            found = by_fractions(first, values)
            for sign, one in rest:
                other = by_fractions(one, values)
                if found is None or other is None or (sign == Sign.OVER and other == 0):
                    return None
                found = (
                    {"+": found + other, "−": found - other}[sign]
                    if sign in SUMS
                    else (found * other if sign == Sign.TIMES else found / other)
                )
            return found


@given(nodes(), st.integers(-50, 50), st.one_of(st.none(), st.integers(-50, 50)))
def test_a_result_is_the_exact_one_rounded(node: Node, a: int, b: int | None) -> None:
    values = {"a": float(a), "b": None if b is None else float(b), "sum": 3.0, "x y": 0.0}
    exact = by_fractions(node, {k: None if v is None else Fraction(v) for k, v in values.items()})
    got = evaluate(node, values)
    if exact is None or got is None:
        assert got is None or size(node) > 3  # a float may round to 0 what is divided by
        return
    assert math.isfinite(got)


@given(st.lists(st.tuples(st.sampled_from("+−×"), st.integers(-50, 50), st.booleans()), min_size=1, max_size=8))
def test_whole_numbers_come_out_exactly(steps: list) -> None:
    text, expected = "1", "1"
    for sign, number, wraps in steps:
        shown = f"abs({number})" if wraps else f"({number})"
        text, expected = f"{text} {sign} {shown}".replace("-", "−"), f"{expected} {sign} {shown}"
        if wraps:
            text, expected = f"({text})", f"({expected})"
    exact = eval(expected.replace("−", "-").replace("×", "*"))
    if abs(exact) < 2**53:
        assert evaluate(read_formula(text), {}) == pytest.approx(exact, rel=1e-12)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=6), st.randoms())
def test_summands_may_stand_in_any_order(amounts: list, random) -> None:
    values = {f"k{i}": amount / 10 for i, amount in enumerate(amounts)}
    order = list(values)
    random.shuffle(order)
    assert evaluate(read_formula(" + ".join(values)), values) == evaluate(read_formula(" + ".join(order)), values)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        node = read_formula(text)
    except BadFormula as refused:
        assert 1 <= refused.position <= len(text) + 1
        assert str(refused).endswith(".")
    else:
        assert read_formula(write(node)) == node


@given(
    st.lists(
        st.sampled_from(["a", "[b]", "2", "(", ")", "sum(", "if_missing(", ",", "+", "-", "×", "/", ".5", " "]),
        max_size=60,
    )
)
def test_any_row_of_words_is_read_or_refused(tokens: list) -> None:
    test_any_text_is_read_or_refused_in_a_sentence.hypothesis.inner_test("".join(tokens))


def test_a_name_that_is_no_kpi_is_refused_with_its_place() -> None:
    node = read_formula("deals × [deal-size] ÷ months")
    assert names(node) == ("deals", "deal-size", "months")
    check_names(node, {"deals", "deal-size", "months"})
    with pytest.raises(BadFormula, match="At character 9: there is no KPI “deal-size”. There are deals, months"):
        check_names(node, {"deals", "months"})
    with pytest.raises(BadFormula, match="and others"):
        check_names(node, set("abcdefg"))


JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
INPUTS = {"won": [Point(JAN, 10), Point(FEB, 12), Point(MAR, 9)], "lost": [Point(JAN, 30), Point(MAR, 0)]}


def test_a_series_has_a_value_where_every_input_has() -> None:
    assert calculate(read_formula("won + lost"), INPUTS) == (Point(JAN, 40), Point(MAR, 9))
    assert calculate(read_formula("won ÷ lost"), INPUTS) == (Point(JAN, 10 / 30),)
    assert calculate(read_formula("won + if_missing(lost, 0)"), INPUTS) == (
        Point(JAN, 40),
        Point(FEB, 12),
        Point(MAR, 9),
    )
    assert calculate(read_formula("2"), INPUTS) == ()
    assert periods_missing(read_formula("won ÷ lost"), INPUTS) == {FEB: ("lost",), MAR: ()}


def test_calculated_kpis_read_each_other_and_no_circle() -> None:
    formulas = {"rate": read_formula("won ÷ all"), "all": read_formula("won + lost")}
    assert order_of(formulas) == ["all", "rate"]
    assert calculate_all(formulas, INPUTS)["rate"] == (Point(JAN, 0.25), Point(MAR, 1))
    with pytest.raises(Circle, match="“rate” → “all” → “rate”"):
        order_of({**formulas, "all": read_formula("rate + lost")})
    with pytest.raises(Circle, match="“all” → “all”"):
        order_of({"all": read_formula("all + 1")})


def test_inputs_are_brought_to_the_grain_first() -> None:
    days = [Point(JAN + timedelta(days=k), 1.0, 1, 2) for k in range(59)]
    months = as_points(regrain(days, have=Frequency.DAY, want=Frequency.MONTH, how=Aggregation.FLOW))
    ratio = as_points(regrain(days, have=Frequency.DAY, want=Frequency.MONTH, how=Aggregation.RATIO))
    found = calculate(read_formula("days × rate"), {"days": months, "rate": ratio})
    assert found == (Point(JAN, 31 * 0.5), Point(FEB, 28 * 0.5))


def test_too_much_work_is_refused_before_it_begins() -> None:
    node = read_formula("+".join("a" * 499))
    points = [Point(date(1990, 1, 1) + timedelta(days=k), 1.0) for k in range(10_001)]
    with pytest.raises(TooMuchWork, match="5000500 steps, more than 5000000"):
        calculate(node, {"a": points})


def test_the_worst_formula_is_quick() -> None:
    worst = [
        "(" * LONGEST,
        "-" * LONGEST,
        "sum(" * (LONGEST // 4),
        "[" * LONGEST,
        "a+" * (LONGEST // 2),
        "1" * LONGEST,
        "." * LONGEST,
        "min(a," * 300,
    ]
    begun = time.process_time()
    for text in worst:
        with pytest.raises(BadFormula):
            read_formula(text)
    deepest = "min(a," * DEEPEST + "a" + ")" * DEEPEST
    assert evaluate(read_formula(deepest), VALUES) == 6
    assert time.process_time() - begun < 1
