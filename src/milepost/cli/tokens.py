"""Tokens made by whoever runs the installation, without a browser."""

from datetime import datetime

from milepost.cli.workspaces import pick_workspace
from milepost.workspace import actions
from milepost.workspace.errors import Invalid
from milepost.workspace.queries import find_lead, operator_place, place_of


def make(
    *,
    email: str,
    name: str,
    scopes: tuple[str, ...],
    days: int | None,
    workspace: str,
    for_workspace: bool,
    now: datetime,
) -> str:
    """Make a token for a person, or for the workspace, and return its secret.

    Raises:
        Invalid: no such person or workspace, a scope beyond the person's role.
    """
    slug = pick_workspace(workspace)
    operator = operator_place(slug=slug, now=now).actor
    if for_workspace:
        return actions.create_token(
            by=operator, name=name, scopes=scopes, days=days, for_workspace=True, now=now
        ).secret
    if not email:
        raise Invalid("Say whom it stands for: an e-mail address, or --for-workspace.")
    person = find_lead(operator, email)
    if person is None:
        raise Invalid(f"Nobody in {slug} has the address {email}.")
    by = place_of(membership_id=person, now=now).actor
    return actions.create_token(by=by, name=name, scopes=scopes, days=days, now=now).secret
