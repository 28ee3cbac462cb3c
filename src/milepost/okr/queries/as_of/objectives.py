"""Objectives as they stood at the end of a day, by the names of their columns, with their cycles and names."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from milepost.okr.models import Cycle, Objective
from milepost.okr.queries.as_of.key_results import PastKeyResults, load_of
from milepost.prepared import prepared
from milepost.workspace.models import Pillar, Team
from milepost.workspace.queries import Then, all_stood, names_of, put_back, stood

COLUMNS = (
    "id", "workspace_id", "cycle_id", "title", "why", "owner_team_id", "owner_person_id", "lead_id", "ambition",
    "counts", "state", "visibility", "activated_on", "closed_on", "final_score", "final_expected", "planned_score",
    "grade", "pillar_id", "pillar__name", "owner_team__name", "owner_person__user__name", "lead__user__name",
    "cycle__name", "cycle__first_day", "cycle__last_day", "tags",
    "owner_person__only_team_id",
)  # fmt: skip
CYCLE = ("name", "first_day", "last_day")
TEAM, PILLAR = "owner_team_id", "pillar_id"
NAMED = (
    ("lead_id", "lead__user__name"), ("owner_person_id", "owner_person__user__name"), (TEAM, "owner_team__name"),
    ("override_by_id", "override_by__user__name"), (PILLAR, "pillar__name"),
)  # fmt: skip


def objectives_beside(
    wanted: Collection[int],
    objectives: Mapping[int, Any],
    lists: dict[int, dict[str, Any]],
    cycles: dict[int, dict[str, Any]],
    then: Then,
) -> dict[int, dict[str, Any]]:
    """Return objectives of parts, and parents, that stand elsewhere; note their lists and cycles.

    No query without such.
    """
    ids = set(wanted) - objectives.keys()
    beside = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in objective_columns(list(ids), then.until)}
    if not beside:
        return {}
    new = {o["cycle_id"]: {name: o[f"cycle__{name}"] for name in CYCLE} for o in beside.values()}
    was = all_stood({"objective": beside, "cycle": new.keys() - cycles.keys()}, then.until)
    for pk, said in was["objective"].items():
        put_back(beside[pk], said)
        lists[pk] = said
    for pk, said in was["cycle"].items():
        new[pk] |= said
    for pk, said in new.items():
        cycles.setdefault(pk, said)
    return beside


def key_results_beside(
    every: Mapping[int, Mapping[str, Any]], objectives: Mapping[int, Any], then: Then
) -> list[dict[str, Any]]:
    """Return the key results of objectives that stand elsewhere and were not for everybody: their leads saw them.

    No query without such.
    """
    narrow = [pk for pk in every.keys() - objectives.keys() if every[pk]["visibility"]]
    found = load_of(narrow, then)
    for pk, said in stood("key_result", found.rows, then.until).items():
        put_back(found.rows[pk], said)
    return list(found.rows.values())


def cycles_left(
    objectives: Mapping[int, Mapping[str, Any]], cycles: Mapping[int, Any], then: Then
) -> dict[int, dict[str, Any]]:
    """Return the cycles in which goals stood that none of them stands in today; two queries, none without such."""
    left = {o["cycle_id"] for o in objectives.values()} - cycles.keys()
    found = {pk: dict(zip(CYCLE, row, strict=True)) for pk, *row in cycles_of(left)}
    for pk, said in stood("cycle", found, then.until).items():
        found[pk] |= said
    return found


def under(k: dict[str, Any], o: Mapping[str, Any]) -> None:
    """Write into a key result's columns those of its objective as it stood."""
    k["objective__cycle_id"], k["objective__state"] = o["cycle_id"], o["state"]
    k["objective__cycle__first_day"], k["objective__cycle__last_day"] = o["cycle__first_day"], o["cycle__last_day"]
    k["objective__visibility"], k["objective__title"] = o["visibility"], o["title"]
    k["objective__owner_team_id"] = o[TEAM]
    k["objective__owner_person__only_team_id"] = o["owner_person__only_team_id"]


def name_people(
    workspace_id: int,
    objectives: Mapping[int, dict[str, Any]],
    lists: Mapping[int, Mapping[str, Any]],
    found: PastKeyResults,
) -> None:
    """Write the names of people and teams that a goal belonged to and does not any more; two queries at most."""
    places: list[tuple[dict[str, Any], str, str]] = []
    for rows, stood_there in ((objectives, lists), (found.rows, found.said)):
        for pk, said in stood_there.items():
            places += [(rows[pk], key, name) for key, name in NAMED if key in said and name in rows[pk]]
    ids = {row[key] for row, key, _ in places if row[key] is not None and key not in {TEAM, PILLAR}}
    teams, pillars = ({row[key] for row, key, _ in places if key == of and row[key]} for of in (TEAM, PILLAR))
    names = names_of(workspace_id, ids) if ids else {}
    named = {TEAM: dict(_teams(teams)), PILLAR: dict(_pillars(pillars))}
    for row, key, name in places:
        row[name] = named.get(key, names).get(row[key])


@prepared
def objective_columns(ids: Collection[int], until: datetime) -> QuerySet[Objective, tuple[Any, ...]]:
    """Return `COLUMNS` of these objectives as they are today, of those that were there at a moment."""
    return Objective.objects.filter(pk__in=ids, created_at__lt=until).values_list(*COLUMNS)


@prepared
def cycles_of(ids: Collection[int]) -> QuerySet[Cycle, tuple[Any, ...]]:
    """Return `CYCLE` of these cycles as they are today, behind their ids."""
    return Cycle.objects.filter(pk__in=ids).values_list("id", *CYCLE)


@prepared
def _teams(ids: Collection[int]) -> QuerySet[Team, tuple[int, str]]:
    return Team.objects.filter(pk__in=ids).values_list("id", "name")


@prepared
def _pillars(ids: Collection[int]) -> QuerySet[Pillar, tuple[int, str]]:
    return Pillar.objects.filter(pk__in=ids).values_list("id", "name")
