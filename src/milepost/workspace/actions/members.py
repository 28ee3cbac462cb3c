"""Letting people in, changing their role, taking them out."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from milepost.workspace.actions.events import gone, made, record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.rhythms import settle_people
from milepost.workspace.actions.search import index_words
from milepost.workspace.actions.sessions import end_sessions
from milepost.workspace.actions.text import clean_name
from milepost.workspace.actions.visibility import walls_moved
from milepost.workspace.errors import Invalid, InvitationClosed, LastAdmin, NotFound
from milepost.workspace.models import ApiToken, Invitation, Membership, Role, Team, TeamMembership, User
from milepost.workspace.permissions import Actor, can_manage_people, require

INVITATION_DAYS = 14


@transaction.atomic
def invite(*, by: Actor, label: str, role: str, team_id: int | None, now: datetime) -> str:
    """Open an invitation and return the secret of its link; it is shown this once, a hash is kept.

    Args:
        label: who it is for, an address or a name, to tell invitations apart.
        role: one of `Role`.

    Raises:
        NotAllowed, Invalid, NotFound.
    """
    require(can_manage_people, by, to="invite people")
    lock_workspace(by.workspace_id)
    label = clean_name(label, field="label", most=254)
    if role not in Role.values:
        raise Invalid("Choose admin, member or viewer.", field="role")
    team = Team.objects.filter(pk=team_id or 0, workspace_id=by.workspace_id).first()
    if team_id is not None and team is None:
        raise NotFound
    if by.membership_id is None:
        raise Invalid("An invitation comes from a person.", field="label")
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace_id=by.workspace_id,
        token_hash=_hash(token),
        label=label,
        role=role,
        team_id=team_id,
        invited_by_id=by.membership_id,
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    # The label names a person, so it stays out of the chain.
    changes = made(role=role, team=team and team.name, until=invitation.expires_at.date().isoformat())
    record_event(by=by, verb="invited", kind="invitation", object_id=invitation.pk, now=now, changes=changes)
    return token


def find_invitation(token: str, *, now: datetime) -> Invitation:
    """Return the open invitation with this secret.

    Raises:
        InvitationClosed: unknown, used, withdrawn, expired, or from somebody who is no admin any more;
            which of them is not told.
    """
    found = (
        Invitation.objects.standing()
        .select_related("workspace", "team")
        .filter(token_hash=_hash(token), expires_at__gt=now)
        .first()
    )
    if found is None:
        raise InvitationClosed
    return found


@transaction.atomic
def accept_invitation(
    *, token: str, user: User | None, email: str = "", name: str = "", password: str = "", now: datetime
) -> Membership:
    """Use an invitation up, for a signed-in user or a new one, and return the membership.

    A person who was removed comes back with the invitation's role. An existing address must sign in
    first: a link alone never gives anybody an account that has another owner.

    Raises:
        InvitationClosed, Invalid.
    """
    workspace = lock_workspace(find_invitation(token, now=now).workspace_id)
    invitation = find_invitation(token, now=now)  # again: it may have been withdrawn while we waited
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now):
        raise InvitationClosed
    if user is None:
        if User.objects.filter(email__iexact=email.strip()).exists():
            raise Invalid("This address has an account. Sign in, then open the link again.", field="email")
        user = User.objects.create_user(email=email, name=clean_name(name), password=password)
    membership, is_new = Membership.objects.get_or_create(
        workspace=workspace, user=user, defaults={"role": invitation.role, "joined_at": now}
    )
    if not is_new and membership.removed_at is None:
        raise Invalid(f"You are a member of {workspace.name} already.")
    if not is_new:
        membership.role, membership.removed_at = invitation.role, None
        membership.save(update_fields=["role", "removed_at"])
    if invitation.team_id:
        TeamMembership.objects.get_or_create(team_id=invitation.team_id, membership=membership)
        settle_people(workspace, [membership.pk], now=now)
    walls_moved(workspace.pk)
    actor = Actor(workspace_id=workspace.pk, membership_id=membership.pk, role=Role(membership.role))
    index_words(workspace_id=workspace.pk, kind="person", object_id=membership.pk, text=user.name)
    record_event(
        by=actor,
        verb="joined",
        kind="person",
        object_id=membership.pk,
        now=now,
        changes=made(role=membership.role, team=invitation.team and invitation.team.name),
        about={"invitation": invitation.pk},
    )
    return membership


@transaction.atomic
def revoke_invitation(*, by: Actor, invitation_id: int, now: datetime) -> None:
    """Withdraw an open invitation.

    Raises:
        NotAllowed, NotFound.
    """
    require(can_manage_people, by, to="withdraw invitations")
    lock_workspace(by.workspace_id)
    row = Invitation.objects.standing().filter(pk=invitation_id, workspace_id=by.workspace_id).first()
    if row is None:
        raise NotFound
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    changes = gone(role=row.role)
    record_event(by=by, verb="revoked", kind="invitation", object_id=invitation_id, now=now, changes=changes)


@transaction.atomic
def change_role(*, by: Actor, membership_id: int, role: str, now: datetime) -> None:
    """Give a member another role.

    Raises:
        NotAllowed, NotFound, Invalid, LastAdmin.
    """
    require(can_manage_people, by, to="change roles")
    if role not in Role.values:
        raise Invalid("Choose admin, member or viewer.", field="role")
    membership = _member(by, membership_id)
    if membership.role == role:
        return
    old, membership.role = membership.role, role
    if old == Role.ADMIN:
        keep_an_admin(by.workspace_id, but=membership_id)
    membership.save(update_fields=["role"])
    walls_moved(by.workspace_id)
    changes = {"role": (old, role)}
    record_event(by=by, verb="changed", kind="person", object_id=membership_id, now=now, changes=changes)


@transaction.atomic
def remove_member(*, by: Actor, membership_id: int, now: datetime) -> None:
    """Take a person out of the workspace; what they did keeps their name, their tokens end for good.

    Raises:
        NotAllowed, NotFound, LastAdmin.
    """
    require(can_manage_people, by, to="remove people")
    membership = _member(by, membership_id)
    if membership.role == Role.ADMIN:
        keep_an_admin(by.workspace_id, but=membership_id)
    membership.removed_at = now
    membership.save(update_fields=["removed_at"])
    places = TeamMembership.objects.filter(membership=membership)
    teams = list(places.order_by("team__name").values_list("team__name", flat=True))
    places.delete()
    settle_people(lock_workspace(by.workspace_id), [membership_id], now=now)
    ApiToken.objects.filter(membership=membership, revoked_at=None).update(revoked_at=now)
    walls_moved(by.workspace_id)
    index_words(workspace_id=by.workspace_id, kind="person", object_id=membership_id, text="")
    if not Membership.objects.filter(user_id=membership.user_id, removed_at=None).exists():
        end_sessions(membership.user_id)  # nothing is left here that they could look at
    changes = gone(role=membership.role, teams=teams)
    record_event(by=by, verb="removed", kind="person", object_id=membership_id, now=now, changes=changes)


def _member(by: Actor, membership_id: int) -> Membership:
    lock_workspace(by.workspace_id)
    found = Membership.objects.filter(pk=membership_id, workspace_id=by.workspace_id, removed_at=None).first()
    if found is None:
        raise NotFound
    return found


def keep_an_admin(workspace_id: int, *, but: int) -> None:
    """Do nothing if somebody else is an admin of the workspace.

    Raises:
        LastAdmin: nobody is.
    """
    others = Membership.objects.filter(
        workspace_id=workspace_id, role=Role.ADMIN, removed_at=None, user__is_active=True
    ).exclude(pk=but)
    if not others.exists():
        raise LastAdmin


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
