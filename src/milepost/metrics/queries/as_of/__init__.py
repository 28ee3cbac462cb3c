"""Values and KPIs as they stood at the end of a day (A3)."""

from milepost.metrics.queries.as_of.board import PastKpi, board_on, kpis_on, show_past_kpi
from milepost.metrics.queries.as_of.differences import KpiDifference, kpi_differences
from milepost.metrics.queries.as_of.readings import Readings, known_at, readings_then

__all__ = [
    "KpiDifference",
    "PastKpi",
    "Readings",
    "board_on",
    "known_at",
    "kpi_differences",
    "kpis_on",
    "readings_then",
    "show_past_kpi",
]
