"""Explain this number: what a number or word is made of, and what would change it.

Every explanation calls the functions that write the score rows and only puts their arguments into
words, so it cannot say another number than the product shows.
"""

from milepost.core.explain.borders import Later, Way
from milepost.core.explain.deeds import Deed, period_deeds, step_deeds, task_deeds
from milepost.core.explain.formula import Fed, explain_formula
from milepost.core.explain.goal import (
    Member,
    Nudge,
    explain_member_plans,
    explain_members,
    nudge_by_points,
)
from milepost.core.explain.key_result import (
    NamedStep,
    explain_frozen,
    explain_keep,
    explain_milestone,
    explain_reach,
    explain_score,
    explain_window,
    nudge_milestone,
    nudge_reach,
    reach_in_words,
)
from milepost.core.explain.kinds import (
    explain_baseline,
    explain_grade,
    explain_judged,
    explain_levels,
    explain_override,
    explain_percent,
    explain_tasks,
)
from milepost.core.explain.kpi import explain_kpi
from milepost.core.explain.parts import explain_mean, explain_mean_plan, explain_sum
from milepost.core.explain.plan import (
    explain_day_plan,
    explain_keep_plan,
    explain_milestone_plan,
    explain_path_plan,
    explain_reach_plan,
)
from milepost.core.explain.shape import Change, Compare, Explained, Explanation, Input, LeftOut, Link, Part, SetBy
from milepost.core.explain.status import explain_status

__all__ = [
    "Change",
    "Compare",
    "Deed",
    "Explained",
    "Explanation",
    "Fed",
    "Input",
    "Later",
    "LeftOut",
    "Link",
    "Member",
    "NamedStep",
    "Nudge",
    "Part",
    "SetBy",
    "Way",
    "explain_baseline",
    "explain_day_plan",
    "explain_formula",
    "explain_frozen",
    "explain_grade",
    "explain_judged",
    "explain_keep",
    "explain_keep_plan",
    "explain_kpi",
    "explain_levels",
    "explain_mean",
    "explain_mean_plan",
    "explain_member_plans",
    "explain_members",
    "explain_milestone",
    "explain_milestone_plan",
    "explain_override",
    "explain_path_plan",
    "explain_percent",
    "explain_reach",
    "explain_reach_plan",
    "explain_score",
    "explain_status",
    "explain_sum",
    "explain_tasks",
    "explain_window",
    "nudge_by_points",
    "nudge_milestone",
    "nudge_reach",
    "period_deeds",
    "reach_in_words",
    "step_deeds",
    "task_deeds",
]
