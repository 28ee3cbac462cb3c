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
from milepost.core.formula.inputs import (
    BadInput,
    Read,
    Source,
    check_source,
    formula_points,
    is_settled,
    on_grain,
    read_at,
)
from milepost.core.formula.tree import Node, names, rename, size, write, write_name

__all__ = [
    "BadFormula",
    "BadInput",
    "Node",
    "Read",
    "Source",
    "TooMuchWork",
    "calculate",
    "calculate_all",
    "check_names",
    "check_source",
    "evaluate",
    "formula_points",
    "is_settled",
    "names",
    "on_grain",
    "order_of",
    "periods_missing",
    "read_at",
    "read_formula",
    "rename",
    "size",
    "write",
    "write_name",
]
