"""My week: what is due, what needs a look, what happened."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, QuerySet, Value

from milepost.core.rhythm import OPENS_DAYS_BEFORE
from milepost.metrics.models import KpiScore, Metric
from milepost.okr.models import AlignmentRequest, KeyResult, KeyResultScore, Objective, ObjectiveScore
from milepost.okr.permissions import absences_of
from milepost.okr.queries.alignment import RequestLine, requests_to_answer
from milepost.okr.queries.lines import KeyResultLine, key_result_lines
from milepost.prepared import prepared
from milepost.workspace.models import Event
from milepost.workspace.permissions import Actor

MOST_DUE = 50
MOST_LOOKS = 6
MOST_NEWS = 6
LATEST_NEWS = 40  # looked through for those that the reader may see
NEWSWORTHY = ("checked_in", "activated", "closed", "reopened", "amended", "recorded")


@dataclass(frozen=True, slots=True)
class DueLine:
    """A key result to check in on, with the objective it belongs to."""

    key_result: KeyResultLine
    due_on: date
    is_overdue: bool
    away_until: date | None = None  # its lead is away, and the reader stands in


@dataclass(frozen=True, slots=True)
class Look:
    """Something that needs a look: a KPI off target without objective, a goal at risk, a stale one."""

    kind: str  # kpi, objective, key_result
    reference: str  # slug or id
    title: str
    word: str
    why: str
    detail: str
    objective_id: int | None = None


@dataclass(frozen=True, slots=True)
class News:
    """Something a colleague did."""

    who: str
    verb: str
    kind: str
    title: str
    objective_id: int | None
    slug: str | None
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WeekPage:
    """Everything of My week; `next_opens_on` is set when nothing is due."""

    due: tuple[DueLine, ...]
    next_opens_on: date | None
    looks: tuple[Look, ...]
    news: tuple[News, ...]
    requests: tuple[RequestLine, ...] = ()


def week_page(actor: Actor, *, today: date) -> WeekPage:
    """Return the week of the actor: a fixed number of queries, whatever is due."""
    soon = today + timedelta(days=OPENS_DAYS_BEFORE)
    waiting = KeyResult.objects.filter(  # a lead sees what they lead
        score__lead_id=actor.membership_id, score__next_check_in_on__lte=soon, workspace_id=actor.workspace_id
    )
    due = [
        DueLine(key_result=line, due_on=line.next_check_in_on, is_overdue=line.next_check_in_on < today)
        for line in key_result_lines(waiting, with_steps=True)
        if line.next_check_in_on is not None
    ]
    leads, is_asked = _others(actor, today=today)
    due += _stood_in_for(actor, leads, today=today, soon=soon)
    due.sort(key=lambda line: line.due_on)
    upcoming = None
    if not due:
        upcoming = (
            KeyResultScore.objects.filter(lead_id=actor.membership_id, next_check_in_on__isnull=False)
            .order_by("next_check_in_on")
            .values_list("next_check_in_on", flat=True)
            .first()
        )
    return WeekPage(
        due=tuple(due[:MOST_DUE]),
        next_opens_on=upcoming - timedelta(days=OPENS_DAYS_BEFORE) if upcoming else None,
        looks=_looks(actor, today=today),
        news=_news(actor),
        requests=tuple(requests_to_answer(actor)) if is_asked else (),
    )


def _others(actor: Actor, *, today: date) -> tuple[frozenset[int], bool]:
    """Return for whom the actor stands in, and whether anybody may wait for their yes; one query."""
    if actor.membership_id is None:
        return frozenset(), False
    away, asked = (Value(word, CharField()) for word in ("away", "asked"))
    requests = AlignmentRequest.objects.filter(parent__lead_id=actor.membership_id, state="pending").order_by()
    absences = absences_of(actor, today=today).order_by().values_list(away, "membership_id")
    found = list(absences.union(requests.values_list(asked, "id"), all=True))
    leads = frozenset(pk for kind, pk in found if kind == "away")
    return leads if actor.can_write else frozenset(), any(kind == "asked" for kind, _ in found)


def _stood_in_for(actor: Actor, leads: Collection[int], *, today: date, soon: date) -> list[DueLine]:
    """Return what is due of those who are away and named the actor, as far as the actor sees it; nobody is late."""
    if not leads:
        return []
    waiting = KeyResult.objects.visible_to(actor).filter(score__lead_id__in=leads, score__away_due_on__lte=soon)
    return [
        DueLine(line, line.away_due_on, is_overdue=False, away_until=line.away_until(today))
        for line in key_result_lines(waiting, with_steps=True)
        if line.away_due_on is not None
    ]


def _looks(actor: Actor, *, today: date) -> tuple[Look, ...]:
    looks: list[Look] = []
    objective_behind = KeyResult.objects.visible_to(actor).filter(state="active", metric__is_kpi=True)
    off = (
        KpiScore.objects.visible_to(actor)
        .filter(severity=0, metric__archived_at=None)
        .exclude(metric_id__in=objective_behind.values("metric_id"))
        .order_by("-off_streak", "metric_id")
        .values_list("metric__slug", "metric__name", "word", "off_streak", "metric__group")
    )
    for slug, name, word, streak, group in off[:MOST_LOOKS]:
        looks.append(
            Look(
                "kpi",
                slug or "",
                name,
                word,
                "has no objective behind it",
                f"{group or 'KPI'}, off for {streak} in a row",
            )
        )
    goals = (
        ObjectiveScore.objects.filter(
            workspace_id=actor.workspace_id, needs_attention=True, lead_id=actor.membership_id
        )
        .order_by("objective_id")
        .values_list("objective_id", "objective__title", "word", "reported", "children")
    )
    for pk, title, word, reported, children in goals[:MOST_LOOKS]:
        looks.append(Look("objective", str(pk), title, word, "", f"{reported} of {children} reported", pk))
    late = [pk for (pk,) in _overdue(actor.workspace_id, today, actor.membership_id or 0)]
    for pk, title, lead, last, objective_id in _who_is_late(late, *actor.sight)[:3]:
        detail = f"{lead}, last check-in {last:%-d %b}" if last else f"{lead}, no check-in yet"
        looks.append(Look("key_result", str(pk), title, "late", "", detail, objective_id))
    return tuple(looks[: MOST_LOOKS + 2])


def _news(actor: Actor) -> tuple[News, ...]:
    """Return what colleagues did lately with what the actor may see; an event tells itself what it happened to."""
    events = (
        Event.objects.filter(workspace_id=actor.workspace_id, verb__in=NEWSWORTHY)
        .exclude(actor_id=actor.membership_id)
        .exclude(kind="cycle")  # its objectives tell it
        .order_by("-sequence")
        .values_list("actor__user__name", "verb", "kind", "object_id", "data", "at")
    )
    latest = sorted(events[:LATEST_NEWS], key=lambda event: event[-1], reverse=True)  # told late, not news
    latest = latest if actor.has_walls else latest[:MOST_NEWS]
    seen = _seen(actor, latest) if actor.has_walls else None
    news: list[News] = []
    for who, verb, kind, object_id, data, at in latest:
        if seen is not None and (kind == "kpi", object_id if kind == "kpi" else data.get("objective")) not in seen:
            continue
        if len(news) == MOST_NEWS:
            break
        confidence = data.get("changes", {}).get("confidence")
        detail = f"confidence {confidence[1]}" if confidence else ""
        news.append(
            News(
                who or "Milepost",
                verb,
                kind,
                data.get("title", ""),
                data.get("objective"),
                data.get("slug"),
                detail,
                at,
            )
        )
    return tuple(news)


def _seen(actor: Actor, events: Sequence[tuple[Any, ...]]) -> set[tuple[bool, int]]:
    """Return which KPIs (True) and objectives (False) of these events the actor may see; two queries."""
    kpis = {object_id for _, _, kind, object_id, _, _ in events if kind == "kpi"}
    goals = {data["objective"] for _, _, kind, _, data, _ in events if kind != "kpi" and data.get("objective")}
    found = {(True, pk) for pk in Metric.objects.visible_to(actor).filter(pk__in=kpis).values_list("pk", flat=True)}
    rows = Objective.objects.visible_to(actor).filter(pk__in=goals)
    return found | {(False, pk) for pk in rows.values_list("pk", flat=True)}


@prepared
def _overdue(workspace_id: int, today: date, but_lead: int) -> QuerySet[KeyResultScore, tuple[int]]:
    """The longest overdue, seen or not; without a join, so that the index gives them in order."""
    rows = KeyResultScore.objects.filter(workspace_id=workspace_id, next_check_in_on__lt=today)
    rows = rows.exclude(lead_id=but_lead).order_by("next_check_in_on", "key_result_id")
    return rows.values_list("key_result_id")[:12]


@prepared
def _who_is_late(key_result_ids: Collection[int], *sight: Any) -> QuerySet[KeyResultScore, tuple[Any, ...]]:
    rows = KeyResultScore.objects.seen(*sight).filter(key_result_id__in=key_result_ids)
    return rows.order_by("next_check_in_on", "key_result_id").values_list(
        "key_result_id", "key_result__title", "lead__user__name", "checked_in_on", "objective_id"
    )
