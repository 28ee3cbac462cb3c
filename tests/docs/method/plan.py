"""Rules E: the plan."""

from datetime import date, timedelta

from milepost.core.pace import Ambition, elapsed, expected_linear, green_at
from milepost.core.path import Amended, Checkpoint, Curve, Path, curve_share, expected_on_path, path_value
from milepost.core.rollup import Child, roll_up
from milepost.core.workdays import WorkCalendar, days_after
from tests.docs.method.dates import FIRST, LAST, QUARTER, TODAY
from tests.docs.method.words import example, hundredth, n, on, pct


@example("E1")
def time_passed() -> str:
    def part(calendar: WorkCalendar | None) -> str:
        sums = " / ".join(str(days_after(FIRST, day, calendar=calendar)) for day in (TODAY, LAST))
        return f"{sums} = {pct(elapsed(first=FIRST, last=LAST, day=TODAY, calendar=calendar))}"

    return f"{on(TODAY)} in {QUARTER[-2:]}: {part(None)}; in working days {part(WorkCalendar())}"


@example("E2")
def curves() -> str:
    half = 0.5
    front, back, s = (hundredth(curve_share(curve, half)) for curve in (Curve.FRONT, Curve.BACK, Curve.S))
    first, middle, last = date(2026, 1, 1), date(2026, 1, 6), date(2026, 1, 11)
    assert elapsed(first=first, last=last, day=middle) == half
    phased = Path(first, last, 0, 100, Curve.CHECKPOINTS, (Checkpoint(middle, 20),))
    share = expected_on_path(phased, middle, ambition=Ambition.COMMITTED)
    straight = curve_share(Curve.LINEAR, half)
    return (
        f"at half the time: straight {hundredth(straight)}, front-loaded {front}, back-loaded {back}, S {s} %; "
        f"with {n(phased.checkpoints[0].value)} of {n(phased.target)} agreed for that day {pct(share)}"
    )


@example("E3")
def green() -> str:
    tau = elapsed(first=FIRST, last=LAST, day=TODAY)
    found = expected_linear(tau, ambition=Ambition.ASPIRATIONAL)
    return f"aspirational on {on(TODAY)}: {n(green_at(Ambition.ASPIRATIONAL))} × {pct(tau)} = {pct(found)}"


@example("E4")
def plan_of_an_objective() -> str:
    heavy, light = Child("heavy", 0, 0.4, weight=3), Child("light", 0, 0.8)
    found = roll_up([heavy, light])
    return f"{pct(heavy.expected)} with weight {n(heavy.weight)} and {pct(light.expected)}: {pct(found.expected)}"


@example("E5")
def amended() -> str:
    first, last = date(2026, 1, 1), date(2026, 2, 10)
    bend = first + timedelta(days=20)
    path = Path(first, last, 0, 100, amendments=(Amended(bend, 0, 80, last),))
    values = [path_value(path, day) for day in (bend, bend + timedelta(days=10), last)]
    assert elapsed(first=first, last=last, day=bend) == 0.5
    at_half, between, end = (n(v) for v in values)
    return (
        f"{n(path.start)} to {n(path.target)}, at half time lowered to {n(path.amendments[0].target)}: "
        f"from {at_half} straight to {end}, {between} in the middle between"
    )
