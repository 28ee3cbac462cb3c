"""The one lock: a workspace's row."""

from milepost.workspace.errors import NotFound
from milepost.workspace.models import Workspace


def lock_workspace(workspace_id: int) -> Workspace:
    """Lock the workspace for writing until the transaction ends and return it fresh.

    Every write that touches scores, structure or the audit trail takes it first, so that values are
    read, scores rolled up and circles refused one writer at a time. SQLite has one writer anyway.

    Raises:
        NotFound: there is no such workspace.
    """
    workspace = Workspace.objects.select_for_update(no_key=True).filter(pk=workspace_id).first()
    if workspace is None:
        raise NotFound
    return workspace
