"""Rules K: KPIs."""

from datetime import date, timedelta

from milepost.core.calendar import Frequency, add_months, parse_period, period_start
from milepost.core.compare import Against, compare, counterpart
from milepost.core.explain.text import words
from milepost.core.fiscal import period_name
from milepost.core.formula import evaluate, names, read_formula, write
from milepost.core.numbers import said
from milepost.core.parts import Amount, MixedUnits, sum_of_values
from milepost.core.proposal import propose
from milepost.core.ramp import Ramp, ramp_target
from milepost.core.revisions import Known, as_known, pull_writes
from milepost.core.series import Aggregation, Point, aggregate
from milepost.core.target import Direction, KpiWord, Target, TargetRule, kpi_word, overdue_from, period_word
from milepost.core.targets import PerPeriod, plan_target
from milepost.core.units import converted, factor_between, parse_unit, total_of
from milepost.core.verdict import AFTER, BEFORE, verdict
from tests.docs.method.dates import TODAY, WEEKS, at
from tests.docs.method.words import example, listed, n, on, pct


@example("K1")
def units() -> str:
    value, minutes, hours = 90, parse_unit("minutes").code, parse_unit("hours").code
    changed = f"{value} {minutes} = {n(converted(value, factor_between(minutes, hours)))} {hours}"
    try:
        sum_of_values([Amount(1, parse_unit(code).code) for code in ("EUR", "USD")])
    except MixedUnits as refused:
        return f"{changed}; {str(refused).split('.')[0]}"
    raise AssertionError("two currencies added up")


@example("K2")
def targets() -> str:
    line = Ramp(60, date(2026, 1, 1), ((date(2026, 3, 2), 30),))
    january, february = date(2026, 1, 1), date(2026, 2, 1)
    target = ramp_target(line, january, Frequency.MONTH)
    assert target is not None and target.rule == TargetRule.AT_MOST
    ((last, value),) = line.goals
    each = PerPeriod({january: Target(TargetRule.AT_LEAST, low=12)})
    filled = plan_target(each, february, Frequency.MONTH)
    assert filled is not None
    return (
        f"falling from {n(line.start)} on {on(line.since)} to {n(value)} on {on(last)}: {january:%B} {words(target.rule)} "
        f"{n(target.high)}; {n(each.targets[january].low)} for {january:%B} alone: {february:%B} {n(filled.low)} as well"
    )


@example("K3")
def status() -> str:
    target = Target(TargetRule.AT_MOST, high=30, tolerance=5)
    each = [f"{v} is {words(period_word(v, target))}" for v in (30, 35, 36)]
    last, lag = Point(date(2026, 9, 1), 36), 10
    due = overdue_from(last_start=last.start, frequency=Frequency.MONTH, lag_days=lag)

    def at_day(day: date) -> KpiWord:
        return kpi_word(
            last=last, target=target, frequency=Frequency.MONTH, lag_days=lag, today=day, expected_periods=12
        )

    lost = next(d for d in (due + timedelta(days=k) for k in range(999)) if at_day(d) == KpiWord.UNKNOWN)
    told = [f"{words(at_day(d))} from {on(d)} on" for d in (due, lost)]
    assert at_day(due - timedelta(days=1)) == period_word(last.value, target)
    return (
        f"at most {n(target.high)}, tolerance {n(target.tolerance)}: {listed(each)}; the value of {last.start:%B} with "
        f"{lag} days of lag: {listed(told, ', ')}"
    )


@example("K4")
def aggregation() -> str:
    values = [0.1, 0.2]
    money = total_of(values, unit_code="EUR")
    assert money is not None and money != sum(values)
    points = [Point(week, v) for week, v in zip(WEEKS, (2, 6, 4), strict=False)]
    told = {
        "flow": Aggregation.FLOW,
        "stock": Aggregation.STOCK,
        "mean": Aggregation.STOCK_MEAN,
        "max": Aggregation.MAX,
    }
    each = [f"{word} {n(aggregate(points, how=how))}" for word, how in told.items()]
    return f"{listed([n(p.value) for p in points])}: {listed(each)}; {' + '.join(said(v) for v in values)} EUR = {said(money)} EUR"


@example("K5")
def comparison() -> str:
    week = parse_period("2026-W53", Frequency.WEEK)
    found = counterpart(week, Frequency.WEEK, Against.YEAR_BEFORE)
    assert period_name(found.start, Frequency.WEEK) in found.remark
    up, from_zero = (compare(v, other, direction=Direction.HIGHER) for v, other in ((50, 40), (5, 0)))
    assert from_zero.share is None
    return (
        f"“{found.remark}” From {n(up.other)} to {n(up.value)}: {pct(up.share)} more; "
        f"from {n(from_zero.other)} to {n(from_zero.value)}: {n(from_zero.difference)} more, no percent"
    )


@example("K6")
def corrections() -> str:
    day = TODAY - timedelta(days=6)
    rows = [Known(day, 43, at(day)), Known(day, 41, at(TODAY))]
    source, person = (row.value for row in rows)
    (now,) = as_known(rows)
    again = pull_writes(source, last_of_source=source, is_first=False)
    new = pull_writes(40, last_of_source=source, is_first=False)
    verbs = {True: "is written", False: "changes nothing"}
    return (
        f"the source said {n(source)}, a person {n(person)}: {n(now.value)} counts; "
        f"{n(source)} from the source again {verbs[again]}, {n(40)} {verbs[new]}"
    )


@example("K7")
def calculated() -> str:
    node = read_formula("won ÷ (won + [lost deals])")
    values = dict(zip(names(node), (10, 30), strict=True))
    result = evaluate(node, values)
    missing = evaluate(node, {"won": values["won"]})
    assert missing is None
    return f"`{write(node)}`: {write(node, instead=lambda name: n(values[name]))} = {n(result)}; without “{names(node)[1]}” missing"


@example("K8")
def start_an_objective() -> str:
    values = [40, 42, 38, 44]
    target = Target(TargetRule.AT_MOST, high=30)

    def start(how: Aggregation) -> str:
        points = [Point(week, v) for week, v in zip(WEEKS, values, strict=False)]
        found = propose(points, frequency=Frequency.WEEK, how=how, target=target, direction=Direction.LOWER)
        assert found.is_primary
        return n(found.start)

    return f"{listed([n(v) for v in values])}: from {start(Aggregation.STOCK)}; a flow from {start(Aggregation.FLOW)}"


@example("K9")
def periods() -> str:
    day, months = date(2026, 1, 31), 1
    year = period_start(TODAY, Frequency.YEAR, fiscal_month=4)
    assert add_months(add_months(day, months), months) == date(2026, 3, 28)
    return f"{on(day)} + {months} month = {on(add_months(day, months))}; a fiscal year from {year:%B}: {on(TODAY)} lies in that of {on(year)} {year.year}"


@example("K10")
def moved() -> str:
    before, since, high = [49, 51] * 6 + [50], [29, 31] * 4, 35
    target = Target(TargetRule.AT_MOST, high=high)
    assert (len(before), len(since)) == (BEFORE, AFTER)
    found = verdict(before=before, since=since, target=target, direction=Direction.LOWER)
    one = verdict(before=before, since=before[:AFTER], target=target, direction=Direction.LOWER)
    return (
        f"at most {high}: {len(before)} weeks near {n(found.before)}, then {len(since)} near {n(found.after)}: "
        f"{words(found.verdict)}; near {n(found.before)} as before: {words(one.verdict)}"
    )
