"""Making and ending keys for programs."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from milepost.workspace.actions.events import gone, made, record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.text import clean_name
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import ApiToken, Role, Scope
from milepost.workspace.models.token import hash_of
from milepost.workspace.permissions import Actor, can_manage_people, require

PREFIX = "mp_"
LONGEST_LIFE = 3650  # days
OF_ROLE = {
    Role.VIEWER: frozenset({Scope.READ, Scope.EXPORT}),
    Role.MEMBER: frozenset({Scope.READ, Scope.EXPORT, Scope.CHECK_IN, Scope.KPI, Scope.GOAL}),
    Role.ADMIN: frozenset(Scope),
}


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `secret` is never told again."""

    id: int
    secret: str


@transaction.atomic
def create_token(
    *, by: Actor, name: str, scopes: Collection[str], days: int | None, for_workspace: bool = False, now: datetime
) -> NewToken:
    """Make a token for oneself, or, as an admin, for the workspace, and return it with its secret.

    Args:
        scopes: of `Scope`; nobody gives more than their own role, and a token no more than it has.
        days: how long it lives, None for ever.

    Raises:
        NotAllowed, Invalid.
    """
    if for_workspace:
        require(can_manage_people, by, to="make a token for the workspace")
    elif by.membership_id is None:
        raise Invalid("A personal token belongs to a person.", field="for_workspace")
    name = clean_name(name)
    wanted = frozenset(scopes)
    unknown = wanted - set(Scope.values)
    if unknown or not wanted:
        raise Invalid(f"Choose scopes from {', '.join(Scope.values)}.", field="scopes")
    for giver, able in (("role", OF_ROLE[by.role]), ("token", by.scopes)):
        if beyond := wanted - able:
            raise Invalid(f"Your {giver} cannot give {', '.join(sorted(beyond))}.", field="scopes")
    if days is not None and not 1 <= days <= LONGEST_LIFE:
        raise Invalid(f"A token lives from 1 to {LONGEST_LIFE:,} days, or for ever.", field="days")
    lock_workspace(by.workspace_id)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        workspace_id=by.workspace_id,
        membership_id=None if for_workspace else by.membership_id,
        name=name,
        token_hash=hash_of(secret),
        hint=secret[-4:],
        scopes=sorted(wanted),
        created_at=now,
        created_by_id=by.membership_id,
        expires_at=now + timedelta(days=days) if days is not None else None,
    )
    # Its name are the owner's own words; it stays in the token's row, out of the chain.
    record_event(
        by=by,
        verb="created",
        kind="token",
        object_id=row.pk,
        now=now,
        changes=made(scopes=row.scopes, until=row.expires_at and row.expires_at.date().isoformat()),
        about={"person": row.membership_id},
    )
    return NewToken(row.pk, secret)


@transaction.atomic
def revoke_token(*, by: Actor, token_id: int, now: datetime) -> None:
    """End a token of one's own, or as an admin any of the workspace; it is refused from the next request on.

    Raises:
        NotFound: there is none, it has ended, or it is somebody else's.
    """
    lock_workspace(by.workspace_id)
    rows = ApiToken.objects.filter(pk=token_id, workspace_id=by.workspace_id, revoked_at=None)
    if not by.is_admin:
        rows = rows.filter(membership_id=by.membership_id or 0)
    row = rows.first()
    if row is None:
        raise NotFound
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    record_event(
        by=by,
        verb="revoked",
        kind="token",
        object_id=token_id,
        now=now,
        changes=gone(scopes=row.scopes),
        about={"person": row.membership_id},
    )


def touch_token(*, token_id: int, now: datetime) -> None:
    """Write down that a token was used."""
    ApiToken.objects.filter(pk=token_id).update(last_used_at=now)
