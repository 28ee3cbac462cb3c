"""Which workspace a command means."""

from milepost.workspace.errors import Invalid
from milepost.workspace.queries import list_all_workspaces


def pick_workspace(slug: str) -> str:
    if slug:
        return slug
    every = list_all_workspaces()
    if len(every) == 1:
        return every[0][1]
    names = ", ".join(s for _, s, _ in every) or "none; run: milepost demo, or open the first page"
    raise Invalid(f"Say which workspace: --workspace. There are: {names}.")
