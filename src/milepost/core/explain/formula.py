"""The value of a calculated KPI, with the numbers put in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.core.calendar import Frequency
from milepost.core.explain.shape import Explanation, Input, LeftOut, Link
from milepost.core.explain.text import period, quantity, signed
from milepost.core.formula import Node, evaluate, names, write, write_name

HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Fed:
    """An input of a formula in one period: its value in `unit`, made of `parts` of `expected` of its own periods.

    `value` None is missing. `name` "" is an input that is not the reader's to see: neither its name nor its
    value is told.
    """

    name: str
    value: float | None
    unit: str = ""
    frequency: Frequency = Frequency.MONTH
    parts: int = 1
    expected: int = 1
    link: Link | None = None


def explain_formula(
    node: Node,
    fed: Mapping[str, Fed],
    *,
    unit: str,
    start: date,
    frequency: Frequency,
    missing_since: Sequence[tuple[date, str, Link | None]] = (),
) -> Explanation:
    """Return what a calculated KPI comes to in one period, the values in place of the names.

    Args:
        fed: each name of the formula.
        start: the first day of the period.
        frequency: of the calculated KPI.
        missing_since: what keeps newer periods without a value: period, input ("" is hidden), its link.

    Source: rules K4, K7.
    """
    value = evaluate(node, {name: one.value for name, one in fed.items()})
    named = write(node, instead=lambda key: write_name(fed[key].name or HIDDEN))
    sums = write(node, instead=lambda key: _shown(fed[key]))
    inputs = tuple(
        Input(fed[key].name, fed[key].value, fed[key].unit, start, _made_of(fed[key], frequency), link=fed[key].link)
        for key in names(node)
        if fed[key].name
    )
    left_out = [LeftOut(HIDDEN, "an input that is not yours to see", "M5")] * any(not one.name for one in fed.values())
    left_out += [
        LeftOut(name or HIDDEN, f"{period(day, frequency)}: no value, so there is no result", "K7", link)
        for day, name, link in missing_since
    ]
    if value is None:
        gone = [fed[key].name or HIDDEN for key in names(node) if fed[key].value is None]
        why = f"{', '.join(gone)} missing" if gone else "that is no number"
        text = f"{named} = {sums}: {why}, so it is unknown"
    else:
        text = f"{named} = {sums} = {quantity(value, unit)}"
    return Explanation(
        "value", ("K4", "K7"), text, value=value, unit=unit, inputs=inputs, left_out=tuple(left_out)
    )  # fmt: skip


def _shown(one: Fed) -> str:
    if not one.name:
        return f"[{HIDDEN}]"
    if one.value is None:
        return "missing"
    return signed(one.value, abs(one.value))


def _made_of(one: Fed, frequency: Frequency) -> str:
    """Return where the value of an input comes from: 3 of 4 weeks."""
    if one.frequency == frequency:
        return "KPI"
    plural = "" if one.expected == 1 else "s"
    return f"KPI, {one.parts} of {one.expected} {one.frequency.value}{plural}"
