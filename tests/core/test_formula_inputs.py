"""What a formula reads: inputs on the grain of the calculated KPI, worked out by hand here (rule K7)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.calendar import Frequency, last_day, period_start, shift_periods
from milepost.core.formula import (
    BadFormula,
    BadInput,
    Read,
    Source,
    check_source,
    formula_points,
    read_at,
    read_formula,
    rename,
    write_name,
)
from milepost.core.series import Aggregation, Point
from milepost.core.windows import regrain

DAY, WEEK, MONTH, QUARTER = Frequency.DAY, Frequency.WEEK, Frequency.MONTH, Frequency.QUARTER
FLOW, STOCK, RATIO = Aggregation.FLOW, Aggregation.STOCK, Aggregation.RATIO
OCTOBER = date(2026, 10, 1)
# Weeks by their Monday: that of 28 September ends on 4 October, that of 26 October on 1 November.
WEEKS = [date(2026, 9, 28), date(2026, 10, 5), date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 26)]


def worked_out(
    text: str, sources: dict[str, Source], *, want: Frequency = MONTH, today: date
) -> list[tuple[date, float]]:
    points = formula_points(read_formula(text), sources, frequency=want, fiscal_month=1, today=today)
    return [(point.start, point.value) for point in points]


def test_a_week_belongs_to_the_month_of_its_last_day() -> None:
    source = Source([Point(start, 10.0 * (k + 1)) for k, start in enumerate(WEEKS)], WEEK, FLOW)
    # October: the weeks that end on 4, 11, 18 and 25 October; the fifth ends on 1 November.
    assert worked_out("won", {"won": source}, today=date(2026, 12, 10)) == [(OCTOBER, 100.0), (date(2026, 11, 1), 50.0)]
    by_thursday = regrain(source.points, have=WEEK, want=MONTH, how=FLOW)
    assert [g.value for g in by_thursday] == [150.0]  # as an ISO year would have it: another question


def test_a_ratio_goes_in_as_a_sum_over_a_sum() -> None:
    points = [Point(WEEKS[0], 50.0, 1, 2), *(Point(w, 10.0, 1, 10) for w in WEEKS[1:4])]
    source = Source(points, WEEK, RATIO, "%")
    ((_, value),) = worked_out("share", {"share": source}, today=date(2026, 11, 2))
    assert value == 12.5  # 4 of 32, not the mean of 50, 10, 10 and 10, which is 20


@pytest.mark.parametrize(
    ("how", "value"),
    [(FLOW, 100.0), (STOCK, 40.0), (Aggregation.STOCK_MEAN, 25.0), (Aggregation.MAX, 40.0), (Aggregation.MIN, 10.0)],
)
def test_each_input_is_put_together_by_its_own_rule(how: Aggregation, value: float) -> None:
    source = Source([Point(w, 10.0 * (k + 1)) for k, w in enumerate(WEEKS[:4])], WEEK, how)
    assert worked_out("x", {"x": source}, today=date(2026, 11, 2)) == [(OCTOBER, value)]


def test_an_open_period_has_no_value() -> None:
    source = Source([Point(OCTOBER, 5.0)], MONTH, FLOW)
    assert worked_out("x × 2", {"x": source}, today=date(2026, 10, 31)) == []
    assert worked_out("x × 2", {"x": source}, today=date(2026, 11, 1)) == [(OCTOBER, 10.0)]


def test_a_period_waits_for_its_parts_until_the_lag_of_the_input() -> None:
    three = Source([Point(w, 10.0) for w in WEEKS[:3]], WEEK, FLOW)  # the fourth is missing; weeks have 3 days
    assert worked_out("x", {"x": three}, today=date(2026, 11, 3)) == []
    assert worked_out("x", {"x": three}, today=date(2026, 11, 4)) == [(OCTOBER, 30.0)]
    patient = Source(three.points, WEEK, FLOW, lag_days=8)
    assert worked_out("x", {"x": patient}, today=date(2026, 11, 8)) == []
    assert worked_out("x", {"x": patient}, today=date(2026, 11, 9)) == [(OCTOBER, 30.0)]


def test_what_may_still_come_is_not_missing_yet() -> None:
    sources = {"sales": Source([Point(OCTOBER, 100.0)], MONTH, FLOW), "refunds": Source([], MONTH, FLOW)}
    text = "sales − if_missing(refunds, 0)"
    assert worked_out(text, sources, today=date(2026, 11, 10)) == []  # a month has 10 days
    assert worked_out(text, sources, today=date(2026, 11, 11)) == [(OCTOBER, 100.0)]
    assert worked_out("sales − refunds", sources, today=date(2026, 12, 31)) == []


def test_what_an_input_went_in_with_is_told() -> None:
    sources = {"x": Source([Point(w, 10.0) for w in WEEKS[:3]], WEEK, FLOW), "y": Source([], MONTH, FLOW)}
    read = read_at(read_formula("x ÷ y"), sources, OCTOBER, frequency=MONTH, fiscal_month=1)
    assert read == {"x": Read(30.0, 3, 4), "y": Read(None, 0, 0)}


def test_an_input_with_longer_periods_is_refused_and_named() -> None:
    with pytest.raises(BadInput, match="“Revenue” has one value a month and “Share” one a week"):
        check_source("Revenue", have=MONTH, how=FLOW, want=WEEK, calculated="Share")
    with pytest.raises(BadInput, match="“Users” counts anew each week"):
        check_source("Users", have=WEEK, how=Aggregation.DISTINCT, want=MONTH, calculated="Share")
    check_source("Users", have=WEEK, how=Aggregation.DISTINCT, want=WEEK, calculated="Share")
    check_source("Revenue", have=MONTH, how=FLOW, want=QUARTER, calculated="Share")


@pytest.mark.parametrize(
    ("text", "called", "written"),
    [
        ("a+  a", {"a": "#1"}, "[#1]+  [#1]"),
        ("[lost  deals] / sum(won, [sum])", {"lost deals": "#7", "won": "#8", "sum": "#9"}, "[#7] / sum([#8], [#9])"),
        ("[#1] ÷ [#2]", {"#1": "deals", "#2": "lost deals"}, "deals ÷ [lost deals]"),
        ("b − a", {"a": "b"}, "b − b"),
        ("[#1] ÷ 2", {"#1": "abs"}, "[abs] ÷ 2"),
    ],
)
def test_names_are_replaced_and_the_rest_stays_as_it_was_typed(text: str, called: dict[str, str], written: str) -> None:
    assert rename(text, read_formula(text), called) == written


def test_a_formula_kept_with_longer_names_is_read_back() -> None:
    text = "a + " * 249 + "a" + " " * 900
    kept = rename(text, read_formula(text), {"a": "#123456789"})
    with pytest.raises(BadFormula, match="Keep it to 2000"):
        read_formula(kept)
    assert rename(kept, read_formula(kept, longest=20_000), {"#123456789": "a"}) == text


WORDS = st.text(
    st.characters(blacklist_characters="[]", blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20
).filter(lambda word: word.split() != [] and len(word) < 200)


@given(st.lists(WORDS, min_size=1, max_size=4), st.permutations(["#1", "#2", "#3", "#4"]))
def test_names_go_to_ids_and_back(words: list[str], keys: list[str]) -> None:
    plain = list(dict.fromkeys(" ".join(word.split()) for word in words))
    text = " + ".join(write_name(word) for word in plain)
    to_ids = dict(zip(plain, keys, strict=False))
    kept = rename(text, read_formula(text), to_ids)
    assert rename(kept, read_formula(kept), {key: word for word, key in to_ids.items()}) == text


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 12), st.sampled_from([MONTH, QUARTER, Frequency.YEAR])
)
def test_a_period_that_is_over_has_every_week_that_belongs_to_it_behind_it(
    day: date, fiscal: int, want: Frequency
) -> None:
    weeks = [shift_periods(period_start(day, WEEK), WEEK, k) for k in range(60)]
    grained = regrain(
        [Point(w, 1.0) for w in weeks], have=WEEK, want=want, how=FLOW, fiscal_month=fiscal, belongs=last_day
    )
    for one in grained[1:-1]:
        assert one.is_whole
        inside = [w for w in weeks if one.start <= last_day(w, WEEK) <= last_day(one.start, want)]
        assert len(inside) == one.expected
