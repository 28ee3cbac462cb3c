"""People, from the command line."""

from milepost import clock
from milepost.cli.workspaces import pick_workspace
from milepost.workspace import actions
from milepost.workspace.queries import operator_place


def add(*, email: str, name: str, workspace: str, role: str, password: str) -> str:
    """Add a person to a workspace, to the only one if none is named, and return its slug."""
    now = clock.now()
    slug = pick_workspace(workspace)
    place = operator_place(slug=slug, now=now)
    actions.add_member(by=place.actor, email=email, name=name, role=role, password=password, now=now)
    return slug


def set_password(*, email: str, password: str) -> None:
    """Set a person's password."""
    actions.set_password(email=email, password=password, now=clock.now())


def forget_steps(*, email: str) -> int:
    """Take a person's second steps away and return how many there were."""
    return actions.forget_second_steps(email=email, now=clock.now())
