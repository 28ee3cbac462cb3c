"""What was changed of a goal since it runs, for people: the ledger with everything that happened to it (A1, A2)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from milepost.okr.models import Amendment, KeyResult, Objective
from milepost.okr.queries.access import get_objective
from milepost.okr.queries.as_of.effects import Effect, effects_of
from milepost.okr.queries.objective import with_names
from milepost.prepared import prepared
from milepost.workspace.models import Event
from milepost.workspace.permissions import Actor

MOST = 500
VIEWS = ("all", "plan", "people", "words", "life")
LIFE = ("sent_to_review", "approved", "sent_back", "activated", "paused", "resumed", "cancelled", "closed", "reopened")
GROUPS = {
    "plan": {
        "start", "target", "low", "high", "floor", "stretch", "tolerance", "at_close", "weight", "share", "window",
        "curve", "checkpoints", "kind", "combine", "parts", "steps", "cycle", "first_day", "last_day", "ambition",
        "counts", "key_results", "override", "parent", "priority",
    },
    "people": {"lead", "owner_team", "owner_person", "contributors", "visibility"},
    "words": {"title", "why"},
    "life": {"state"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changed at one moment: fields as (name, old, new) in words, or a step of its life (`verb`)."""

    at: datetime
    who: str
    verb: str  # amended, or one of `LIFE`
    key_result_id: int | None
    title: str
    fields: tuple[tuple[str, str, str], ...]
    reason: str
    effect: Effect | None = None  # what it did to scores; None of a step of its life


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """The changes of an objective and its key results, the newest first; `counts` by view."""

    objective_id: int
    title: str
    view: str
    changes: tuple[Change, ...]
    counts: dict[str, int]


def changes_page(actor: Actor, objective_id: int, *, view: str = "all") -> ChangesPage:
    """Return what was changed of an objective since its first start, of its life, and what it did to scores (A2).

    A fixed number of queries: five, and those of `effects_of`.

    Args:
        view: all, plan, people, words or life.

    Raises:
        NotFound: it is not the actor's to see.

    Source: rule A1.
    """
    objective = get_objective(actor, objective_id)
    titles = dict(_titles(objective_id))
    every = _amended(actor, objective, titles) + _life(actor, objective_id, objective.title)
    every.sort(key=lambda change: change.at, reverse=True)
    shown = {name: [narrowed for one in every if (narrowed := _of(one, name))] for name in VIEWS}
    return ChangesPage(
        objective_id=objective_id,
        title=objective.title,
        view=view,
        changes=tuple(shown[view]),
        counts={name: len(found) for name, found in shown.items()},
    )


def _of(change: Change, view: str) -> Change | None:
    """Return what of a change belongs to a view."""
    if view == "all":
        return change
    if change.verb != "amended":
        return change if view == "life" else None
    fields = tuple(field for field in change.fields if field[0] in GROUPS[view])
    if not fields:
        return None
    return replace(change, fields=fields)


def _amended(actor: Actor, objective: Objective, titles: dict[int, str]) -> list[Change]:
    rows = with_names(actor.workspace_id, _rows(objective.pk), field=2, values=(3, 4))
    grouped: dict[tuple[datetime, str, int], list[list[Any]]] = {}
    for row in rows:
        grouped.setdefault((row[5], row[0], row[1]), []).append(row)
    effects = effects_of(actor, objective, [(at, (kind, goal)) for at, kind, goal in grouped])
    return [
        Change(
            at=at,
            who=found[0][6] or "",
            verb="amended",
            key_result_id=goal if kind == "key_result" else None,
            title=titles.get(goal, "") if kind == "key_result" else objective.title,
            fields=tuple((field, old, new) for _, _, field, old, new, *_ in reversed(found)),
            reason=found[0][7],
            effect=effects[at, (kind, goal)],
        )
        for (at, kind, goal), found in grouped.items()
    ]


def _life(actor: Actor, objective_id: int, title: str) -> list[Change]:
    found = []
    for at, who, verb, data in _events(actor.workspace_id, "objective", objective_id, *LIFE):
        old, new = data.get("changes", {}).get("state", ("", ""))
        found.append(Change(at, who or "", verb, None, title, (("state", old, new),), data.get("reason", "")))
    return found


@prepared
def _titles(objective_id: int) -> QuerySet[KeyResult, tuple[int, str]]:
    return KeyResult.objects.filter(objective_id=objective_id).values_list("id", "title")


@prepared
def _rows(objective_id: int) -> QuerySet[Amendment, tuple[Any, ...]]:
    rows = Amendment.objects.filter(objective_id=objective_id).order_by("-id")
    return rows.values_list("kind", "goal_id", "field", "old", "new", "at", "actor__user__name", "reason")[:MOST]


@prepared
def _events(workspace_id: int, kind: str, objective_id: int, *verbs: str) -> QuerySet[Event, tuple[Any, ...]]:
    rows = Event.objects.filter(workspace_id=workspace_id, kind=kind, object_id=objective_id, verb__in=verbs)
    return rows.order_by("-id").values_list("at", "actor__user__name", "verb", "data")[:MOST]
