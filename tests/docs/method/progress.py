"""Rules P: progress of a key result."""

from milepost.core.calendar import Frequency
from milepost.core.judgement import BadJudgement, Judgement, check_judgement
from milepost.core.levels import Levels, levels_progress
from milepost.core.measure import Kind, Measure, Seen, measure_progress
from milepost.core.numbers import mean
from milepost.core.parts import Amount, Combine, tasks_progress
from milepost.core.progress import (
    Step,
    baseline_progress,
    maintain_credit,
    maintain_score,
    milestone_progress,
    percent_progress,
    progress,
)
from milepost.core.series import Aggregation, Point, Window, window_value
from milepost.core.units import PERCENT
from tests.docs.method.dates import FIRST, LAST, TODAY, WEEKS
from tests.docs.method.words import example, listed, n, pct


@example("P1")
def reach() -> str:
    def way(start: float, target: float, *values: float) -> str:
        each = [f"now {n(v)}: {pct(progress(start=start, target=target, value=v))}" for v in values]
        return f"from {n(start)} to {n(target)}, {'; '.join(each)}"

    return f"{way(100, 60, 80, 50)}; {way(-5, 5, 0)}"


@example("P2")
def keep() -> str:
    high, tolerance, values = 30, 10, [28, 30, 35, 45]
    credits = [n(maintain_credit(v, low=None, high=high, tolerance=tolerance)) for v in values]
    score = maintain_score(values, low=None, high=high, tolerance=tolerance)
    return (
        f"at most {high}, tolerance {tolerance}: {listed([n(v) for v in values])} give {listed(credits)}: {pct(score)}"
    )


@example("P3")
def keep_within() -> str:
    low, high, tolerance, values = 14, 24, 4, [13, 26]
    each = [f"{v} counts {pct(maintain_credit(v, low=low, high=high, tolerance=tolerance))}" for v in values]
    whole = maintain_score(values, low=low, high=high, tolerance=tolerance)
    last = maintain_score(values, low=low, high=high, tolerance=tolerance, at_close=True)
    return f"{low} to {high}, tolerance {tolerance}: {listed(each)}: {pct(whole)}, at close {pct(last)}"


@example("P4")
def levels() -> str:
    agreed = Levels(start=0, floor=40, target=100, stretch=140)
    corners = listed([n(corner) for corner, _ in agreed.corners])
    return f"{corners}: {listed([f'{v} is {pct(levels_progress(agreed, v))}' for v in (70, 120)])}"


@example("P5")
def milestone() -> str:
    steps = [Step(1, 1), Step(1, 0.5), Step(2, 0)]
    done = {1: "done", 0.5: "half"}
    first, second = (done[step.done] for step in steps[:2])
    weights = listed([n(step.weight) for step in steps])
    return f"weights {weights}; first {first}, second {second}: {pct(milestone_progress(steps))}"


@example("P6")
def tasks() -> str:
    done, total, cancelled = 3, 5, 1
    share = tasks_progress(done=done, total=total, cancelled=cancelled)
    return f"{done} of {total} done, {cancelled} cancelled: {pct(share)}"


@example("P7")
def percent_done() -> str:
    return f"{n(40)}: {pct(percent_progress(40))}"


@example("P8")
def reads_kpi() -> str:
    counts = [(1, 2), (1, 10)]
    points = [Point(week, 100 * a / b, a, b) for week, (a, b) in zip(WEEKS, counts, strict=False)]
    found = window_value(
        points, how=Aggregation.RATIO, window=Window.DEFAULT, frequency=Frequency.WEEK, first=FIRST, last=LAST,
        today=TODAY, unit_code=PERCENT,
    )  # fmt: skip
    wrong = mean([p.value for p in points])
    assert found is not None and wrong is not None
    each = [f"{a} of {b}" for a, b in counts]
    return f"{listed(each, ' and ')}: {pct(found / 100)}, not {pct(wrong / 100)}"


@example("P9")
def children() -> str:
    agreed = Measure(Kind.CHILDREN, start=0, target=15, combine=Combine.SUM)
    values = [3, 4.5]
    found = measure_progress(agreed, Seen(amounts=tuple(Amount(v, "h") for v in values)))
    way = f"from {n(agreed.start)} to {n(agreed.target)}"
    return f"{listed([n(v) for v in values], ' and ')} on the way {way}: {pct(found.score)}"


@example("P10")
def judged() -> str:
    given = Judgement(0.6, "half of the doors are open")
    found = measure_progress(Measure(Kind.JUDGED), Seen(judgement=given))
    try:
        check_judgement(score=given.score, why="")
    except BadJudgement as refused:
        return f"{pct(found.score)}, “{given.why}”; without a reason: “{refused}”"
    raise AssertionError("a judgement without a reason passed")


@example("P11")
def baseline() -> str:
    first, target, now = 48, 30, 39
    waiting = measure_progress(Measure(Kind.BASELINE), Seen(values=(first,))).waits_for
    share = baseline_progress(baseline=first, target=target, value=now)
    return f"{waiting}, then measured {first}, agreed {target}, now {now}: {pct(share)}"
