"""What somebody is told, and what waits to be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, QuerySet, Value

from milepost.core.mentions import said, said_in_markdown
from milepost.core.rhythm import OPENS_DAYS_BEFORE
from milepost.okr.models import KeyResultScore
from milepost.prepared import prepared
from milepost.rhythm.models import Mention, Notification, NotificationChoice, NotificationKind, usual_choice
from milepost.workspace.permissions import Actor

PAGE = 30
MOST_PAGE = 100
COUNT_LIMIT = 100
COLUMNS = (
    "id", "at", "kind", "actor__user__name", "objective_id", "key_result_id", "metric__slug", "cycle_id",
    "cycle__name", "objective__title",
    "metric__name", "key_result__title", "comment_id", "comment__text", "data", "read_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotificationLine:
    """One notification; `text` is the comment it is about, plain, `markdown` the same with names set off."""

    id: int
    at: datetime
    kind: str
    who: str
    objective_id: int | None
    key_result_id: int | None
    kpi: str
    cycle_id: int | None
    goal: str
    title: str
    comment_id: int | None
    text: str
    markdown: str
    data: Mapping[str, Any]
    is_read: bool


@dataclass(frozen=True, slots=True)
class Notifications:
    """A page of notifications, the newest first; `older` is where the next one begins, None at the end."""

    items: tuple[NotificationLine, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """Where the actor hears of one kind."""

    kind: str
    label: str
    in_app: bool
    by_mail: bool


def list_notifications(
    actor: Actor, *, unread: bool = False, before: int | None = None, limit: int = PAGE
) -> Notifications:
    """Return what the actor was told of things that they may see today: two queries.

    Args:
        before: `older` of the page before.
    """
    limit = max(1, min(limit, MOST_PAGE))
    rows = Notification.objects.visible_to(actor).filter(to_id=actor.membership_id or 0, in_app=True)
    if unread:
        rows = rows.filter(read_at=None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = lines_of(rows.order_by("-id")[: limit + 1])
    return Notifications(found[:limit], found[limit - 1].id if len(found) > limit else None)


def lines_of(rows: QuerySet[Notification]) -> tuple[NotificationLine, ...]:
    """Return notifications as they are read, in the order given: two queries."""
    found = list(rows.values_list(*COLUMNS))
    named = Mention.objects.filter(comment_id__in={row[12] for row in found if row[12]})
    names = dict(named.values_list("membership_id", "membership__user__name"))
    return tuple(_line(row, names) for row in found)


def _line(row: tuple[Any, ...], names: Mapping[int, str]) -> NotificationLine:
    pk, at, kind, who, objective, key_result, slug, cycle, cycle_name, title, name, measure, *rest = row
    comment, text, data, read_at = rest
    goal = title or name or cycle_name or ""
    return NotificationLine(
        id=pk, at=at, kind=kind, who=who or "Milepost", objective_id=objective, key_result_id=key_result,
        kpi=slug or "", cycle_id=cycle, goal=goal, title=measure or goal, comment_id=comment,
        text=said(text or "", names=names), markdown=said_in_markdown(text or "", names=names),
        data=data, is_read=read_at is not None,
    )  # fmt: skip


def list_choices(actor: Actor) -> tuple[ChoiceLine, ...]:
    """Return where the actor hears of each kind: as chosen, else as is usual."""
    rows = NotificationChoice.objects.filter(membership_id=actor.membership_id or 0)
    chosen = {kind: (app, mail) for kind, app, mail in rows.values_list("kind", "in_app", "by_mail")}
    return tuple(ChoiceLine(k.value, k.label, *chosen.get(k.value, usual_choice(k.value))) for k in NotificationKind)


def waiting_counts(actor: Actor, *, today: date) -> tuple[int, int]:
    """Return how many check-ins and unread notifications wait for the actor, each up to 100: one query."""
    if actor.membership_id is None:
        return 0, 0
    kinds = [kind for kind, _ in _waiting(today + timedelta(days=OPENS_DAYS_BEFORE), *actor.sight)]
    return min(kinds.count("due"), COUNT_LIMIT), min(kinds.count("unread"), COUNT_LIMIT)


@prepared
def _waiting(until: date, *sight: Any) -> QuerySet[Any, Any]:
    """One row for each thing: pages ask for both numbers, so they are asked in one question."""
    me = sight[2]
    due = KeyResultScore.objects.filter(lead_id=me, next_check_in_on__lte=until)
    unread = Notification.objects.seen(*sight).filter(to_id=me, read_at=None, in_app=True)
    parts = [
        rows.order_by().annotate(of=Value(of, CharField())).values_list("of", "pk")
        for of, rows in (("unread", unread), ("due", due))
    ]
    return parts[0].union(parts[1], all=True)[: 10 * COUNT_LIMIT]
