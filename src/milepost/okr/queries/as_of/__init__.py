"""Goals as they stood at the end of a day (A3): derived from facts, by the functions that score today's."""

from milepost.okr.queries.as_of.goals import PastGoals, cycle_on, objective_on

__all__ = ["PastGoals", "cycle_on", "objective_on"]
