"""Units, currencies and their sums (rules K1, K4)."""

import math
from fractions import Fraction

import pytest
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.currencies import COMMON, CURRENCIES, DECIMALS, add_money
from milepost.core.numbers import mean, total
from milepost.core.units import NoFactor, UnitKind, converted, factor_between, parse_unit, ratio_value, total_of

finite = st.floats(allow_nan=False, allow_infinity=False)
cents = st.integers(-(10**9), 10**9)


def test_every_currency_is_one_that_can_be_shown() -> None:
    assert set(list_currencies()) >= CURRENCIES
    assert len(CURRENCIES) > 160
    assert COMMON < CURRENCIES
    assert (DECIMALS["EUR"], DECIMALS["JPY"], DECIMALS["KWD"]) == (2, 0, 3)


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [("eur", "EUR", "currency"), ("₹", "INR", "currency"), ("ALL", "ALL", "currency"), ("all", "all", "own"), ("pen", "pen", "own"),
     ("Hours", "h", "duration"), ("  Per  Cent ", "%", "percent"), ("", "", "number"), ("deals", "deals", "own")],
)  # fmt: skip
def test_units_are_read(text: str, code: str, kind: str) -> None:
    assert (parse_unit(text).code, parse_unit(text).kind) == (code, UnitKind(kind))


@given(st.text(max_size=80))
def test_any_text_is_a_unit_of_at_most_20_characters(text: str) -> None:
    code = parse_unit(text).code
    assert len(code) <= 20
    assert parse_unit(code).code == code


@given(st.lists(cents, max_size=40), st.randoms())
def test_money_adds_up_to_the_last_cent_in_any_order(amounts: list, random) -> None:
    values = [cent / 100 for cent in amounts]
    shuffled = values[:]
    random.shuffle(shuffled)
    assert total_of(values, unit_code="EUR") == sum(amounts) / 100 == total_of(shuffled, unit_code="EUR")


def test_money_in_cents_where_floats_are_a_hair_off() -> None:
    assert total([0.1, 0.2]) != 0.3
    assert total_of([0.1, 0.2], unit_code="USD") == 0.3
    assert total_of([], unit_code="USD") == total_of([]) == 0
    assert add_money([1e308, 1e308]) is None


@given(st.lists(finite, max_size=20), st.randoms())
def test_sums_and_means_are_finite_or_unknown_in_any_order(values: list, random) -> None:
    shuffled = values[:]
    random.shuffle(shuffled)
    whole = total(values)
    assert whole == total(shuffled)
    assert whole is None or math.isfinite(whole)
    if values:
        assert min(values) <= mean(values) <= max(values)
        assert mean(values) == mean(shuffled)
    else:
        assert mean(values) is None


def test_a_sum_that_overflows_on_the_way_is_still_told() -> None:
    assert total([1.7e308, 1.7e308, -1.7e308, -1.7e308, 1.0]) in {0.0, 1.0}
    assert total([1.7e308, 1.7e308]) is None
    assert mean([1.7e308, 1.7e308]) == 1.7e308
    assert ratio_value(numerator=1e308, denominator=1e-5, unit_code="") is None
    assert ratio_value(numerator=1e308, denominator=1, unit_code="%") is None


def test_units_of_one_kind_have_a_factor_and_others_are_refused_with_both() -> None:
    assert converted(90, factor_between("min", "h")) == 1.5
    assert converted(0.689, factor_between("", "%")) == pytest.approx(68.9)
    assert factor_between("weeks", "days") == 7
    assert factor_between("EUR", "EUR") == 1
    for one, other in (("EUR", "USD"), ("months", "days"), ("min", "%"), ("", "h")):
        with pytest.raises(NoFactor, match=f"from .*{one or 'plain'}.* to .*{other}"):
            factor_between(one, other)
    assert converted(1e308, Fraction(60)) is None
    assert converted(converted(7.3, factor_between("h", "s")), factor_between("s", "h")) == 7.3
