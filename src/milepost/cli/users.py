"""People, from the command line."""

from milepost import clock
from milepost.workspace import actions
from milepost.workspace.queries import operator_place


def add(*, email: str, name: str, workspace: str, role: str, password: str) -> None:
    """Add a person to a workspace."""
    now = clock.now()
    place = operator_place(slug=workspace, now=now)
    actions.add_member(by=place.actor, email=email, name=name, role=role, password=password, now=now)


def set_password(*, email: str, password: str) -> None:
    """Set a person's password."""
    actions.set_password(email=email, password=password, now=clock.now())
