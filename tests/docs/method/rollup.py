"""Rules R: roll-up."""

from datetime import timedelta

from milepost.core.alignment import Edge, check_edges, is_inside, why_left_out
from milepost.core.circles import Circle
from milepost.core.measure import Kind, Measure, Seen, Tasks, measure_progress
from milepost.core.pace import Ambition
from milepost.core.parts import tasks_progress
from milepost.core.plan import Timing, expected_progress
from milepost.core.rhythm import Rhythm, is_stale
from milepost.core.rollup import Child, roll_up, shares, workspace_progress
from tests.docs.method.dates import FIRST, LAST, TODAY
from tests.docs.method.words import example, hundredth, listed, pct


@example("R1")
def mean_of_children() -> str:
    scores = [0, 0.25, 0.2]
    found = roll_up([Child(key, score, None) for key, score in enumerate(scores)])
    return f"{listed([hundredth(s) for s in scores], ' and ')} %: {pct(found.score)}"


@example("R2")
def fixed_shares() -> str:
    fixed = 0.5

    def of(count: int) -> list[str]:
        children = [Child(key, None, None, share=None if key else fixed) for key in range(count)]
        return [hundredth(share) for share in shares(children).values()]

    three, four = of(3), of(4)
    assert len(set(four[1:])) == 1
    return (
        f"one of {_count(3)} fixed at {pct(fixed)}: {listed(three)}; "
        f"one of {_count(4)}: {four[0]} and {len(four[1:])} × {four[1]}"
    )


@example("R3")
def circle() -> str:
    tops = [0.4, 0.8]
    means = f"top objectives at {listed([hundredth(s) for s in tops], ' and ')} %: {pct(workspace_progress(tops))}"
    try:
        check_edges([Edge("Top", "Leaf"), Edge("Leaf", "Top")])
    except Circle as refused:
        return f"{' → '.join(f'“{name}”' for name in refused.path)} is refused; {means}"
    raise AssertionError("a circle passed")


@example("R4")
def left_out() -> str:
    scores = [0.4, None, 0.8]
    found = roll_up([Child(key, score, None) for key, score in enumerate(scores)])
    told = listed(["none" if s is None else pct(s) for s in scores])
    return f"{told}: {pct(found.score)}, “{found.in_words}”"


@example("R5")
def initiatives() -> str:
    done, total, value = 3, 5, 40
    counting = tasks_progress(done=done, total=total)
    other = measure_progress(Measure(Kind.PERCENT), Seen(values=(value,), tasks=Tasks(total, done))).score
    return f"{done} of {total} done: {pct(counting)} of a key result that counts them; one at {value} % stays at {pct(other)}"


@example("R6")
def walls() -> str:
    ana, ben = 1, 2
    child = frozenset({ana, ben})

    def says(parent: frozenset[int] | None) -> str:
        out = why_left_out(state="active", score=0.5, is_open=is_inside(parent, child))
        return "moves" if out is None else "does not move"

    return (
        f"a goal for Ana and Ben {says(frozenset({ana}))} one for Ana alone, and {says(None)} one that everybody sees"
    )


@example("R7")
def stale() -> str:
    weekly = Rhythm()
    first = next(d for d in range(60) if is_stale(TODAY - timedelta(days=d), rhythm=weekly, today=TODAY))
    return f"weekly: stale after {first} days, not yet after {first - 1}"


@example("R8")
def closed_child() -> str:
    final, other = 0.8, 0.4
    plan = expected_progress(
        Measure(Kind.REACH, start=0, target=10), Seen(), Timing(FIRST, LAST), ambition=Ambition.COMMITTED, day=LAST
    )
    found = roll_up([Child("closed", final, plan), Child("running", other, plan)])
    assert why_left_out(state="closed", score=final) is None
    return f"closed with {pct(final)} beside one at {pct(other)}: {pct(found.score)}; its plan counts {pct(plan)}"


def _count(number: int) -> str:
    return {3: "three", 4: "four"}[number]
