"""The one way to delete facts."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from milepost.workspace.errors import NotAllowed
from milepost.workspace.models import AppendOnlyLift, Workspace


@contextmanager
def lift_append_only(reason: str) -> Iterator[None]:
    """Let the surrounding transaction delete append-only rows; over when it ends.

    The triggers look for a row in `AppendOnlyLift`. It exists only inside this transaction, so no
    other one sees it.
    """
    with transaction.atomic():
        lift = AppendOnlyLift.objects.create(reason=reason)
        yield
        lift.delete()


def delete_workspace(*, slug: str, only_sample: bool = True) -> None:
    """Delete a workspace with everything in it; people who have no other keep their sign-in.

    Args:
        only_sample: refuse anything but a sample workspace.

    Raises:
        NotAllowed: it is not a sample, and only samples may go.
    """
    workspace = Workspace.objects.get(slug=slug)
    if only_sample and not workspace.is_sample:
        raise NotAllowed(f"{workspace.name} is not a sample workspace, so it stays.")
    with lift_append_only(f"delete workspace {slug}"):
        _delete_rows(workspace.pk)
        workspace.delete()


def erase_everything() -> None:
    """Empty every table of Milepost and of the session store; for tests, which start from nothing."""
    with lift_append_only("erase everything"), connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model is not AppendOnlyLift and model._meta.app_label not in {"contenttypes", "auth"}:
                cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)}")  # noqa: S608 - names of our own tables


def _delete_rows(workspace_id: int) -> None:
    """Delete the rows of a workspace table by table; foreign keys are checked at the commit."""
    found = [(below[1], model, below[0]) for model in apps.get_models() if (below := _within(model)) is not None]
    with connection.cursor() as cursor:
        # The furthest from the workspace first: a step is found by its key result, which is still there.
        for _, model, condition in sorted(found, key=lambda one: -one[0]):
            table = _quoted(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table} WHERE {condition}", [workspace_id])  # noqa: S608 - names of our own tables


def _within(model: type[Model]) -> tuple[str, int] | None:
    """Return what finds a workspace's rows of a table, and over how many others; None if they are of none."""
    if any(field.column == "workspace_id" for field in model._meta.concrete_fields):
        return "workspace_id = %s", 0
    for field in model._meta.concrete_fields:
        parent = field.related_model
        if not isinstance(parent, type) or field.null or parent is model:
            continue
        above = _within(parent)
        if above is not None:  # steps, target versions and their points, places in teams
            key = _quoted(field.target_field.column)  # type: ignore[attr-defined] # a foreign key has one
            table = _quoted(parent._meta.db_table)
            below = f"SELECT {key} FROM {table} WHERE {above[0]}"  # noqa: S608 - names of our own tables
            return f"{_quoted(str(field.column))} IN ({below})", above[1] + 1
    return None


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
