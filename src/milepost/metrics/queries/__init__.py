"""Reads around KPIs: one function each."""

from milepost.metrics.queries.access import find_kpi, get_kpi
from milepost.metrics.queries.as_of import KpiDifference, PastKpi, board_on, kpi_differences, kpis_on, show_past_kpi
from milepost.metrics.queries.board import (
    Board,
    PillarKpi,
    Tile,
    board,
    pillar_kpis,
    pillar_tiles,
    team_tiles,
    tiles_of,
)
from milepost.metrics.queries.explain import explained_kpi
from milepost.metrics.queries.formula_draft import Tried, try_formula
from milepost.metrics.queries.formulas import InputRow, inputs_shown, shown_formula
from milepost.metrics.queries.kpi import Compared, KpiPage, NoteRow, ValueRow, kpi_page, kpi_plan, kpi_target, list_kpis
from milepost.metrics.queries.listing import (
    contributor_ids,
    list_all_kpis,
    list_notes,
    list_readings,
    list_targets,
    show_kpi,
)
from milepost.metrics.scoring import ALWAYS

__all__ = [
    "ALWAYS",
    "Board",
    "Compared",
    "InputRow",
    "KpiDifference",
    "KpiPage",
    "NoteRow",
    "PastKpi",
    "PillarKpi",
    "Tile",
    "Tried",
    "ValueRow",
    "board",
    "board_on",
    "contributor_ids",
    "explained_kpi",
    "find_kpi",
    "get_kpi",
    "inputs_shown",
    "kpi_differences",
    "kpi_page",
    "kpi_plan",
    "kpi_target",
    "kpis_on",
    "list_all_kpis",
    "list_kpis",
    "list_notes",
    "list_readings",
    "list_targets",
    "pillar_kpis",
    "pillar_tiles",
    "show_kpi",
    "show_past_kpi",
    "shown_formula",
    "team_tiles",
    "tiles_of",
    "try_formula",
]
