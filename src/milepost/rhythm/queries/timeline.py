"""One timeline for a goal and for a KPI: check-ins, amendments, what happened to it, and what people say."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, JSONObject

from milepost.metrics.models import Metric, MetricContributor
from milepost.okr.models import Amendment, CheckIn, Contributor, KeyResult, Objective
from milepost.okr.queries.objective import with_names
from milepost.prepared import prepared
from milepost.rhythm.models import Comment, Follow
from milepost.rhythm.queries.words import CommentLine, comment_line, comment_words
from milepost.workspace.models import Event
from milepost.workspace.permissions import Actor

PAGE = 12  # things at a time; those of one moment are never torn apart
MOST_ROWS = 200
LAST_MOMENT = datetime(9999, 1, 1, tzinfo=UTC)
STATES = (
    "created",
    "sent_to_review",
    "approved",
    "sent_back",
    "activated",
    "paused",
    "resumed",
    "cancelled",
    "closed",
    "reopened",
)
CHANGES = ("created", "changed", "archived")
FILTERS = {
    "all": ("check_in", "amendment", "event", "comment"),
    "comments": ("comment",),
    "check_ins": ("check_in",),
    "changes": ("amendment", "event"),
}


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing that happened; `at` orders them. Which fields are filled says `kind`.

    A check_in has values in the unit and words; an amendment and an event have `fields` as (name, old,
    new) and a reason; an event its `verb` and maybe a grade; a comment is a `CommentLine`.
    """

    kind: str  # check_in, amendment, event, comment
    id: int
    at: datetime
    who: str
    key_result_id: int | None = None
    title: str = ""
    unit_code: str = ""
    before: float | None = None
    value: float | None = None
    confidence: int | None = None
    note: str = ""
    blockers: str = ""
    own_word: str = ""
    judged: float | None = None
    nothing_changed: bool = False
    is_late: bool = False
    is_mine: bool = False
    valid_on: date | None = None
    fields: tuple[tuple[str, Any, Any], ...] = ()
    reason: str = ""
    verb: str = ""
    grade: float | None = None
    comment: CommentLine | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of a timeline, the newest first; the next one is asked for `before=older`, None at the end."""

    items: tuple[TimelineItem, ...]
    older: datetime | None
    shows: str
    follows: bool
    can_comment: bool


def objective_timeline(
    actor: Actor, objective_id: int, *, shows: str = "all", before: datetime | None = None
) -> Timeline:
    """Return what happened to an objective: one query, one more where people stand in amendments.

    An objective that is not the actor's to see has nothing to tell.

    Args:
        shows: a name of FILTERS.
        before: only what happened before this moment.
    """
    return _timeline(actor, _OBJECTIVE, objective_id, shows=shows, before=before)


def kpi_timeline(actor: Actor, metric_id: int, *, shows: str = "all", before: datetime | None = None) -> Timeline:
    """Return what happened to a KPI; as `objective_timeline`. Its values stand on its page by themselves."""
    return _timeline(actor, _KPI, metric_id, shows=shows, before=before)


def _timeline(
    actor: Actor, ask: Mapping[str, Callable[..., list[Any]]], pk: int, *, shows: str, before: datetime | None
) -> Timeline:
    rows = ask[shows](pk, before or LAST_MOMENT, *actor.sight)
    follows, items = False, []
    replies: dict[int, list[CommentLine]] = {}
    told: list[tuple[Any, ...]] = []
    for source, row_id, _moment, at, who_id, who, data in rows:
        told.append((source, row_id, at, who_id, who or "", json.loads(data)))
    lead_ids = _leads(told)
    amended = _amendments(actor, [row for row in told if row[0] == "amendment"])
    for source, row_id, at, who_id, who, data in told:
        if source == "me":
            follows = bool(data["helps"]) if data["chosen"] is None else bool(data["chosen"])
        elif source == "check_in":
            items.append(_check_in(row_id, at, who, data, is_mine=who_id == actor.membership_id or actor.is_admin))
        elif source == "amendment":
            if row_id in amended:
                items.append(amended[row_id])
        elif source == "event":
            items.append(_event(row_id, at, who, data))
        else:
            line = comment_line(actor, row_id, at, who_id, who, data, leads=lead_ids)
            if source == "reply":
                replies.setdefault(data["reply_to"], []).append(line)
            else:
                items.append(
                    TimelineItem("comment", row_id, at, who, data["key_result"], data["title"] or "", comment=line)
                )
    page, older = _cut(items, is_whole=len(rows) < MOST_ROWS)
    return Timeline(
        items=tuple(_with_replies(item, replies) for item in page),
        older=older,
        shows=shows,
        follows=follows,
        can_comment=actor.can_write and actor.membership_id is not None,
    )


def _leads(rows: list[tuple[Any, ...]]) -> frozenset[int]:
    """Return who leads the goal or the KPI, as the row about the reader says."""
    return frozenset(row[5]["lead"] for row in rows if row[0] == "me" and row[5]["lead"] is not None)


def _cut(items: list[TimelineItem], *, is_whole: bool) -> tuple[list[TimelineItem], datetime | None]:
    """Return the first page of these and where the next one begins; a moment is shown whole or not at all."""
    items.sort(key=lambda item: (item.at, item.id), reverse=True)
    if not is_whole and items and items[0].at != items[-1].at:
        last = items[-1].at  # there may be more of this moment than was fetched
        items = [item for item in items if item.at != last]
    page = items[:PAGE]
    page += [item for item in items[PAGE:] if item.at == page[-1].at]
    left = len(page) < len(items) or not is_whole
    return page, page[-1].at if left and page else None


def _with_replies(item: TimelineItem, replies: Mapping[int, list[CommentLine]]) -> TimelineItem:
    if item.comment is None or item.id not in replies:
        return item
    below = tuple(sorted(replies[item.id], key=lambda one: (one.at, one.id)))
    return replace(item, comment=replace(item.comment, replies=below))


def _check_in(pk: int, at: datetime, who: str, data: dict[str, Any], *, is_mine: bool) -> TimelineItem:
    data["nothing_changed"], data["is_late"] = bool(data["nothing_changed"]), bool(data["is_late"])
    data["valid_on"] = date.fromisoformat(data["valid_on"][:10])
    data["unit_code"] = data.pop("unit") or ""
    return TimelineItem("check_in", pk, at, who, **data, is_mine=is_mine)


def _event(pk: int, at: datetime, who: str, data: dict[str, Any]) -> TimelineItem:
    said = data["data"] if isinstance(data["data"], dict) else json.loads(data["data"])
    changes = said.get("changes", {})
    fields = tuple((name, *pair) for name, pair in changes.items()) if data["verb"] == "changed" else ()
    return TimelineItem(
        "event", pk, at, who, verb=data["verb"], reason=said.get("reason", ""), fields=fields,
        grade=changes.get("grade", [None, None])[1],
    )  # fmt: skip


def _amendments(actor: Actor, rows: list[tuple[Any, ...]]) -> dict[int, TimelineItem]:
    """Return amendments by the id of their first row, the fields that changed at one moment in one item."""
    flat = [
        (pk, d["kind"], d["goal"], d["field"], d["old"], d["new"], at, who, d["reason"], d["title"])
        for _, pk, at, _, who, d in rows
    ]
    grouped: dict[tuple[datetime, str, int], list[list[Any]]] = {}
    for row in with_names(actor.workspace_id, sorted(flat), field=3, values=(4, 5)):
        grouped.setdefault((row[6], row[1], row[2]), []).append(row)
    return {
        group[0][0]: TimelineItem(
            "amendment", group[0][0], at, group[0][7], key_result_id=goal_id if kind == "key_result" else None,
            title=group[0][9] or "", fields=tuple((row[3], row[4], row[5]) for row in group), reason=group[0][8],
        )
        for (at, kind, goal_id), group in grouped.items()
    }  # fmt: skip


# What is asked: every part has the same columns, so that the database mixes and cuts them.
Part = QuerySet[Any, Any]
COLUMNS = ("source", "row_id", "moment", "told_at", "who_id", "who", "words")


def _part(rows: QuerySet[Any], source: str, *, at: str, who: str, words: Any, moment: Any = None) -> Part:
    shaped = rows.order_by().annotate(
        source=Value(source, CharField()),
        row_id=F("pk"),
        moment=moment or F(at),
        told_at=F(at),
        who_id=F(f"{who}_id"),
        who=F(f"{who}__user__name"),
        words=Cast(words, TextField()),
    )
    part: Part = shaped.values_list(*COLUMNS)
    return part


def _ask(parts: Callable[..., list[Part]]) -> Callable[..., list[Any]]:
    @prepared
    def ask(*given: Any) -> Part:
        first, *others = parts(*given)
        return first.union(*others, all=True).order_by("-moment", "-row_id")[:MOST_ROWS]

    return ask


def _of_objective(shows: str) -> Callable[..., list[Part]]:
    def parts(pk: int, before: datetime, *sight: Any) -> list[Part]:
        seen = Objective.objects.seen(*sight).filter(pk=pk).values("pk")
        found = [_me(seen, sight[2], pk)]
        wanted = FILTERS[shows]
        if "check_in" in wanted:
            found.append(_check_ins(seen, before))
        if "amendment" in wanted:
            found.append(_amended(seen, before))
        if "event" in wanted:
            found.append(_events(seen, before, "objective", STATES))
        if "comment" in wanted:
            found += _comments(Q(objective__in=seen), before)
        return found

    return parts


def _of_kpi(shows: str) -> Callable[..., list[Part]]:
    def parts(pk: int, before: datetime, *sight: Any) -> list[Part]:
        seen = Metric.objects.seen(*sight).filter(pk=pk, is_kpi=True).values("pk")
        found = [_me_of_kpi(seen, sight[2], pk)]
        if shows in {"all", "changes"}:
            found.append(_events(seen, before, "kpi", CHANGES))
        if shows in {"all", "comments"}:
            found += _comments(Q(metric__in=seen), before)
        return found

    return parts


def _me(seen: Any, me: int, pk: int) -> Part:
    """One row about the reader: what they chose, whether the goal is theirs, and who leads it."""
    chosen = Follow.objects.filter(membership_id=me, objective_id=pk)
    mine = Q(lead_id=me) | Q(owner_person_id=me)
    helps = Exists(Contributor.objects.filter(objective=OuterRef("pk"), membership_id=me))
    leads = Exists(KeyResult.objects.filter(objective=OuterRef("pk"), lead_id=me).exclude(state="cancelled"))
    return _reader(Objective.objects.filter(pk__in=seen), chosen, mine=mine, others=Q(helps) | Q(leads))


def _me_of_kpi(seen: Any, me: int, pk: int) -> Part:
    chosen = Follow.objects.filter(membership_id=me, metric_id=pk)
    helps = Exists(MetricContributor.objects.filter(metric=OuterRef("pk"), membership_id=me))
    return _reader(Metric.objects.filter(pk__in=seen), chosen, mine=Q(lead_id=me), others=helps)


def _reader(rows: QuerySet[Any], chosen: QuerySet[Follow], *, mine: Q, others: Any) -> Part:
    words = JSONObject(
        chosen=Subquery(chosen.values("is_on")[:1]),
        helps=ExpressionWrapper(Q(mine) | Q(others), BooleanField()),
        lead=F("lead_id"),
    )
    far = Value(LAST_MOMENT, DateTimeField())
    return _part(rows, "me", at="created_at", who="lead", words=words, moment=far)


def _check_ins(seen: Any, before: datetime) -> Part:
    rows = CheckIn.objects.filter(key_result__objective__in=seen, replaced_by=None, withdrawn=False, at__lt=before)
    earlier = CheckIn.objects.filter(key_result=OuterRef("key_result"), replaced_by=None, withdrawn=False)
    earlier = earlier.filter(
        Q(valid_on__lt=OuterRef("valid_on")) | Q(valid_on=OuterRef("valid_on"), pk__lt=OuterRef("pk"))
    )
    words = JSONObject(
        key_result_id="key_result_id", title="key_result__title", unit="key_result__metric__unit_code",
        before=Subquery(earlier.order_by("-valid_on", "-id").values("value")[:1]), value="value",
        confidence="confidence", note="note", blockers="blockers", own_word="own_word", judged="judged",
        nothing_changed="nothing_changed", is_late="is_late", valid_on=Cast("valid_on", CharField()),
    )  # fmt: skip
    return _part(rows, "check_in", at="at", who="author", words=words)


def _amended(seen: Any, before: datetime) -> Part:
    rows = Amendment.objects.filter(objective_id__in=seen, at__lt=before)
    title = KeyResult.objects.filter(pk=OuterRef("goal_id")).values("title")[:1]
    words = JSONObject(
        kind="kind", goal="goal_id", field="field", old="old", new="new", reason="reason", title=Subquery(title)
    )
    return _part(rows, "amendment", at="at", who="actor", words=words)


def _events(seen: Any, before: datetime, kind: str, verbs: tuple[str, ...]) -> Part:
    rows = Event.objects.filter(kind=kind, object_id__in=seen, verb__in=verbs, at__lt=before)
    words = JSONObject(verb="verb", data=F("data"))
    return _part(rows, "event", at="at", who="actor", words=words)


def _comments(about: Q, before: datetime) -> list[Part]:
    first = Comment.objects.filter(about, reply_to=None, at__lt=before)
    below = Comment.objects.filter(about, reply_to__at__lt=before)
    return [
        _part(first, "comment", at="at", who="author", words=comment_words()),
        _part(below, "reply", at="at", who="author", words=comment_words(), moment=F("reply_to__at")),
    ]


_OBJECTIVE = {shows: _ask(_of_objective(shows)) for shows in FILTERS}
_KPI = {shows: _ask(_of_kpi(shows)) for shows in ("all", "comments", "changes")}
