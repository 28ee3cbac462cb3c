"""Whatever comes, core answers with a number, a word, nothing, or a refusal in a sentence: no crash, no hang.

Each door gets 10^4 inputs here; `MILEPOST_FUZZ_ROUNDS=1000000` asks for more (`make qa`).
"""

import math
import os
import random
import signal
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from milepost.core import (
    alignment,
    calendar,
    chance,
    circles,
    compare,
    confidence,
    currencies,
    explain,
    fiscal,
    formula,
    grade,
    judgement,
    levels,
    limits,
    measure,
    numbers,
    pace,
    path,
    plan,
    progress,
    proposal,
    ramp,
    revisions,
    rhythm,
    rollup,
    rule_sets,
    series,
    showing,
    status,
    target,
    targets,
    units,
    verdict,
    versions,
    windows,
    workdays,
    zones,
)
from milepost.core.parts import Amount, Combine, mean_of_scores, sum_of_values, tasks_progress
from milepost.core.planned import PlannedKeyResult, as_planned

ROUNDS = int(os.environ.get("MILEPOST_FUZZ_ROUNDS", "10000"))
CHUNK = 100  # turns at a door, each with some inputs, between two looks at the clock
PATIENCE_SECONDS = 60  # for a chunk; it takes a fraction of a second

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.1, 0.3, 0.7, 30.0, 100.0, 1e15, 5e-324, -5e-324, 2.2e-308, 1e308, 1.7976931348623157e308,
           -1.7976931348623157e308, math.inf, -math.inf, math.nan)  # fmt: skip
WORDS = ("2026-11-22", "2026-W53", "2026-W54", "W", "Q4 2026", "2026-Q5", "0001-01-01", "9999-12", "9999", "1e400", "NaN", "-inf", "+3",
         "1,200", "1.200,50", "−5", "€", "eur", "percent", "min", "sum(", "if_missing(", "[a b]", "×", "÷", "(", ")", "a", "b", ",", " ",
         "Europe/Berlin", "UTC", "../x", "\0", "\u202e", "٣", "１", "🙂", "0.5", "9" * 45, "-" * 50)  # fmt: skip
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Beirut")]


class Hangs(AssertionError):
    """A chunk of inputs that did not come to an end."""


