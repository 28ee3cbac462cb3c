"""A day of the past: when it ended, how status was told then, and what rows said (A3)."""

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from milepost.core.calendar import local_day
from milepost.core.rule_sets import Telling
from milepost.core.team_rhythms import Rhythms
from milepost.core.zones import moment, read_zone
from milepost.prepared import prepared
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Former, RuleSetVersion, Workspace
from milepost.workspace.permissions import Actor
from milepost.workspace.queries.rhythms import rhythms_of
from milepost.workspace.queries.rules import COLUMNS, telling_of

DAYS = frozenset({"activated_on", "closed_on", "first_day", "last_day"})
MOMENTS = frozenset({"override_at", "archived_at"})
CHUNK = 8000  # ids in one statement
KINDS = ("objective", "key_result", "metric", "cycle", "person")
NOT_TOLD = (None,) * len(COLUMNS)
Said = tuple[datetime, dict[str, Any]]  # until when, and what


@dataclass(frozen=True, slots=True)
class Then:
    """The end of a day of the past in a workspace: what was written before `until` was known and in force.

    `zone` is today's: the days of the past are those of the calendar that is looked at now.
    """

    day: date
    until: datetime
    zone: str
    rhythms: Rhythms
    fiscal_month: int
    telling: Telling


def then_of(actor: Actor, day: date, *, today: date) -> Then:
    """Return the end of a day in the actor's workspace; one query, up to three where its settings were changed.

    Raises:
        Invalid: the day has not come, or the workspace was not there yet; the days are named.

    Source: rule A3.
    """
    return _then(Workspace.objects.get(pk=actor.workspace_id), day, today=today)


def two_days(actor: Actor, since: date, until: date, *, today: date) -> tuple[Then, Then]:
    """Return the ends of two days that are compared; as `then_of`, with the workspace read once.

    Raises:
        Invalid: a day has not come, or the workspace was not there yet; the days are named.

    Source: rule A3.
    """
    workspace = Workspace.objects.get(pk=actor.workspace_id)
    return _then(copy(workspace), since, today=today), _then(workspace, until, today=today)


def moments_of(actor: Actor, moments: Collection[datetime]) -> list[Then]:
    """Return moments as a day of the past is asked for, in their order; two queries at most.

    Status words and rhythm are told as today: what is asked of a moment are values and scores.
    """
    workspace = Workspace.objects.get(pk=actor.workspace_id)
    rules = _rules(workspace.pk, max(moments)) if workspace.rules_id and moments else []
    zone, rhythms = workspace.time_zone, rhythms_of(workspace)
    telling = telling_of(tuple(rules[0]) if rules else NOT_TOLD)
    return [Then(local_day(moment, zone), moment, zone, rhythms, workspace.fiscal_month, telling) for moment in moments]


def _then(workspace: Workspace, day: date, *, today: date) -> Then:
    """Return the end of a day; it writes into the workspace how it stood."""
    if day > today:
        raise Invalid(f"{day} has not come yet. Choose today, {today}, or a day before it.", field="on")
    born = local_day(workspace.created_at, workspace.time_zone)
    if day < born:
        raise Invalid(f"This workspace began on {born}; there is nothing to show of {day}.", field="on")
    zone = workspace.time_zone
    until = moment(day + timedelta(days=1), time(0), read_zone(zone))
    if workspace.version > 1 or workspace.team_rhythms is not None:  # else nothing of it was ever changed
        for name, old in stood("workspace", [workspace.pk], until).get(workspace.pk, {}).items():
            setattr(workspace, name, old)
    rules = _rules(workspace.pk, until) if workspace.rules_id else []
    return Then(
        day=day,
        until=until,
        zone=zone,
        rhythms=rhythms_of(workspace),
        fiscal_month=workspace.fiscal_month,
        telling=telling_of(tuple(rules[0]) if rules else NOT_TOLD),
    )


