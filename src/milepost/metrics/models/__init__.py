"""Tables of measured quantities: one metric for KPIs and key results alike (ADR 0001)."""

from milepost.metrics.models.formula import FormulaInput
from milepost.metrics.models.metric import Metric, MetricContributor, MetricTag
from milepost.metrics.models.note import Note
from milepost.metrics.models.reading import Reading, ReadingSource
from milepost.metrics.models.score import KpiScore
from milepost.metrics.models.target import TargetPoint, TargetVersion

__all__ = [
    "FormulaInput",
    "KpiScore",
    "Metric",
    "MetricContributor",
    "MetricTag",
    "Note",
    "Reading",
    "ReadingSource",
    "TargetPoint",
    "TargetVersion",
]
