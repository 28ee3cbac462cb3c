"""Which teams were asked for their drafts of a cycle, by whom, by when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, F, Model, QuerySet, Value
from django.db.models.functions import Cast

from milepost.okr.models import DraftRequest, GoalState, Objective, ReviewAnswer
from milepost.okr.queries.access import get_cycle
from milepost.okr.queries.approvals import Approvals, approvals_in
from milepost.okr.queries.cycles import CycleRow
from milepost.prepared import prepared
from milepost.workspace.models import Event
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import list_teams

MOST = 500
COLUMNS = ("source", "about", "who_id", "who", "told_at", "word", "text")  # of every part of what was said


@dataclass(frozen=True, slots=True)
class RequestedDrafts:
    """A team that was asked for drafts, by a day; `who` is "" where nobody in person asked."""

    team_id: int
    team: str
    who: str
    asked_at: datetime
    wanted_by: date


@dataclass(frozen=True, slots=True)
class AskableTeam:
    """A team that can be asked: how many objectives it has in the cycle that the reader sees, when it was asked."""

    id: int
    name: str
    depth: int
    count: int
    request: RequestedDrafts | None


@dataclass(frozen=True, slots=True)
class PlanTalk:
    """What was said about a plan: of its objectives, to its teams (the last time each), and when it was published."""

    approvals: dict[int, Approvals]
    requests: dict[int, RequestedDrafts]  # by team
    published_at: datetime | None


def list_draft_requests(actor: Actor, cycle_id: int) -> tuple[RequestedDrafts, ...]:
    """Return who was asked for drafts of a cycle, the newest first; two queries.

    Raises:
        NotFound: the cycle is none of theirs.
    """
    cycle = get_cycle(actor, cycle_id)
    rows = DraftRequest.objects.filter(cycle=cycle).order_by("-id")
    values = rows.values_list("team_id", "team__name", "asked_by__user__name", "asked_at", "wanted_by")[:MOST]
    return tuple(RequestedDrafts(pk, team, who or "", at, day) for pk, team, who, at, day in values)


def askable_teams(actor: Actor, cycle: CycleRow) -> tuple[AskableTeam, ...]:
    """Return the teams that go on into a cycle, each followed by those below it; three queries."""
    seen = Objective.objects.visible_to(actor).filter(cycle_id=cycle.id).exclude(state=GoalState.CANCELLED)
    owned = seen.filter(owner_team__isnull=False).order_by().values_list("owner_team_id")
    counts = dict(owned.annotate(count=Count("id")))
    asked = plan_talk(actor, cycle, [], wanted=0).requests
    return tuple(
        AskableTeam(team.id, team.name, team.depth, counts.get(team.id, 0), asked.get(team.id))
        for team in list_teams(actor)
        if team.ends_on is None or team.ends_on >= cycle.first_day
    )


def plan_talk(actor: Actor, cycle: CycleRow, objective_ids: Collection[int], *, wanted: int) -> PlanTalk:
    """Return what was said about a plan, of objectives that the reader was shown already; one query.

    Args:
        wanted: how many approvals the workspace asks for.
    """
    answers, requests = [], {}
    published_at = None
    for source, about, who_id, who, at, word, text in _talk(actor.workspace_id, cycle.id, objective_ids or [0]):
        if source == "answer":
            answers.append((about, word, who_id, who, at, text))
        elif source == "request":
            requests[about] = RequestedDrafts(about, word, who or "", at, date.fromisoformat(text[:10]))
        else:
            published_at = at
    return PlanTalk(approvals_in(answers, wanted=wanted), requests, published_at)


@prepared
def _talk(workspace_id: int, cycle_id: int, objective_ids: Collection[int]) -> QuerySet[Any, Any]:
    """Every part with the same columns, so that one question asks for all, the oldest first."""
    answers = ReviewAnswer.objects.filter(objective_id__in=objective_ids, until=None)
    requests = DraftRequest.objects.filter(cycle_id=cycle_id)
    published = Event.objects.filter(workspace_id=workspace_id, kind="cycle", object_id=cycle_id, verb="published")
    parts = [
        _part(answers, "answer", about="objective_id", who="by", at="at", word=F("verdict"), text=F("reason")),
        _part(
            requests, "request", about="team_id", who="asked_by", at="asked_at", word=F("team__name"),
            text=Cast("wanted_by", CharField()),
        ),
        _part(published, "published", about="object_id", who="actor", at="at", word=Value(""), text=Value("")),
    ]  # fmt: skip
    return parts[0].union(*parts[1:], all=True).order_by("told_at", "about")


def _part(
    rows: QuerySet[Model], source: str, *, about: str, who: str, at: str, word: Any, text: Any
) -> QuerySet[Any, Any]:
    shaped = rows.order_by().annotate(
        source=Value(source, CharField()),
        about=F(about),
        who_id=F(f"{who}_id"),
        who=F(f"{who}__user__name"),
        told_at=F(at),
        word=Cast(word, CharField()),
        text=Cast(text, CharField()),
    )
    part: QuerySet[Any, Any] = shaped.values_list(*COLUMNS)
    return part
