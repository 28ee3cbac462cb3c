"""Writes around KPIs: one function each. Readings go through `okr.actions.record_readings`."""

from milepost.metrics.actions.calculate import recalculate
from milepost.metrics.actions.kpis import KpiDraft, archive_kpi, create_kpi
from milepost.metrics.actions.notes import add_note, withdraw_note
from milepost.metrics.actions.refresh import refresh_kpi, refresh_kpis

__all__ = [
    "KpiDraft",
    "add_note",
    "archive_kpi",
    "create_kpi",
    "recalculate",
    "refresh_kpi",
    "refresh_kpis",
    "withdraw_note",
]
