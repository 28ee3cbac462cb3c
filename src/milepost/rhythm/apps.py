"""What people say to each other about goals and KPIs, and what they are told."""

from django.apps import AppConfig


class RhythmConfig(AppConfig):
    """Comment, reaction, follow, notification."""

    name = "milepost.rhythm"
    label = "rhythm"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let changes of goals be heard, so that whom they concern is told in the same transaction."""
        from milepost.rhythm.actions.hearing import heard  # noqa: PLC0415 - models are loaded by now
        from milepost.workspace.actions import hear  # noqa: PLC0415

        hear(heard)
