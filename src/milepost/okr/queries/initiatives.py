"""The work under goals, as its readers see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from milepost.okr.models import ChecklistItem, GoalState, Initiative, InitiativeState, KeyResult, KeyResultKind, Step
from milepost.okr.permissions import can_check_in, leads_initiative
from milepost.okr.queries.access import get_initiative
from milepost.prepared import prepared
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor
from milepost.workspace.queries.paging import Listing, Page, page_of

OPEN = (InitiativeState.PLANNED.value, InitiativeState.DOING.value)
SOON_DAYS = 14
MOST_MINE = 6
COLUMNS = (
    "id", "title", "state", "lead_id", "lead__user__name", "due_on", "done_on", "link", "objective_id",
    "objective__title", "key_result_id", "key_result__title", "counts", "items_done", "items_all", "of_tasks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InitiativeLine:
    """One initiative of a list; `share` is how much of its key result it is (0..1), None where it does not count."""

    id: int
    title: str
    state: str
    lead_id: int | None
    lead_name: str
    due_on: date | None
    done_on: date | None
    link: str
    objective_id: int
    objective_title: str
    key_result_id: int | None
    key_result_title: str
    counts: bool
    items_done: int
    items: int
    share: float | None

    @property
    def is_open(self) -> bool:
        """Return whether there is something left to do."""
        return self.state in OPEN

    def is_late(self, today: date) -> bool:
        """Return whether its due day has gone by with work left; that day itself is not late (S7)."""
        return self.is_open and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line of a checklist."""

    id: int
    title: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class InitiativePage:
    """Everything the page of an initiative says."""

    line: InitiativeLine
    note: str
    checklist: tuple[ItemLine, ...]
    goal_state: str
    version: int
    can_edit: bool


def initiatives_of(actor: Actor, objective_id: int) -> tuple[InitiativeLine, ...]:
    """Return the initiatives of an objective in their order, none where the actor does not see it; one query."""
    return tuple(_line(row) for row in _of_objective(objective_id, *actor.sight))


def my_initiatives(actor: Actor, *, today: date) -> tuple[InitiativeLine, ...]:
    """Return what the actor leads that is open and due within two weeks or late, the nearest first, at most 6."""
    if actor.membership_id is None:
        return ()
    soon = today + timedelta(days=SOON_DAYS)
    return tuple(_line(row) for row in _mine(actor.membership_id, soon, *actor.sight))


def initiative_page(actor: Actor, initiative_id: int) -> InitiativePage:
    """Return the page of an initiative; four queries at most.

    Raises:
        NotFound: it is not there, or not the actor's to see.
    """
    row = get_initiative(actor, initiative_id)
    found = _one(initiative_id, *actor.sight)
    if not found:
        raise NotFound
    goal = row.key_result or row.objective
    items = ChecklistItem.objects.filter(initiative_id=initiative_id).order_by("position", "id")
    is_open = row.objective.state not in {GoalState.CLOSED, GoalState.CANCELLED}
    return InitiativePage(
        line=_line(found[0]),
        note=row.note,
        checklist=tuple(ItemLine(*item) for item in items.values_list("id", "title", "is_done")),
        goal_state=row.objective.state,
        version=row.version,
        can_edit=is_open and (leads_initiative.test(actor, row) or can_check_in.test(actor, goal)),
    )


def task_key_results(actor: Actor, objective_id: int) -> tuple[tuple[int, str, bool], ...]:
    """Return (id, title, is made of tasks) of the key results that an initiative may hang on; one query."""
    rows = KeyResult.objects.visible_to(actor).filter(objective_id=objective_id)
    rows = rows.exclude(state__in=[GoalState.CANCELLED, GoalState.CLOSED]).order_by("position", "id")
    return tuple(
        (pk, title, kind == KeyResultKind.TASKS) for pk, title, kind in rows.values_list("id", "title", "kind")
    )


