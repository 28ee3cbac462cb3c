"""What the audit trail is about: the names of things that still exist, and where they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from milepost.metrics.models import Metric
from milepost.okr.models import Cycle, Initiative, KeyResult, Objective, Template
from milepost.workspace.models import ApiToken, Invitation, Membership, Pillar, Team, Webhook, Workspace
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import names_of

PEOPLE = frozenset({"lead", "owner_person", "stand_in"})  # fields of changes whose values are memberships


@dataclass(frozen=True, slots=True)
class Thing:
    """Something an event is about: its name today, and what its address is made of, "" when it has none."""

    name: str
    reference: str


# Kind: table, its name, what its address is made of (None: nothing but its kind), the workspace.
_TABLES: dict[str, tuple[Any, str, str | None, str]] = {
    "objective": (Objective, "title", "pk", "workspace_id"),
    "key_result": (KeyResult, "title", "objective_id", "workspace_id"),
    "initiative": (Initiative, "title", "pk", "workspace_id"),
    "kpi": (Metric, "name", "slug", "workspace_id"),
    "cycle": (Cycle, "name", "pk", "workspace_id"),
    "team": (Team, "name", "pk", "workspace_id"),
    "person": (Membership, "user__name", "pk", "workspace_id"),
    "token": (ApiToken, "name", "pk", "workspace_id"),
    "webhook": (Webhook, "url", "pk", "workspace_id"),
    "invitation": (Invitation, "label", "pk", "workspace_id"),
    "template": (Template, "name", "pk", "workspace_id"),
    "pillar": (Pillar, "name", "pk", "workspace_id"),
    "workspace": (Workspace, "name", "slug", "id"),
    "strategy": (Workspace, "name", "slug", "id"),
}


def things_of(actor: Actor, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Thing]:
    """Return those of these things that are still there, by kind and id: one query."""
    ids: dict[str, set[int]] = {}
    for kind, pk in wanted:
        if kind in _TABLES:
            ids.setdefault(kind, set()).add(pk)
    parts = [_part(actor, number, kind, ids[kind]) for number, kind in enumerate(_TABLES) if kind in ids]
    if not parts:
        return {}
    kinds = list(_TABLES)
    rows = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    return {(kinds[number], pk): Thing(name, reference or "") for number, pk, name, reference in rows}


def _part(actor: Actor, number: int, kind: str, ids: set[int]) -> QuerySet[Any, Any]:
    model, name, reference, workspace = _TABLES[kind]
    rows = model.objects.filter(**{workspace: actor.workspace_id}, pk__in=ids).order_by()
    shown: Any = Cast(F(reference), CharField()) if reference else Value("")
    return rows.annotate(  # type: ignore[no-any-return]
        told_kind=Value(number, IntegerField()), told_name=Cast(F(name), CharField()), told_at=shown
    ).values_list("told_kind", "pk", "told_name", "told_at")


def names_in(actor: Actor, events: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Return the names of the people who stand in the changes of these events: one query."""
    ids = {
        value
        for event in events
        for field, pair in event["changes"].items()
        if field in PEOPLE
        for value in pair
        if isinstance(value, int)
    }
    ids |= {event["about"]["person"] for event in events if isinstance(event["about"].get("person"), int)}
    return names_of(actor.workspace_id, ids) if ids else {}
