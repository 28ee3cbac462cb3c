"""What changes of goals and KPIs are told to whom."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from milepost.metrics.models import Metric
from milepost.okr.models import Cycle, KeyResult, Objective
from milepost.okr.queries.approvals import reviewers_of
from milepost.rhythm.actions.telling import Told, notify, notify_leads, notify_of_cycle
from milepost.rhythm.models import NotificationKind
from milepost.rhythm.queries.access import Goal
from milepost.rhythm.queries.people import followers
from milepost.workspace.actions import Happening
from milepost.workspace.models import Event, Role, Team, TeamMembership

OVER = frozenset({"closed", "cancelled"})
NO_NEWS = frozenset({"done", "ended"})  # the close and the calendar say it themselves


def heard(happenings: Sequence[Happening]) -> None:
    """Tell whom a change concerns: a goal that is over or handed to somebody, a status that turns, a review."""
    turned = []
    for one in happenings:
        if one.verb == "status_changed":
            if one.data["after"] not in NO_NEWS:
                turned.append(one)
        elif one.verb in OVER and one.kind == "objective":
            _over(one)
        elif one.verb == "asked_for_drafts":
            _asked(one)
        elif one.kind == "objective" and one.verb in {"sent_to_review", "approved", "sent_back"}:
            _reviewed(one)
        elif one.kind in {"objective", "key_result", "kpi"} and "lead" in one.data.get("changes", {}):
            _handed(one)
    if turned:
        _turned(turned)


def _over(one: Happening) -> None:
    objective = Objective.objects.get(pk=one.object_id)
    to = dict.fromkeys(followers(objective), NotificationKind.CLOSED)
    said = {"verb": one.verb, "grade": objective.grade}
    notify(Goal(objective, None, None), to=to, actor_id=one.actor_id, data=said, now=one.now)


def _reviewed(one: Happening) -> None:
    """Tell reviewers that a goal waits, and whose it is what they said."""
    objective = Objective.objects.select_related("cycle").get(pk=one.object_id)
    if one.verb == "sent_to_review":
        to = dict.fromkeys(reviewers_of(objective), NotificationKind.REVIEW)
    else:
        own = {objective.lead_id, objective.owner_person_id} - {None}
        to = dict.fromkeys((pk for pk in own if pk is not None), NotificationKind.ANSWERED)
    notify(Goal(objective, None, None), to=to, actor_id=one.actor_id, data={"verb": one.verb}, now=one.now)


def _asked(one: Happening) -> None:
    """Tell who manages a team that its drafts are wanted, and who is in it where nobody manages it."""
    teams: dict[int, dict[int, bool]] = {}
    rows = TeamMembership.objects.filter(team_id__in=one.data["teams"]).exclude(membership__role=Role.VIEWER)
    for team, person, is_manager in rows.values_list("team_id", "membership_id", "is_manager"):
        teams.setdefault(team, {})[person] = is_manager
    names = dict(Team.objects.filter(pk__in=teams).values_list("pk", "name"))
    wanted = one.data["changes"]["wanted_by"][1]
    to: dict[int, dict[str, Any]] = {}
    for team, people in teams.items():
        for pk in [pk for pk, is_manager in people.items() if is_manager] or list(people):
            to.setdefault(pk, {"wanted_by": wanted, "teams": []})["teams"].append(names[team])
    cycle = Cycle.objects.get(pk=one.object_id)
    notify_of_cycle(cycle, to=to, kind=NotificationKind.ASKED, actor_id=one.actor_id, now=one.now)


def _handed(one: Happening) -> None:
    new = one.data["changes"]["lead"][1]
    if not isinstance(new, int):
        return
    goal = next(iter(_goals(one.kind, [one.object_id]).values()))
    notify(goal, to={new: NotificationKind.HANDED}, actor_id=one.actor_id, now=one.now)


def _turned(happenings: Sequence[Happening]) -> None:
    """Tell leads of status words that turned; a lead whose own act turned it knows."""
    told = []
    for kind in ("key_result", "objective"):
        of_kind = {one.object_id: one for one in happenings if one.kind == kind}
        for pk, goal in _goals(kind, of_kind).items():
            lead = goal.key_result.lead_id if goal.key_result is not None else goal.thing.lead_id
            if lead is not None:
                told.append(Told(goal, lead, NotificationKind.STATUS, of_kind[pk].data))
    first = happenings[0]
    notify_leads(told, actor_id=_who_acts(first.workspace_id, now=first.now), now=first.now)


def _goals(kind: str, ids: Collection[int]) -> dict[int, Goal]:
    if not ids:
        return {}
    if kind == "objective":
        return {row.pk: Goal(row, None, None) for row in Objective.objects.filter(pk__in=ids)}
    if kind == "kpi":
        return {row.pk: Goal(None, None, row) for row in Metric.objects.filter(pk__in=ids)}
    rows = KeyResult.objects.filter(pk__in=ids).select_related("objective")
    return {row.pk: Goal(row.objective, row, None) for row in rows}


def _who_acts(workspace_id: int, *, now: datetime) -> int | None:
    """Return whose act of this moment moved the scores: who stands in the last event, if it is of now."""
    last = Event.objects.filter(workspace_id=workspace_id).order_by("-sequence").values_list("at", "actor_id").first()
    return last[1] if last is not None and last[0] == now else None