def _counted(rows: QuerySet[Initiative]) -> QuerySet[Initiative]:
    """Say of each how far its checklist is, and among how many tasks it counts; None where it does not."""
    lines = ChecklistItem.objects.filter(initiative=OuterRef("pk")).order_by().values("initiative")
    tasks = Step.objects.filter(key_result=OuterRef("key_result"), is_cancelled=False).order_by().values("key_result")
    counts = Q(step__isnull=False, key_result__kind=KeyResultKind.TASKS)
    return rows.annotate(
        counts=Case(When(counts, then=True), default=False),
        items_done=Coalesce(Subquery(lines.annotate(n=Count("pk", filter=Q(is_done=True))).values("n")), 0),
        items_all=Coalesce(Subquery(lines.annotate(n=Count("pk")).values("n")), 0),
        of_tasks=Subquery(tasks.annotate(n=Count("pk")).values("n")),
    )


@prepared
def _of_objective(objective_id: int, *sight: Any) -> QuerySet[Initiative, tuple[Any, ...]]:
    rows = _counted(Initiative.objects.seen(*sight).filter(objective_id=objective_id))
    return rows.order_by("position", "id").values_list(*COLUMNS)


@prepared
def _mine(membership_id: int, soon: date, *sight: Any) -> QuerySet[Initiative, tuple[Any, ...]]:
    running = Initiative.objects.seen(*sight).filter(lead_id=membership_id, state__in=OPEN, due_on__lte=soon)
    running = running.filter(objective__state__in=[GoalState.ACTIVE.value, GoalState.PAUSED.value])
    return _counted(running).order_by("due_on", "id").values_list(*COLUMNS)[:MOST_MINE]


@prepared
def _one(initiative_id: int, *sight: Any) -> QuerySet[Initiative, tuple[Any, ...]]:
    return _counted(Initiative.objects.seen(*sight).filter(pk=initiative_id)).values_list(*COLUMNS)


def _line(row: tuple[Any, ...]) -> InitiativeLine:
    *plain, counts, items_done, items, of_tasks = row
    pk, title, state, lead_id, lead_name, due_on, done_on, link, goal, goal_title, key_result, kr_title = plain
    share = 1 / of_tasks if counts and of_tasks and state != InitiativeState.CANCELLED else None
    return InitiativeLine(
        pk, title, state, lead_id, lead_name or "", due_on, done_on, link, goal, goal_title, key_result,
        kr_title or "", bool(counts), items_done, items, share,
    )  # fmt: skip


INITIATIVES = Listing(
    fields={
        "id": "id", "objective_id": "objective_id", "key_result_id": "key_result_id", "title": "title",
        "state": "state", "lead_id": "lead_id", "lead_name": "lead__user__name", "due_on": "due_on",
        "done_on": "done_on", "link": "link", "counts": "counts", "items_done": "items_done",
        "items_all": "items_all", "created_at": "created_at", "version": "version",
    },
    filters={
        "objective_id": "objective_id", "key_result_id": "key_result_id", "lead_id": "lead_id", "state": "state",
        "due_by": "due_on__lte", "cycle_id": "objective__cycle_id",
    },
    sorts={"id": "pk", "title": "title"},
)  # fmt: skip


def list_initiatives(actor: Actor, *, filters: Mapping[str, object], **asked: Any) -> Page:
    """Return a page of initiatives; one query."""
    return page_of(_all, actor.sight, INITIATIVES, filters=filters, **asked)


def show_initiative(actor: Actor, initiative_id: int) -> dict[str, Any]:
    """Return one initiative as the list shows it, with its note and its checklist; two queries.

    Raises:
        NotFound: it is not there, or not the actor's to see.
    """
    rows = _all(*actor.sight).filter(pk=initiative_id).values_list("note", *INITIATIVES.fields.values())
    found = rows.first()
    if found is None:
        raise NotFound
    note, *values = found
    items = ChecklistItem.objects.filter(initiative_id=initiative_id).order_by("position", "id")
    return {
        **dict(zip(INITIATIVES.fields, values, strict=True)),
        "note": note,
        "items": [
            {"id": pk, "title": title, "is_done": is_done}
            for pk, title, is_done in items.values_list("id", "title", "is_done")
        ],
    }


def _all(*sight: Any) -> QuerySet[Initiative]:
    return _counted(Initiative.objects.seen(*sight))
