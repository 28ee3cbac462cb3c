"""Values and KPIs as they stood at the end of a day (A3)."""

from milepost.metrics.queries.as_of.board import board_on, kpis_on
from milepost.metrics.queries.as_of.readings import Readings, readings_then

__all__ = ["Readings", "board_on", "kpis_on", "readings_then"]
