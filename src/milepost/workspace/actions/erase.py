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
    with connection.cursor() as cursor:
        owned = [model for model in apps.get_models() if _has_workspace(model)]
        for model in apps.get_models():
            parents = [f for f in model._meta.concrete_fields if f.related_model in owned and not f.null]
            if model not in owned and parents:  # steps, target versions, places in teams
                table, column = _quoted(model._meta.db_table), _quoted(parents[0].attname)
                above = _quoted(parents[0].related_model._meta.db_table)  # type: ignore[union-attr]
                key = _quoted(parents[0].target_field.column)  # type: ignore[attr-defined]
                below = f"SELECT {key} FROM {above} WHERE workspace_id = %s"  # noqa: S608 - names of our own tables
                cursor.execute(f"DELETE FROM {table} WHERE {column} IN ({below})", [workspace_id])  # noqa: S608 - as above
        for model in owned:
            table = _quoted(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table} WHERE workspace_id = %s", [workspace_id])  # noqa: S608 - as above


def _has_workspace(model: type[Model]) -> bool:
    return any(field.column == "workspace_id" for field in model._meta.concrete_fields)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
