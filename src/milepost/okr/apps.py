"""Objectives and key results."""

from django.apps import AppConfig


class OkrConfig(AppConfig):
    """Cycle, objective, key result, alignment, check-in, amendment and score rows."""

    name = "milepost.okr"
    label = "okr"
    default_auto_field = "django.db.models.BigAutoField"
