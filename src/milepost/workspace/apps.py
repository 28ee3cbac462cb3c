"""People, teams, workspaces and the audit trail."""

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    """Workspace, user, team, membership, event."""

    name = "milepost.workspace"
    label = "workspace"
    default_auto_field = "django.db.models.BigAutoField"
