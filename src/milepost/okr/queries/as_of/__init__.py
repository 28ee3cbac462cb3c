"""Goals as they stood at the end of a day (A3): derived from facts, by the functions that score today's."""

from milepost.okr.queries.as_of.differences import Differences, GoalDifference, cycle_differences
from milepost.okr.queries.as_of.goals import PastGoals, cycle_on, objective_on
from milepost.okr.queries.as_of.listing import show_past
from milepost.okr.queries.as_of.page import branch_then, past_page

__all__ = [
    "Differences",
    "GoalDifference",
    "PastGoals",
    "branch_then",
    "cycle_differences",
    "cycle_on",
    "objective_on",
    "past_page",
    "show_past",
]