def stood(kind: str, ids: Collection[int], until: datetime) -> dict[int, dict[str, Any]]:
    """Return what columns of rows said at a moment that say something else now, by row; one query for 8,000 ids.

    Rows that say today what they said then are absent, and so are columns.

    Args:
        until: aware; what was changed at this moment or later is put back.
    """
    found: dict[int, dict[str, Any]] = {}
    rows = sorted(ids)
    for at in range(0, len(rows), CHUNK):
        for object_id, said in _formers(kind, rows[at : at + CHUNK], until):  # the newest first: the oldest wins
            found.setdefault(object_id, {}).update(said)
    return {pk: _read_all(said) for pk, said in found.items()}


def all_stood(ids: Mapping[str, Collection[int]], until: datetime) -> dict[str, dict[int, dict[str, Any]]]:
    """Return what `stood` does for rows of several kinds; one query where they are fewer than 8,000 together."""
    if sum(map(len, ids.values())) > CHUNK:
        return {kind: stood(kind, rows, until) for kind, rows in ids.items()}
    found: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in ids}
    objectives, key_results, metrics, cycles, people = (list(ids.get(kind, ())) or [0] for kind in KINDS)  # 0: no row
    for kind, object_id, said, _ in _formers_of(objectives, key_results, metrics, cycles, people, until):
        found[kind].setdefault(object_id, {}).update(said)
    return {kind: {pk: _read_all(said) for pk, said in rows.items()} for kind, rows in found.items()}


def all_said(ids: Mapping[str, Collection[int]], since: datetime) -> dict[str, dict[int, list[Said]]]:
    """Return all that rows of several kinds said until moments from one on, the newest first; one query.

    Args:
        ids: of one workspace's pages: fewer than 8,000 together.
    """
    found: dict[str, dict[int, list[Said]]] = {kind: {} for kind in ids}
    objectives, key_results, metrics, cycles, people = (list(ids.get(kind, ())) or [0] for kind in KINDS)  # 0: no row
    for kind, object_id, said, until in _formers_of(objectives, key_results, metrics, cycles, people, since):
        found[kind].setdefault(object_id, []).append((until, said))
    return found


def said_at(told: Collection[Said], moment: datetime) -> dict[str, Any]:
    """Return the columns of a row that said something else at a moment, from what `all_said` returns of it."""
    found: dict[str, Any] = {}
    for until, said in told:
        if until >= moment:
            found.update(said)
    return _read_all(found)


def put_back(row: dict[str, Any], said: Mapping[str, Any], *, prefix: str = "") -> None:
    """Write what stood into a row by the names of its columns; what is no column of it is left out."""
    for name, value in said.items():
        if prefix + name in row:
            row[prefix + name] = value


def _read_all(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read(name, value) for name, value in said.items()}


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in DAYS:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name in MOMENTS else value


@prepared
def _formers(kind: str, ids: Collection[int], until: datetime) -> QuerySet[Former, tuple[Any, ...]]:
    rows = Former.objects.filter(kind=kind, object_id__in=ids, until__gte=until).order_by("-until", "-id")
    return rows.values_list("object_id", "said")


@prepared
def _formers_of(
    objectives: Collection[int],
    key_results: Collection[int],
    metrics: Collection[int],
    cycles: Collection[int],
    people: Collection[int],
    until: datetime,
) -> QuerySet[Former, tuple[Any, ...]]:
    given = zip(KINDS, (objectives, key_results, metrics, cycles, people), strict=True)
    named = [Q(kind=kind, object_id__in=ids) for kind, ids in given]
    rows = Former.objects.filter(reduce(or_, named), until__gte=until).order_by("-until", "-id")
    return rows.values_list("kind", "object_id", "said", "until")


@prepared
def _rules(workspace_id: int, until: datetime) -> QuerySet[RuleSetVersion, tuple[Any, ...]]:
    rows = RuleSetVersion.objects.filter(workspace_id=workspace_id, at__lt=until).order_by("-id")
    return rows.values_list(*COLUMNS)[:1]
