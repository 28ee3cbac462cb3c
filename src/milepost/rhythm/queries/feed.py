"""What happened on what somebody follows and on the goals of their teams."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from milepost.core.mentions import said, said_in_markdown
from milepost.metrics.models import Metric, MetricContributor
from milepost.okr.models import CheckIn, Contributor, KeyResult, Objective
from milepost.rhythm.models import Comment, Follow, Mention
from milepost.workspace.models import Event, TeamMembership
from milepost.workspace.permissions import Actor

PAGE = 30
MOST_PAGE = 100
MOST_GOALS = 1000  # the newest of what somebody follows; beyond it nobody reads along
OBJECTIVE_VERBS = (
    "created", "sent_to_review", "approved", "sent_back", "activated", "paused", "resumed", "cancelled", "closed",
    "reopened", "amended", "commented", "settled_flag",
)  # fmt: skip
KEY_RESULT_VERBS = ("checked_in", "amended")
KPI_VERBS = ("created", "changed", "archived", "noted", "commented", "settled_flag")


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One thing that happened, with what it happened to as that is called today.

    `text` is what was said, plain, `markdown` the same with names set off: the note of a check-in or a
    comment, "" where it was taken back. `before` and `value` are of a check-in, in the unit; `fields` are the
    names of what was changed.
    """

    sequence: int
    at: datetime
    who: str
    verb: str
    kind: str  # objective, key_result, kpi
    title: str
    objective_id: int | None
    key_result_id: int | None
    kpi: str
    goal: str
    before: float | None = None
    value: float | None = None
    unit_code: str = ""
    confidence: int | None = None
    fields: tuple[str, ...] = ()
    reason: str = ""
    comment_id: int | None = None
    flag: str = ""
    text: str = ""
    markdown: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of the feed, the newest first; `older` is where the next one begins, None at the end."""

    items: tuple[FeedItem, ...]
    older: int | None


def feed_page(actor: Actor, *, before: int | None = None, limit: int = PAGE) -> Feed:
    """Return what happened on what the actor follows and may see: a fixed number of queries.

    Args:
        before: `older` of the page before.
    """
    if actor.membership_id is None:
        return Feed((), None)
    limit = max(1, min(limit, MOST_PAGE))
    goals = _objectives(actor)
    measures = _key_results(goals)
    kpis = _kpis(actor)
    about = Q(kind="objective", object_id__in=goals, verb__in=OBJECTIVE_VERBS)
    about |= Q(kind="key_result", object_id__in=measures, verb__in=KEY_RESULT_VERBS)
    about |= Q(kind="kpi", object_id__in=kpis, verb__in=KPI_VERBS)
    rows = Event.objects.filter(about, workspace_id=actor.workspace_id)
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    found = list(
        rows.order_by("-sequence").values_list(
            "sequence", "at", "actor__user__name", "actor_kind", "verb", "kind", "object_id", "data"
        )[: limit + 1]
    )
    page = found[:limit]
    check_ins = _check_ins(actor, [row[7].get("check_in") for row in page if row[4] == "checked_in"])
    comments = _comments(actor, [row[7]["comment"] for row in page if row[4] == "commented"])
    items = tuple(_item(row, goals, measures, kpis, check_ins, comments) for row in page)
    return Feed(items, page[-1][0] if len(found) > limit else None)


def _objectives(actor: Actor) -> dict[int, str]:
    """Return the titles of the objectives that concern the actor, by id."""
    me = actor.membership_id or 0
    chosen = Follow.objects.filter(membership_id=me, objective__isnull=False)
    stopped = chosen.filter(is_on=False).values("objective_id")
    theirs = (
        Q(pk__in=chosen.filter(is_on=True).values("objective_id"))
        | Q(lead_id=me)
        | Q(owner_person_id=me)
        | Q(pk__in=Contributor.objects.filter(membership_id=me).values("objective_id"))
        | Q(pk__in=KeyResult.objects.filter(lead_id=me).exclude(state="cancelled").values("objective_id"))
        | Q(owner_team__in=TeamMembership.objects.filter(membership_id=me).values("team_id"))
    )
    rows = Objective.objects.visible_to(actor).filter(theirs).exclude(pk__in=stopped)
    return dict(rows.order_by("-id").values_list("id", "title")[:MOST_GOALS])


def _key_results(objective_ids: Collection[int]) -> dict[int, tuple[str, int, str]]:
    rows = KeyResult.objects.filter(objective_id__in=objective_ids)
    values = rows.values_list("id", "title", "objective_id", "metric__unit_code")
    return {pk: (title, objective, unit or "") for pk, title, objective, unit in values}


def _kpis(actor: Actor) -> dict[int, tuple[str, str]]:
    me = actor.membership_id or 0
    chosen = Follow.objects.filter(membership_id=me, metric__isnull=False)
    theirs = (
        Q(pk__in=chosen.filter(is_on=True).values("metric_id"))
        | Q(lead_id=me)
        | Q(pk__in=MetricContributor.objects.filter(membership_id=me).values("metric_id"))
        | Q(owner_team__in=TeamMembership.objects.filter(membership_id=me).values("team_id"))
    )
    rows = Metric.objects.visible_to(actor).filter(theirs, is_kpi=True)
    rows = rows.exclude(pk__in=chosen.filter(is_on=False).values("metric_id"))
    return {
        pk: (slug or "", name) for pk, slug, name in rows.order_by("-id").values_list("id", "slug", "name")[:MOST_GOALS]
    }


def _check_ins(actor: Actor, ids: list[Any]) -> dict[int, str]:
    """Return the notes of those of these check-ins that stand."""
    rows = CheckIn.objects.visible_to(actor).filter(pk__in=[pk for pk in ids if pk], replaced_by=None, withdrawn=False)
    return dict(rows.values_list("id", "note"))


def _comments(actor: Actor, ids: list[int]) -> dict[int, tuple[str, str, str]]:
    """Return text, Markdown and flag of these comments."""
    rows = list(Comment.objects.visible_to(actor).filter(pk__in=ids).values_list("id", "text", "flag"))
    named = Mention.objects.filter(comment_id__in=[pk for pk, *_ in rows])
    names = dict(named.values_list("membership_id", "membership__user__name"))
    return {pk: (said(text, names=names), said_in_markdown(text, names=names), flag) for pk, text, flag in rows}


def _item(
    row: tuple[Any, ...],
    goals: dict[int, str],
    measures: dict[int, tuple[str, int, str]],
    kpis: dict[int, tuple[str, str]],
    check_ins: dict[int, str],
    comments: dict[int, tuple[str, str, str]],
) -> FeedItem:
    sequence, at, who, hand, verb, kind, pk, data = row
    changes = data.get("changes", {})
    key_result_id = pk if kind == "key_result" else data.get("key_result")
    title, objective_id, unit = measures.get(key_result_id, ("", None, ""))
    if kind == "objective":
        objective_id, title = pk, title or goals[pk]
    slug, name = kpis[pk] if kind == "kpi" else ("", "")
    checked_in = verb == "checked_in"
    value = changes.get("value", (None, None)) if checked_in else (None, None)
    text, markdown, flag = comments.get(data.get("comment", 0), ("", "", ""))
    note = check_ins.get(data.get("check_in", 0), "") if checked_in else ""
    return FeedItem(
        sequence=sequence, at=at, who=who or HANDS.get(hand, "Milepost"), verb=verb, kind=kind, title=name or title,
        objective_id=objective_id, key_result_id=key_result_id, kpi=slug,
        goal=name or goals.get(objective_id or 0, ""), before=value[0], value=value[1], unit_code=unit,
        confidence=changes.get("confidence", (None, None))[1] if checked_in else None,
        fields=() if checked_in or verb not in {"amended", "changed"} else tuple(changes),
        reason=data.get("reason", "") if not checked_in else "",
        comment_id=data.get("comment"), flag=flag, text=text or note, markdown=markdown or note,
    )  # fmt: skip


HANDS = {"operator": "The operator", "import": "An import", "token": "A program"}
