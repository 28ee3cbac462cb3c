"""Writing notifications: in the transaction of the event, to who may see the goal, never to the actor."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from milepost.okr.models import Cycle
from milepost.prepared import insert_all
from milepost.rhythm.models import Notification, NotificationChoice, NotificationKind, usual_choice
from milepost.rhythm.queries.access import Goal
from milepost.rhythm.queries.people import readers
from milepost.workspace.models import Membership


@dataclass(frozen=True, slots=True)
class Told:
    """Something that somebody is told about a goal or a KPI; `to` is their membership."""

    goal: Goal
    to: int
    kind: NotificationKind
    data: Mapping[str, Any]
    comment_id: int | None = None


def notify(
    goal: Goal,
    *,
    to: Mapping[int, NotificationKind],
    actor_id: int | None,
    comment_id: int | None = None,
    data: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Tell these people, each of one kind, what happened to a goal or a KPI; nobody who is not to see it.

    Args:
        to: kind by membership; the actor is left out, and so is who wants to hear of that kind nowhere.
    """
    wanted = {pk: kind for pk, kind in to.items() if pk != actor_id}
    if not wanted:
        return
    may = readers(goal.thing, wanted)
    told = [Told(goal, pk, wanted[pk], data or {}, comment_id) for pk in sorted(may)]
    write(told, actor_id=actor_id, now=now)


def notify_leads(told: Sequence[Told], *, actor_id: int | None, now: datetime) -> None:
    """Tell leads of what they lead, which they see whatever its walls; a fixed number of queries."""
    leads = {one.to for one in told} - {actor_id}
    if leads:
        there = Membership.objects.filter(pk__in=leads, removed_at=None, user__is_active=True)
        may = set(there.values_list("id", flat=True))
        write([one for one in told if one.to in may], actor_id=actor_id, now=now)


def write(told: Sequence[Told], *, actor_id: int | None, now: datetime) -> None:
    """Write rows to people who may see what they are about, where they chose to hear of it."""
    chosen = _choices_of({one.to for one in told})
    rows = []
    for one in told:
        in_app, by_mail = chosen.get((one.to, one.kind.value), usual_choice(one.kind.value))
        if in_app or by_mail:
            rows.append(
                Notification(
                    workspace_id=one.goal.thing.workspace_id,
                    to_id=one.to,
                    at=now,
                    kind=one.kind,
                    actor_id=actor_id,
                    objective=one.goal.objective,
                    key_result=one.goal.key_result,
                    metric=one.goal.metric,
                    comment_id=one.comment_id,
                    data=dict(one.data),
                    in_app=in_app,
                    by_mail=by_mail,
                )
            )
    insert_all(rows)


def notify_of_cycle(
    cycle: Cycle,
    *,
    to: Mapping[int, Mapping[str, Any]],
    kind: NotificationKind,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Tell these people of a cycle, which everybody in the workspace sees; the actor knows.

    Args:
        to: what is said to each, by their membership; it names nobody.
    """
    there = Membership.objects.filter(pk__in=to.keys() - {actor_id}, removed_at=None, user__is_active=True)
    people = sorted(there.values_list("id", flat=True))
    chosen = _choices_of(people)
    rows = []
    for pk in people:
        in_app, by_mail = chosen.get((pk, kind.value), usual_choice(kind.value))
        if in_app or by_mail:
            rows.append(
                Notification(
                    workspace_id=cycle.workspace_id,
                    to_id=pk,
                    at=now,
                    kind=kind,
                    actor_id=actor_id,
                    cycle=cycle,
                    data=dict(to[pk]),
                    in_app=in_app,
                    by_mail=by_mail,
                )
            )
    insert_all(rows)


def _choices_of(people: Collection[int]) -> dict[tuple[int, str], tuple[bool, bool]]:
    """Return where these people chose to hear of a kind: (in the app, by mail) by person and kind."""
    rows = NotificationChoice.objects.filter(membership_id__in=people)
    values = rows.values_list("membership_id", "kind", "in_app", "by_mail")
    return {(pk, kind): (app, mail) for pk, kind, app, mail in values}
