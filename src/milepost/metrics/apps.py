"""Measured quantities: metrics, targets and readings."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    """Metric, target, reading, note and their score row."""

    name = "milepost.metrics"
    label = "metrics"
    default_auto_field = "django.db.models.BigAutoField"
