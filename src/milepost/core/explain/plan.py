"""Where the plan says a key result should be today."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from milepost.core.explain.key_result import NamedStep, reach_in_words
from milepost.core.explain.shape import Change, Explanation, Input
from milepost.core.explain.text import counted, digits, hundredfold, number, percent, quantity, sign, summands
from milepost.core.explain.text import day as day_text
from milepost.core.pace import (
    Ambition,
    due_steps,
    elapsed,
    expected_linear,
    expected_maintain,
    expected_milestone,
    green_at,
    plan_value,
)
from milepost.core.path import Curve, Path, expected_on_path, in_force, path_value
from milepost.core.progress import progress
from milepost.core.workdays import WorkCalendar, days_after


def explain_reach_plan(
    *,
    first: date,
    last: date,
    day: date,
    ambition: Ambition,
    start: float | None,
    target: float | None,
    unit: str,
    expected: Callable[[date], float | None] | None = None,
    calendar: WorkCalendar | None = None,
) -> Explanation:
    """Return the progress planned for a day, on a straight line to where the grade is green.

    Args:
        first, last: the cycle's days, both included.
        start, target: in `unit`, to name the planned value; None where there is none.
        expected: what the score row was planned by, so that not even a last digit differs.
        calendar: which days count; None counts all.

    Source: rules E1, E3, E5.
    """

    def plan(on: date) -> float:
        given = expected(on) if expected is not None else None
        tau = elapsed(first=first, last=last, day=on, calendar=calendar)
        return expected_linear(tau, ambition=ambition) if given is None else given

    green, value = green_at(ambition), plan(day)
    whole = days_after(first, last, calendar=calendar)
    if whole == 0:
        formula = f"its one day is {'over' if value else 'not over yet'}: {percent(value)}"
    else:
        passed = days_after(first, min(day, last), calendar=calendar)
        formula = (
            f"{_times(green)}{passed} / {whole} {'days' if calendar is None else 'working days'} = {percent(value)}"
        )
    inputs = [Input("first day", None, on=first, source="cycle"), Input("last day", None, on=last, source="cycle")]
    if start is not None and target is not None:
        tau = elapsed(first=first, last=last, day=day, calendar=calendar)
        planned = plan_value(start=start, target=target, tau=tau, ambition=ambition)
        inputs.append(Input("planned for today", planned, unit, on=day, source="plan"))
    change = _next_day(plan, day=day, last=last)
    return Explanation(
        "expected", ("E1", "E3", "E5"), formula, value=value, inputs=tuple(inputs), changes=change
    )  # fmt: skip


def explain_path_plan(path: Path, *, day: date, ambition: Ambition, unit: str) -> Explanation:
    """Return the progress planned for a day on a path with a curve, phased targets or amendments.

    Args:
        path: from start to target, in `unit`.

    Source: rules E1, E2, E3, E5.
    """

    def plan(on: date) -> float:
        return expected_on_path(path, on, ambition=ambition)

    start, target = in_force(path, day)
    share, value = path_value(path, day), plan(day)
    sums = reach_in_words(start=start, target=target, value=share)
    # Beyond the path's ends the plan is cut; what is shown would not be the sum.
    cut = (
        "" if green_at(ambition) * progress(start=start, target=target, value=share) == value else ", cut to 0 to 100 %"
    )
    formula = f"{_so_far(path, day)}{_times(green_at(ambition))}{sums}{cut} = {percent(value)}"
    inputs = [
        Input("on the path", share, unit, on=day, source=_curve_words(path, day)),
        *_counted_days(path.first, path.last, day, path.calendar),
        *(Input("phased target", point.value, unit, on=point.on, source="plan") for point in path.checkpoints),
        *(Input("amended target", made.target, unit, on=made.on, source="amendment") for made in path.amendments),
    ]
    change = _next_day(plan, day=day, last=max([path.last, *(made.last for made in path.amendments)]))
    return Explanation(
        "expected", ("E1", "E2", "E3", "E5"), formula, value=value, inputs=tuple(inputs), changes=change
    )  # fmt: skip


def explain_day_plan(
    plan: Callable[[date], float | None], path: Path | None, *, day: date, ambition: Ambition, unit: str
) -> Explanation:
    """Return the progress planned for a day of a kind whose progress is no straight way, or is not known yet.

    Args:
        plan: the progress planned for any day.
        path: None while there is none, as before a baseline.
        unit: of the path's values; "" where they are shares.

    Source: rules E1, E2, E3, E5.
    """
    rules = ("E1", "E2", "E3", "E5")
    value = plan(day)
    if path is None or value is None:
        return Explanation("expected", rules, "no target yet, so there is no plan")
    start, target = in_force(path, day)
    bent = [change for change in path.amendments if change.on <= day]
    here = quantity(path_value(path, day), unit, distance=abs(target - start))
    way = f"{_curve_words(path, day)}, from {number(start)} to {quantity(target, unit)}"
    formula = f"{way}: at {here} by {day_text(day)} = {percent(value)}"
    if green_at(ambition) != 1:
        formula += f", {percent(green_at(ambition))} being green"
    inputs = [Input("first day", None, on=path.first, source="plan")]
    inputs += _counted_days(path.first, path.last, day, path.calendar)
    inputs += [Input("checkpoint", c.value, unit, on=c.on, source="plan") for c in path.checkpoints]
    inputs += [Input("amended target", a.target, unit, on=a.on, source="amendment") for a in path.amendments]
    last = bent[-1].last if bent else path.last
    inputs.append(Input("last day", None, on=last, source="plan"))
    return Explanation(
        "expected", rules, formula, value=value, inputs=tuple(inputs), changes=_next_day(plan, day=day, last=last)
    )


def explain_keep_plan(*, closed_periods: int, ambition: Ambition) -> Explanation:
    """Return the plan of a level to keep: all of it from the first closed period.

    Source: rule E3.
    """
    value = expected_maintain(closed_periods=closed_periods, ambition=ambition)
    text = "planned from the first closed period on, and none is closed yet"
    if value is not None:
        text = f"from the first closed period on: {percent(value)}"
    return Explanation("expected", ("E3",), text, value=value)


def explain_milestone_plan(
    steps: Sequence[NamedStep],
    *,
    first: date,
    last: date,
    day: date,
    ambition: Ambition,
    calendar: WorkCalendar | None = None,
) -> Explanation:
    """Return the share of a milestone's steps that is due by a day.

    Source: rules E1, E3.
    """
    plain = [s.step for s in steps]

    def plan(on: date) -> float | None:
        return expected_milestone(plain, first=first, last=last, day=on, ambition=ambition, calendar=calendar)

    value = plan(day)
    if value is None:
        return Explanation("expected", ("E3",), "no steps yet, so there is no plan")
    due = due_steps(plain, first=first, last=last, day=day, calendar=calendar)
    weights = summands([number(s.weight) for s in plain])
    above = summands([number(s.weight) for s in due]) or "0"
    by_days = ", undated steps by working days" if calendar is not None and any(s.due_on is None for s in plain) else ""
    formula = f"due by {day_text(day)}{by_days}: {_times(green_at(ambition))}({above}) / ({weights}) = {percent(value)}"
    inputs = (
        *_counted_days(first, last, day, calendar if by_days else None),
        *(
            Input(
                s.title,
                s.step.weight,
                "",
                on=s.step.due_on,
                source="weight, due" if any(s.step is d for d in due) else "weight, not due yet",
            )
            for s in steps
        ),
    )
    return Explanation(
        "expected", ("E1", "E3"), formula, value=value, inputs=inputs, changes=_next_day(plan, day=day, last=last)
    )


def _curve_words(path: Path, day: date) -> str:
    made = [change for change in path.amendments if change.on <= day]
    days = "" if path.calendar is None else ", over working days"
    if made:
        return f"straight from the amendment of {day_text(made[-1].on)}{days}"
    words = {
        Curve.LINEAR: "straight",
        Curve.CHECKPOINTS: "through the phased targets",
        Curve.FRONT: "front-loaded",
        Curve.BACK: "back-loaded",
        Curve.S: "in an S",
    }
    return f"{words[path.curve]}{days}"


def _counted_days(first: date, last: date, day: date, calendar: WorkCalendar | None) -> list[Input]:
    """Return how many days counted so far, where not all of them do."""
    if calendar is None:
        return []
    passed, whole = _worked(first, last, day, calendar)
    return [Input(f"of {counted(whole, 'working day')}, passed", float(passed), "days", on=day, source="working days")]


def _worked(first: date, last: date, day: date, calendar: WorkCalendar) -> tuple[int, int]:
    """Return how many counted days have passed, and how many there are in all."""
    return days_after(first, min(day, last), calendar=calendar), days_after(first, last, calendar=calendar)


def _so_far(path: Path, day: date) -> str:
    """Return the working days that have passed, for a sum that would else seem to follow the calendar."""
    if path.calendar is None:
        return ""
    passed, whole = _worked(path.first, path.last, day, path.calendar)
    return f"after {passed} of {counted(whole, 'working day')}: "


def _next_day(plan: Callable[[date], float | None], *, day: date, last: date) -> tuple[Change, ...]:
    """Return the next day on which time alone moves the plan, none after the end."""
    before = plan(day)
    for ahead in range(1, max(0, (last - day).days) + 2):
        on = day + timedelta(days=ahead)
        after = plan(on)
        if after is not None and before is not None and after != before:
            cut = hundredfold(after, 2)
            text = f"on {day_text(on)}: {sign(cut - hundredfold(before, 2))} to {digits(cut)} %"
            return (Change(text, becomes=after, adds=after - before, on=on),)
    return ()


def _times(green: float) -> str:
    return "" if green == 1 else f"{number(green)} × "
