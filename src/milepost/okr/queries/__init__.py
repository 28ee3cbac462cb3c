"""Reads around goals: one function each."""

from milepost.okr.queries.access import get_check_in, get_cycle, get_key_result, get_objective
from milepost.okr.queries.alignment_chart import AlignmentChart, Edges, Owner, alignment_chart
from milepost.okr.queries.audit import Thing, names_in, things_of
from milepost.okr.queries.cycles import CycleRow, frame_facts, list_cycles, list_cycles_with_counts, pick_cycle
from milepost.okr.queries.explain import explained_key_result, explained_objective
from milepost.okr.queries.filtering import Asked, ask
from milepost.okr.queries.filters import GoalFilter, read_filter, write_filter
from milepost.okr.queries.find import Found, find
from milepost.okr.queries.goal_map import Card, GoalMap, goal_map
from milepost.okr.queries.goals import Branch, GoalsPage, branch_of, goals_page
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
from milepost.okr.queries.people import people_page, person_page, team_page
from milepost.okr.queries.plan import PlanPage, plan_page
from milepost.okr.queries.saved_views import ViewLine, default_view, get_view, list_all_views, list_views, show_view
from milepost.okr.queries.start_objective import GoalOfKpi, Start, goals_of_kpi, running_objectives, start_of
from milepost.okr.queries.timeline import DueStep, Span, Timeline, timeline
from milepost.okr.queries.week import WeekPage, week_page

__all__ = [
    "AlignmentChart",
    "Asked",
    "Branch",
    "Card",
    "CycleRow",
    "DueStep",
    "Edges",
    "Found",
    "GoalFilter",
    "GoalMap",
    "GoalOfKpi",
    "GoalsPage",
    "KeyResultLine",
    "ObjectiveLine",
    "ObjectivePage",
    "Offered",
    "OverrideLine",
    "Owner",
    "PartLine",
    "PlanPage",
    "Span",
    "Start",
    "StepLine",
    "Thing",
    "Timeline",
    "ViewLine",
    "WeekPage",
    "alignment_chart",
    "ask",
    "branch_of",
    "checkpoints_of",
    "contributor_ids",
    "default_view",
    "explained_key_result",
    "explained_objective",
    "find",
    "frame_facts",
    "get_check_in",
    "get_cycle",
    "get_key_result",
    "get_objective",
    "get_view",
    "goal_map",
    "goals_of_kpi",
    "goals_page",
    "key_result_line",
    "key_results_by_objective",
    "list_all_cycles",
    "list_all_views",
    "list_amendments",
    "list_check_ins",
    "list_cycles",
    "list_cycles_with_counts",
    "list_key_results",
    "list_objectives",
    "list_parents",
    "list_views",
    "names_in",
    "objective_page",
    "offered_parts",
    "parent_of",
    "parts_of",
    "people_page",
    "person_page",
    "pick_cycle",
    "plan_page",
    "read_filter",
    "running_objectives",
    "show_check_in",
    "show_cycle",
    "show_key_result",
    "show_objective",
    "show_view",
    "start_of",
    "team_page",
    "things_of",
    "timeline",
    "week_page",
    "write_filter",
]
