"""My week: what is due, what needs a look, what happened."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from milepost.core.rhythm import OPENS_DAYS_BEFORE
from milepost.metrics.models import KpiScore
from milepost.okr.models import CheckIn, KeyResult, KeyResultScore, ObjectiveScore
from milepost.okr.queries.lines import KeyResultLine, key_result_lines
from milepost.workspace.models import Event
from milepost.workspace.permissions import Actor

MOST_DUE = 50
MOST_LOOKS = 6
MOST_NEWS = 6
LOW_CONFIDENCE = 4
CONFIDENCE_DROP = 3


@dataclass(frozen=True, slots=True)
class DueLine:
    """A key result to check in on, with the objective it belongs to."""

    key_result: KeyResultLine
    objective_title: str
    due_on: date
    is_overdue: bool


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
    done_this_week: int


def due_count(actor: Actor, *, today: date) -> int:
    """Return how many check-ins wait for this person; one indexed query."""
    if actor.membership_id is None:
        return 0
    return _due_rows(actor, today=today).count()


def _due_rows(actor: Actor, *, today: date) -> QuerySet[KeyResultScore]:
    return KeyResultScore.objects.filter(
        lead_id=actor.membership_id, next_check_in_on__lte=today + timedelta(days=OPENS_DAYS_BEFORE)
    )


def week_page(actor: Actor, *, today: date) -> WeekPage:
    """Return the week of the actor: a fixed number of queries, whatever is due."""
    rows = _due_rows(actor, today=today).order_by("next_check_in_on", "objective_id", "key_result_id")
    pairs = rows.values_list("key_result_id", "next_check_in_on")[:MOST_DUE]
    due_on = {pk: day for pk, day in pairs if day is not None}
    due: list[DueLine] = []
    if due_on:
        key_results = KeyResult.objects.filter(pk__in=due_on)
        titles = dict(key_results.values_list("id", "objective__title"))
        lines = {line.id: line for line in key_result_lines(key_results, with_steps=True)}
        due = [
            DueLine(key_result=lines[pk], objective_title=titles[pk], due_on=day, is_overdue=day < today)
            for pk, day in due_on.items()
        ]
    upcoming = (
        KeyResultScore.objects.filter(lead_id=actor.membership_id, next_check_in_on__isnull=False)
        .order_by("next_check_in_on")
        .values_list("next_check_in_on", flat=True)
        .first()
        if not due
        else None
    )
    monday = today - timedelta(days=today.weekday())
    done = CheckIn.objects.filter(
        author_id=actor.membership_id,
        workspace_id=actor.workspace_id,
        valid_on__gte=monday,
        replaced_by=None,
        withdrawn=False,
    ).count()
    return WeekPage(
        due=tuple(due),
        next_opens_on=upcoming - timedelta(days=OPENS_DAYS_BEFORE) if upcoming else None,
        looks=_looks(actor, today=today),
        news=_news(actor),
        done_this_week=done,
    )


def _looks(actor: Actor, *, today: date) -> tuple[Look, ...]:
    looks: list[Look] = []
    off = (
        KpiScore.objects.filter(workspace_id=actor.workspace_id, severity=0, metric__archived_at=None)
        .exclude(metric__key_results__state="active")
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
    late = (
        KeyResultScore.objects.filter(workspace_id=actor.workspace_id, next_check_in_on__lt=today)
        .exclude(lead_id=actor.membership_id)
        .order_by("next_check_in_on", "key_result_id")
        .values_list("key_result_id", "key_result__title", "lead__user__name", "checked_in_on", "objective_id")
    )
    for pk, title, lead, last, objective_id in late[:3]:
        detail = f"{lead}, last check-in {last:%-d %b}" if last else f"{lead}, no check-in yet"
        looks.append(Look("key_result", str(pk), title, "late", "", detail, objective_id))
    return tuple(looks[: MOST_LOOKS + 2])


def _news(actor: Actor) -> tuple[News, ...]:
    events = list(
        Event.objects.filter(workspace_id=actor.workspace_id, kind__in=["key_result", "objective", "kpi"])
        .exclude(actor_id=actor.membership_id)
        .order_by("-id")
        .values_list("actor__user__name", "verb", "kind", "object_id", "data", "at")[:MOST_NEWS]
    )
    ids = {kind: [row[3] for row in events if row[2] == kind] for kind in ("key_result", "objective", "kpi")}
    key_results = {
        pk: (title, objective_id)
        for pk, title, objective_id in KeyResult.objects.filter(pk__in=ids["key_result"]).values_list(
            "id", "title", "objective_id"
        )
    }
    objectives = dict(
        ObjectiveScore.objects.filter(objective_id__in=ids["objective"]).values_list("objective_id", "objective__title")
    )
    kpis = {
        pk: (name, slug)
        for pk, name, slug in KpiScore.objects.filter(metric_id__in=ids["kpi"]).values_list(
            "metric_id", "metric__name", "metric__slug"
        )
    }
    news: list[News] = []
    for who, verb, kind, object_id, data, at in events:
        title, objective_id, slug = "", None, None
        if kind == "key_result" and object_id in key_results:
            title, objective_id = key_results[object_id]
        elif kind == "objective" and object_id in objectives:
            title, objective_id = objectives[object_id], object_id
        elif kind == "kpi" and object_id in kpis:
            title, slug = kpis[object_id]
        if not title:
            continue
        detail = f"confidence {data['confidence']}" if "confidence" in data else ""
        news.append(News(who or "Milepost", verb, kind, title, objective_id, slug, detail, at))
    return tuple(news)
