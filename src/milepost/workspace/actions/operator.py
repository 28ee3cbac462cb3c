"""What whoever runs the installation does at the command line."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from milepost.workspace.actions.events import made, record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.search import index_words
from milepost.workspace.actions.sessions import end_sessions
from milepost.workspace.actions.text import clean_name
from milepost.workspace.actions.told import told
from milepost.workspace.actions.visibility import walls_moved
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Membership, Role, User
from milepost.workspace.permissions import Actor


@transaction.atomic
def add_member(*, by: Actor, email: str, name: str, role: str, password: str, now: datetime) -> int:
    """Put a person into a workspace, with a sign-in of their own if they have none, and return the membership's id.

    Raises:
        Invalid: address, name, role or password cannot be used, or they are in the workspace already.
    """
    if role not in Role.values:
        raise Invalid("Choose admin, member or viewer.", field="role")
    lock_workspace(by.workspace_id)
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(f"“{email[:80]}” is no e-mail address.", field="email") from None
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        _check_password(password)
        user = User.objects.create_user(email=email, name=clean_name(name), password=password)
    membership, is_new = Membership.objects.get_or_create(
        workspace_id=by.workspace_id, user=user, defaults={"role": role, "joined_at": now}
    )
    if not is_new and membership.removed_at is None:
        raise Invalid(f"{email} is in this workspace already.", field="email")
    if not is_new:
        membership.role, membership.removed_at = role, None
        membership.save(update_fields=["role", "removed_at"])
    walls_moved(by.workspace_id)
    index_words(workspace_id=by.workspace_id, kind="person", object_id=membership.pk, text=user.name)
    record_event(by=by, verb="added", kind="person", object_id=membership.pk, now=now, changes=made(role=role))
    return membership.pk


@transaction.atomic
def set_password(*, email: str, password: str, now: datetime) -> None:
    """Give a person another password; each workspace they are in is told that it was done, not which.

    Raises:
        Invalid: nobody has this address, or the password cannot be used.
    """
    user = _user(email)
    _check_password(password)
    with told(user, verb="set_password", now=now, by_operator=True):
        user.set_password(password)
        user.save(update_fields=["password"])


@transaction.atomic
def forget_second_steps(*, email: str, now: datetime) -> int:
    """Take away a person's authenticator app, passkeys and recovery codes, all lost, and sign them out everywhere.

    Each workspace they are in is told that it was done.

    Returns:
        How many there were.

    Raises:
        Invalid: nobody has this address.
    """
    user = _user(email)
    with told(user, verb="forgot_steps", now=now, by_operator=True):
        _, deleted = Authenticator.objects.filter(user=user.pk).delete()
        end_sessions(user.pk)
    return sum(deleted.values())


def _user(email: str) -> User:
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise Invalid(f"Nobody here has the address {email[:80]}.", field="email")
    return user


@transaction.atomic
def make_operator(*, email: str, name: str, password: str) -> User:
    """Return the user with this address, made if there is none, with the right to make workspaces."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email=email, name=clean_name(name), password=password)
    if not user.is_operator:
        user.is_operator = True
        user.save(update_fields=["is_operator"])
    return user


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None
