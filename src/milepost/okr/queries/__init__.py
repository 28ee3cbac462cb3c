"""Reads around goals: one function each."""

from milepost.okr.queries.access import get_check_in, get_cycle, get_key_result, get_objective
from milepost.okr.queries.audit import Thing, names_in, things_of
from milepost.okr.queries.cycle_report import CycleReport, Hits, calibration_of, cycle_report
from milepost.okr.queries.cycles import (
    CycleRow,
    alike,
    follows,
    frame_facts,
    list_cycles,
    list_cycles_with_counts,
    pick_cycle,
)
from milepost.okr.queries.explain import explained_key_result, explained_objective
from milepost.okr.queries.find import Found, find
from milepost.okr.queries.goals import Branch, GoalsPage, branch_of, goals_page
from milepost.okr.queries.lessons import Lesson, Lessons, RetrospectiveText, lessons_for, retrospectives_of
from milepost.okr.queries.lines import KeyResultLine, ObjectiveLine, OverrideLine, StepLine, key_result_line
from milepost.okr.queries.listing import (
    checkpoints_of,
    contributor_ids,
    key_results_by_objective,
    list_all_cycles,
    list_amendments,
    list_check_ins,
    list_key_results,
    list_objectives,
    show_check_in,
    show_cycle,
    show_key_result,
    show_objective,
)
from milepost.okr.queries.objective import ObjectivePage, list_parents, objective_page, parent_of
from milepost.okr.queries.parts import Offered, PartLine, offered_parts, parts_of
from milepost.okr.queries.past import PastCycle, past_cycles
from milepost.okr.queries.people import people_page, person_page, team_page
from milepost.okr.queries.plan import PlanPage, plan_page
from milepost.okr.queries.review import ReviewObjective, ReviewPage, ReviewRow, review_page, review_rows
from milepost.okr.queries.start_objective import GoalOfKpi, Start, goals_of_kpi, running_objectives, start_of
from milepost.okr.queries.week import WeekPage, week_page

__all__ = [
    "Branch",
    "CycleReport",
    "CycleRow",
    "Found",
    "GoalOfKpi",
    "GoalsPage",
    "Hits",
    "KeyResultLine",
    "Lesson",
    "Lessons",
    "ObjectiveLine",
    "ObjectivePage",
    "Offered",
    "OverrideLine",
    "PartLine",
    "PastCycle",
    "PlanPage",
    "RetrospectiveText",
    "ReviewObjective",
    "ReviewPage",
    "ReviewRow",
    "Start",
    "StepLine",
    "Thing",
    "WeekPage",
    "alike",
    "branch_of",
    "calibration_of",
    "checkpoints_of",
    "contributor_ids",
    "cycle_report",
    "explained_key_result",
    "explained_objective",
    "find",
    "follows",
    "frame_facts",
    "get_check_in",
    "get_cycle",
    "get_key_result",
    "get_objective",
    "goals_of_kpi",
    "goals_page",
    "key_result_line",
    "key_results_by_objective",
    "lessons_for",
    "list_all_cycles",
    "list_amendments",
    "list_check_ins",
    "list_cycles",
    "list_cycles_with_counts",
    "list_key_results",
    "list_objectives",
    "list_parents",
    "names_in",
    "objective_page",
    "offered_parts",
    "parent_of",
    "parts_of",
    "past_cycles",
    "people_page",
    "person_page",
    "pick_cycle",
    "plan_page",
    "retrospectives_of",
    "review_page",
    "review_rows",
    "running_objectives",
    "show_check_in",
    "show_cycle",
    "show_key_result",
    "show_objective",
    "start_of",
    "team_page",
    "things_of",
    "week_page",
]
