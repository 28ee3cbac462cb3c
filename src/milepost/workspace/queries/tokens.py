"""Tokens as rows of the settings page."""

from dataclasses import dataclass
from datetime import datetime

from milepost.workspace.models import ApiToken
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token in force; `hint` are the last letters of its secret, which is not kept."""

    id: int
    name: str
    hint: str
    scopes: tuple[str, ...]
    holder: str  # "" for the workspace's own
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def list_tokens(actor: Actor, *, now: datetime) -> tuple[TokenRow, ...]:
    """Return the tokens in force that the actor may end: their own, and as an admin everybody's."""
    rows = ApiToken.objects.filter(workspace_id=actor.workspace_id, revoked_at=None).exclude(expires_at__lte=now)
    if not actor.is_admin:
        rows = rows.filter(membership_id=actor.membership_id or 0)
    values = rows.order_by("-id").values_list(
        "id", "name", "hint", "scopes", "membership__user__name", "created_at", "expires_at", "last_used_at"
    )
    return tuple(TokenRow(*row[:3], tuple(row[3]), row[4] or "", *row[5:]) for row in values)
