"""Walls: reading how far a thing is seen, and noting that walls stand or that people have moved behind them (M5)."""

from milepost.workspace.errors import Invalid
from milepost.workspace.models import Visibility, Workspace
from milepost.workspace.permissions import WHO_SEES

LEVELS = {word: level for level, word in WHO_SEES.items()}


def read_visibility(word: str, *, owner_team_id: int | None) -> Visibility:
    """Return how far a thing is seen.

    Raises:
        Invalid: there is no such word, or a team is meant and none owns it.
    """
    if word not in LEVELS:
        raise Invalid(f"Choose one of {', '.join(LEVELS)}.", field="visibility")
    if LEVELS[word] == Visibility.TEAM and owner_team_id is None:
        raise Invalid("Only its team shall see it, so choose the team that owns it.", field="visibility")
    return LEVELS[word]


def walls_stand(workspace_id: int) -> None:
    """Note that something in the workspace is seen by fewer than everybody; readers then bring their teams."""
    Workspace.objects.filter(pk=workspace_id, has_walls=False).update(has_walls=True)


def walls_moved(workspace_id: int) -> None:
    """Let every score be computed anew at the next read, since other people stand behind a wall now (R6)."""
    Workspace.objects.filter(pk=workspace_id, has_walls=True).update(scores_on=None)