class Fuzz:
    """Inputs of every kind, the wild ones often."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.one_of = self.rng.choice
        self.whole = self.rng.randint

    def maybe(self, value: Any) -> Any:
        return None if self.rng.random() < 0.25 else value

    def any_float(self) -> float:
        dice = self.rng.random()
        if dice < 0.3:
            return self.one_of(SPECIAL)
        if dice < 0.7:
            return self.rng.uniform(-200, 200)
        if dice < 0.85:
            return float(self.whole(-1000, 1000)) / self.one_of((1, 8, 10, 100))
        return struct.unpack("<d", self.rng.randbytes(8))[0]

    def number(self) -> float:
        while not math.isfinite(value := self.any_float()):
            pass
        return value

    def share(self) -> float:
        return self.one_of((0.0, 1.0, 0.5, self.rng.random(), self.rng.random() ** 40))

    def floats(self, most: int) -> list[float]:
        return [self.number() for _ in range(self.whole(0, most))]

    def text(self) -> str:
        if self.rng.random() < 0.5:
            return "".join(self.one_of(WORDS) for _ in range(self.whole(0, 8)))
        return "".join(
            chr(self.whole(1, 0x2FFF)) if self.rng.random() < 0.3 else chr(self.whole(32, 126))
            for _ in range(self.whole(0, 30))
        )

    def day(self) -> date:
        dice = self.rng.random()
        if dice < 0.1:
            return self.one_of((date.min, date.max, date(2028, 2, 29), date(2026, 12, 28), date(9999, 12, 1)))
        if dice < 0.2:
            return date.fromordinal(self.whole(1, date.max.toordinal()))
        return date(2026, 1, 1) + timedelta(days=self.whole(-800, 800))

    def moment(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.whole(-500_000, 500_000))

    def member(self, kind: Any) -> Any:
        return self.one_of(list(kind))

    def frequency(self) -> calendar.Frequency:
        return self.member(calendar.Frequency)

    def points(self, frequency: calendar.Frequency, most: int = 12) -> list[series.Point]:
        start = calendar.period_start(date(2026, 1, 1) + timedelta(days=self.whole(-300, 300)), frequency)
        days = sorted({calendar.shift_periods(start, frequency, self.whole(0, 20)) for _ in range(self.whole(0, most))})
        return [series.Point(d, self.number(), self.maybe(self.number()), self.maybe(self.number())) for d in days]

    def a_calendar(self) -> workdays.WorkCalendar | None:
        weekdays = frozenset(self.whole(-1, 8) for _ in range(self.whole(0, 7)))
        holidays = frozenset(date(2026, 1, 1) + timedelta(days=self.whole(0, 400)) for _ in range(self.whole(0, 5)))
        return self.maybe(workdays.WorkCalendar(weekdays, holidays))

    def a_target(self) -> target.Target:
        return target.Target(
            self.member(target.TargetRule),
            self.maybe(self.any_float()),
            self.maybe(self.any_float()),
            abs(self.any_float()),
        )

    def a_ramp(self) -> ramp.Ramp:
        goals = tuple((self.day(), self.any_float()) for _ in range(self.whole(0, 3)))
        if self.rng.random() < 0.6:
            goals = tuple(
                (date(2026, 2, 1) + timedelta(days=60 * k), 10.0 * k + self.rng.random())
                for k in range(self.whole(1, 3))
            )
        return ramp.Ramp(
            self.one_of((-1.0, self.any_float())),
            self.one_of((date(2026, 1, 1), self.day())),
            goals,
            abs(self.any_float()),
        )

    def a_measure(self) -> measure.Measure:
        numbers_in_order = [sorted(self.number() for _ in range(4)), [self.any_float() for _ in range(4)]]
        start, floor, goal, stretch = self.one_of(numbers_in_order)
        return measure.Measure(
            self.member(measure.Kind), self.maybe(start), self.maybe(goal), self.maybe(self.one_of(("higher", "lower"))),
            self.maybe(start), self.maybe(goal), abs(self.any_float()), self.one_of((True, False)), self.maybe(floor), self.maybe(stretch),
            self.member(Combine),
        )  # fmt: skip

    def children(self, most: int = 6) -> list[rollup.Child]:
        return [
            rollup.Child(k, self.maybe(self.share()), self.maybe(self.share()), self.any_float() if self.rng.random() < 0.3 else self.rng.random() * 5,
                         self.maybe(self.rng.random() / 4) if self.rng.random() < 0.5 else None)
            for k in range(self.whole(0, most))
        ]  # fmt: skip

    def seen(self) -> measure.Seen:
        judged = judgement.Judgement(self.any_float(), self.one_of(("", "why")))
        tasks = measure.Tasks(self.whole(-1, 9), self.whole(-1, 9), self.whole(-1, 9))
        amounts = tuple(
            Amount(self.maybe(self.number()), self.one_of(("EUR", "EUR", ""))) for _ in range(self.whole(0, 3))
        )
        return measure.Seen(
            tuple(self.floats(5)),
            tuple(self.steps()),
            self.maybe(tasks),
            amounts,
            tuple(self.children(3)),
            self.maybe(judged),
        )

    def formula(self, depth: int) -> str:
        dice = self.whole(0, 5) if depth else 0
        if dice < 2:
            return self.one_of(("a", "[b]", "2", ".5", "none", "1000000000000"))
        inner = [self.formula(depth - 1) for _ in range(self.whole(1, 3))]
        if dice == 2:
            return f"{self.one_of(('sum', 'avg', 'min', 'max'))}({', '.join(inner)})"
        if dice == 3:
            return f"if_missing({inner[0]}, {inner[-1]})"
        return f"({self.one_of((' + ', ' − ', '×', ' / ', ' * −')).join(inner)})"

    def steps(self) -> list[progress.Step]:
        return [
            progress.Step(abs(self.number()) or 1.0, self.share(), self.maybe(self.day()))
            for _ in range(self.whole(0, 4))
        ]


def is_finite(found: Any) -> bool:
    """Return whether every number in an answer is one, however deep it lies."""
    if isinstance(found, float):
        return math.isfinite(found)
    if is_dataclass(found):
        return all(is_finite(getattr(found, field.name)) for field in fields(found))
    if isinstance(found, dict):
        return all(is_finite(one) for one in found.values())
    return all(is_finite(one) for one in found) if isinstance(found, list | tuple) else True


def read_texts(fuzz: Fuzz) -> Iterator[Any]:
    text = fuzz.text()
    yield lambda: numbers.parse_number(text)
    yield lambda: numbers.parse_level(text, last=fuzz.maybe(fuzz.number()))
    yield lambda: calendar.parse_period(text, fuzz.frequency(), fiscal_month=fuzz.whole(1, 12))
    yield lambda: units.parse_unit(text).code
    yield lambda: zones.read_zone(text).key
    yield lambda: status.word_of_viva(text)
    yield lambda: currencies.read_currency(text)


def read_formulas(fuzz: Fuzz) -> Iterator[Any]:
    text = fuzz.one_of((fuzz.formula(4), fuzz.formula(4), fuzz.text()))
    if fuzz.whole(0, 2) == 0:  # a formula with something cut out or put in
        cut = fuzz.whole(0, len(text))
        text = text[:cut] + fuzz.one_of(("", fuzz.one_of(WORDS))) + text[cut + fuzz.whole(0, 1) :]
    values = {"a": fuzz.maybe(fuzz.number()), "b": fuzz.maybe(fuzz.number())}
    yield lambda: formula.read_formula(text)
    yield lambda: formula.evaluate(formula.read_formula(text), values)
    yield lambda: formula.check_names(formula.read_formula(text), {"a"})


def run_formulas(fuzz: Fuzz) -> Iterator[Any]:
    frequency = fuzz.frequency()
    texts = {
        name: fuzz.one_of(("a + b", "a ÷ b", "c", "d × 2", "if_missing(a, b)", "avg(a, d)", "max(b, c)"))
        for name in "cd"
    }
    inputs = {"a": fuzz.points(frequency), "b": fuzz.points(frequency)}
    formulas = {name: formula.read_formula(text) for name, text in texts.items()}
    yield lambda: formula.calculate_all(formulas, inputs)
    yield lambda: formula.periods_missing(formulas["c"], inputs)


def go_ways(fuzz: Fuzz) -> Iterator[Any]:
    start, goal, value = fuzz.any_float(), fuzz.any_float(), fuzz.number()
    direction = fuzz.maybe(fuzz.one_of(("higher", "lower")))

    def way() -> Any:
        progress.check_way(start=start, target=goal, direction=direction)
        share = progress.progress(start=start, target=goal, value=value)
        assert 0 <= progress.clip01(share) <= 1
        return (
            share,
            progress.value_at(share, start=start, target=goal),
            grade.carried_start(start=start, target=goal, value=value, keeps_progress=False),
        )

    yield way
    yield lambda: progress.baseline_progress(
        baseline=fuzz.maybe(value), target=fuzz.maybe(fuzz.number()), value=fuzz.maybe(value)
    )
    yield lambda: progress.percent_progress(value)
    yield lambda: numbers.said(value)


def keep_levels(fuzz: Fuzz) -> Iterator[Any]:
    low, high, tolerance = fuzz.maybe(fuzz.any_float()), fuzz.maybe(fuzz.any_float()), fuzz.any_float()
    values, at_close = fuzz.floats(6), fuzz.one_of((True, False))

    def keep() -> Any:
        progress.check_band(low=low, high=high, tolerance=tolerance)
        score = progress.maintain_score(values, low=low, high=high, tolerance=tolerance, at_close=at_close)
        assert score is None or 0 <= score <= 1
        return score

    steps = [progress.Step(fuzz.any_float(), fuzz.any_float()) for _ in range(fuzz.whole(0, 3))]
    yield keep
    yield lambda: progress.check_steps(steps) or progress.milestone_progress(steps)
    yield lambda: progress.milestone_progress(fuzz.steps())
    yield lambda: tasks_progress(done=fuzz.whole(-2, 9), total=fuzz.whole(-2, 9), cancelled=fuzz.whole(-2, 9))
    yield lambda: chance.credit_needed([fuzz.share()], at=fuzz.share(), periods_left=fuzz.whole(-2, 20))


def climb_levels(fuzz: Fuzz) -> Iterator[Any]:
    up = sorted(fuzz.number() for _ in range(4))
    steps = fuzz.one_of((up, up, up[::-1], [fuzz.any_float() for _ in range(4)]))
    given = levels.Levels(steps[0], steps[2], steps[3], fuzz.maybe(steps[1]))

    def climb() -> Any:
        levels.check_levels(given, ambition=fuzz.one_of((*pace.Ambition, *[pace.Ambition.ASPIRATIONAL] * 6)))
        return levels.levels_progress(given, fuzz.number()), levels.levels_value(given, fuzz.share())

    yield climb


def measure_goals(fuzz: Fuzz) -> Iterator[Any]:
    given, seen, ambition = fuzz.a_measure(), fuzz.seen(), fuzz.member(pace.Ambition)

    def whole() -> Any:
        measure.check_measure(given, ambition=ambition, steps=seen.steps)
        measured = measure.measure_progress(given, seen)
        assert measured.score is None or 0 <= measured.score <= 1
        first = date(2026, 1, 1)
        timing = plan.Timing(
            first, first + timedelta(days=fuzz.whole(0, 120)), fuzz.member(path.Curve), calendar=fuzz.a_calendar()
        )
        expected = plan.expected_progress(given, seen, timing, ambition=ambition, day=fuzz.day())
        assert expected is None or 0 <= expected <= 1
        return measured, expected, chance.hit(given, ambition=ambition)

    planned = [PlannedKeyResult(k, fuzz.a_measure(), abs(fuzz.number())) for k in range(fuzz.whole(0, 3))]
    yield whole
    yield lambda: as_planned(planned, {0: seen}) if all(is_finite(one.measure) for one in planned) else None


def roll_up_children(fuzz: Fuzz) -> Iterator[Any]:
    children = fuzz.children()

    def roll() -> Any:
        rolled = rollup.roll_up(children)
        assert rolled.score is None or 0 <= rolled.score <= 1
        assert rolled.reported == len(rollup.counting_shares(children))
        return rolled

    yield roll
    yield lambda: mean_of_scores(children, how=fuzz.member(Combine))
    yield lambda: sum_of_values([Amount(fuzz.maybe(fuzz.number()), fuzz.one_of(("EUR", "min", ""))) for _ in range(3)])
    edges = [
        alignment.Edge(fuzz.whole(0, 5), fuzz.whole(0, 5), is_primary=fuzz.one_of((True, False)))
        for _ in range(fuzz.whole(0, 5))
    ]
    yield lambda: alignment.check_edges(edges)
    yield lambda: circles.in_order(
        {k: [fuzz.whole(0, 8) for _ in range(fuzz.whole(0, 2))] for k in range(fuzz.whole(0, 8))}
    )
    yield lambda: rollup.workspace_progress([fuzz.maybe(fuzz.share()) for _ in range(fuzz.whole(0, 4))])


def bend_paths(fuzz: Fuzz) -> Iterator[Any]:
    first = fuzz.day()
    last = fuzz.one_of((fuzz.day(), min(date.max - timedelta(1), first) + timedelta(days=1)))
    made = sorted({fuzz.day() for _ in range(fuzz.whole(0, 2))})
    given = path.Path(
        first, last, fuzz.any_float(), fuzz.any_float(), fuzz.member(path.Curve),
        tuple(path.Checkpoint(fuzz.day(), fuzz.any_float()) for _ in range(fuzz.whole(0, 2))),
        tuple(path.Amended(day, fuzz.number(), fuzz.number(), fuzz.day()) for day in made), fuzz.a_calendar(),
    )  # fmt: skip

    def bend() -> Any:
        path.check_path(given)
        day, ambition = fuzz.day(), fuzz.member(pace.Ambition)
        expected = path.expected_on_path(given, day, ambition=ambition)
        assert 0 <= expected <= 1
        return expected, path.path_value(given, day), path.planned_value(given, day, ambition=ambition)

    yield bend
    yield lambda: pace.expected_milestone(
        fuzz.steps(),
        first=first,
        last=last,
        day=fuzz.day(),
        ambition=fuzz.member(pace.Ambition),
        calendar=fuzz.a_calendar(),
    )


def say_words(fuzz: Fuzz) -> Iterator[Any]:
    names = ("kind", "ahead", "on_track", "at_risk", "early_until", "objective", "colour")
    wild = (fuzz.any_float(), "gap", "ratio", "strict", "own", "weakest_child", None, True, [], 10**400)
    data = {fuzz.one_of(names): fuzz.one_of(wild) for _ in range(fuzz.whole(0, 4))}
    rules = fuzz.one_of(list(rule_sets.RULE_SETS.values()))
    share, expected = fuzz.maybe(fuzz.number()), fuzz.maybe(fuzz.share())
    asked = {"progress": share, "expected": expected, "tau": fuzz.share(), "ambition": fuzz.member(pace.Ambition), "ended": fuzz.whole(0, 9) == 0,
             "closed": fuzz.whole(0, 9) == 0, "is_maintain": fuzz.whole(0, 3) == 0}  # fmt: skip
    missing = fuzz.whole(0, 3) == 0
    said = status.goal_word(**asked, has_missing=missing, rules=rules)
    children = [fuzz.member(status.GoalWord) for _ in range(fuzz.whole(0, 4))]
    yield lambda: rule_sets.read_rule_set(data)
    yield lambda: status.objective_word(said, children, rules=rules, has_missing=missing)
    yield lambda: chance.forecast_word(
        fuzz.maybe(fuzz.share()), readings=fuzz.whole(0, 9), reliability=fuzz.maybe(fuzz.share() * 100)
    )
    yield lambda: showing.percent_places_that_tell(fuzz.number(), lambda s: s >= 0.7)
    yield lambda: versions.in_force([(fuzz.day(), 1)], fuzz.day())

    def explained() -> Any:
        found = explain.explain_status(**asked, last=date(2026, 12, 31), missing=int(missing), rules=rules)
        if not asked["is_maintain"]:
            assert found.word == said
        return found

    yield explained


def grade_goals(fuzz: Fuzz) -> Iterator[Any]:
    final, why = fuzz.any_float(), fuzz.one_of(("", "why"))
    yield lambda: grade.give_grade(fuzz.maybe(fuzz.share()), final=final, why=why)
    yield lambda: grade.tally([(grade.propose_grade(fuzz.maybe(fuzz.share())), fuzz.member(pace.Ambition))])
    yield lambda: grade.pitch([fuzz.share() for _ in range(fuzz.whole(0, 4))])
    yield lambda: judgement.check_judgement(score=final, why=why)
    wild = fuzz.one_of((fuzz.whole(-3, 13), fuzz.any_float(), True, None, "7"))
    yield lambda: confidence.check_confidence(wild)
    yield lambda: confidence.imported_confidence(wild)
    yield lambda: confidence.as_probability(wild)
    yield lambda: rhythm.check_rhythm(
        rhythm.Rhythm(
            fuzz.whole(-1, 5),
            False,
            fuzz.whole(-1, 8),
            date(2024, 1, 1),
            fuzz.whole(-1, 25),
            fuzz.maybe(fuzz.whole(-1, 9)),
        )
    )
    yield lambda: rhythm.check_in_day(today=fuzz.day(), last=fuzz.day(), is_closed=fuzz.whole(0, 9) == 0)


def hold_targets(fuzz: Fuzz) -> Iterator[Any]:
    frequency = fuzz.frequency()
    given = fuzz.one_of(
        (
            fuzz.a_target(),
            fuzz.a_ramp(),
            targets.PerPeriod({fuzz.day(): fuzz.a_target() for _ in range(fuzz.whole(0, 2))}),
        )
    )
    points = fuzz.points(frequency, 4)

    def hold() -> Any:
        targets.check_plan(given, frequency=frequency)
        judged = [targets.target_of([(date(2026, 1, 1), given)], p.start, frequency) for p in points]
        words = [target.period_word(p.value, one) for p, one in zip(points, judged, strict=True)]
        against = [compare.compare_with_target(p.value, one) for p, one in zip(points, judged, strict=True) if one]
        if points and isinstance(given, ramp.Ramp):
            how = fuzz.member(series.Aggregation)
            against.append(
                ramp.beside_status(
                    given,
                    start=points[-1].start,
                    value=points[-1].value,
                    frequency=frequency,
                    how=how,
                    today=points[-1].start,
                )
            )
        return words, judged, against

    yield hold
    if points:
        today = points[-1].start + timedelta(days=fuzz.whole(0, 900))
        asked = {"last": points[-1], "target": fuzz.maybe(target.Target(target.TargetRule.AT_LEAST, low=fuzz.number(), tolerance=abs(fuzz.number()))),
                 "frequency": frequency, "lag_days": fuzz.whole(0, 40), "today": today, "expected_periods": fuzz.whole(0, 9),
                 "reliability": fuzz.maybe(fuzz.share() * 100)}  # fmt: skip
        yield lambda: target.kpi_word(**asked)
        yield lambda: explain.explain_kpi(**asked, unit="min")


def put_together(fuzz: Fuzz) -> Iterator[Any]:
    frequency, how = fuzz.frequency(), fuzz.member(series.Aggregation)
    points, unit = fuzz.points(frequency), fuzz.one_of(("", "%", "EUR"))
    today = date(2026, 1, 1) + timedelta(days=fuzz.whole(-400, 900))
    month = fuzz.whole(1, 12)
    wanted, within = fuzz.frequency(), fuzz.frequency()
    yield lambda: series.aggregate(points, how=how, unit_code=unit)
    yield lambda: series.window_value(
        points,
        how=how,
        window=fuzz.member(series.Window),
        frequency=frequency,
        first=date(2026, 1, 1),
        last=date(2026, 3, 31),
        today=today,
        unit_code=unit,
    )
    yield lambda: windows.regrain(points, have=frequency, want=wanted, how=how, unit_code=unit, fiscal_month=month)
    if within in {calendar.Frequency.MONTH, calendar.Frequency.QUARTER, calendar.Frequency.YEAR}:
        yield lambda: windows.to_date(points, frequency=frequency, within=within, today=today, fiscal_month=month)
        yield lambda: windows.to_date_year_before(
            points, frequency=frequency, within=within, today=today, fiscal_month=month
        )
    yield lambda: windows.rolling(points, frequency=frequency, count=fuzz.whole(1, 9), today=today)
    yield lambda: compare.compare(fuzz.number(), fuzz.number(), direction=fuzz.member(target.Direction))
    yield lambda: units.check_scale([fuzz.number()], stored_median=fuzz.maybe(fuzz.number()), unit_code=unit)
    yield lambda: units.converted(
        fuzz.number(),
        units.factor_between(fuzz.one_of(("", "%", "min", "h", "EUR")), fuzz.one_of(("", "%", "s", "USD"))),
    )


def walk_calendars(fuzz: Fuzz) -> Iterator[Any]:
    day, frequency, month, zone = fuzz.day(), fuzz.frequency(), fuzz.whole(1, 12), fuzz.one_of(ZONES)
    given = fuzz.a_calendar()
    yield lambda: calendar.period_start(day, frequency, fiscal_month=month)
    yield lambda: calendar.shift_periods(day, frequency, fuzz.whole(-9999, 9999))
    yield lambda: calendar.year_before(day, frequency)
    yield lambda: calendar.add_months(day, fuzz.whole(-99999, 99999))
    yield lambda: calendar.last_closed(frequency, today=day, fiscal_month=month)
    yield lambda: fiscal.fiscal_week(day, fiscal_month=month)
    yield lambda: fiscal.period_name(day, frequency, fiscal_month=month)
    yield lambda: zones.period_bounds(day, frequency, zone)
    yield lambda: zones.moment(day, time(fuzz.whole(0, 23), fuzz.whole(0, 59)), zone)
    yield lambda: zones.check_not_ahead(day, today=fuzz.day())
    yield lambda: compare.counterpart(day, frequency, fuzz.member(compare.Against))
    yield lambda: given.validate() if given else None
    yield lambda: workdays.days_after(day, fuzz.day(), calendar=given)
    yield lambda: workdays.next_counted(day, calendar=given)
    yield lambda: pace.elapsed(first=day, last=fuzz.day(), day=fuzz.day(), calendar=given)


def read_levels(fuzz: Fuzz) -> Iterator[Any]:
    values = [
        fuzz.maybe(fuzz.number() if fuzz.whole(0, 20) == 0 else 50 + fuzz.rng.gauss(0, 1))
        for _ in range(fuzz.whole(0, 30))
    ]
    known = [v for v in values if v is not None]
    cut, direction = fuzz.whole(0, 30), fuzz.member(target.Direction)
    aim = fuzz.maybe(target.Target(target.TargetRule.AT_LEAST, low=fuzz.number()))
    frequency = fuzz.frequency()
    yield lambda: limits.natural_limits(values)
    yield lambda: limits.read_series(values, breaks=[fuzz.whole(-5, 40) for _ in range(fuzz.whole(0, 3))])
    yield lambda: limits.first_change(values)
    yield lambda: verdict.verdict(
        before=known[:cut], since=known[cut:], target=aim, direction=direction, in_cycle=fuzz.maybe(fuzz.whole(0, 20))
    )
    yield lambda: proposal.propose(
        fuzz.points(frequency),
        frequency=frequency,
        how=fuzz.member(series.Aggregation),
        target=aim,
        direction=direction,
    )
    rows = [
        revisions.Known(
            date(2026, 1, 1) + timedelta(days=fuzz.whole(0, 4)), fuzz.maybe(fuzz.number()), fuzz.moment(), k
        )
        for k in range(fuzz.whole(0, 8))
    ]
    yield lambda: revisions.as_known(rows, at=fuzz.maybe(fuzz.moment()))
    yield lambda: revisions.revisions(rows)


DOORS: tuple[Callable[[Fuzz], Iterator[Any]], ...] = (
    read_texts, read_formulas, run_formulas, go_ways, keep_levels, climb_levels, measure_goals, roll_up_children, bend_paths, say_words,
    grade_goals, hold_targets, put_together, walk_calendars, read_levels,
)  # fmt: skip


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Hangs(f"no end within {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_whatever_comes_is_answered_or_refused_in_a_sentence(door: Callable[[Fuzz], Iterator[Any]]) -> None:
    answered = refused = seed = 0
    while answered + refused < ROUNDS:
        fuzz = Fuzz(seed)
        with patience(PATIENCE_SECONDS):
            for _ in range(CHUNK):
                for ask in door(fuzz):
                    try:
                        found = ask()
                    except ValueError as error:
                        assert type(error).__module__.startswith("milepost.core"), (seed, repr(error))
                        assert str(error).endswith("."), (seed, str(error))
                        refused += 1
                    else:
                        assert is_finite(found), (seed, found)
                        answered += 1
        seed += 1
    assert answered > ROUNDS / 5, (answered, refused)
