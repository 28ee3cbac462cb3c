"""Working formulas out: one period or many, one formula or several that read each other."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from milepost.core.circles import in_order
from milepost.core.formula.grammar import SHOWN, BadFormula
from milepost.core.formula.tree import (
    SUMS,
    Call,
    Chain,
    Function,
    Name,
    Negative,
    Node,
    Number,
    Sign,
    names,
    parts,
    size,
)
from milepost.core.numbers import mean, total
from milepost.core.series import Point

MOST_STEPS = 5_000_000  # parts times periods: a few seconds
MOST_SUGGESTED = 5


class TooMuchWork(ValueError):
    """More steps than a calculation may take; both numbers are named."""

    def __init__(self, steps: int) -> None:
        super().__init__(f"This takes {steps} steps, more than {MOST_STEPS}. Take a longer grain or fewer periods.")


def check_names(node: Node, known: Collection[str]) -> None:
    """Do nothing if a formula reads known KPIs only.

    Raises:
        BadFormula: with the first name that is unknown and where it stands.

    Source: rule K7.
    """
    for part in parts(node):
        if isinstance(part, Name) and part.name not in known:
            some = ", ".join(sorted(known)[:MOST_SUGGESTED])
            hint = f" There are {some}{' and others' if len(known) > MOST_SUGGESTED else ''}." if known else ""
            raise BadFormula(part.position, f"there is no KPI “{part.name[:SHOWN]}”.{hint}")


def evaluate(node: Node, values: Mapping[str, float | None]) -> float | None:
    """Return what a formula comes to; None where an input is missing or the result is no number.

    A division by 0 and a result beyond the largest float are no number. `if_missing(a, b)` is a, or b where
    a is missing for any of these reasons.

    Args:
        values: of each name in its own unit, finite; None, or no entry, is missing.

    Source: rule K7.
    """
    match node:
        case Number(value):
            return value
        case Name(name):
            return values.get(name)
        case Negative(of):
            inner = evaluate(of, values)
            return None if inner is None else -inner
        case Chain(first, rest):
            return _chain(first, rest, values)
        case Call(Function.IF_MISSING, (wanted, instead)):
            had = evaluate(wanted, values)
            return evaluate(instead, values) if had is None else had
        case Call(function, arguments):
            known = [found for one in arguments if (found := evaluate(one, values)) is not None]
            return _call(function, known) if len(known) == len(arguments) else None


def calculate(node: Node, inputs: Mapping[str, Sequence[Point]]) -> tuple[Point, ...]:
    """Return the series of a formula: a value for each period in which it comes to one, oldest first.

    Args:
        inputs: the points of each name, all on one grain; `windows.regrain` brings them there.

    Raises:
        TooMuchWork: parts times periods are more than a calculation may take.

    Source: rule K7.
    """
    series = {name: {p.start: p.value for p in inputs.get(name, ())} for name in names(node)}
    starts = sorted({start for values in series.values() for start in values})
    if (steps := size(node) * len(starts)) > MOST_STEPS:
        raise TooMuchWork(steps)
    found = ((start, evaluate(node, {name: values.get(start) for name, values in series.items()})) for start in starts)
    return tuple(Point(start, value) for start, value in found if value is not None)


def order_of(formulas: Mapping[str, Node]) -> list[str]:
    """Return the calculated KPIs so that each comes after those it reads.

    Raises:
        Circle: one reads itself, directly or through others; with the path.

    Source: rule K7.
    """
    return [name for name in in_order({name: names(node) for name, node in formulas.items()}) if name in formulas]


def calculate_all(formulas: Mapping[str, Node], inputs: Mapping[str, Sequence[Point]]) -> dict[str, tuple[Point, ...]]:
    """Return the series of each calculated KPI, those included that read other calculated ones.

    Args:
        inputs: the points of the KPIs that are measured, all on one grain.

    Raises:
        Circle, TooMuchWork.

    Source: rule K7.
    """
    known: dict[str, Sequence[Point]] = dict(inputs)
    found: dict[str, tuple[Point, ...]] = {}
    for name in order_of(formulas):
        known[name] = found[name] = calculate(formulas[name], known)
    return found


def periods_missing(node: Node, inputs: Mapping[str, Sequence[Point]]) -> dict[date, tuple[str, ...]]:
    """Return for each period without a result the inputs that are missing there; none where they are all there.

    Source: rule K7.
    """
    made = {p.start for p in calculate(node, inputs)}
    series = {name: {p.start for p in inputs.get(name, ())} for name in names(node)}
    starts = sorted({start for values in series.values() for start in values} - made)
    return {start: tuple(name for name, values in series.items() if start not in values) for start in starts}


def _chain(first: Node, rest: Sequence[tuple[Sign, Node]], values: Mapping[str, float | None]) -> float | None:
    begun = evaluate(first, values)
    if begun is None:
        return None
    found: float = begun
    operands: list[tuple[Sign, float]] = []
    for sign, one in rest:
        value = evaluate(one, values)
        if value is None:
            return None
        operands.append((sign, value))
    if operands[0][0] in SUMS:  # rounded once, so that the order of summands does not matter
        return total([found, *(value if sign == Sign.PLUS else -value for sign, value in operands)])
    for sign, value in operands:
        if sign == Sign.OVER and value == 0:
            return None
        found = found * value if sign == Sign.TIMES else found / value
    return found if math.isfinite(found) else None


def _call(function: Function, known: Sequence[float]) -> float | None:
    match function:
        case Function.SUM:
            return total(known)
        case Function.AVG:
            return mean(known)
        case Function.MIN:
            return min(known)
        case Function.MAX:
            return max(known)
    return abs(known[0])
