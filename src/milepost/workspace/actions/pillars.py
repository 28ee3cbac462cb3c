"""Making and changing the pillars of a strategy."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from milepost.workspace.actions.events import made, record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.text import clean_name
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Perspective, Pillar
from milepost.workspace.permissions import Actor, can_change_settings, require

LONGEST_LINE = 200


@transaction.atomic
def create_pillar(*, by: Actor, name: str, description: str = "", perspective: str = "", now: datetime) -> int:
    """Make a pillar after the others and return its id.

    Raises:
        NotAllowed: not an admin.
        Invalid: the name is taken or cannot be used.
    """
    require(can_change_settings, by, to="add a pillar")
    lock_workspace(by.workspace_id)
    last = Pillar.objects.filter(workspace_id=by.workspace_id).aggregate(last=Max("position"))["last"]
    pillar = Pillar(workspace_id=by.workspace_id, position=0 if last is None else last + 1)
    _fill(pillar, name=name, description=description, perspective=perspective)
    pillar.save()
    record_event(by=by, verb="created", kind="pillar", object_id=pillar.pk, now=now, changes=made(**_told(pillar)))
    return pillar.pk


@transaction.atomic
def edit_pillar(
    *,
    by: Actor,
    pillar_id: int,
    name: str,
    description: str,
    perspective: str,
    seen: int | None = None,
    now: datetime,
) -> None:
    """Change a pillar; what hangs on it stays.

    Raises:
        NotAllowed, NotFound, Invalid.
        Stale: it is not the version `seen` any more.
    """
    require(can_change_settings, by, to="change a pillar")
    lock_workspace(by.workspace_id)
    pillar = _pillar(by, pillar_id)
    count_up(pillar, seen=seen)
    before = _told(pillar)
    _fill(pillar, name=name, description=description, perspective=perspective)
    after = _told(pillar)
    changes = {field: (before[field], after[field]) for field in before if before[field] != after[field]}
    if not changes:
        return
    pillar.save()
    _record(by, pillar, "changed", changes, now=now)


@transaction.atomic
def move_pillar(*, by: Actor, pillar_id: int, up: bool, now: datetime) -> None:
    """Move a pillar one place up or down among those in use; at the end it stays where it is.

    Raises:
        NotAllowed, NotFound.
    """
    require(can_change_settings, by, to="order pillars")
    lock_workspace(by.workspace_id)
    pillar = _pillar(by, pillar_id)
    rows = Pillar.objects.filter(workspace_id=by.workspace_id)
    ordered = sorted(rows, key=lambda one: (one.archived_at is not None and one.pk != pillar.pk, one.position, one.pk))
    at = ordered.index(pillar)
    to = at + (-1 if up else 1)
    if not 0 <= to < len(ordered) or ordered[to].archived_at is not None:
        return
    ordered[at], ordered[to] = ordered[to], ordered[at]
    for position, one in enumerate(ordered):
        one.position = position
    Pillar.objects.bulk_update(ordered, ["position"])
    _record(by, pillar, "ordered", {"position": (at + 1, to + 1)}, now=now)


@transaction.atomic
def archive_pillar(*, by: Actor, pillar_id: int, archived: bool, now: datetime) -> None:
    """Put a pillar away or take it up again: away, it is offered no more, and what hangs on it stays.

    Raises:
        NotAllowed, NotFound.
    """
    require(can_change_settings, by, to="archive a pillar")
    lock_workspace(by.workspace_id)
    pillar = _pillar(by, pillar_id)
    was = pillar.archived_at is not None
    if was == archived:
        return
    pillar.archived_at = now if archived else None
    count_up(pillar, seen=None)
    pillar.save(update_fields=["archived_at", "version"])
    _record(by, pillar, "archived" if archived else "restored", {"archived": (was, archived)}, now=now)


def chosen_pillar(by: Actor, pillar_id: int | None, *, there: int | None) -> int | None:
    """Return the id if a goal or KPI may hang on it: a pillar in use, or the one it hangs on already.

    Raises:
        NotFound: there is none in this workspace.
        Invalid: it was archived.
    """
    if pillar_id is None or pillar_id == there:
        return pillar_id
    pillar = _pillar(by, pillar_id)
    if pillar.archived_at is not None:
        raise Invalid(f"The pillar “{pillar.name}” is archived. Choose one in use.", field="pillar")
    return pillar_id


def _fill(pillar: Pillar, *, name: str, description: str, perspective: str) -> None:
    pillar.name = clean_name(name)
    pillar.description = clean_name(description, field="description", most=LONGEST_LINE) if description.strip() else ""
    if perspective not in {"", *Perspective.values}:
        raise Invalid(f"Choose one of {', '.join(Perspective.values)}, or none.", field="perspective")
    pillar.perspective = perspective
    others = Pillar.objects.filter(workspace_id=pillar.workspace_id, name__iexact=pillar.name).exclude(pk=pillar.pk)
    if others.exists():
        raise Invalid(f"There is a pillar called {pillar.name} already. Choose another name.", field="name")


def _told(pillar: Pillar) -> dict[str, object]:
    return {"name": pillar.name, "description": pillar.description, "perspective": pillar.perspective}


def _record(by: Actor, pillar: Pillar, verb: str, changes: dict[str, tuple[object, object]], *, now: datetime) -> None:
    about = {"name": pillar.name}
    record_event(by=by, verb=verb, kind="pillar", object_id=pillar.pk, now=now, changes=changes, about=about)


def _pillar(by: Actor, pillar_id: int) -> Pillar:
    pillar = Pillar.objects.filter(pk=pillar_id, workspace_id=by.workspace_id).first()
    if pillar is None:
        raise NotFound
    return pillar
