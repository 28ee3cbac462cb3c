"""Calculated KPIs: a formula over other KPIs, in a language of its own (rule K7).

A text is read into a tree of frozen parts and worked out part by part; nothing of it is ever run as code.
"""

from milepost.core.formula.evaluate import (
    TooMuchWork,
    calculate,
    calculate_all,
    check_names,
    evaluate,
    order_of,
    periods_missing,
)
from milepost.core.formula.grammar import BadFormula, read_formula
from milepost.core.formula.tree import Node, names, size, write

__all__ = [
    "BadFormula",
    "Node",
    "TooMuchWork",
    "calculate",
    "calculate_all",
    "check_names",
    "evaluate",
    "names",
    "order_of",
    "periods_missing",
    "read_formula",
    "size",
    "write",
]
