"""The first start: one admin, one workspace, then the door closes."""

from datetime import datetime

from django.db import connection, transaction

from milepost.workspace.actions.workspaces import create_workspace
from milepost.workspace.errors import AlreadySetUp
from milepost.workspace.models import Membership, User


def set_up_installation(
    *, email: str, name: str, password: str, workspace_name: str, time_zone: str, now: datetime
) -> Membership:
    """Create the first user, their workspace and membership as admin, and return the membership.

    Raises:
        AlreadySetUp: there is a user already, even one made by a start at the same moment.
        Invalid: a name or the time zone cannot be used.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # two first starts at once: the second one waits, then sees the first
                cursor.execute(f"LOCK TABLE {User._meta.db_table} IN EXCLUSIVE MODE")
        if User.objects.exists():
            raise AlreadySetUp
        user = User.objects.create_user(email=email, name=name, password=password)
        user.is_operator = True
        user.save(update_fields=["is_operator"])
        return create_workspace(user=user, name=workspace_name, time_zone=time_zone, now=now)
