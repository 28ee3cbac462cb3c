"""A linter of goals and KPIs: remarks with a key each, advice that never blocks anything.

`rules` holds the keys with why and how, `facts` what is looked at, `goals`, `kpis` and `cycle` the looking.
"""

from milepost.core.guidance.cycle import Limit, key_result_limit, lint_cycle, owner_limit
from milepost.core.guidance.facts import (
    CycleFacts,
    KeyResultFacts,
    KpiFacts,
    ObjectiveFacts,
    OwnerFacts,
    OwnerKind,
    best_move,
)
from milepost.core.guidance.goals import lint_objective
from milepost.core.guidance.kpis import lint_kpi, lint_kpis
from milepost.core.guidance.rules import RULES, About, Remark, Rule

__all__ = [
    "RULES",
    "About",
    "CycleFacts",
    "KeyResultFacts",
    "KpiFacts",
    "Limit",
    "ObjectiveFacts",
    "OwnerFacts",
    "OwnerKind",
    "Remark",
    "Rule",
    "best_move",
    "key_result_limit",
    "lint_cycle",
    "lint_kpi",
    "lint_kpis",
    "lint_objective",
    "owner_limit",
]
